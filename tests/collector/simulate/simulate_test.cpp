#include "collector/simulate/simulate.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <variant>

#include "collector/analysis/rule.h"
#include "collector/simulate/writers.h"
#include "tests/collector/simulate/accuracy.h"
#include "tests/support/json_schema.h"

namespace uptrail::test {
namespace {

using simulate::SimulateOptions;

TEST(Simulate, SameSeedSameCapture) {
  SimulateOptions o;
  o.seed = 7;
  o.sessions = 2;
  o.faults = simulate::random_faults(7, 3);
  const auto a = simulate::simulate(o);
  const auto b = simulate::simulate(o);
  ASSERT_TRUE(a.ok() && b.ok());
  EXPECT_EQ(simulate::write_ndjson(a->events), simulate::write_ndjson(b->events));
  EXPECT_EQ(simulate::truth_json(a->truth), simulate::truth_json(b->truth));
  o.seed = 8;
  const auto c = simulate::simulate(o);
  ASSERT_TRUE(c.ok());
  EXPECT_NE(simulate::write_ndjson(a->events), simulate::write_ndjson(c->events));
}

TEST(Simulate, TruthFitsItsSchema) {
  SimulateOptions o;
  o.faults = simulate::random_faults(3, 8);
  const auto made = simulate::simulate(o);
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(made->truth.faults.size(), 8U);
  EXPECT_EQ(schema_problems("schemas/truth.schema.json", simulate::truth_json(made->truth)), "");
}

TEST(Simulate, TimesRise) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SimulateOptions o;
    o.seed = seed;
    o.faults = simulate::random_faults(seed, 4);
    const auto made = simulate::simulate(o);
    ASSERT_TRUE(made.ok());
    for (std::size_t i = 1; i < made->events.size(); ++i) {
      ASSERT_LT(made->events[i - 1].t_src->ns, made->events[i].t_src->ns) << "seed " << seed << " event " << i;
    }
  }
}

TEST(Simulate, RefusesWhatItCannotDo) {
  SimulateOptions o;
  o.faults = {"no-such-fault"};
  EXPECT_FALSE(simulate::simulate(o).ok());
  o.faults.clear();
  o.sessions = 0;
  EXPECT_FALSE(simulate::simulate(o).ok());
}

// The big run is `./dev bench accuracy`.
TEST(Accuracy, HealthyCapturesGiveNoFinding) {
  Accuracy a;
  for (std::uint64_t seed = 1; seed <= 120; ++seed) {
    SimulateOptions o;
    o.seed = seed;
    o.sessions = 1 + static_cast<int>(seed % 3);
    o.tasks = 1 + static_cast<int>(seed % 6);
    ASSERT_EQ(try_capture(a, o), "");
  }
  EXPECT_EQ(a.wrong(), 0U);
  for (const std::string& c : a.complaints) ADD_FAILURE() << c;
}

TEST(Accuracy, EveryFaultIsFoundAndNothingElse) {
  Accuracy a;
  for (const auto& fault : simulate::fault_list()) {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
      SimulateOptions o;
      o.seed = seed;
      o.sessions = 1 + static_cast<int>(seed % 2);
      o.tasks = 1;
      o.hours = 2;
      o.faults = {std::string(fault.id)};
      ASSERT_EQ(try_capture(a, o), "");
    }
  }
  for (const std::string& c : a.complaints) ADD_FAILURE() << c;
}

TEST(Accuracy, FaultsThatGoOnAtTheSameTimeAreAllFound) {
  Accuracy a;
  for (std::uint64_t seed = 1; seed <= 80; ++seed) {
    SimulateOptions o;
    o.seed = seed;
    o.sessions = 1 + static_cast<int>(seed % 3);
    o.tasks = 1;
    o.hours = 2;
    o.overlap = true;
    o.faults = simulate::random_faults(seed, 4);
    ASSERT_EQ(try_capture(a, o), "");
  }
  for (const std::string& c : a.complaints) ADD_FAILURE() << c;
}

// Pairs of faults of which one's task was made while the other's lived.
int concurrent_faults(const simulate::Simulated& made) {
  std::map<Uuid, std::pair<TimeNs, TimeNs>> lives;
  for (const Event& e : made.events) {
    const Value* uuid = e.fields.find(Field::uuid);
    if (uuid == nullptr || !std::holds_alternative<Uuid>(*uuid)) continue;
    if (e.kind == EventKind::task_create) lives[std::get<Uuid>(*uuid)].first = *e.t_src;
    if (e.kind == EventKind::daemon_task_finished) lives[std::get<Uuid>(*uuid)].second = *e.t_src;
  }
  int pairs = 0;
  for (const auto& f : made.truth.faults) {
    for (const auto& g : made.truth.faults) {
      if (!f.finding.task || !g.finding.task) continue;
      const auto& [began, ended] = lives[*f.finding.task];
      const TimeNs other = lives[*g.finding.task].first;
      pairs += began < other && other < ended ? 1 : 0;
    }
  }
  return pairs;
}

TEST(Simulate, FaultsOverlapOnlyWhenAsked) {
  int together = 0;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    SimulateOptions o;
    o.seed = seed;
    o.sessions = 3;
    o.tasks = 1;
    o.faults = {"task-completed-without-callback", "retry-loop", "temp-file-missing", "resume-on-running-task"};
    const auto apart = simulate::simulate(o);
    o.overlap = true;
    const auto made = simulate::simulate(o);
    ASSERT_TRUE(apart.ok() && made.ok());
    EXPECT_EQ(made->truth.faults.size(), 4U) << "seed " << seed;
    EXPECT_EQ(concurrent_faults(*apart), 0) << "seed " << seed;
    together += concurrent_faults(*made);
  }
  EXPECT_GT(together, 10);
}

// Every rule but the one about the recording itself.
TEST(Simulate, EveryRuleHasItsFault) {
  std::set<std::string> faults;
  for (const auto& fault : simulate::fault_list()) {
    faults.insert(std::string(fault.id));
  }
  for (const analysis::Rule* rule : analysis::builtin_rules()) {
    EXPECT_EQ(faults.contains(std::string(rule->info().id)), rule->info().id != "capture-incomplete") << rule->info().id;
  }
}

TEST(Accuracy, SpoiledCapturesSayNothingFalse) {
  for (std::size_t spoil = 1; spoil < kSpoils; ++spoil) {
    Accuracy a;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      SimulateOptions o;
      o.seed = seed * 31 + spoil;
      o.sessions = 1 + static_cast<int>(seed % 2);
      o.tasks = 2;
      o.faults = simulate::random_faults(o.seed, 3);
      ASSERT_EQ(try_capture(a, o, static_cast<Spoil>(spoil)), "");
    }
    for (const std::string& c : a.complaints) ADD_FAILURE() << spoil_name(static_cast<Spoil>(spoil)) << ": " << c;
  }
}

}  // namespace
}  // namespace uptrail::test
