#include <gtest/gtest.h>

#include "tests/collector/containers/checks.h"

namespace uptrail {
namespace {

using test::check_container;
using test::container_by_id;
using test::read_dump;

constexpr std::string_view kLine = "2026-11-18 14:41:03.123456+0100  localhost Shoebox[4711]: ";

TEST(LogShow, syslog_passes_the_container_checks) {
  check_container(container_by_id("log_show_syslog"), "log_show_syslog.log");
  check_container(container_by_id("log_show_syslog"), "log_show_syslog_flutter.log");
}

TEST(LogShow, default_passes_the_container_checks) {
  check_container(container_by_id("log_show_default"), "log_show_default.log");
  check_container(container_by_id("log_show_default"), "log_show_default_no_ttl.log");
  check_container(container_by_id("log_show_default"), "log_show_default_wrapped.log");
}

TEST(LogShow, compact_passes_the_container_checks) {
  check_container(container_by_id("log_show_compact"), "log_show_compact.log");
}

TEST(LogShow, ndjson_passes_the_container_checks) {
  check_container(container_by_id("log_show_ndjson"), "log_show_ndjson.ndjson");
}

TEST(LogShow, joins_crlf_lines_with_line_feeds_and_keeps_raw) {
  const auto out = read_dump(container_by_id("log_show_syslog"),
                             "\xEF\xBB\xBF" + std::string(kLine) + "a\r\n b\r\n\r\n" + std::string(kLine) + "c\r\n");
  EXPECT_EQ(out.records, 2U);
  EXPECT_NE(out.dump.find("message=\"a\\n b\""), std::string::npos) << out.dump;
  EXPECT_NE(out.dump.find("a\\r\\n b\""), std::string::npos) << out.dump;
}

TEST(LogShow, keeps_nul_and_invalid_utf8_as_found) {
  std::string text = std::string(kLine) + "a";
  text += '\0';
  text += "b\xFF\n";
  const auto out = read_dump(container_by_id("log_show_syslog"), text);
  EXPECT_EQ(out.records, 1U);
  EXPECT_NE(out.dump.find("a\\u0000b\xEF\xBF\xBD"), std::string::npos) << out.dump;
}

TEST(LogShow, default_rows_have_optional_parts) {
  const std::string head = "2026-11-18 14:41:03.123456+0100 0x24314    ";
  const std::string text =
      "Timestamp                       Thread     Type        Activity             PID    TTL  \n" + head +
      "Default     0xa724b              631    0    Photo Shelf Helper: (CFNetwork) [com.example:] empty category\n" + head +
      "Activity    0x1f2e0              631    Shoebox: [com.example:x] no time to live\n" + head +
      "Signpost    0x0                  631    0    Shoebox: (Shoebox) [spid 0x1, process, begin] name\n";
  const auto out = read_dump(container_by_id("log_show_default"), text);
  EXPECT_EQ(out.records, 3U);
  EXPECT_EQ(out.unparsed, 0U);
  EXPECT_NE(out.dump.find("process=\"Photo Shelf Helper\" pid=631 thread=\"0x24314\" level=default library=\"CFNetwork\" "
                          "subsystem=\"com.example\"\n  message=\"empty category\""),
            std::string::npos)
      << out.dump;
  EXPECT_NE(out.dump.find("message=\"no time to live\""), std::string::npos) << out.dump;
  EXPECT_NE(out.dump.find("message=\"[spid 0x1, process, begin] name\""), std::string::npos) << out.dump;
}

TEST(LogShow, compact_takes_types_that_are_not_known_yet) {
  const auto out = read_dump(container_by_id("log_show_compact"),
                             "2026-11-18 14:41:03.123 Ft Shoebox[4711:998b3a] (CFNetwork) [com.example:] a\n"
                             "2026-11-18 14:41:03.124 A  Photo Shelf[4711:998b3a] b\n"
                             "2026-11-18 14:41:03.125 xx Shoebox[4711:998b3a] no type\n");
  EXPECT_EQ(out.records, 2U);
  EXPECT_NE(out.dump.find("library=\"CFNetwork\" subsystem=\"com.example\"\n  message=\"a\""), std::string::npos) << out.dump;
}

TEST(LogShow, cuts_one_endless_line) {
  const auto out = read_dump(container_by_id("log_show_syslog"),
                             std::string(kLine) + std::string(100U << 20U, 'x') + "\n" + std::string(kLine) + "next\n");
  EXPECT_EQ(out.records, 2U);
  EXPECT_EQ(out.unparsed, 0U);
  EXPECT_NE(out.dump.find("issue limit 0+104857658 line 1"), std::string::npos) << out.dump.substr(0, 300);
  EXPECT_LT(out.dump.size(), 20U << 20U);
}

TEST(LogShow, cuts_a_record_of_endless_lines) {
  std::string text(kLine);
  for (int i = 0; i < 200'000; ++i) {
    text += std::string(99, 'x') + "\n";
  }
  text += std::string(kLine) + "next\n";
  const auto out = read_dump(container_by_id("log_show_syslog"), text);
  EXPECT_EQ(out.records, 2U);
  EXPECT_EQ(out.unparsed, 0U);
  EXPECT_NE(out.dump.find("these lines belong to the record above"), std::string::npos);
  EXPECT_NE(out.dump.find("message=\"next\""), std::string::npos);
}

TEST(LogShow, counts_a_header_that_the_input_cuts_off) {
  const auto out = read_dump(container_by_id("log_show_syslog"), std::string(kLine) + "a\n2026-11-18 14:41");
  EXPECT_EQ(out.records, 1U);
  EXPECT_EQ(out.unparsed, 1U);
}

TEST(LogShow, gives_nothing_for_an_empty_input) {
  for (const char* id : {"log_show_syslog", "log_show_default", "log_show_compact", "log_show_ndjson", "console_copy"}) {
    EXPECT_EQ(read_dump(container_by_id(id), "").dump, "") << id;
    EXPECT_EQ(read_dump(container_by_id(id), "\xEF\xBB\xBF").dump, "") << id;
  }
}

TEST(LogShow, takes_event_json_as_text_without_mistaking_the_container) {
  const std::string event = R"({"uptrail":1,"kind":"app.heartbeat","t":1})";
  const auto chosen = recognise(std::string(kLine) + event + "\n", true).chosen;
  ASSERT_NE(chosen, nullptr);
  EXPECT_EQ(chosen->info().id, "log_show_syslog");
}

}  // namespace
}  // namespace uptrail
