#include "collector/cli/options.h"

#include <gtest/gtest.h>

#include "collector/base/text.h"

namespace uptrail::cli {
namespace {

struct Parsed {
  bool ok = false;
  std::string error;
  std::vector<std::string> inputs, only;
  std::string output, level = "warning";
  bool json = false;
};

Parsed parse(const std::vector<std::string>& arguments) {
  Parsed p;
  Options options("check", "Say it", "[options] IN...");
  options.inputs("IN", p.inputs, "inputs", true);
  options.list("--only", p.only, "RULE", "rules", true);
  options.text("-o,--output", p.output, "FILE", "output");
  options.choice("--fail-on", p.level, {"error", "warning"}, "level");
  options.flag("--json", p.json, "json");
  const auto result = options.parse(arguments);
  p.ok = result.ok();
  if (!p.ok) p.error = result.error().text();
  return p;
}

TEST(Options, takes_inputs_lists_values_and_flags_in_any_order) {
  const Parsed p = parse({"a.log", "--only", "x,y", "-o", "out", "--only=z", "--json", "-", "b.log", "--fail-on", "error"});
  ASSERT_TRUE(p.ok) << p.error;
  EXPECT_EQ(p.inputs, (std::vector<std::string>{"a.log", "-", "b.log"}));
  EXPECT_EQ(p.only, (std::vector<std::string>{"x", "y", "z"}));
  EXPECT_EQ(p.output, "out");
  EXPECT_EQ(p.level, "error");
  EXPECT_TRUE(p.json);
}

TEST(Options, suggests_what_was_meant) {
  EXPECT_EQ(parse({"a", "--jsno"}).error, "unknown option --jsno (did you mean --json?)");
  EXPECT_EQ(parse({"a", "--zzzzzzz"}).error, "unknown option --zzzzzzz (uptrail check --help)");
}

TEST(Options, refuses_what_is_not_allowed) {
  EXPECT_TRUE(contains(parse({}).error, "IN")) << parse({}).error;
  EXPECT_TRUE(contains(parse({"a", "--fail-on", "loud"}).error, "\"loud\" is not one of error|warning"));
  EXPECT_FALSE(parse({"a", "-o"}).ok);
}

TEST(Options, takes_names_that_begin_with_a_dash_after_two_dashes) {
  const Parsed p = parse({"--", "--json"});
  ASSERT_TRUE(p.ok) << p.error;
  EXPECT_EQ(p.inputs, std::vector<std::string>{"--json"});
  EXPECT_FALSE(p.json);
}

TEST(Nearest, finds_typos_only) {
  EXPECT_EQ(nearest("chekc", {"check", "collect"}), "check");
  EXPECT_EQ(nearest("colect", {"check", "collect"}), "collect");
  EXPECT_EQ(nearest("potato", {"check", "collect"}), "");
  EXPECT_EQ(nearest("", {"check"}), "");
}

}  // namespace
}  // namespace uptrail::cli
