#include "collector/pipeline/rules_file.h"

#include <gtest/gtest.h>

#include "collector/analysis/rule.h"
#include "collector/base/text.h"
#include "tests/support/json_schema.h"

namespace uptrail {
namespace {

const RuleInfo* rule_with_threshold() {
  for (const RuleInfo* info : analysis::rule_infos()) {
    if (!info->thresholds.empty()) return info;
  }
  return nullptr;
}

std::string problem(const std::string& text) {
  analysis::RuleSettings settings;
  const Status status = parse_rules_file(text, "my.json", "2026-11-21", settings);
  return status.ok() ? std::string() : status.error().text();
}

TEST(RulesFile, sets_thresholds_and_choices) {
  const RuleInfo* rule = rule_with_threshold();
  ASSERT_NE(rule, nullptr);
  const std::string id(rule->id);
  const std::string name(rule->thresholds.front().name);
  const std::string text = "{\"thresholds\": {\"" + id + "." + name + "\": 61.5},\n \"ignore\": [\"" + id +
                           "\", \"0123456789abcdef\"], \"only\": [\"" + id + "\"]}";
  analysis::RuleSettings settings;
  const Status status = parse_rules_file(text, "x", "2026-11-21", settings);
  ASSERT_TRUE(status.ok()) << status.error().text();
  EXPECT_EQ(settings.thresholds[id][name], 61.5);
  EXPECT_EQ(settings.ignore, (std::vector<std::string>{id, "0123456789abcdef"}));
  EXPECT_EQ(settings.only, std::vector<std::string>{id});
  EXPECT_EQ(test::schema_problems("schemas/rules.schema.json", text), "");
  EXPECT_NE(test::schema_problems("schemas/rules.schema.json", "{\"threshold\": {}}"), "");
}

TEST(RulesFile, names_file_place_and_cause_of_what_is_wrong) {
  const RuleInfo* rule = rule_with_threshold();
  ASSERT_NE(rule, nullptr);
  const std::string id(rule->id);
  const std::string full = id + "." + std::string(rule->thresholds.front().name);
  EXPECT_TRUE(contains(problem("{\n\"ignore\": [}"), "my.json: line 2: not JSON"));
  EXPECT_TRUE(contains(problem("# old form\n" + full + " = 1\n"), "line 1: not JSON"));
  EXPECT_TRUE(contains(problem("[]"), "not one JSON object"));
  EXPECT_TRUE(contains(problem("{\"treshold\": 1}"), "unknown key \"treshold\""));
  EXPECT_TRUE(contains(problem("{\"thresholds\": {\"no-such-rule.x\": 1}}"), "no rule \"no-such-rule\""));
  EXPECT_TRUE(contains(problem("{\"thresholds\": {\"" + id + ".zz_nothing_zz\": 1}}"), "has no threshold \"zz_nothing_zz\""));
  EXPECT_TRUE(contains(problem("{\"thresholds\": {\"" + full + "\": \"soon\"}}"), "is not a number"));
  EXPECT_TRUE(contains(problem("{\"thresholds\": {\"" + full + "\": -1}}"), "is not a number of at least 0"));
  EXPECT_TRUE(contains(problem("{\"only\": [\"0123456789abcdef\"]}"), "no rule \"0123456789abcdef\""));
  EXPECT_TRUE(contains(problem("{\"ignore\": \"x\"}"), "is not a list"));
}

TEST(RulesFile, what_is_ignored_may_have_a_reason_and_expire) {
  const auto ignored = [](const std::string& today) {
    const std::string text =
        R"({"ignore": [{"finding": "0123456789abcdef", "reason": "known", "expires": "2027-01-31"}, {"finding": "aaaaaaaaaaaaaaaa"}]})";
    analysis::RuleSettings settings;
    EXPECT_TRUE(parse_rules_file(text, "x", today, settings).ok());
    EXPECT_EQ(test::schema_problems("schemas/rules.schema.json", text), "");
    return settings.ignore;
  };
  const std::vector<std::string> both = {"0123456789abcdef", "aaaaaaaaaaaaaaaa"};
  EXPECT_EQ(ignored("2027-01-30"), both);
  EXPECT_EQ(ignored("2027-01-31"), both) << "the day named is the last one";
  EXPECT_EQ(ignored("2027-02-01"), std::vector<std::string>{"aaaaaaaaaaaaaaaa"});
  EXPECT_TRUE(contains(problem(R"({"ignore": [{"reason": "why"}]})"), "names neither"));
  EXPECT_TRUE(contains(problem(R"({"ignore": [{"finding": "0123456789abcdef", "expires": "soon"}]})"), "is no day"));
  EXPECT_TRUE(contains(problem(R"({"ignore": [{"finding": "0123456789abcdef", "until": "x"}]})"), "unknown key \"until\""));
  EXPECT_TRUE(contains(problem(R"({"ignore": [{"rule": "no-such-rule"}]})"), "no rule"));
}

TEST(CheckRuleName, suggests_the_rule_that_was_meant) {
  const std::string id(analysis::rule_infos().front()->id);
  EXPECT_TRUE(check_rule_name(id).ok());
  const Status status = check_rule_name(id.substr(0, id.size() - 1));
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().hint, "did you mean " + id + "?");
}

}  // namespace
}  // namespace uptrail
