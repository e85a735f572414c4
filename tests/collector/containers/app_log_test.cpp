#include <gtest/gtest.h>

#include <string>

#include "collector/containers/app_log_tags.h"
#include "collector/containers/stamp_shape.h"
#include "tests/collector/containers/checks.h"

namespace uptrail {
namespace {

using test::check_container;
using test::container_by_id;
using test::read_dump;

std::string chosen(std::string_view text) {
  const auto found = recognise(text, true);
  return found.chosen == nullptr ? "" : std::string(found.chosen->info().id);
}

// The stamp of one line, as learnt from it alone.
std::string stamp(std::string_view line) {
  const auto learnt = learn_stamps({line});
  const auto found = find_stamp(line);
  if (!learnt || !found) {
    return "none";
  }
  const auto time = time_of(*found, learnt->order);
  return (time ? format_iso(*time, 3) : "bad") + (found->zone_minutes ? " zone " + std::to_string(*found->zone_minutes) : "") +
         "|" + std::string(found->rest);
}

TEST(AppLog, passes_the_container_checks) {
  for (const char* fixture : {"app_log_xcglogger.log", "app_log_cocoalumberjack.log", "app_log_swiftybeaver.log",
                              "app_log_swift_log.log", "app_log_brackets.log", "app_log_level_first.log"}) {
    check_container(container_by_id("app_log"), fixture);
  }
}

TEST(StampShape, reads_the_shapes_of_the_loggers) {
  EXPECT_EQ(stamp("2026-11-18 14:41:03 x"), "2026-11-18T14:41:03.000Z| x");
  EXPECT_EQ(stamp("2026-11-18T14:41:03.123Z x"), "2026-11-18T14:41:03.123Z zone 0| x");
  EXPECT_EQ(stamp("2026-11-18T14:41:03+0100 x"), "2026-11-18T13:41:03.000Z zone 60| x");
  EXPECT_EQ(stamp("2026-11-18 14:41:03 +0000 x"), "2026-11-18T14:41:03.000Z zone 0| x");
  EXPECT_EQ(stamp("2026-11-18 14:41:03 -1001 x"), "2026-11-18T14:41:03.000Z| -1001 x");
  EXPECT_EQ(stamp("2026-11-18 14:41:03 GMT+1: x"), "2026-11-18T13:41:03.000Z zone 60|: x");
  EXPECT_EQ(stamp("2026/11/18 14:41:03:123  x"), "2026-11-18T14:41:03.123Z|  x");
  EXPECT_EQ(stamp("2026/11/18 14:41:03: 12"), "2026-11-18T14:41:03.000Z|: 12");
  EXPECT_EQ(stamp("18.11.2026, 14:41:03,5 x"), "2026-11-18T14:41:03.500Z| x");
  EXPECT_EQ(stamp("11/18/26, 2:41:03 PM x"), "2026-11-18T14:41:03.000Z| x");
  EXPECT_EQ(stamp("11/18/2026 12:41:03\xE2\x80\xAF"
                  "AM x"),
            "2026-11-18T00:41:03.000Z| x");
  EXPECT_EQ(stamp("Nov 18, 2026 at 2:41:03 PM x"), "2026-11-18T14:41:03.000Z| x");
  EXPECT_EQ(stamp("18 November 2026 14:41:03 x"), "2026-11-18T14:41:03.000Z| x");
  EXPECT_EQ(stamp("[2026-11-18 14:41:03] x"), "2026-11-18T14:41:03.000Z| x");
  EXPECT_EQ(stamp("[2026-11-18 14:41:03 INFO] x"), "2026-11-18T14:41:03.000Z|INFO] x");
  EXPECT_EQ(stamp("\xF0\x9F\x92\x9A [INFO] 2026-11-18_14:41:03 x"), "2026-11-18T14:41:03.000Z| x");
  EXPECT_EQ(stamp("14:41:03.123 x"), "1970-01-01T14:41:03.123Z| x");
  EXPECT_EQ(stamp("2026-02-30 14:41:03 x"), "bad| x");
}

TEST(StampShape, takes_nothing_else_for_one) {
  for (const char* line :
       {"", " 2026-11-18 14:41:03 x", "2026-11-18 x", "0:00:12 x", "14:41 x", "14:41:03abc", "14:61:03 x", "24:00:00 x",
        "13:00:00 PM x", "a b c d 14:41:03 x", "Nov 18 14:41:03 iPhone x", "1.2.3 14:41:03 x", "2026-11 14:41:03 x",
        "12:2026-11-18 14:41:03 x", "March of 14:41:03", "99999999999-11-18 14:41:03", "> 14:41:03 x", "at 14:41:03 x"}) {
    EXPECT_EQ(stamp(line), "none") << line;
  }
}

TEST(StampShape, tells_day_from_month) {
  const auto order = [](std::vector<std::string_view> lines) { return learn_stamps(lines).value(); };
  EXPECT_EQ(order({"18/11/2026 10:00:00 x"}).order, DateOrder::dmy);
  EXPECT_EQ(order({"11/18/2026 10:00:00 x"}).order, DateOrder::mdy);
  EXPECT_EQ(order({"01/02/2026 10:00:00 x", "02/02/2026 10:00:00 x"}).order, DateOrder::dmy);
  EXPECT_EQ(order({"02/01/2026 10:00:00 x", "02/02/2026 10:00:00 x"}).order, DateOrder::mdy);
  EXPECT_EQ(order({"02.01.2026 10:00:00 x"}).order, DateOrder::dmy);
  EXPECT_TRUE(order({"02/01/2026 10:00:00 x"}).guessed);
  EXPECT_FALSE(order({"02/02/2026 10:00:00 x"}).guessed);
  EXPECT_FALSE(order({"02.01.2026 10:00:00 x"}).guessed);
}

TEST(AppLog, says_when_it_had_to_guess_the_date) {
  const auto out = read_dump(container_by_id("app_log"), "02/01/2026 10:00:00 x\n02/01/2026 10:00:01 y\n");
  EXPECT_NE(out.dump.find("issue bad-value"), std::string::npos) << out.dump;
  EXPECT_NE(out.dump.find("t=2026-02-01T10:00:00"), std::string::npos) << out.dump;
}

struct TagCase {
  const char* rest = "";
  const char* message = "";
  LogLevel level = LogLevel::unknown;
  const char* thread = "";
  const char* category = "";
};

TEST(AppLogTags, are_taken_off_where_they_are_recognisable) {
  constexpr TagCase kCases[] = {
      {" [Debug] [main] [A.swift:3] f(_:) > text", "text", LogLevel::debug, "main"},
      {" [Error] [com.apple.root.default-qos] [A.swift:3] text > x", "text > x", LogLevel::error, "com.apple.root.default-qos"},
      {" \xF0\x9F\x92\x9A DEBUG A.f():12 - text - x", "text - x", LogLevel::debug},
      {" info com.example.a : [Module] text", "text", LogLevel::info, "", "com.example.a"},
      {" warning label: text: x", "text: x", LogLevel::standard, "", "label"},
      {" | FATAL | text", "text", LogLevel::fault},
      {" Warning | text", "text", LogLevel::standard},
      {"[INFO][main] text", "text", LogLevel::info, "main"},
      {"  <Notice>: text", "text", LogLevel::standard},
      {" Shoebox[12:3f] text", "text", LogLevel::unknown, "3f"},
      {" error uploading file", "error uploading file", LogLevel::unknown},
      {" Error: no file", "Error: no file", LogLevel::unknown},
      {" [Upload] done", "[Upload] done", LogLevel::unknown},
      {" [0x12 queue] text", "text", LogLevel::unknown, "0x12 queue"},
      {" \xF0\x9F\x92\x9A text", "\xF0\x9F\x92\x9A text", LogLevel::unknown},
      {" info", "info", LogLevel::unknown},
      {" [Info]", "", LogLevel::info},
      {"", "", LogLevel::unknown},
      {" [", "[", LogLevel::unknown},
      {" Task <1>.<2> text", "Task <1>.<2> text", LogLevel::unknown},
  };
  for (const TagCase& c : kCases) {
    Record out;
    take_log_tags("", c.rest, out);
    EXPECT_EQ(out.message, c.message) << c.rest;
    EXPECT_EQ(out.level, c.level) << c.rest;
    EXPECT_EQ(out.thread, c.thread) << c.rest;
    EXPECT_EQ(out.category, c.category) << c.rest;
  }
  Record before;
  take_log_tags("\xF0\x9F\x92\x9A [ERROR] ", " text", before);
  EXPECT_EQ(before.level, LogLevel::error);
}

TEST(AppLog, learns_one_shape_and_keeps_other_dates_in_the_text) {
  const auto out = read_dump(container_by_id("app_log"),
                             "2026-11-18 14:41:03.1 a\n2026-11-18T14:41:03Z b\n14:41:03 c\n2026-11-18 14:41:04 d\n");
  EXPECT_EQ(out.records, 2U) << out.dump;
  EXPECT_NE(out.dump.find("a\\n2026-11-18T14:41:03Z b\\n14:41:03 c"), std::string::npos) << out.dump;
}

TEST(AppLog, takes_no_text_with_one_time_in_it) {
  EXPECT_EQ(chosen("2026-11-18 14:41:03 upload started\nmore\nlines\n"), "");
  EXPECT_EQ(chosen("2026-11-18 14:41:03 upload started\n"), "app_log");
  EXPECT_EQ(chosen("2026-11-18 14:41:03 state {\n a\n}\n"), "app_log");
  EXPECT_EQ(chosen("a note of 2026-11-18, written at 14:41:03\n"), "");
}

TEST(AppLog, is_below_every_specific_container) {
  const std::string lines = "2026-11-18 14:41:03 App[1:2] a\n2026-11-18 14:41:04 App[1:2] b\n";
  EXPECT_EQ(chosen(lines), "xcode");
  EXPECT_EQ(chosen("2026-11-18 14:41:03.123 [info][tid:main] a\n2026-11-18 14:41:03.124 [info][tid:main] b\n"), "rct_log");
  EXPECT_LT(container_by_id("app_log").sniff(lines, true).score, 50);
}

TEST(AppLog, counts_a_time_that_the_input_cuts_off) {
  const auto out = read_dump(container_by_id("app_log"), "2026-11-18 14:41:03 a\n2026-11-18 14:41:04 b\n2026-11-18 14:4");
  EXPECT_EQ(out.records, 2U);
  EXPECT_EQ(out.unparsed, 1U);
}

}  // namespace
}  // namespace uptrail
