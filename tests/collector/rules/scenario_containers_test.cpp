#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

#include "collector/simulate/scenario.h"
#include "collector/simulate/writers.h"
#include "tests/collector/rules/scenario_support.h"

namespace uptrail::test {

TEST(ScenarioContainers, expectations_hold) {
  const auto catalogue = builtin_catalogue();
  std::map<std::string,std::set<std::string>> lost;
  for (const Scenario& s : published_scenarios()) {
    const auto played = simulate::play_script(s.text, s.name);
    for (const std::string_view container : simulate::container_names()) {
      const auto w = simulate::write_capture(played->events, **catalogue, {std::string(container), simulate::Lines::everything, false});
      EXPECT_EQ(broken_expectations(s.expected, judge(w->text)), "") << s.name << " as " << container;
      for (auto& l : w->losses) if (container=="ndjson") std::cout << s.name << " " << l << "\n";
    }
  }
}

}  // namespace uptrail::test
