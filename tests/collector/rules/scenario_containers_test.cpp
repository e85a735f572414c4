// The published scenarios as the logs that people have: written by the simulator, recognised, read, matched and judged. What is
// expected of the script is expected of every container.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>

#include "collector/containers/container.h"
#include "collector/simulate/scenario.h"
#include "collector/simulate/writers.h"
#include "tests/collector/rules/scenario_support.h"

namespace uptrail::test {
namespace {

// What a container truly loses, by scenario: the rules whose verdict rests on it.
struct Lost {
  std::string_view scenario, container;
  std::vector<std::string_view> rules;
  std::string_view why;
};
const std::vector<Lost>& lost() {
  static const std::vector<Lost> kLost = {
      {"12-handler-inside-get-tasks",
       "idevicesyslog",
       {"completion-handler-called-early"},
       "whole seconds: callbacks count as later only when they come more than 50 ms after the call; undetermined"},
      {"56-resource-timeout",
       "console",
       {"resource-timeout", "terminal-transport-error"},
       "no date: the week without a line is not seen, and with it the age of the task"},
  };
  return kLost;
}

bool excused(const Scenario& s, std::string_view container, std::string_view rule) {
  return std::any_of(lost().begin(), lost().end(), [&](const Lost& l) {
    return l.scenario == s.name && l.container == container && std::find(l.rules.begin(), l.rules.end(), rule) != l.rules.end();
  });
}

ScriptExpectation without_lost(const Scenario& s, std::string_view container) {
  ScriptExpectation out = s.expected;
  std::erase_if(out.fire, [&](const auto& f) { return excused(s, container, f.rule); });
  std::erase_if(out.not_, [&](const auto& rule) { return excused(s, container, rule); });
  return out;
}

std::string id_of(std::string_view container) {
  const std::string name(container);
  if (name == "event" || name == "script") return name == "event" ? "event_ndjson" : "event_script";
  return name == "console" ? "console_copy" : name == "idevicesyslog" ? name : "log_show_" + name;
}

std::string written_as(const Scenario& s, std::string_view container, simulate::Lines lines = simulate::Lines::everything) {
  std::string text = as_container(s.text, container, lines);
  const Container* read_as = recognise(text, true).chosen;
  EXPECT_TRUE(read_as != nullptr && read_as->info().id == id_of(container)) << s.name << " as " << container;
  return text;
}

class ScenarioContainers : public testing::TestWithParam<std::string_view> {};

TEST_P(ScenarioContainers, expectations_hold) {
  for (const Scenario& s : published_scenarios()) {
    const Judged judged = judge(written_as(s, GetParam()));
    const std::string broken = broken_expectations(without_lost(s, GetParam()), judged);
    EXPECT_EQ(broken, "") << s.name << " as " << GetParam();
  }
}

// A device logs less than a script tells: no manifest of nsurlsessiond, no event without a known message. Less may be found then,
// but nothing that the whole capture does not show.
TEST_P(ScenarioContainers, what_a_device_logs_gives_no_false_alarm) {
  for (const Scenario& s : published_scenarios()) {
    ScriptExpectation quiet = without_lost(s, GetParam());
    quiet.fire.clear();
    quiet.undet.clear();
    const Judged judged = judge(written_as(s, GetParam(), simulate::Lines::as_device));
    EXPECT_EQ(broken_expectations(quiet, judged), "") << s.name << " as " << GetParam();
  }
}

INSTANTIATE_TEST_SUITE_P(All, ScenarioContainers, testing::ValuesIn(simulate::container_names()),
                         [](const auto& param) { return std::string(param.param); });

}  // namespace

// What is not lost any more must leave the table.
TEST(ScenarioContainersLost, every_loss_is_real) {
  for (const Scenario& s : published_scenarios()) {
    for (const Lost& l : lost()) {
      if (l.scenario == s.name) {
        EXPECT_NE(broken_expectations(s.expected, judge(written_as(s, l.container))), "") << s.name << " " << l.container;
      }
    }
  }
}

// Lines of CFNetwork, nsurlsessiond and the system are Apple's, wherever the catalogue has one; these have none.
TEST(ScenarioContainersLost, only_these_kinds_travel_as_event_json) {
  std::set<std::string> told;
  std::size_t rendered = 0;
  const auto catalogue = builtin_catalogue();
  for (const Scenario& s : published_scenarios()) {
    const auto played = simulate::play_script(s.text, s.name);
    ASSERT_TRUE(played.ok());
    for (const simulate::LogLine& line :
         simulate::log_lines(played->events, **catalogue, simulate::Lines::everything, false).lines) {
      std::vector<Issue> issues;
      const auto event = decode_event_json(line.message, issues);
      rendered += event ? 0 : 1;
      const auto observers = event ? kind_info(event->kind).observers : std::span<const Observer>();
      const bool by_app = std::find(observers.begin(), observers.end(), Observer::app) != observers.end();
      if (event && !by_app) told.emplace(kind_name(event->kind));
    }
  }
  EXPECT_GT(rendered, 5000U);
  EXPECT_EQ(told, (std::set<std::string>{"app.force-quit", "daemon.delay-set", "daemon.force-quit-noticed", "device.boot",
                                         "device.first-unlock", "device.lock", "session.blocked-first-unlock", "session.setup-ok",
                                         "store.entry", "store.snapshot"}));
}

}  // namespace uptrail::test
