#include "collector/simulate/task_store.h"

#include <gtest/gtest.h>

#include <map>
#include <optional>

#include "collector/pipeline/collect.h"
#include "collector/simulate/app_store.h"
#include "collector/simulate/degrade.h"
#include "collector/simulate/scenario.h"
#include "collector/simulate/writers.h"
#include "collector/trace/case_file.h"
#include "tests/collector/simulate/accuracy.h"
#include "tests/support/files.h"

namespace uptrail::test {
namespace {

simulate::Simulated day(std::uint64_t seed, std::vector<std::string> faults) {
  simulate::SimulateOptions o;
  o.seed = seed;
  o.sessions = 1 + static_cast<int>(seed % 2);
  o.tasks = 3;
  o.faults = std::move(faults);
  auto made = simulate::simulate(o);
  EXPECT_TRUE(made.ok());
  return made.take();
}

// The model of the device knows which tasks nsurlsessiond still has to tell.
TEST(TaskStore, has_the_rows_that_the_world_implies) {
  std::size_t completed = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const simulate::Simulated made = day(seed, simulate::random_faults(seed, 5));
    const simulate::TaskStore store = simulate::task_store(made.events, made.truth.to);
    std::map<Uuid, simulate::RowState> found;
    for (const simulate::TaskRow& row : store.rows) found[row.uuid] = row.state;
    for (const simulate::TrueTask& task : made.truth.tasks) {
      const bool unnoticed = task.code == 0 && task.status == 0;  // a fault took it away, and nsurlsessiond did not end it
      const bool there = found.contains(task.uuid);
      const bool ended = there && found[task.uuid] == simulate::RowState::completed;
      EXPECT_TRUE(there == !task.told || (!there && unnoticed)) << "seed " << seed << " task " << task.uuid.text() << task.end;
      EXPECT_EQ(ended, there && task.end != "running" && !unnoticed) << "seed " << seed << " task " << task.uuid.text();
      completed += ended ? 1 : 0;
    }
    EXPECT_EQ(store.nameless, 0U);
  }
  EXPECT_GT(completed, 5U);
}

TEST(TaskStore, follows_a_task_through_its_life) {
  const auto played = simulate::play_script(
      "=== t\n0 @fg\n1 @task X1 U1\n2 task.create X2 kind=upload-file desc=U2\n3 task.create X3 kind=data\n4 task.resume X3\n"
      "5 task.cancel X3\n60 @fin X1 200\n70 @cb X1 200\nend: 100\n",
      "script");
  ASSERT_TRUE(played.ok());
  const auto states = [&](std::int64_t second) {
    std::string out;
    for (const auto& row : simulate::task_store(played->events, played->truth.from + seconds(second)).rows) {
      out += std::to_string(row.id) + ":" + std::to_string(static_cast<int>(row.state)) + " ";
    }
    return out;
  };
  EXPECT_EQ(states(0), "");
  EXPECT_EQ(states(2), "1:0 2:1 ");
  EXPECT_EQ(states(6), "1:0 2:1 3:2 ");
  EXPECT_EQ(states(61), "1:3 2:1 3:2 ");
  EXPECT_EQ(states(71), "2:1 3:2 ");
}

TEST(TaskStore, loses_what_a_complete_list_or_a_restore_has_lost) {
  const auto played = simulate::play_script(
      "=== t\n0 @fg\n1 @task X1 U1\n1.1 @task X2 U2\n10 session.tasks-requested\n"
      "10.1 session.tasks-answered complete=true tasks=[X2:running:U2]\n20 device.restore kind=backup\nend: 100\n",
      "script");
  ASSERT_TRUE(played.ok());
  const auto rows = [&](std::int64_t second) {
    return simulate::task_store(played->events, played->truth.from + seconds(second)).rows.size();
  };
  EXPECT_EQ(rows(5), 2U);
  EXPECT_EQ(rows(11), 1U);
  EXPECT_EQ(rows(21), 0U);
}

struct Stores {
  TimeNs daemon_until;              // when nsurlsessiond's was copied
  std::optional<TimeNs> app_until;  // nullopt: the app's is not there
};

void count_with_stores(Accuracy& a, const simulate::Simulated& made, const std::vector<Event>& log, const Stores& stores,
                       bool recall) {
  const std::string dir = scratch_dir();
  CollectOptions options;
  options.paths = {dir + "/trip.ndjson", dir + "/trip.tasks.sqlite"};
  write_file(options.paths[0], simulate::write_ndjson(log));
  const auto written = simulate::write_task_store(options.paths[1], simulate::task_store(made.events, stores.daemon_until));
  ASSERT_TRUE(written.ok()) << written.error().text();
  if (stores.app_until) {
    options.paths.push_back(dir + "/trip.transfers.sqlite");
    const auto app = simulate::write_app_store(options.paths[2], simulate::app_store(made.events, *stores.app_until));
    ASSERT_TRUE(app.ok()) << app.error().text();
  }
  auto writer = create_memory_case();
  ASSERT_TRUE(writer.ok());
  const auto report = collect(**writer, options);
  ASSERT_TRUE(report.ok());
  ASSERT_EQ(report->sources.size(), options.paths.size());
  EXPECT_EQ(report->sources[1].container, "nsurlsessiond_tasks");
  EXPECT_EQ(report->sources[1].issue_count, 0U);
  const auto derived = (*writer)->reader().derived();
  ASSERT_TRUE(derived.ok());
  count_capture(a, made.truth, *derived, recall);
}

simulate::Simulated nth_day(std::uint64_t seed) {
  return day(seed, seed % 4 == 0 ? std::vector<std::string>() : simulate::random_faults(seed, 2));
}

// With the stores beside the logs nothing false is said, and nothing less is found.
TEST(TaskStore, beside_the_logs_changes_no_truth) {
  Accuracy a;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const simulate::Simulated made = nth_day(seed);
    count_with_stores(a, made, made.events, {made.truth.to, seed % 2 == 0 ? std::optional(made.truth.to) : std::nullopt}, true);
  }
  for (const std::string& c : a.complaints) ADD_FAILURE() << c;
}

// Nothing of the app but its store, both stores copied at any time of the day, and logs that lack something.
TEST(TaskStore, and_the_app_s_store_without_its_log_say_nothing_false) {
  Accuracy a;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const simulate::Simulated made = nth_day(seed);
    std::vector<Event> log = made.events;
    simulate::keep_observers(log, {Observer::cfn, Observer::daemon, Observer::sys});
    const DurationNs all = made.truth.to - made.truth.from;
    const auto part = [&](std::uint64_t of) { return made.truth.from + nanoseconds(all.ns / 8 * static_cast<std::int64_t>(of)); };
    if (seed % 5 == 0) simulate::redact(log);
    if (seed % 5 == 1) simulate::add_gap(log, part(3), part(4));
    const std::uint64_t first = seed % 3 == 0 ? 8 : 1 + seed % 8;
    count_with_stores(a, made, log, {part(first), part(seed % 3 == 1 ? first : 8)}, false);
  }
  EXPECT_GT(a.captures, 0U);
  for (const std::string& c : a.complaints) ADD_FAILURE() << c;
}

}  // namespace
}  // namespace uptrail::test
