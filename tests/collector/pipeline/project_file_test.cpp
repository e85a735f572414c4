#include "collector/pipeline/project_file.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "collector/base/text.h"
#include "tests/support/files.h"
#include "tests/support/json_schema.h"

namespace uptrail {
namespace {

const std::string kWhole = R"({
  "rules": {
    "thresholds": {"task-completed-without-callback.T_CB": 60},
    "severity": {"session-per-upload": "info"},
    "ignore": [
      {"rule": "session-created-twice", "reason": "the share extension does it", "expires": "2027-01-31"},
      {"finding": "0123456789abcdef", "reason": "old"}
    ],
    "only": []
  },
  "check": {"fail_on": "error", "could_not_tell": "fail", "require": ["app", "daemon"], "baseline": "ci/baseline.json"},
  "messages": ["ci/messages.json"],
  "store_maps": ["../maps/store.json"]
})";

TEST(ProjectFile, says_how_captures_are_judged) {
  const auto file = parse_project_file(kWhole, "/src/app/uptrail.json", "2026-11-22");
  ASSERT_TRUE(file.ok()) << file.error().text();
  EXPECT_EQ(file->rules.thresholds.at("task-completed-without-callback").at("T_CB"), 60);
  EXPECT_EQ(file->rules.severity.at("session-per-upload"), Severity::info);
  EXPECT_EQ(file->rules.ignore, (std::vector<std::string>{"session-created-twice", "0123456789abcdef"}));
  EXPECT_EQ(file->fail_on, "error");
  EXPECT_EQ(file->could_not_tell, "fail");
  EXPECT_EQ(file->require, (std::vector<std::string>{"app", "daemon"}));
  EXPECT_EQ(file->baseline, "/src/app/ci/baseline.json") << "found from the file's folder, not from the working one";
  EXPECT_EQ(file->messages, std::vector<std::string>{"/src/app/ci/messages.json"});
  EXPECT_EQ(file->store_maps, std::vector<std::string>{"/src/maps/store.json"});
  EXPECT_EQ(test::schema_problems("schemas/uptrail.schema.json", kWhole), "");
}

TEST(ProjectFile, what_has_expired_counts_again_and_is_told) {
  const auto file = parse_project_file(kWhole, "uptrail.json", "2027-02-01");
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file->rules.ignore, std::vector<std::string>{"0123456789abcdef"});
  ASSERT_EQ(file->suppressions.size(), 2U);
  EXPECT_TRUE(file->suppressions[0].expired);
  EXPECT_FALSE(file->suppressions[1].expired);
}

TEST(ProjectFile, names_file_place_and_cause) {
  const auto problem = [](const std::string& text) {
    const auto file = parse_project_file(text, "uptrail.json", "2026-11-22");
    return file.ok() ? std::string() : file.error().text();
  };
  EXPECT_TRUE(contains(problem("{\n\"check\": }"), "uptrail.json: line 2: not JSON"));
  EXPECT_TRUE(contains(problem("[]"), "not one JSON object"));
  EXPECT_TRUE(contains(problem(R"({"chekc": {}})"), "did you mean check?"));
  EXPECT_TRUE(contains(problem(R"({"check": {"fail-on": "error"}})"), "did you mean fail_on?"));
  EXPECT_TRUE(contains(problem(R"({"check": {"fail_on": "fatal"}})"), "one of error, warning, info, never"));
  EXPECT_TRUE(contains(problem(R"({"check": {"require": ["apps"]}})"), "\"require\" is \"apps\""));
  EXPECT_TRUE(contains(problem(R"({"rules": {"ignore": ["session-created-twice"]}})"), "without a reason"));
  EXPECT_TRUE(contains(problem(R"({"rules": {"severity": {"session-created-twice": "off"}}})"), "goes to \"ignore\""));
  EXPECT_TRUE(contains(problem(R"({"rules": {"severity": {"session-created": "info"}}})"), "no rule"));
  EXPECT_TRUE(contains(problem(R"({"messages": [3]})"), "no file name"));
}

TEST(ProjectFile, is_found_upwards) {
  const std::string dir = test::scratch_dir();
  std::filesystem::create_directories(dir + "/a/b");
  test::write_file(dir + "/uptrail.json", "{}");
  EXPECT_EQ(find_project_file(dir + "/a/b"), dir + "/uptrail.json");
  test::write_file(dir + "/a/uptrail.json", "{}");
  EXPECT_EQ(find_project_file(dir + "/a/b"), dir + "/a/uptrail.json") << "the nearest";
  EXPECT_EQ(find_project_file(""), "");
}

}  // namespace
}  // namespace uptrail
