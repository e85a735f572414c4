#include <gtest/gtest.h>

#include <random>

#include "tests/collector/analysis/bench_events.h"

namespace uptrail::analysis::test {
namespace {

using K = EventKind;
const Uuid kX1 = Uuid::from_name("X1");

// A running app (heartbeats 0..60), a task that finished in the daemon at 10 and was never delivered; X2 was.
Capture undelivered() {
  Capture c;
  c.declare();
  c.add(0, K::app_launch, {{Field::reason, "user"}});
  c.add(1, K::task_create, {{Field::uuid, kX1}, {Field::identifier, "up"}});
  c.add(1, K::task_did_complete, {{Field::uuid, Uuid::from_name("X2")}, {Field::identifier, "up"}});
  c.add(10, K::daemon_task_finished, {{Field::uuid, kX1}, {Field::code, std::int64_t{0}}});
  c.heartbeats(0, 60);
  c.end(60);
  return c;
}

AbsentAnswer ask(const Stage& s, double from, double to, double run_seconds, Clock clock = Clock::run) {
  World::AbsentQuery q;
  q.kinds = {K::task_did_complete};
  q.among = s.world().of_task(TaskId{0});
  q.scope = {SessionId{0}, s.derived().epochs.empty() ? EpochId{} : s.epoch(0).id, {}};
  q.span = {at(from), at(to)};
  q.clock = clock;
  q.run_from = at(from);
  q.T = from_seconds(run_seconds);
  return s.world().absent(q);
}

TEST(Absent, is_true_with_full_coverage_and_enough_run_time) {
  const Stage s(undelivered());
  const AbsentAnswer a = ask(s, 10, 60, 30);
  EXPECT_EQ(a.answer, Absent::yes);
  EXPECT_EQ(a.waited, seconds(50));
  EXPECT_FALSE(a.coverage.declared_never_logged);
}

TEST(Absent, is_false_when_the_event_is_there_even_at_the_edge) {
  Capture c = undelivered();
  c.add(60, K::task_did_complete, {{Field::uuid, kX1}});
  const Stage s(c);
  const AbsentAnswer a = ask(s, 10, 60, 30);
  EXPECT_EQ(a.answer, Absent::no);
  EXPECT_EQ(s.world().fact(a.found).kind, K::task_did_complete);
}

TEST(Absent, widens_the_span_by_the_uncertainty_of_the_clock) {
  Capture c = undelivered();
  c.add(9.9, K::task_did_complete, {{Field::uuid, kX1}});
  EXPECT_EQ(ask(Stage(c), 10, 60, 30).answer, Absent::yes) << "before the span";
  c.streams[Capture::kApp.value].uncertainty = milliseconds(200);
  EXPECT_EQ(ask(Stage(c), 10, 60, 30).answer, Absent::no) << "perhaps not before the span";
}

TEST(Absent, is_pending_while_too_little_time_has_passed) {
  const Stage s(undelivered());
  EXPECT_EQ(ask(s, 10, 60, 51).answer, Absent::pending);
  EXPECT_EQ(ask(s, 10, 60, 51, Clock::wall).answer, Absent::pending);
  EXPECT_EQ(ask(s, 10, 60, 50, Clock::wall).answer, Absent::yes);
  EXPECT_EQ(ask(s, 10, 1000, 500, Clock::wall).answer, Absent::pending) << "a span cannot outlast the capture";
}

TEST(Absent, is_unknown_across_a_gap) {
  Capture c = undelivered();
  c.add(30, K::capture_gap, {{Field::from, at(20)}, {Field::to, at(21)}});
  const AbsentAnswer a = ask(Stage(c), 10, 60, 30);
  EXPECT_EQ(a.answer, Absent::unknown);
  EXPECT_EQ(a.coverage.reason, "a gap in the app's log");
}

TEST(Absent, is_unknown_without_the_kind) {
  Capture c = undelivered();
  std::erase_if(c.events, [](const Event& e) { return e.kind == K::capture_begin; });
  const Stage s(c);
  EXPECT_EQ(ask(s, 10, 60, 30).answer, Absent::yes) << "X2's callback demonstrates it in this process";
  std::erase_if(c.events, [](const Event& e) { return e.kind == K::task_did_complete; });
  EXPECT_EQ(ask(Stage(c), 10, 60, 30).answer, Absent::unknown);
}

TEST(Absent, is_unknown_when_an_event_of_the_kind_cannot_be_attributed) {
  Capture c = undelivered();
  c.add(15, K::task_did_complete);
  const AbsentAnswer a = ask(Stage(c), 10, 60, 30);
  EXPECT_EQ(a.answer, Absent::unknown);
  EXPECT_FALSE(a.coverage.reason.empty());
}

TEST(Absent, is_unknown_when_an_event_of_the_kind_names_not_even_its_app) {
  Capture c = undelivered();
  c.add(15, K::task_did_complete).unit = {};
  const Stage s(c);
  EXPECT_EQ(ask(s, 10, 60, 30).answer, Absent::unknown);
  EXPECT_EQ(ask(s, 20, 60, 30).answer, Absent::yes) << "it was before";
  EXPECT_EQ(s.world().of_kind(K::task_did_complete).size(), 1U) << "and it is blamed on nobody";
}

TEST(Absent, counts_only_what_passed_until_the_covering_log_ends) {
  Capture c = undelivered();
  c.streams[Capture::kApp.value].open = Interval{at(0), at(30)};
  EXPECT_EQ(ask(Stage(c), 10, 60, 20).answer, Absent::unknown) << "the process lived on, unrecorded";
  std::erase_if(c.events, [](const Event& e) { return e.stream == Capture::kApp && e.t > at(30); });
  const Stage s(c);
  const AbsentAnswer a = ask(s, 10, 60, 20);
  EXPECT_EQ(a.answer, Absent::yes);
  EXPECT_EQ(a.waited, seconds(20));
  EXPECT_EQ(ask(s, 10, 60, 21).answer, Absent::pending);
}

TEST(Absent, another_witness_of_the_same_fact_is_enough) {
  Capture c;
  c.add_to(Capture::kDaemon, 0, K::capture_begin, {{Field::kinds, std::vector<std::string>{"*"}}}).pid.reset();
  c.add(0, K::app_launch);
  c.add(1, K::wake_handle_events, {{Field::identifier, "up"}});
  c.add(2, K::daemon_assertion_released, {{Field::identifier, "other"}});
  c.heartbeats(0, 60);
  c.end(60);
  const Stage s(c);
  World::AbsentQuery q;
  q.kinds = {K::wake_handler_called, K::daemon_assertion_released};
  q.among = s.world().of_session(SessionId{0});
  q.scope = {SessionId{0}, s.epoch(0).id, {}};
  q.span = {at(1), at(60)};
  q.run_from = at(1);
  q.T = seconds(10);
  EXPECT_EQ(s.world().absent(q).answer, Absent::yes);
  q.kinds = {K::wake_handler_called};
  EXPECT_EQ(s.world().absent(q).answer, Absent::unknown);
}

TEST(Absent, tells_where_it_looked) {
  const Stage s(undelivered());
  const AbsentAnswer a = ask(s, 0, 60, 30);
  ASSERT_EQ(a.searched.size(), 1U);
  EXPECT_EQ(a.searched[0].kind, K::task_did_complete);
  EXPECT_EQ(a.searched[0].stream, Capture::kApp);
  const SearchDone done = s.world().counted(a.searched[0]);
  EXPECT_EQ(done.siblings_found, 1U);
  EXPECT_EQ(done.records, 16U);  // manifest, launch, create, X2's end, 12 of 13 heartbeats
}

TEST(Absent, in_another_order_domain_existence_alone_counts) {
  Capture c = undelivered();
  const StreamId other = c.add_stream(Observer::app, true, {}, DomainId{1});
  c.add_to(other, 500, K::task_did_complete, {{Field::uuid, kX1}});
  EXPECT_EQ(ask(Stage(c), 10, 60, 30).answer, Absent::no);
}

// Removing what is recorded may turn an answer into "unknown", but "unknown" never into "absent".
TEST(Absent, removing_coverage_never_makes_an_unknown_true) {
  std::mt19937 random(7);
  for (int round = 0; round < 400; ++round) {
    Capture c = undelivered();
    if (random() % 3 == 0) {
      c.add(15, K::task_did_complete, {{Field::uuid, kX1}});
    }
    if (random() % 2 == 0) {
      c.streams[Capture::kApp.value].lossy = random() % 2 == 0;
    }
    if (random() % 2 == 0) {
      const double from = static_cast<double>(random() % 60);
      c.add(from + 1, K::capture_gap, {{Field::from, at(from)}, {Field::to, at(from + 1)}});
    }
    const double end = static_cast<double>(random() % 61);
    const double from = static_cast<double>(random() % 30);
    const AbsentAnswer before = ask(Stage(c), from, 60, 10);
    Capture less = c;
    switch (random() % 4) {
      case 0:
        std::erase_if(less.events, [](const Event& e) { return e.kind == K::capture_begin; });
        break;
      case 1:
        less.streams[Capture::kApp.value].lossy = true;
        break;
      case 2:
        less.streams[Capture::kApp.value].open = Interval{at(0), at(end)};
        break;
      default:
        std::erase_if(less.events, [](const Event& e) { return e.kind == K::app_heartbeat; });
        break;
    }
    const AbsentAnswer after = ask(Stage(less), from, 60, 10);
    if (before.answer == Absent::unknown) {
      EXPECT_NE(after.answer, Absent::yes) << "round " << round;
    }
    if (before.answer == Absent::no) {
      EXPECT_NE(after.answer, Absent::yes) << "round " << round;
    }
    EXPECT_LE(after.waited, std::max(before.waited, seconds(60)));
  }
}

TEST(Order, is_that_of_the_file_inside_one_stream) {
  Capture c;
  c.add(1, K::app_launch);
  c.add(1, K::session_create, {{Field::identifier, "up"}});
  c.add(2, K::app_foreground);
  c.end(10);
  const Stage s(c);
  const World& w = s.world();
  EXPECT_EQ(w.order(s.fact(K::app_launch), s.fact(K::session_create)), Order::before);
  EXPECT_EQ(w.order(s.fact(K::app_foreground), s.fact(K::app_launch)), Order::after);
}

TEST(Order, lines_that_a_buffer_shuffled_are_unordered) {
  Capture c;
  c.add(1.000002, K::app_launch);
  c.add(1.000001, K::session_create, {{Field::identifier, "up"}});
  c.end(10);
  const Stage s(c);
  EXPECT_EQ(s.world().order(s.fact(K::app_launch), s.fact(K::session_create)), Order::unordered);
}

TEST(Order, lines_of_whole_seconds_that_disagree_by_one_are_unordered) {
  Capture c;
  c.add(3, K::app_launch);
  c.add(2, K::session_create, {{Field::identifier, "up"}});
  c.add(9, K::app_foreground);
  c.add(5, K::app_background);
  c.end(10);
  const Stage s(c);
  EXPECT_EQ(s.world().order(s.fact(K::app_launch), s.fact(K::session_create)), Order::unordered);
  EXPECT_EQ(s.world().order(s.fact(K::app_foreground), s.fact(K::app_background)), Order::after);
  c.streams[Capture::kApp.value].uncertainty = hours(1);
  EXPECT_EQ(Stage(c).world().order(s.fact(K::app_foreground), s.fact(K::app_background)), Order::unordered)
      << "the clock was moved";
}

TEST(Order, of_two_processes_in_one_archive_needs_more_than_five_milliseconds) {
  Capture c;
  c.add(1, K::app_launch);
  c.add(1.004, K::daemon_wake_requested, {{Field::identifier, "up"}});
  c.add(1.010, K::daemon_wake_launched, {{Field::identifier, "up"}});
  c.end(10);
  const Stage s(c);
  EXPECT_EQ(s.world().order(s.fact(K::app_launch), s.fact(K::daemon_wake_requested)), Order::unordered);
  EXPECT_EQ(s.world().order(s.fact(K::app_launch), s.fact(K::daemon_wake_launched)), Order::before);
}

TEST(Order, of_two_files_needs_more_than_their_uncertainty) {
  Capture c;
  const StreamId other = c.add_stream(Observer::sys, true, milliseconds(100));
  c.add(1, K::app_launch);
  c.add_to(other, 1.05, K::device_network);
  c.add_to(other, 1.2, K::device_power);
  c.end(10);
  const Stage s(c);
  EXPECT_EQ(s.world().order(s.fact(K::app_launch), s.fact(K::device_network)), Order::unordered);
  EXPECT_EQ(s.world().order(s.fact(K::app_launch), s.fact(K::device_power)), Order::before);
}

TEST(Order, of_two_files_without_a_common_clock_is_unknown) {
  Capture c;
  const StreamId other = c.add_stream(Observer::sys, true, {}, DomainId{1});
  c.add(1, K::app_launch);
  c.add_to(other, 100, K::device_power);
  c.end(200);
  const Stage s(c);
  EXPECT_EQ(s.world().order(s.fact(K::app_launch), s.fact(K::device_power)), Order::unordered);
}

TEST(World, names_the_tasks_of_a_listing_by_uuid_then_by_number_in_the_session) {
  Capture c;
  c.add(1, K::task_create, {{Field::uuid, kX1}, {Field::identifier, "up"}});
  c.tasks[0].identifier = 1;
  c.tasks[0].desc = "17";
  TaskListing by_uuid, by_number, by_name, stranger;
  by_uuid.uuid = kX1;
  by_number.id = 1;
  by_name.desc = "17";
  stranger.uuid = Uuid::from_name("X9");
  stranger.id = 1;
  c.add(2, K::session_tasks_answered,
        {{Field::identifier, "up"}, {Field::tasks, std::vector<TaskListing>{by_uuid, by_number, by_name, stranger}}});
  c.add(3, K::session_tasks_answered, {{Field::identifier, "other"}, {Field::tasks, std::vector<TaskListing>{by_number}}});
  c.end(10);
  const Stage s(c);
  const auto ids = s.world().listed_tasks(s.fact(K::session_tasks_answered, 0));
  ASSERT_EQ(ids.size(), 4U);
  EXPECT_EQ(ids[0], TaskId{0});
  EXPECT_EQ(ids[1], TaskId{0});
  EXPECT_EQ(ids[2], TaskId{0});
  EXPECT_FALSE(ids[3].valid()) << "another UUID is another task, whatever its number";
  EXPECT_FALSE(s.world().listed_tasks(s.fact(K::session_tasks_answered, 1))[0].valid()) << "numbers are unique in a session only";
}

TEST(World, gives_texts_from_the_case) {
  Capture c;
  c.add(1, K::app_terminate, {{Field::text, "boom"}, {Field::code, std::int64_t{6}}});
  c.end(10);
  const Stage s(c);
  EXPECT_EQ(s.world().text_of(0, Field::text), "boom");
  EXPECT_EQ(s.world().text_of(0, Field::code), "6");
  EXPECT_EQ(s.world().text_of(0, Field::url), "");
}

TEST(World, a_sessions_facts_are_without_those_of_its_tasks) {
  const Stage s(undelivered());
  EXPECT_TRUE(s.world().of_session(SessionId{0}).empty());
  EXPECT_EQ(s.world().of_task(TaskId{0}).size(), 2U);
  EXPECT_EQ(s.world().of_epoch(s.epoch(0).id).size(), 16U);
  EXPECT_TRUE(s.world().of_upload(UploadId{3}).empty());
}

}  // namespace
}  // namespace uptrail::analysis::test
