#include <gtest/gtest.h>

#include "tests/collector/analysis/bench_events.h"

namespace uptrail::analysis::test {
namespace {

using K = EventKind;
using S = ProcessState;
const Uuid kX1 = Uuid::from_name("X1");

std::vector<S> states_of(const ProcessEpoch& e) {
  std::vector<S> out;
  for (const ProcessSpan& s : e.states) {
    out.push_back(s.state);
  }
  return out;
}

TEST(Epochs, a_new_pid_is_a_new_process_even_when_no_launch_was_seen) {
  Capture c;
  c.add(0, K::app_launch, {{Field::reason, "user"}});
  c.add(1, K::app_foreground);
  c.pid(101);
  c.add(50, K::app_heartbeat);
  c.end(60);
  const Stage s(c);
  ASSERT_EQ(s.derived().epochs.size(), 2U);
  EXPECT_EQ(s.epoch(0).launch, at(0));
  EXPECT_EQ(s.epoch(0).launch_reason, "user");
  EXPECT_FALSE(s.epoch(0).end);
  EXPECT_FALSE(s.epoch(1).launch);
}

TEST(Epochs, a_launch_with_a_used_pid_is_a_new_process) {
  Capture c;
  c.add(0, K::app_launch, {{Field::reason, "user"}});
  c.add(2, K::app_terminate, {{Field::cause, "exit0"}});
  c.add(20, K::app_launch, {{Field::reason, "bg-urlsession"}, {Field::build, "9"}});
  c.end(60);
  const Stage s(c);
  ASSERT_EQ(s.derived().epochs.size(), 2U);
  EXPECT_EQ(s.epoch(0).end, at(2));
  EXPECT_EQ(s.epoch(0).end_cause, "exit0");
  EXPECT_EQ(s.epoch(1).launch_reason, "bg-urlsession");
  EXPECT_EQ(s.epoch(1).build, "9");
}

TEST(Epochs, one_launch_told_by_the_app_and_the_system_is_one_process) {
  Capture c;
  const StreamId sys = c.add_stream(Observer::sys);
  Event& e = c.add_to(sys, 0, K::app_launch, {{Field::reason, "unknown"}});
  e.pid = 100;
  c.add(0.3, K::app_launch, {{Field::reason, "user"}});
  Event& end = c.add_to(sys, 9, K::app_terminate, {{Field::cause, "jetsam"}});
  end.pid = 100;
  c.end(60);
  const Stage s(c);
  ASSERT_EQ(s.derived().epochs.size(), 1U);
  EXPECT_EQ(s.epoch(0).launch, at(0));
  EXPECT_EQ(s.epoch(0).launch_reason, "user");
  EXPECT_EQ(s.epoch(0).end_cause, "jetsam");
}

TEST(Epochs, a_launch_without_process_id_is_the_launch_of_the_process_that_speaks_next) {
  Capture c;
  c.add(1, K::app_launch, {{Field::reason, "user"}}).process = "App";
  c.add_to(c.add_stream(Observer::sys), 20, K::app_terminate, {{Field::cause, "jetsam"}}).pid = 100;
  c.pid(200);
  Event& launch = c.add_to(StreamId{2}, 30, K::app_launch, {{Field::reason, "unknown"}});
  launch.pid.reset();
  launch.process.clear();
  c.add(30.3, K::app_launch, {{Field::reason, "user"}}).process = "App";
  c.end(60);
  const Stage s(c);
  ASSERT_EQ(s.derived().epochs.size(), 2U);
  EXPECT_EQ(s.epoch(1).launch, at(30));
  EXPECT_EQ(s.epoch(1).pid, 200);
  EXPECT_EQ(s.epoch(1).launch_reason, "user");
}

TEST(Epochs, a_force_quit_wins_over_the_end_it_causes) {
  Capture c;
  c.add(0, K::app_launch);
  c.add(5, K::app_terminate, {{Field::cause, "system"}});
  c.add(5.1, K::app_force_quit);
  c.end(60);
  const Stage s(c);
  ASSERT_EQ(s.derived().epochs.size(), 1U);
  EXPECT_EQ(s.epoch(0).end, at(5));
  EXPECT_EQ(s.epoch(0).end_cause, "force-quit");
}

TEST(Epochs, a_reboot_ends_every_process) {
  Capture c;
  c.add(0, K::app_launch);
  c.add(5, K::device_boot).unit = {};
  c.end(60);
  EXPECT_EQ(Stage(c).epoch(0).end_cause, "reboot");
}

TEST(Epochs, the_daemon_alone_makes_no_process_unless_it_names_one) {
  Capture c;
  c.add(0, K::daemon_session_created, {{Field::identifier, "up"}});
  c.end(60);
  EXPECT_TRUE(Stage(c).derived().epochs.empty());
  c.add(1, K::daemon_client_connected, {{Field::identifier, "up"}, {Field::client_pid, std::int64_t{44}}});
  const Stage s(c);
  ASSERT_EQ(s.derived().epochs.size(), 1U);
  EXPECT_EQ(s.epoch(0).pid, 44);
  EXPECT_TRUE(s.epoch(0).running.empty());
}

TEST(Epochs, other_order_domains_have_processes_of_their_own) {
  Capture c;
  const StreamId other = c.add_stream(Observer::app, true, {}, DomainId{1});
  c.add(0, K::app_launch);
  c.add_to(other, 0, K::app_heartbeat);
  c.end(60);
  EXPECT_EQ(Stage(c).derived().epochs.size(), 2U);
}

TEST(States, follow_the_life_cycle_and_keep_the_state_on_anything_else) {
  Capture c;
  c.add(0, K::app_launch);
  c.add(1, K::app_foreground);
  c.add(2, K::app_resume);  // out of model
  c.add(5, K::app_background);
  c.add(6, K::app_suspend);
  c.add(60, K::wake_handle_events, {{Field::identifier, "up"}});
  c.add(61, K::app_suspend);
  c.add(90, K::app_foreground);
  c.add(95, K::app_force_quit);
  c.end(100);
  const Stage s(c);
  EXPECT_EQ(states_of(s.epoch(0)), (std::vector<S>{S::launching, S::foreground, S::background, S::suspended, S::background,
                                                   S::suspended, S::foreground}));
  const auto& spans = s.epoch(0).states;
  for (std::size_t i = 1; i < spans.size(); ++i) {
    EXPECT_EQ(spans[i - 1].span.end, spans[i].span.start);
  }
  EXPECT_EQ(spans.back().span.end, at(95));
}

TEST(States, begin_unknown_when_the_capture_begins_in_the_middle) {
  Capture c;
  c.add(1, K::session_create, {{Field::identifier, "up"}});
  c.add(5, K::app_background);
  c.add(9, K::app_heartbeat);
  c.end(100);
  EXPECT_EQ(states_of(Stage(c).epoch(0)), (std::vector<S>{S::unknown, S::background}));
}

TEST(States, a_suspended_process_that_speaks_was_resumed) {
  Capture c;
  c.add(0, K::app_launch);
  c.add(1, K::app_suspend);
  c.add(50, K::task_did_complete);
  c.add(51, K::app_heartbeat);
  c.end(100);
  EXPECT_EQ(states_of(Stage(c).epoch(0)), (std::vector<S>{S::launching, S::suspended, S::background}));
}

DurationNs ran(const Capture& c, double from, double to) {
  const Stage s(c);
  return s.world().run_time(s.epoch(0).id, {at(from), at(to)});
}

TEST(RunTime, heartbeats_at_most_six_seconds_apart_count_as_running) {
  Capture c;
  c.declare();
  c.add(0, K::app_launch);
  for (const double t : {5.0, 10.0, 16.0, 23.0, 28.0}) {
    c.add(t, K::app_heartbeat);
  }
  c.end(100);
  EXPECT_EQ(ran(c, 0, 100), seconds(16 + 5));
  EXPECT_EQ(ran(c, 12, 14), seconds(2));
}

TEST(RunTime, a_suspended_or_dead_process_never_counts) {
  Capture c;
  c.declare();
  c.add(0, K::app_launch);
  c.heartbeats(0, 20);
  c.add(21, K::app_suspend);
  c.add(24, K::app_heartbeat);
  c.add(26, K::app_terminate);
  c.end(100);
  EXPECT_EQ(ran(c, 0, 100), seconds(21)) << "21 to 24 is the suspension; no sign of life follows 24";
}

TEST(RunTime, without_any_life_cycle_only_close_events_count) {
  Capture c;
  c.add(0, K::session_create, {{Field::identifier, "up"}});
  c.add(1.5, K::task_resume);
  c.add(3.5, K::task_resume);
  c.add(100, K::task_resume);
  c.end(200);
  EXPECT_EQ(ran(c, 0, 200), milliseconds(1500)) << "two seconds apart is not less than two";
}

TEST(RunTime, with_every_way_to_stop_covered_silence_is_running) {
  Capture c;
  const StreamId sys = c.add_stream(Observer::sys);
  c.add_to(sys, 0, K::capture_begin,
           {{Field::kinds, std::vector<std::string>{"app.suspend", "app.background", "app.terminate", "app.force-quit"}}});
  c.events.back().pid.reset();
  c.add(0, K::app_launch);
  c.add(1, K::app_foreground);
  Event& e = c.add_to(sys, 51, K::app_suspend);
  e.pid = 100;
  c.end(100);
  EXPECT_EQ(ran(c, 0, 100), seconds(51));
  c.add_to(sys, 60, K::capture_gap, {{Field::from, at(10)}, {Field::to, at(11)}});
  EXPECT_EQ(ran(c, 0, 100), seconds(1)) << "it may have been suspended unseen in the gap";
}

TEST(RunTime, a_declared_but_never_seen_suspension_proves_nothing) {
  Capture c;
  c.declare({"*", "app.force-quit"});
  c.add(0, K::app_launch);
  c.add(50, K::app_foreground);
  c.end(100);
  EXPECT_EQ(ran(c, 0, 100), seconds(0));
}

TEST(RunTime, the_daemon_losing_the_client_stops_the_clock) {
  Capture c;
  c.declare();
  c.add(0, K::app_launch);
  c.heartbeats(0, 20);
  c.add(12, K::daemon_client_disconnected, {{Field::identifier, "up"}});
  c.end(100);
  EXPECT_EQ(ran(c, 0, 100), seconds(12 + 5));
}

TEST(Objects, the_same_name_while_invalidating_is_the_same_object) {
  Capture c;
  c.add(0, K::app_launch);
  c.add(1, K::session_create, {{Field::identifier, "up"}, {Field::object, "O1"}, {Field::delegate, "D"}});
  c.add(5, K::session_invalidate, {{Field::object, "O1"}, {Field::mode, "cancel"}});
  c.add(5.1, K::session_create, {{Field::identifier, "up"}, {Field::object, "O1"}});
  c.add(6, K::session_did_become_invalid, {{Field::object, "O1"}});
  c.add(7, K::session_create, {{Field::identifier, "up"}, {Field::object, "O1"}});
  c.end(60);
  const Stage s(c);
  ASSERT_EQ(s.derived().objects.size(), 2U) << "after the end the address is free again";
  const SessionObject& o = s.derived().objects[0];
  EXPECT_EQ(o.created, at(1));
  EXPECT_EQ(o.invalidated, at(5));
  EXPECT_EQ(o.became_invalid, at(6));
  EXPECT_TRUE(o.cancel);
  EXPECT_EQ(o.delegate, "D");
  EXPECT_EQ(o.last_state, ObjectState::invalid);
  EXPECT_EQ(s.derived().objects[1].last_state, ObjectState::connecting);
  EXPECT_EQ(s.derived().sessions[0].objects.size(), 2U);
  EXPECT_EQ(s.world().of_object(o.id).size(), 4U);
}

TEST(Objects, an_event_that_names_only_the_object_belongs_to_its_session) {
  Capture c;
  c.add(0, K::app_launch);
  c.add(1, K::session_create, {{Field::identifier, "up"}, {Field::object, "O1"}});
  c.add(5, K::session_invalidate, {{Field::object, "O1"}});
  c.end(60);
  const Stage s(c);
  EXPECT_EQ(s.world().fact(s.fact(K::session_invalidate)).session, SessionId{0});
}

TEST(Objects, an_event_without_object_belongs_to_the_last_living_one) {
  Capture c;
  c.add(0, K::app_launch);
  c.add(1, K::session_create, {{Field::identifier, "up"}, {Field::object, "O1"}});
  c.add(2, K::session_invalidate, {{Field::identifier, "up"}});
  c.add(3, K::session_create, {{Field::identifier, "up"}, {Field::object, "O2"}});
  c.add(4, K::session_did_become_invalid, {{Field::identifier, "up"}});
  c.add(5, K::session_did_finish_events, {{Field::identifier, "up"}});
  c.end(60);
  const Stage s(c);
  EXPECT_EQ(s.derived().objects[0].became_invalid, at(4)) << "the one that waits for it";
  EXPECT_EQ(s.world().fact(s.fact(K::session_did_finish_events)).object, ObjectId{1});
}

TEST(Objects, another_process_has_its_own) {
  Capture c;
  c.add(0, K::app_launch);
  c.add(1, K::session_create, {{Field::identifier, "up"}, {Field::object, "O1"}});
  c.pid(101);
  c.add(20, K::app_launch);
  c.add(21, K::session_create, {{Field::identifier, "up"}, {Field::object, "O1"}});
  c.end(60);
  const Stage s(c);
  ASSERT_EQ(s.derived().objects.size(), 2U);
  EXPECT_NE(s.derived().objects[0].epoch, s.derived().objects[1].epoch);
}

TEST(Tasks, go_through_their_phases) {
  Capture c;
  c.add(0, K::app_launch);
  const std::pair<Field, Value> x{Field::uuid, kX1};
  c.add(1, K::task_create,
        {x,
         {Field::identifier, "up"},
         {Field::upload_id, "17"},
         {Field::desc, "17"},
         {Field::task_kind, "upload-file"},
         {Field::file_size, std::int64_t{1000}}});
  c.add(2, K::task_resume, {x});
  c.add(3, K::daemon_task_connection, {x});
  c.add(4, K::task_progress, {x, {Field::sent, std::int64_t{600}}});
  c.add(5, K::daemon_task_response, {x, {Field::status, std::int64_t{201}}});
  c.add(6, K::daemon_task_finished, {x, {Field::code, std::int64_t{0}}, {Field::bytes_sent, std::int64_t{1000}}});
  c.add(7, K::task_response, {x, {Field::status, std::int64_t{201}}});
  c.add(8, K::task_did_complete, {x, {Field::error_code, std::int64_t{0}}});
  c.end(60);
  const Derived d = c.run();
  const Task& t = d.tasks.at(0);
  std::vector<TaskPhase> phases;
  for (const TaskPhaseSpan& p : t.phases) {
    phases.push_back(p.phase);
  }
  using P = TaskPhase;
  EXPECT_EQ(phases, (std::vector<P>{P::created, P::resumed, P::transferring, P::response, P::finished_in_daemon, P::delivered}));
  EXPECT_EQ(t.created, at(1));
  EXPECT_EQ(t.finished_in_daemon, at(6));
  EXPECT_EQ(t.delivered, at(8));
  EXPECT_EQ(t.status, 201);
  EXPECT_EQ(t.error_code, 0);
  EXPECT_EQ(t.bytes_sent, 1000);
  EXPECT_EQ(t.bytes_expected, 1000);
  EXPECT_EQ(t.desc, "17");
  EXPECT_EQ(t.kind, "upload-file");
  EXPECT_EQ(t.seen.start, at(1));
  EXPECT_EQ(d.uploads.at(0).outcome, UploadOutcome::succeeded);
}

TEST(Tasks, an_end_that_will_be_tried_again_is_no_end) {
  Capture c;
  const std::pair<Field, Value> x{Field::uuid, kX1};
  c.add(1, K::daemon_task_enqueued, {x, {Field::identifier, "up"}});
  c.add(3, K::daemon_task_connection, {x});
  c.add(6, K::daemon_task_finished, {x, {Field::code, std::int64_t{-1005}}, {Field::terminal, false}});
  c.end(60);
  const Derived d = c.run();
  EXPECT_FALSE(d.tasks[0].finished_in_daemon);
  EXPECT_EQ(d.tasks[0].phases.back().phase, TaskPhase::waiting);
  EXPECT_EQ(d.tasks[0].phases.back().span.end, at(60)) << "still open when the capture ends";
}

TEST(Tasks, an_acknowledged_end_is_not_pending_until_the_capture_ends) {
  for (const bool acknowledged : {false, true}) {
    Capture c;
    const std::pair<Field, Value> x{Field::uuid, kX1};
    c.add(1, K::daemon_task_connection, {x});
    c.add(6, K::daemon_task_finished, {x, {Field::code, std::int64_t{0}}});
    if (acknowledged) {
      c.add(7, K::daemon_callback_acknowledged, {x});
    }
    c.end(60);
    const Derived d = c.run();
    ASSERT_EQ(d.tasks[0].phases.back().phase, TaskPhase::finished_in_daemon);
    EXPECT_LT(d.tasks[0].phases.back().span.end, acknowledged ? at(8) : at(61));
    EXPECT_GT(d.tasks[0].phases.back().span.end, acknowledged ? at(6) : at(59));
  }
}

TEST(Tasks, have_the_times_of_who_saw_them_and_a_stores_only_when_nobody_did) {
  for (const bool seen_by_app : {true, false}) {
    Capture c;
    const StreamId store = c.add_stream(Observer::store, true);  // the lower order domain
    const std::pair<Field, Value> x{Field::uuid, kX1};
    c.add_to(store, 3, K::daemon_task_begin, {x});
    c.add_to(store, 9, K::daemon_task_finished, {x, {Field::code, std::int64_t{0}}});
    c.streams[0].domain = c.streams[1].domain = DomainId{1};
    if (seen_by_app) {
      c.add(101, K::task_create, {x, {Field::identifier, "up"}});
      c.add(106, K::task_did_complete, {x, {Field::error_code, std::int64_t{0}}});
    }
    for (Event& e : c.events) {
      e.domain = c.streams[e.stream.value].domain;
    }
    c.end(200);
    const Task t = c.run().tasks.at(0);
    EXPECT_EQ(t.seen.start, seen_by_app ? at(101) : at(3));
    EXPECT_EQ(t.delivered.has_value(), seen_by_app);
    EXPECT_EQ(t.finished_in_daemon.has_value(), !seen_by_app);
    EXPECT_LT(t.phases.back().span.end, seen_by_app ? at(107) : at(10)) << "what a store shows last is not drawn to the end";
  }
}

TEST(Uploads, the_apps_own_word_counts_first) {
  Capture c;
  c.add(1, K::upload_state, {{Field::upload_id, "a"}, {Field::state, "uploading"}});
  c.add(2, K::upload_state, {{Field::upload_id, "a"}, {Field::state, "succeeded"}});
  c.add(1, K::upload_state, {{Field::upload_id, "b"}, {Field::state, "uploading"}});
  c.add(1, K::upload_state, {{Field::upload_id, "c"}, {Field::state, "queued"}});
  c.end(60);
  const Derived d = c.run();
  EXPECT_EQ(d.uploads[0].last_state, "succeeded");
  EXPECT_EQ(d.uploads[0].outcome, UploadOutcome::succeeded);
  EXPECT_EQ(d.uploads[1].outcome, UploadOutcome::cannot_tell) << "uploading without a task";
  EXPECT_EQ(d.uploads[2].outcome, UploadOutcome::running);
}

TEST(Uploads, a_daemon_that_finished_does_not_make_a_success) {
  Capture c;
  c.add(1, K::daemon_task_enqueued, {{Field::uuid, kX1}, {Field::identifier, "up"}, {Field::upload_id, "17"}});
  c.add(5, K::daemon_task_finished, {{Field::uuid, kX1}, {Field::code, std::int64_t{0}}});
  c.end(60);
  EXPECT_EQ(c.run().uploads[0].outcome, UploadOutcome::cannot_tell);
}

TEST(Wakes, run_from_the_request_to_the_handlers_call) {
  Capture c;
  c.add(60, K::daemon_wake_requested, {{Field::identifier, "up"}});
  c.add(61, K::app_launch, {{Field::reason, "bg-urlsession"}});
  c.add(62, K::wake_handle_events, {{Field::identifier, "up"}});
  c.add(63, K::session_did_finish_events, {{Field::identifier, "up"}});
  c.add(64, K::wake_handler_called);  // names no session: there is one open wake only
  c.add(65, K::app_suspend);
  c.add(90, K::wake_handle_events, {{Field::identifier, "up"}});
  c.end(100);
  const Stage s(c);
  ASSERT_EQ(s.derived().wakes.size(), 2U);
  const Wake& w = s.derived().wakes[0];
  EXPECT_EQ(w.requested, at(60));
  EXPECT_EQ(w.launched, at(61));
  EXPECT_EQ(w.handle_events, at(62));
  EXPECT_EQ(w.did_finish_events, at(63));
  EXPECT_EQ(w.handler_called, at(64));
  EXPECT_EQ(w.epoch, s.epoch(0).id);
  EXPECT_FALSE(s.derived().wakes[1].requested);
  EXPECT_FALSE(s.derived().wakes[1].handler_called);
}

}  // namespace
}  // namespace uptrail::analysis::test
