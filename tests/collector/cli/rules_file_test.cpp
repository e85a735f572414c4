#include "collector/cli/rules_file.h"

#include <gtest/gtest.h>

#include "collector/analysis/rule.h"
#include "collector/base/text.h"

namespace uptrail::cli {
namespace {

const RuleInfo* rule_with_threshold() {
  for (const RuleInfo* info : analysis::rule_infos()) {
    if (!info->thresholds.empty()) return info;
  }
  return nullptr;
}

std::string problem(const std::string& text) {
  analysis::RuleSettings settings;
  const Status status = parse_rules_text(text, "my.rules", settings);
  return status.ok() ? std::string() : status.error().text();
}

TEST(RulesFile, sets_thresholds_and_choices) {
  const RuleInfo* rule = rule_with_threshold();
  ASSERT_NE(rule, nullptr);
  const std::string id(rule->id);
  const std::string name(rule->thresholds.front().name);
  analysis::RuleSettings settings;
  const Status status = parse_rules_text(
      "# mine\n\n" + id + "." + name + " = 61.5 # longer\nignore=" + id + "\nonly = " + id + "\r\n", "x", settings);
  ASSERT_TRUE(status.ok()) << status.error().text();
  EXPECT_EQ(settings.thresholds[id][name], 61.5);
  EXPECT_EQ(settings.ignore, std::vector<std::string>{id});
  EXPECT_EQ(settings.only, std::vector<std::string>{id});
}

TEST(RulesFile, names_file_line_and_cause_of_what_is_wrong) {
  const RuleInfo* rule = rule_with_threshold();
  ASSERT_NE(rule, nullptr);
  const std::string id(rule->id);
  const std::string name(rule->thresholds.front().name);
  EXPECT_EQ(problem("\nhello"), "my.rules: line 2: a setting is written name = value");
  EXPECT_TRUE(contains(problem("no-such-rule.x = 1"), "line 1: no rule \"no-such-rule\""));
  EXPECT_TRUE(contains(problem(id + ".zz_nothing_zz = 1"), "has no threshold \"zz_nothing_zz\""));
  EXPECT_TRUE(contains(problem(id + "." + name + " = soon"), "\"soon\" is not a number"));
  EXPECT_TRUE(contains(problem(id + "." + name + " = -1"), "is not a number of at least 0"));
  EXPECT_TRUE(contains(problem(id + "." + name + " = inf"), "is not a number"));
}

TEST(CheckRuleName, suggests_the_rule_that_was_meant) {
  const std::string id(analysis::rule_infos().front()->id);
  EXPECT_TRUE(check_rule_name(id).ok());
  const Status status = check_rule_name(id.substr(0, id.size() - 1));
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().hint, "did you mean " + id + "?");
}

}  // namespace
}  // namespace uptrail::cli
