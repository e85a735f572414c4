// Event scripts in, verdicts out: what the tests of the rules share.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "collector/analysis/analyse.h"
#include "collector/containers/event_script.h"
#include "collector/model/derived.h"
#include "collector/simulate/writers.h"

namespace uptrail::test {

// The rules under test. Expectations about others are read over: they belong to rules that do not exist yet.
const std::vector<std::string>& known_rules();
bool is_known_rule(std::string_view rule);

struct Judged {
  bool ok = false;
  std::string error;
  std::vector<Finding> findings;
  std::vector<Undetermined> undetermined;
  [[nodiscard]] const Finding* find(std::string_view rule) const;  // the gravest; nullptr: not fired
  [[nodiscard]] bool is_undetermined(std::string_view rule) const;
  [[nodiscard]] std::string text() const;  // one line a verdict, for messages
  [[nodiscard]] std::string all() const;   // everything that the findings and questions say
};

// Any capture text: an event script or NDJSON.
Judged judge(std::string_view capture, const analysis::RuleSettings& settings = {});
// A script whose expectations must hold as well; a test that breaks them fails.
Judged judge_script(std::string_view script);
// Several sources of one case, named by their position, read in the order of `texts` or from the last to the first.
Judged judge_files(const std::vector<std::string>& texts, bool backwards = false);
// The threshold or measured value of that name; fails the test when the finding has none.
const NumberUsed& number(const Finding& finding, std::string_view name);
// Every expectation of the script that the verdicts break, one line each; "" when they hold.
std::string broken_expectations(const ScriptExpectation& expected, const Judged& judged);

struct Scenario {
  std::string name;  // file name without ".scn"
  std::string text;
  ScriptExpectation expected;
  bool healthy = false;  // marked as healthy, or expected to stay below a warning
};
// A script as another container would hold it.
std::string as_container(std::string_view script, std::string_view container,
                         simulate::Lines lines = simulate::Lines::everything);
std::vector<Scenario> published_scenarios();  // assets/scenarios/*.scn, sorted by name

}  // namespace uptrail::test
