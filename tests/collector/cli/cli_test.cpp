#include "collector/cli/cli.h"

#include <gtest/gtest.h>

#include "collector/analysis/rule.h"
#include "collector/base/text.h"
#include "collector/cli/verb.h"
#include "run.h"
#include "tests/support/files.h"

namespace uptrail {
namespace {

using test::run;

TEST(Cli, shows_help_on_request_and_on_nothing) {
  const auto asked = run({"--help"});
  EXPECT_EQ(asked.code, 0);
  EXPECT_TRUE(contains(asked.out, "uptrail check system.log"));
  const auto nothing = run({});
  EXPECT_EQ(nothing.code, 2);
  EXPECT_EQ(nothing.err, asked.out);
  EXPECT_EQ(nothing.out, "");
}

TEST(Cli, prints_its_version) { EXPECT_TRUE(contains(run({"--version"}).out, "uptrail 0.")); }

TEST(Cli, every_verb_has_help_and_stands_on_its_page) {
  const std::string page = test::read_file(test::source_path("docs/cli.md"));
  for (const auto& verb : cli::builtin_verbs()) {
    const std::string name(verb->name());
    const auto ran = run({name, "--help"});
    EXPECT_EQ(ran.code, 0) << name;
    EXPECT_TRUE(contains(ran.out, "Usage: uptrail " + name + " ")) << ran.out;
    EXPECT_EQ(run({"help", name}).out, ran.out);
    EXPECT_TRUE(contains(page, "uptrail " + name)) << name;
  }
}

TEST(Cli, suggests_a_verb) {
  const auto ran = run({"chekc", "x"});
  EXPECT_EQ(ran.code, 2);
  EXPECT_EQ(ran.err, "uptrail: no verb \"chekc\" (did you mean check?)\n");
  EXPECT_EQ(run({"potato"}).err, "uptrail: no verb \"potato\" (uptrail --help lists the verbs)\n");
}

TEST(Cli, lists_every_rule_as_text_and_json) {
  const auto text = run({"rules"});
  const auto json = run({"rules", "--json"});
  EXPECT_EQ(text.code, 0);
  for (const RuleInfo* rule : analysis::rule_infos()) {
    EXPECT_TRUE(contains(text.out, rule->id));
    EXPECT_TRUE(contains(json.out, "\"id\": \"" + std::string(rule->id) + "\""));
  }
}

TEST(Cli, explains_every_rule_with_its_page) {
  for (const RuleInfo* rule : analysis::rule_infos()) {
    const auto ran = run({"explain", std::string(rule->id)});
    EXPECT_EQ(ran.code, 0);
    EXPECT_EQ(ran.out, test::read_file(test::source_path("docs/rules/" + std::string(rule->id) + ".md")));
  }
  const auto wrong = run({"explain", "task-completed-without-calback"});
  EXPECT_EQ(wrong.code, 2);
  EXPECT_TRUE(contains(wrong.err, "did you mean task-completed-without-callback?")) << wrong.err;
}

TEST(Cli, lists_formats) {
  const auto text = run({"formats"});
  const auto json = run({"formats", "--json"});
  EXPECT_EQ(text.code, 0);
  for (const char* id : {"event_ndjson", "event_script", "log_show_syslog", "console_copy", "nsurlsessiond_tasks"}) {
    EXPECT_TRUE(contains(text.out, id)) << id;
    EXPECT_TRUE(contains(json.out, id)) << id;
  }
}

}  // namespace
}  // namespace uptrail
