// The life-cycle tables, the machine that runs them, and what comes of events that do not fit.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "collector/analysis/lifecycle/app_process.h"
#include "collector/analysis/lifecycle/page.h"
#include "collector/analysis/lifecycle/session_object.h"
#include "collector/analysis/lifecycle/task_client.h"
#include "collector/analysis/lifecycle/task_daemon.h"
#include "collector/analysis/lifecycle/wake.h"
#include "tests/collector/analysis/bench_events.h"
#include "tests/support/files.h"

namespace uptrail::analysis::test {
namespace {

using namespace lifecycle;
using K = EventKind;

const Uuid kX1 = Uuid::from_name("X1");
const Uuid kX2 = Uuid::from_name("X2");

bool names(const Row& row, K kind) { return std::find(row.events.begin(), row.events.end(), kind) != row.events.end(); }

std::vector<State> states_of(std::span<const Change> changes) {
  std::vector<State> out;
  for (const Change& c : changes) {
    out.push_back(c.to);
  }
  return out;
}

TEST(LifecycleTables, have_states_that_are_told_apart_and_reached) {
  for (const Table* table : tables()) {
    EXPECT_EQ(table->states[kUnseen].name, "unseen") << table->name;
    std::set<std::string_view> known;
    for (const StateInfo& s : table->states) {
      EXPECT_TRUE(known.insert(s.name).second) << table->name << ": " << s.name << " twice";
    }
    for (const Row& row : table->rows) {
      EXPECT_TRUE(row.to == kSame || row.to < table->states.size()) << table->name;
    }
    for (std::size_t at = 1; at < table->states.size(); ++at) {
      const auto s = static_cast<State>(at);
      const bool entered = std::any_of(table->rows.begin(), table->rows.end(), [&](const Row& r) { return r.to == s; });
      const bool start = table == &kSessionObject && s == session_object::absent;
      EXPECT_TRUE(entered || start) << table->name << ": nothing leads to " << table->states[s].name;
    }
  }
}

TEST(LifecycleTables, have_no_row_that_an_earlier_one_hides) {
  for (const Table* table : tables()) {
    for (std::size_t r = 0; r < table->rows.size(); ++r) {
      const Row& row = table->rows[r];
      for (const K kind : row.events) {
        for (std::size_t at = 0; at < table->states.size(); ++at) {
          const auto s = static_cast<State>(at);
          for (std::size_t e = 0; e < r && row.from.has(s); ++e) {
            const Row& earlier = table->rows[e];
            const bool hides =
                earlier.from.has(s) && names(earlier, kind) && (earlier.guard == Guard::always || earlier.guard == row.guard);
            EXPECT_FALSE(hides) << table->name << ": " << table->states[s].name << ", " << kind_name(kind);
          }
        }
      }
    }
  }
}

TEST(LifecycleTables, begin_anywhere) {
  for (const Table* table : tables()) {
    for (std::size_t k = 0; k < kEventKindCount; ++k) {
      Fact f;
      f.kind = static_cast<K>(k);
      const Step step = machine_of(*table).step(kUnseen, f, {});
      EXPECT_TRUE(step.listed) << table->name << ": " << kind_name(f.kind);
      EXPECT_TRUE(step.row == nullptr || step.row->mark == Mark::legal) << table->name << ": " << kind_name(f.kind);
    }
  }
}

TEST(LifecycleTables, are_printed_on_their_page) {
  EXPECT_EQ(uptrail::test::read_file(uptrail::test::source_path("docs/lifecycles.md")), page())
      << "stale: run `uptrail rules --lifecycles > docs/lifecycles.md`";
}

TEST(Machine, knows_what_would_explain_a_pair) {
  const auto ways = machine_of(kAppProcess).ways(app_process::foreground, K::app_resume);
  EXPECT_EQ(ways, (std::vector<K>{K::app_suspend}));
  EXPECT_TRUE(machine_of(kTaskDaemon).ways(task_daemon::acknowledged, K::daemon_task_connection).empty());
  EXPECT_TRUE(machine_of(kTaskClient).ways(task_client::delivered, K::task_create).empty());
}

TEST(Machine, keeps_the_state_on_a_pair_that_is_not_listed) {
  Fact f;
  f.kind = K::app_resume;
  const Step step = machine_of(kAppProcess).step(app_process::foreground, f, {});
  EXPECT_EQ(step.to, app_process::foreground);
  EXPECT_FALSE(step.listed);
  f.kind = K::device_lock;
  EXPECT_TRUE(machine_of(kAppProcess).step(app_process::foreground, f, {}).listed) << "not of this life-cycle";
}

TEST(Histories, of_a_process_tell_every_state_with_its_event) {
  Capture c;
  c.add(0, K::app_launch, {{Field::reason, "bg-urlsession"}});
  c.add(1, K::wake_handle_events, {{Field::identifier, "up"}});
  c.add(5, K::app_suspend);
  c.add(60, K::app_terminate, {{Field::cause, "jetsam"}});
  c.end(100);
  const Stage s(c);
  using namespace app_process;
  const auto changes = s.world().changes_of(s.epoch(0).id);
  EXPECT_EQ(states_of(changes), (std::vector<State>{launching_back, background, app_process::suspended, not_running}));
  EXPECT_EQ(s.world().fact(changes[2].at).kind, K::app_suspend);
  EXPECT_TRUE(s.world().breaks().empty());
}

TEST(Histories, of_a_task_count_suspends) {
  Capture c;
  c.add(0, K::app_launch);
  const std::pair<Field, Value> x{Field::uuid, kX1};
  c.add(1, K::task_create, {x});
  c.add(2, K::task_suspend, {x});
  c.add(3, K::task_resume, {x});
  c.add(4, K::task_resume, {x});
  c.add(5, K::task_resume, {x});
  c.end(60);
  const Stage s(c);
  using namespace task_client;
  const auto changes = s.world().client_changes(TaskId{0});
  EXPECT_EQ(states_of(changes), (std::vector<State>{created, task_client::suspended, task_client::suspended, running}));
  EXPECT_EQ(changes[1].count, 2);
  EXPECT_EQ(changes[2].count, 1);
  EXPECT_EQ(changes[3].count, 0);
}

TEST(Histories, of_a_task_count_calls_once_when_two_loggers_write_them_down) {
  Capture c;
  const StreamId network = c.add_stream(Observer::cfn);
  c.add(0, K::app_launch);
  const std::pair<Field, Value> x{Field::uuid, kX1};
  c.add(1, K::task_create, {x});
  c.add(2, K::task_resume, {x});
  c.add_to(network, 2.001, K::task_resume, {x}).pid = 100;
  c.add(3, K::task_suspend, {x});
  c.add_to(network, 3.001, K::task_suspend, {x}).pid = 100;
  c.end(60);
  EXPECT_EQ(Stage(c).world().client_changes(TaskId{0}).back().count, 1);
}

TEST(Histories, of_a_task_know_the_lists_of_its_session) {
  Capture c;
  c.add(0, K::app_launch);
  c.add(0.5, K::session_create, {{Field::identifier, "up"}});
  for (const Uuid& x : {kX1, kX2}) {
    c.add(1, K::task_create, {{Field::uuid, x}, {Field::identifier, "up"}});
    c.add(2, K::task_resume, {{Field::uuid, x}, {Field::identifier, "up"}});
  }
  c.add(10, K::session_tasks_requested, {{Field::identifier, "up"}});
  TaskListing entry;
  entry.uuid = kX2;
  entry.state = "completed";
  c.add(11, K::session_tasks_answered,
        {{Field::identifier, "up"}, {Field::complete, true}, {Field::tasks, std::vector<TaskListing>{entry}}});
  c.end(60);
  const Stage s(c);
  EXPECT_EQ(s.world().client_changes(TaskId{0}).back().to, task_client::lost);
  EXPECT_EQ(s.world().client_changes(TaskId{1}).back().to, task_client::finished);
}

TEST(Histories, of_a_task_in_nsurlsessiond_tell_held_results_apart) {
  Capture c;
  const auto daemon = [&](double t, K kind) { c.add(t, kind, {{Field::uuid, kX1}, {Field::identifier, "up"}}); };
  daemon(1, K::daemon_task_enqueued);
  daemon(2, K::daemon_task_resumed);
  daemon(3, K::daemon_task_connection);
  c.add(4, K::daemon_client_disconnected, {{Field::identifier, "up"}});
  daemon(5, K::daemon_task_finished);
  c.add(9, K::daemon_callback_released, {{Field::identifier, "up"}});
  daemon(10, K::daemon_callback_acknowledged);
  c.add(11, K::daemon_session_cleaned, {{Field::identifier, "up"}});
  c.end(60);
  using namespace task_daemon;
  EXPECT_EQ(states_of(Stage(c).world().daemon_changes(TaskId{0})),
            (std::vector<State>{enqueued, waiting, transferring, held, unacked, acknowledged, gone}));
}

TEST(Histories, of_a_wake_follow_the_handshake) {
  Capture c;
  const std::pair<Field, Value> up{Field::identifier, "up"};
  c.add(0, K::daemon_wake_requested, {up});
  c.add(1, K::app_launch, {{Field::reason, "bg-urlsession"}});
  c.add(2, K::wake_handle_events, {up});
  c.add(3, K::task_did_complete, {up, {Field::uuid, kX1}});
  c.add(4, K::session_did_finish_events, {up});
  c.add(5, K::wake_handler_called, {up});
  c.add(6, K::app_suspend);
  c.end(60);
  using namespace wake;
  EXPECT_EQ(states_of(Stage(c).world().changes_of(SessionId{0})),
            (std::vector<State>{requested, launched, handed_over, delivering, due, done, idle}));
}

}  // namespace
}  // namespace uptrail::analysis::test
