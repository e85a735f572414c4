// Contradictory events are told of in words, blame nobody, and are not seen where the capture may just have missed something.
#include "collector/analysis/rules/contradictions.h"

#include <gtest/gtest.h>

#include "collector/base/text.h"
#include "tests/collector/analysis/bench_events.h"

namespace uptrail::analysis::test {
namespace {

using K = EventKind;

std::string told(const Capture& c) {
  std::string out;
  const Stage s(c);
  for (const Contradiction& found : contradictions(s.world())) {
    out += found.text + "\n";
  }
  return out;
}

std::pair<Field, Value> task(int n) { return {Field::uuid, Uuid::from_name("X" + std::to_string(n))}; }

// A process and its system log, which has shown a suspension and an end before.
Capture with_system_log() {
  Capture c;
  c.declare();
  const StreamId sys = c.add_stream(Observer::sys);
  Event& begin = c.add_to(sys, 0, K::capture_begin, {{Field::kinds, std::vector<std::string>{"app.*"}}});
  begin.pid.reset();
  c.pid(99);
  c.add(1, K::app_launch, {{Field::reason, "user"}});
  c.add(2, K::app_background);
  c.add_to(sys, 3, K::app_suspend).pid = 99;
  c.add_to(sys, 4, K::app_terminate, {{Field::cause, "jetsam"}}).pid = 99;
  c.pid(100);
  return c;
}

TEST(Contradictions, are_not_in_a_capture_that_fits) {
  Capture c = with_system_log();
  c.add(10, K::app_launch, {{Field::reason, "user"}});
  c.add(11, K::app_foreground);
  c.add(12, K::task_create, {task(1)});
  c.add(13, K::task_resume, {task(1)});
  c.add(20, K::task_did_complete, {task(1), {Field::error_code, std::int64_t{0}}});
  c.end(60);
  EXPECT_EQ(told(c), "");
}

TEST(Contradictions, a_creation_after_callbacks) {
  Capture c;
  c.add(0, K::app_launch, {{Field::reason, "user"}});
  c.add(1, K::task_progress, {task(1)});
  c.add(5, K::task_create, {task(1), {Field::desc, "photo-1"}});
  c.end(60);
  EXPECT_EQ(told(c),
            "Contradiction: task.create of task \"photo-1\" when running (created after something had happened to it: a number "
            "that is used again, or a misplaced line).\n");
}

TEST(Contradictions, of_many_tasks_are_one_sentence) {
  Capture c;
  c.add(0, K::app_launch, {{Field::reason, "user"}});
  for (int n = 1; n <= 7; ++n) {
    c.add(n, K::task_progress, {task(n)});
    c.add(10 + n, K::task_create, {task(n), {Field::desc, "photo-" + std::to_string(n)}});
  }
  c.end(60);
  const std::string text = told(c);
  EXPECT_TRUE(contains(text, "\"photo-1\", task \"photo-2\", task \"photo-3\" and others when running, 7 times")) << text;
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
}

TEST(Contradictions, an_end_that_comes_twice) {
  Capture c;
  c.add(0, K::app_launch, {{Field::reason, "user"}});
  c.add(1, K::task_create, {task(1)});
  c.add(2, K::task_resume, {task(1)});
  c.add(10, K::task_did_complete, {task(1), {Field::error_code, std::int64_t{0}}});
  c.add(20, K::task_did_complete, {task(1), {Field::error_code, std::int64_t{-1001}}});
  c.end(60);
  EXPECT_TRUE(contains(told(c), "Contradiction: task.did-complete of ")) << told(c);
  c.events.back().t = at(10.2);
  c.events.back().t_src = at(10.2);
  c.events.back().fields.set(Field::error_code, std::int64_t{0});
  EXPECT_EQ(told(c), "") << "one end that two loggers wrote down";
}

TEST(Contradictions, a_task_that_goes_on_in_nsurlsessiond_after_its_end) {
  Capture c;
  c.add(1, K::daemon_task_enqueued, {task(1)});
  c.add(2, K::daemon_task_finished, {task(1), {Field::code, std::int64_t{0}}});
  c.add(9, K::daemon_task_connection, {task(1)});
  c.end(60);
  EXPECT_TRUE(contains(told(c), "daemon.task-connection of ")) << told(c);
  EXPECT_TRUE(contains(told(c), "(goes on after its end)")) << told(c);
}

TEST(Contradictions, a_second_launch_without_an_end) {
  Capture c = with_system_log();
  c.add(10, K::app_launch, {{Field::reason, "user"}});
  c.add(11, K::app_foreground);
  c.pid(101);
  c.add(40, K::app_launch, {{Field::reason, "user"}});
  c.end(60);
  EXPECT_EQ(told(c), "Contradiction: app.launch of MyApp (pid 100) when foreground (its end is not in the capture).\n");
}

TEST(Contradictions, not_a_second_launch_when_only_the_app_could_have_told_of_the_end) {
  Capture c;
  c.declare();
  c.pid(99);
  c.add(1, K::app_launch, {{Field::reason, "user"}});
  c.add(4, K::app_terminate, {{Field::cause, "exit0"}});
  c.pid(100);
  c.add(10, K::app_launch, {{Field::reason, "user"}});
  c.add(11, K::app_foreground);
  c.pid(101);
  c.add(40, K::app_launch, {{Field::reason, "user"}});
  c.end(60);
  EXPECT_EQ(told(c), "") << "an app cannot log that it is killed";
}

TEST(Contradictions, a_resume_of_a_process_that_was_not_suspended) {
  Capture c = with_system_log();
  c.add(10, K::app_launch, {{Field::reason, "user"}});
  c.add(11, K::app_foreground);
  c.add(20, K::app_resume);
  c.end(60);
  EXPECT_EQ(told(c), "Contradiction: app.resume of MyApp (pid 100) when foreground (not in this life-cycle: App process).\n");
}

TEST(Contradictions, not_where_suspensions_are_not_recorded) {
  Capture c;
  c.declare();
  c.add(10, K::app_launch, {{Field::reason, "user"}});
  c.add(11, K::app_foreground);
  c.add(20, K::app_resume);
  c.end(60);
  EXPECT_EQ(told(c), "");
}

TEST(Contradictions, a_task_that_moves_although_it_was_never_resumed) {
  const auto capture = [](bool gap) {
    Capture c;
    c.declare();
    c.add(0, K::app_launch, {{Field::reason, "user"}});
    for (const K kind : {K::task_create, K::task_resume, K::task_progress}) {
      c.add(1 + static_cast<double>(kind) / 1000, kind, {task(1)});
    }
    c.add(5, K::task_create, {task(2)});
    c.add(9, K::task_progress, {task(2)});
    if (gap) {
      c.add(8, K::capture_gap, {{Field::from, at(7)}, {Field::to, at(8)}});
    }
    c.end(60);
    return c;
  };
  EXPECT_TRUE(contains(told(capture(false)), "task.progress of a task when created (it was resumed unseen)") ||
              contains(told(capture(false)), "(it was resumed unseen)"))
      << told(capture(false));
  EXPECT_EQ(told(capture(true)), "") << "the resume may be in the gap";
}

TEST(Contradictions, not_between_clocks_that_may_differ) {
  Capture c;
  const StreamId other = c.add_stream(Observer::daemon, true, seconds(2));
  c.add(0, K::app_launch, {{Field::reason, "user"}});
  c.add(1, K::task_create, {task(1)});
  c.add(2, K::task_resume, {task(1)});
  c.add(10, K::task_did_complete, {task(1), {Field::error_code, std::int64_t{0}}});
  c.add_to(other, 11.5, K::daemon_task_retry, {task(1)});
  c.end(60);
  EXPECT_EQ(told(c), "");
  c.events.back().t = at(14);
  c.events.back().t_src = at(14);
  EXPECT_TRUE(contains(told(c), "(tried again after its end)")) << told(c);
}

}  // namespace
}  // namespace uptrail::analysis::test
