#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "collector/base/text.h"
#include "run.h"
#include "tests/support/files.h"
#include "tests/support/json_schema.h"

namespace uptrail {
namespace {

using test::run;

std::string script(const std::string& text) {
  const std::string path = test::scratch_dir() + "/s.scn";
  test::write_file(path, text);
  return path;
}

constexpr const char* kStuck = "0 @fg\n1 @task X1 U1\n2 @task X2 U2\n30 @done X1 U1\n40 @fin X2 200\n";

TEST(Story, prints_paragraphs_and_the_rules_behind_them) {
  const auto ran = run({"story", script(kStuck)});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.out.substr(0, 10), "Upload U2:");
  EXPECT_TRUE(contains(ran.out, " task-completed-without-callback (error")) << ran.out;
  EXPECT_TRUE(contains(ran.out, "\nTimes are UTC")) << ran.out;
}

TEST(Story, places_say_where_each_clause_can_be_read) {
  const auto ran = run({"story", "--upload", "U2", "--places", script(kStuck)});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_TRUE(contains(ran.out, "      s.scn:3")) << ran.out;
}

TEST(Story, json_fits_its_schema_and_gives_each_event_its_line) {
  const auto ran = run({"story", "--json", script(kStuck)});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(test::schema_problems("schemas/story.schema.json", ran.out), "");
  const auto root = nlohmann::json::parse(ran.out, nullptr, false);
  ASSERT_FALSE(root.is_discarded());
  EXPECT_EQ(root["stories"][0]["clauses"][0]["events"][0]["line"], 3);
  EXPECT_EQ(ran.out, run({"story", "--json", script(kStuck)}).out);
}

TEST(Story, takes_one_filter_and_refuses_what_is_not_there) {
  EXPECT_EQ(run({"story", "--upload", "U2", "--task", "1", script(kStuck)}).code, 2);
  EXPECT_EQ(run({"story", "--wake", "0", script(kStuck)}).code, 2);
  EXPECT_EQ(run({"story", "--session", "other", script(kStuck)}).code, 2);
}

}  // namespace
}  // namespace uptrail
