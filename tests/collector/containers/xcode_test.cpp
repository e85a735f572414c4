// Consoles of Xcode, before and since version 15.
#include <gtest/gtest.h>

#include <string>

#include "collector/containers/developer_prefix.h"
#include "collector/containers/xcode_metadata.h"
#include "tests/collector/containers/checks.h"

namespace uptrail {
namespace {

using test::check_container;
using test::container_by_id;
using test::read_dump;

constexpr std::string_view kHeader = "2026-11-18 14:41:03.123456+0100 Shoebox[4711:39321] ";

std::string chosen(std::string_view text) {
  const auto found = recognise(text, true);
  return found.chosen == nullptr ? "" : std::string(found.chosen->info().id);
}

class ClockSink final : public RecordSink {
 public:
  bool record(const Record& record) override {
    last = record.time;
    return true;
  }
  void issue(const Issue&) override {}
  void clock(ClockKind kind) override { said = kind; }
  std::optional<ClockKind> said;
  std::optional<TimeNs> last;
};

ClockSink clock_of(std::string_view id, std::string_view text) {
  MemorySource source(text);
  ClockSink sink;
  EXPECT_TRUE(container_by_id(id).read(source, sink).ok());
  return sink;
}

TEST(Xcode, passes_the_container_checks) {
  check_container(container_by_id("xcode"), "xcode.log");
  check_container(container_by_id("xcode"), "xcode_nslog.log");
}

TEST(Xcode, keeps_what_follows_a_message_out_of_it) {
  const std::string error = "Error Domain=D Code=1 \"text\" UserInfo={a=(\n    \"b\"\n), c=d} [1]";
  const auto out = read_dump(container_by_id("xcode"), std::string(kHeader) + error + "\nprinted {\n}\nUserInfo={x=1} [2]\n");
  EXPECT_EQ(out.records, 1U);
  EXPECT_EQ(out.unparsed, 0U);
  EXPECT_NE(out.dump.find("), c=d} [1]\"\n  raw="), std::string::npos) << out.dump;
  EXPECT_NE(out.dump.find("UserInfo={x=1} [2]\"\n"), std::string::npos) << out.dump;
}

TEST(Xcode, gives_a_header_back_as_it_was_written) {
  for (const std::string process : {"Shoebox", "Shoe box", "*****", "<REDACTED>", "Runner-Dev.2"}) {
    for (const std::string zone : {"+0100", "+01:00", ""}) {
      for (const std::string fraction : {".123456", ".5", ""}) {
        for (const std::string category : {"", "[upload] ", "[User Defaults] "}) {
          for (const std::string message : {"[TSManager stop] a", "[C12] b", "-[Foo bar:] c", "[1 <private>] d"}) {
            const std::string line =
                "2026-11-18 14:41:03" + fraction + zone + " " + process + "[12:3a] " + category + message + "\n";
            const auto out = read_dump(container_by_id("xcode"), line);
            EXPECT_EQ(chosen(line), "xcode") << line;
            EXPECT_NE(out.dump.find("process=\"" + process + "\" pid=12 thread=\"3a\""), std::string::npos) << line << out.dump;
            EXPECT_NE(out.dump.find("message=\"" + message + "\""), std::string::npos) << line << out.dump;
            EXPECT_EQ(out.dump.find("category=") != std::string::npos, !category.empty()) << line << out.dump;
            EXPECT_NE(out.dump.find(zone.empty() ? "T14:41:03" : "T13:41:03"), std::string::npos) << line << out.dump;
          }
        }
      }
    }
  }
}

TEST(Xcode, is_not_taken_for_other_headers) {
  EXPECT_EQ(chosen("2026-11-18 14:41:03.123 Df Shoebox[4711:998b3a] text\n"), "log_show_compact");
  EXPECT_EQ(chosen("2026-11-18 14:41:03.123456+0100  localhost Shoebox[4711]: [1:2] text\n"), "log_show_syslog");
  for (const char* line :
       {"2026-11-18 14:41:03 Shoebox[4711] text", "2026-11-18 14:41:03 Shoebox[x:1] text", "2026-11-18 14:41:03 [1:2] text",
        "2026-11-18 14:41:03 Shoebox[1:2]text", "2026-11-18 14:41:03 Shoebox[1:] text", "x 2026-11-18 14:41:03 Shoebox[1:2] text",
        "2026-11-18 14:41:03 Error: in Foo[1:2] text", "2026-11-18 25:41:03 Shoebox[1:2] text", "2026-11-18 14:41:03 Shoebox[1:2",
        ""}) {
    EXPECT_FALSE(has_xcode_header(line)) << line;
  }
}

TEST(Xcode, says_what_its_clock_is_worth) {
  EXPECT_EQ(clock_of("xcode", kHeader).said, std::nullopt);
  const auto local = clock_of("xcode", "2026-11-18 14:41:03.123 Shoebox[1:2] text\n");
  EXPECT_EQ(local.said, ClockKind::floating);
  EXPECT_EQ(format_iso(local.last.value(), 3), "2026-11-18T14:41:03.123Z");
  // The zone of the lines that print one holds for those that do not.
  const auto mixed = clock_of("xcode", std::string(kHeader) + "a\n2026-11-18 14:41:04 Shoebox[1:2] text\n");
  EXPECT_EQ(mixed.said, std::nullopt);
  EXPECT_EQ(format_iso(mixed.last.value(), 0), "2026-11-18T13:41:04Z");
}

TEST(Xcode, reports_a_day_that_does_not_exist_but_no_print) {
  const auto out = read_dump(container_by_id("xcode"), "2026-02-30 14:41:03.1+0100 A[1:2] x\nflutter: y\n");
  EXPECT_EQ(out.records, 2U);
  const std::size_t issue = out.dump.find("issue clock");
  EXPECT_NE(issue, std::string::npos);
  EXPECT_EQ(out.dump.find("issue clock", issue + 1), std::string::npos) << out.dump;
}

TEST(Xcode15, passes_the_container_checks) { check_container(container_by_id("xcode15"), "xcode15.log", false); }

TEST(Xcode15, tells_metadata_from_text) {
  EXPECT_TRUE(is_xcode_metadata("  Timestamp: 2026-11-18 14:41:03.123456+01:00"));
  EXPECT_TRUE(is_xcode_metadata("Library: CFNetwork | Subsystem: com.apple.CFNetwork"));
  EXPECT_TRUE(is_xcode_metadata("PID:TID: 12:0x3 | Category: "));
  for (const char* line :
       {"Type: Error", "Process: uploading", "Timestamp: yesterday", "Library: a | done", "Library: a | Shelf: b",
        "upload | Library: a", "| Library: a", "Timestamp: 2026-11-18 14:41:03 and more", ""}) {
    EXPECT_FALSE(is_xcode_metadata(line)) << line;
  }
}

TEST(Xcode15, gives_metadata_back_in_any_order) {
  const std::string_view fields[] = {"Type: Fault",
                                     "Timestamp: 2026-11-18 14:41:03.5+01:00",
                                     "Process: Shoe box",
                                     "Library: CFNetwork",
                                     "Subsystem: com.example.a",
                                     "Category: up load",
                                     "PID: 12",
                                     "TID: 0x9f"};
  for (std::size_t first = 0; first < std::size(fields); ++first) {
    std::string line(first % 2 == 0 ? "" : "    ");
    for (std::size_t i = 0; i < std::size(fields); ++i) {
      line += std::string(i == 0 ? "" : " | ") + std::string(fields[(first + i) % std::size(fields)]);
    }
    const std::string text = "message\n" + line + "\n";
    EXPECT_EQ(chosen(text), "xcode15");
    const auto out = read_dump(container_by_id("xcode15"), text);
    EXPECT_NE(out.dump.find("t=2026-11-18T13:41:03.500000000Z zone=60 process=\"Shoe box\" pid=12 thread=\"0x9f\" level=fault "
                            "library=\"CFNetwork\" subsystem=\"com.example.a\" category=\"up load\"\n  message=\"message\"\n"),
              std::string::npos)
        << out.dump;
  }
}

TEST(Xcode15, says_what_its_clock_is_worth) {
  EXPECT_EQ(clock_of("xcode15", "a\nTimestamp: 2026-11-18 14:41:03+01:00 | Library: x\n").said, std::nullopt);
  EXPECT_EQ(clock_of("xcode15", "a\nTimestamp: 2026-11-18 14:41:03 | Library: x\n").said, ClockKind::floating);
  EXPECT_EQ(clock_of("xcode15", "a\nSubsystem: y | Library: x\n").said, ClockKind::none);
}

TEST(Xcode15, an_empty_message_is_one_but_not_at_the_beginning) {
  const std::string line = "Timestamp: 2026-11-18 14:41:03+01:00 | Library: x\n";
  const auto out = read_dump(container_by_id("xcode15"), line + "\n" + line);
  EXPECT_EQ(out.records, 1U);
  EXPECT_EQ(out.unparsed, 1U);
}

TEST(Xcode15, cuts_one_endless_line) {
  const std::string line = "Timestamp: 2026-11-18 14:41:03+01:00 | Library: x\n";
  const auto out =
      read_dump(container_by_id("xcode15"), "a\n" + line + std::string(20U << 20U, '(') + "\n" + line + "b\n" + line);
  EXPECT_EQ(out.records, 4U);
  EXPECT_NE(out.dump.find("issue limit 52+20971520 line 3"), std::string::npos) << out.dump.substr(0, 300);
}

}  // namespace
}  // namespace uptrail
