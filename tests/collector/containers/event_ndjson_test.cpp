#include <gtest/gtest.h>

#include "tests/collector/containers/checks.h"

namespace uptrail {
namespace {

using test::container_by_id;
using test::read_dump;

TEST(EventNdjson, passes_the_container_checks) { test::check_container(container_by_id("event_ndjson"), "event_ndjson.ndjson"); }

TEST(EventNdjson, keeps_a_record_whose_time_leaves_64_bits) {
  const auto out =
      read_dump(container_by_id("event_ndjson"), R"({"uptrail":1,"kind":"x","t" : -99999999999999999999e5 ,"p":{"t":1}})");
  EXPECT_EQ(out.records, 1U);
  EXPECT_EQ(out.unparsed, 0U);
  EXPECT_NE(out.dump.find("t=-"), std::string::npos) << out.dump;
  EXPECT_NE(out.dump.find("bad-value"), std::string::npos) << out.dump;
}

TEST(EventNdjson, keeps_invalid_utf8_as_found_and_says_so) {
  const auto out = read_dump(container_by_id("event_ndjson"), "{\"uptrail\":1,\"kind\":\"x\",\"t\":5,\"desc\":\"\xFF\"}\n");
  EXPECT_EQ(out.records, 1U);
  EXPECT_NE(out.dump.find("invalid-utf8"), std::string::npos) << out.dump;
}

TEST(EventNdjson, accepts_bom_and_crlf) {
  const auto out =
      read_dump(container_by_id("event_ndjson"), "\xEF\xBB\xBF{\"uptrail\":1,\"t\":5}\r\n\r\n{\"uptrail\":1,\"t\":6}\r\n");
  EXPECT_EQ(out.dump,
            "record 3+19 line 1 t=1970-01-01T00:00:00.000000005Z\n  message=\"{\\\"uptrail\\\":1,\\\"t\\\":5}\"\n"
            "record 26+19 line 3 t=1970-01-01T00:00:00.000000006Z\n  message=\"{\\\"uptrail\\\":1,\\\"t\\\":6}\"\n");
}

TEST(EventNdjson, counts_a_line_that_is_too_long_and_goes_on) {
  std::string text = "{\"uptrail\":1,\"t\":1}\n" + std::string(100U << 20U, 'x') + "\n{\"uptrail\":1,\"t\":2}\n";
  const auto out = read_dump(container_by_id("event_ndjson"), text);
  EXPECT_EQ(out.records, 2U);
  EXPECT_EQ(out.unparsed, 1U);
  EXPECT_NE(out.dump.find("record 104857621+19 line 3"), std::string::npos) << out.dump;
}

TEST(EventNdjson, gives_nothing_for_an_empty_input) {
  EXPECT_EQ(read_dump(container_by_id("event_ndjson"), "").dump, "");
  EXPECT_EQ(recognise("", true).chosen, nullptr);
}

}  // namespace
}  // namespace uptrail
