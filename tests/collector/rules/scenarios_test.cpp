// The published scenarios: in each of them the expectations about the rules there are must hold.
#include <gtest/gtest.h>

#include "tests/collector/rules/scenario_support.h"

namespace uptrail::test {

TEST(Scenarios, all_published_scripts_are_there) { EXPECT_EQ(published_scenarios().size(), 65U); }

TEST(Scenarios, every_script_expects_something) {
  for (const Scenario& s : published_scenarios()) {
    EXPECT_FALSE(s.expected.fire.empty() && s.expected.not_.empty() && s.expected.undet.empty()) << s.name;
  }
}

TEST(Scenarios, expectations_hold) {
  for (const Scenario& s : published_scenarios()) {
    EXPECT_EQ(broken_expectations(s.expected, judge(s.text)), "") << s.name;
  }
}

}  // namespace uptrail::test
