#include "collector/analysis/rules/worst_coverage.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tests/collector/analysis/bench_events.h"

namespace uptrail::analysis::test {
namespace {

using K = EventKind;
using namespace rules;

// Processes one after the other and beside each other: with and without names, launches, ends, builds and gaps in the log.
Capture random_processes(unsigned seed) {
  std::mt19937 random(seed);
  const auto below = [&](unsigned n) { return static_cast<int>(random() % n); };
  Capture c;
  if (below(2) == 0) {
    c.declare({"upload.state", "task.create"});
  }
  double t = 1;
  for (int p = 0; p < 24; ++p) {
    const std::string name = std::to_array<const char*>({"", "Shoebox", "Shoebox", "Widget"})[static_cast<std::size_t>(below(4))];
    c.pid(200 + p);
    const auto log = [&](K kind, std::initializer_list<std::pair<Field, Value>> fields) {
      c.add(t, kind, fields).process = name;
      t += below(20);
    };
    if (below(3) > 0) {
      log(K::app_launch, {{Field::build, std::to_string(below(2))}});
    }
    if (below(4) == 0) {
      log(K::capture_begin, {{Field::kinds, std::vector<std::string>{"upload.state"}}});
    }
    for (int k = below(5); k >= 0; --k) {
      log(below(3) == 0 ? K::upload_state : K::app_heartbeat, {{Field::upload_id, "U"}, {Field::state, "uploading"}});
    }
    if (below(6) == 0) {
      log(K::capture_gap, {});
    }
    if (below(3) == 0) {
      log(K::app_terminate, {});
    }
    t -= below(3) == 0 ? 15 : 0;
    t = std::max(t, 1.0);
  }
  std::stable_sort(c.events.begin(), c.events.end(), [](const Event& a, const Event& b) { return a.t < b.t; });
  c.end(t + 30);
  return c;
}

// What the class keeps an index for, worked out anew for each question.
TimeNs earliest_begin(const World& world, EpochId epoch) {
  const TimeNs begin = own_begin(world, epoch);
  if (launch_of(world, epoch) != kNoFact) return begin;
  std::optional<TimeNs> before;
  for (const EpochId id : world.epochs()) {
    const bool earlier = id != epoch && same_process_name(world, id, epoch) && seen_end(world, id) <= begin;
    if (earlier) before = std::max(before.value_or(kTimeMin), seen_end(world, id));
  }
  return before.value_or(begin);
}

CovAnswer expected(const World& world, K kind, EpochId like, TimeNs from) {
  CovAnswer worst;
  worst.cov = Cov::yes;
  for (const EpochId id : world.epochs()) {
    if (!same_process_name(world, id, like) || seen_end(world, id) <= from) continue;
    CovAnswer cov = coverage(world, kind, {}, id, std::max(from, earliest_begin(world, id)), seen_end(world, id));
    cov.declared_never_logged = cov.declared_never_logged || worst.declared_never_logged;
    if (cov.cov >= worst.cov) worst = cov;
  }
  return worst;
}

TEST(WorstCoverage, is_that_of_a_look_at_every_process) {
  std::size_t bad = 0;
  for (unsigned seed = 1; seed <= 40; ++seed) {
    const Stage s(random_processes(seed));
    const World& world = s.world();
    WorstCoverage unseen(world);
    std::mt19937 random(seed);
    for (const K kind : {K::upload_state, K::task_create, K::app_heartbeat}) {
      for (const EpochId like : world.epochs()) {
        const TimeNs from = at(static_cast<double>(random() % 300));
        const CovAnswer want = expected(world, kind, like, from);
        const CovAnswer got = unseen.since(kind, {}, like, from);
        bad += want.cov == Cov::yes ? 0 : 1;
        EXPECT_EQ(got.cov, want.cov) << "seed " << seed << ", process " << like.value;
        EXPECT_EQ(got.reason, want.reason) << "seed " << seed << ", process " << like.value;
        EXPECT_EQ(got.add, want.add);
        EXPECT_EQ(got.declared_never_logged, want.declared_never_logged) << "seed " << seed << ", process " << like.value;
      }
    }
  }
  EXPECT_GT(bad, 100U);  // of nearly 3000: the captures do have holes
}

}  // namespace
}  // namespace uptrail::analysis::test
