#include <gtest/gtest.h>

#include "collector/base/text.h"
#include "tests/collector/containers/checks.h"
#include "tests/support/files.h"

namespace uptrail {
namespace {

using test::check_container;
using test::container_by_id;
using test::read_dump;

const Container& json() { return container_by_id("log_show_json"); }

std::string object(const std::string& message) {
  return "{\n  \"timestamp\" : \"2026-11-18 14:41:03.123456+0100\",\n  \"eventType\" : \"logEvent\",\n  \"eventMessage\" : \"" +
         message + "\"\n}";
}

std::size_t count(std::string_view text, std::string_view what) {
  std::size_t n = 0;
  for (std::size_t at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1)) {
    ++n;
  }
  return n;
}

TEST(LogShowJson, passes_the_container_checks) {
  check_container(json(), "log_show_json.json");
  check_container(json(), "log_show_json_lone.json");
}

TEST(LogShowJson, says_what_ndjson_says) {
  const std::string pretty = test::read_file(test::source_path("tests/fixtures/containers/log_show_json_lone.json"));
  std::string line;
  for (const std::string_view part : split(pretty, '\n')) {
    line += trim(part);
  }
  auto one = read_dump(json(), pretty).dump;
  auto other = read_dump(container_by_id("log_show_ndjson"), line + "\n").dump;
  for (std::string* dump : {&one, &other}) {
    *dump = dump->substr(dump->find(" t="), dump->find("\n  raw=") - dump->find(" t="));
  }
  EXPECT_EQ(one, other);
}

TEST(LogShowJson, reads_an_array_of_one_line_and_lone_objects) {
  std::string compact = "[" + object("a } , { \\\"") + "," + object("b") + "]";
  std::erase(compact, '\n');
  const Recognition found = recognise(compact, true);
  ASSERT_NE(found.chosen, nullptr);
  EXPECT_EQ(found.chosen, &json());
  EXPECT_EQ(read_dump(json(), compact, 3).records, 2U);
  const std::string lone = object("a") + "\n" + object("b") + "\n\n" + object("c");
  EXPECT_EQ(recognise(lone, true).chosen, &json());
  EXPECT_EQ(read_dump(json(), lone).records, 3U);
}

TEST(LogShowJson, goes_on_behind_damaged_objects) {
  const std::string good = object("good");
  for (const std::string& bad : {
           std::string("{\n  \"eventMessage\" : \"no end of the text\n  \"a\" : {\n  \"b\" : 1\n  }\n}"),
           std::string("{\n  \"timestamp\" : \"2026"),
           std::string("{\n  \"backtrace\" : {\n    \"frames\" : [\n      {"),
           std::string("{\n  \"timestamp\" 1\n}"),
           std::string("{\n  \"eventMessage\" : \"ends in an escape\\"),
       }) {
    const auto out = read_dump(json(), "[" + good + "," + bad + "\n},{" + good.substr(1) + "]\n");
    EXPECT_EQ(count(out.dump, "message=\"good\""), 2U) << bad << "\n" << out.dump;
    EXPECT_EQ(out.unparsed, 1U) << out.dump;
  }
}

TEST(LogShowJson, two_files_joined_in_the_middle_lose_the_cut_object_only) {
  const std::string file = "[" + object("a") + "," + object("b") + "]\n";
  for (std::size_t n = 0; n <= file.size(); ++n) {
    const auto out = read_dump(json(), file.substr(0, n) + "\n" + file);
    const std::size_t whole = read_dump(json(), file.substr(0, n)).records;
    EXPECT_EQ(out.records, whole + 2U) << "cut at " << n << "\n" << out.dump;
    EXPECT_LE(out.unparsed, 1U) << "cut at " << n;
  }
}

TEST(LogShowJson, an_object_without_end_takes_no_memory_and_the_next_is_read) {
  const std::string text = "[" + object(std::string(20U << 20U, 'x')) + "," + object("next") + "]";
  for (const std::size_t chunk : {std::size_t{1U << 20U}, SIZE_MAX}) {
    const auto out = read_dump(json(), text, chunk);
    EXPECT_EQ(out.records, 1U);
    EXPECT_EQ(out.unparsed, 1U);
    EXPECT_NE(out.dump.find("message=\"next\""), std::string::npos);
  }
}

TEST(LogShowJson, text_between_objects_is_unparsed_and_banners_are_not) {
  const auto out = read_dump(
      json(), "user % log show --style json\n\nmore\nFiltering the log data using \"x\"\n[" + object("a") + "]\nuser % exit\n");
  EXPECT_EQ(out.records, 1U);
  EXPECT_EQ(out.unparsed, 2U) << out.dump;
  EXPECT_EQ(read_dump(json(), "").dump, "");
  EXPECT_EQ(read_dump(json(), "\xEF\xBB\xBF[]").dump, "");
}

TEST(LogShowJson, objects_that_are_no_log_are_not_recognised) {
  for (const std::string& text : {std::string("[{\"a\" : 1}]"), std::string("{\n  \"timestamp\" : 12\n}"), std::string("["),
                                  std::string("[\n  1,\n  2\n]")}) {
    EXPECT_EQ(recognise(text, true).chosen, nullptr) << text;
  }
}

TEST(LogShowNdjson, missing_keys_and_any_order) {
  const auto& ndjson = container_by_id("log_show_ndjson");
  const std::string text =
      "{\"eventMessage\":\"only two\",\"timestamp\":\"2026-11-18 14:41:03.123456+0100\"}\n"
      "{\"processID\":7,\"timestamp\":\"2026-11-18 "
      "14:41:04.000000+0100\",\"eventType\":\"signpostEvent\",\"signpostName\":\"x\"}\n"
      "{\"timestamp\":\"2026-11-18 14:41:05.000000+0100\",\"eventType\":null,\"eventMessage\":null,\"subsystem\":null}\n";
  const auto out = read_dump(ndjson, text);
  EXPECT_EQ(out.records, 3U) << out.dump;
  EXPECT_EQ(out.unparsed, 0U) << out.dump;
  const Recognition likely = recognise(text.substr(0, text.find('\n') + 1), true);
  EXPECT_EQ(likely.chosen, &ndjson);
  EXPECT_EQ(likely.candidates[0].sniffed.match, Match::maybe);
}

}  // namespace
}  // namespace uptrail
