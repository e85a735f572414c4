#include <gtest/gtest.h>

#include "tests/collector/analysis/bench_events.h"

namespace uptrail::analysis::test {
namespace {

using K = EventKind;

// A launch, a session, a task that is delivered at 20; everything declared; open until 100.
Capture full(std::vector<std::string> kinds = {"*"}) {
  Capture c;
  c.declare(std::move(kinds));
  c.add(0, K::app_launch, {{Field::reason, "user"}});
  c.add(1, K::session_create, {{Field::identifier, "up"}, {Field::object, "O1"}});
  c.add(20, K::task_did_complete, {{Field::uuid, Uuid::from_name("X1")}, {Field::identifier, "up"}});
  c.end(100);
  return c;
}
CovAnswer ask(const Capture& c, K kind, double from, double to, Scope scope = {}) {
  return Stage(c).world().cov(kind, scope, {at(from), at(to)});
}

TEST(Coverage, a_declared_kind_is_covered_while_the_stream_is_open) {
  EXPECT_EQ(ask(full(), K::task_did_complete, 0, 100).cov, Cov::yes);
  EXPECT_EQ(ask(full(), K::task_did_complete, 50, 101).cov, Cov::partial);
  EXPECT_EQ(ask(full({"session.*"}), K::task_did_complete, 0, 100).cov, Cov::no);
  EXPECT_EQ(ask(full({"task.*"}), K::task_did_complete, 0, 100).cov, Cov::yes);
}

TEST(Coverage, says_what_is_missing_in_plain_words) {
  const CovAnswer a = ask(full({"session.*"}), K::task_did_complete, 0, 100);
  EXPECT_EQ(a.reason, "the app's didCompleteWithError is not logged");
  EXPECT_FALSE(a.add.empty());
}

TEST(Coverage, a_star_of_the_app_says_nothing_about_the_daemon) {
  Capture c;
  c.add(0, K::capture_begin, {{Field::kinds, std::vector<std::string>{"*"}}});
  c.add(0, K::app_launch);
  c.end(100);
  EXPECT_EQ(ask(c, K::daemon_task_finished, 0, 100).cov, Cov::no);
}

TEST(Coverage, a_store_with_history_shows_what_was_and_never_what_was_not) {
  for (const Observer observer : {Observer::daemon, Observer::store}) {
    Capture c;
    c.add(0, K::app_launch);
    const StreamId stream = c.add_stream(observer, true);
    c.add_to(stream, 5, K::daemon_task_finished, {{Field::uuid, Uuid::from_name("X1")}});
    c.end(100);
    EXPECT_EQ(ask(c, K::daemon_task_finished, 0, 100).cov, observer == Observer::daemon ? Cov::yes : Cov::no);
  }
}

TEST(Coverage, a_callback_of_an_unknown_task_or_an_inferred_one_shows_nothing_about_others) {
  Capture named;
  named.add(0, K::app_launch);
  named.add(5, K::task_did_complete, {{Field::uuid, Uuid::from_name("X1")}});
  named.end(100);
  EXPECT_EQ(ask(named, K::task_did_complete, 10, 90).cov, Cov::yes);

  Capture nameless;
  nameless.add(0, K::app_launch);
  nameless.add(5, K::task_did_complete);
  nameless.end(100);
  EXPECT_EQ(ask(nameless, K::task_did_complete, 10, 90).cov, Cov::no);

  Capture inferred;
  inferred.add(0, K::app_launch);
  inferred.add(5, K::task_did_complete, {{Field::uuid, Uuid::from_name("X1")}}).confidence = EventConfidence::inferred;
  inferred.end(100);
  EXPECT_EQ(ask(inferred, K::task_did_complete, 10, 90).cov, Cov::no);
}

TEST(Coverage, declared_but_never_once_logged_is_told_apart) {
  EXPECT_TRUE(ask(full(), K::session_did_become_invalid, 0, 100).declared_never_logged);
  EXPECT_FALSE(ask(full(), K::task_did_complete, 0, 100).declared_never_logged);
}

TEST(Coverage, a_kind_logged_only_by_another_build_is_never_logged_by_this_one) {
  Capture c;
  c.declare();
  c.add(0, K::app_launch, {{Field::build, "1"}});
  c.add(5, K::task_did_complete, {{Field::uuid, Uuid::from_name("X1")}});
  c.add(6, K::app_terminate);
  c.pid(101);
  c.add(20, K::app_launch, {{Field::build, "2"}});
  c.add(21, K::app_foreground);
  c.end(100);
  const Stage s(c);
  const EpochId second = s.epoch(1).id;
  EXPECT_TRUE(s.world().cov(K::task_did_complete, {{}, second, {}}, {at(20), at(100)}).declared_never_logged);
  EXPECT_FALSE(s.world().cov(K::task_did_complete, {{}, s.epoch(0).id, {}}, {at(0), at(6)}).declared_never_logged);
}

TEST(Coverage, a_wrapped_handler_demonstrates_its_call_for_that_wake) {
  Capture c;
  c.declare();
  c.add(0, K::app_launch);
  c.add(1, K::wake_handle_events, {{Field::identifier, "up"}, {Field::wrapped, true}});
  c.add(2, K::wake_handle_events, {{Field::identifier, "other"}});
  c.end(100);
  const Stage s(c);
  const auto ask_for = [&](std::uint32_t session) {
    return s.world().cov(K::wake_handler_called, {SessionId{session}, s.epoch(0).id, {}}, {at(2), at(50)});
  };
  EXPECT_FALSE(ask_for(0).declared_never_logged);
  EXPECT_TRUE(ask_for(1).declared_never_logged);
}

TEST(Coverage, a_wrapped_handler_needs_no_manifest) {
  Capture c;
  c.add(0, K::app_launch);
  c.add(1, K::wake_handle_events, {{Field::identifier, "up"}, {Field::wrapped, true}});
  c.end(100);
  const Stage s(c);
  EXPECT_EQ(s.world().cov(K::wake_handler_called, {SessionId{0}, s.epoch(0).id, {}}, {at(1), at(50)}).cov, Cov::yes);
  EXPECT_NE(s.world().cov(K::wake_handler_called, {SessionId{0}, s.epoch(0).id, {}}, {at(0), at(50)}).cov, Cov::yes);
}

TEST(Coverage, without_a_manifest_a_kind_must_be_demonstrated_by_the_same_process) {
  Capture c;
  c.add(0, K::app_launch);
  c.add(5, K::task_did_complete, {{Field::uuid, Uuid::from_name("X1")}});
  c.add(6, K::app_terminate);
  c.pid(101);
  c.add(20, K::app_launch);
  c.end(100);
  const Stage s(c);
  EXPECT_EQ(s.world().cov(K::task_did_complete, {{}, s.epoch(0).id, {}}, {at(0), at(6)}).cov, Cov::yes);
  EXPECT_EQ(s.world().cov(K::task_did_complete, {{}, s.epoch(1).id, {}}, {at(20), at(100)}).cov, Cov::no);
  EXPECT_EQ(s.world().cov(K::task_did_complete, {}, {at(0), at(100)}).cov, Cov::no) << "every process in the span counts";
}

TEST(Coverage, or_by_another_process_of_the_same_known_build) {
  Capture c;
  c.add(0, K::app_launch, {{Field::build, "7"}});
  c.add(5, K::task_did_complete, {{Field::uuid, Uuid::from_name("X1")}});
  c.add(6, K::app_terminate);
  c.pid(101);
  c.add(20, K::app_launch, {{Field::build, "7"}});
  c.add(21, K::app_foreground);
  c.end(100);
  const Stage s(c);
  EXPECT_EQ(s.world().cov(K::task_did_complete, {{}, s.epoch(1).id, {}}, {at(20), at(100)}).cov, Cov::yes);
}

TEST(Coverage, a_manifest_of_one_build_does_not_speak_for_another) {
  Capture c;
  c.add(0, K::capture_begin, {{Field::kinds, std::vector<std::string>{"*"}}});  // written by pid 100
  c.add(0, K::app_launch, {{Field::build, "2"}});
  c.add(6, K::app_terminate);
  c.pid(101);
  c.add(20, K::app_launch, {{Field::build, "1"}});
  c.add(21, K::app_foreground);
  c.end(100);
  const Stage s(c);
  EXPECT_EQ(s.world().cov(K::task_did_complete, {{}, s.epoch(0).id, {}}, {at(0), at(6)}).cov, Cov::yes);
  EXPECT_EQ(s.world().cov(K::task_did_complete, {{}, s.epoch(1).id, {}}, {at(20), at(100)}).cov, Cov::no);
}

TEST(Coverage, what_a_process_declares_as_soon_as_it_is_launched_holds_from_its_launch_on) {
  for (const double written : {0.3, 5.0}) {
    Capture c;
    const StreamId sys = c.add_stream(Observer::sys);
    c.add_to(sys, 0, K::app_launch).pid = 100;
    c.add(written, K::capture_begin, {{Field::kinds, std::vector<std::string>{"*"}}});
    c.add(written, K::app_launch);
    c.end(100);
    const Stage s(c);
    const CovAnswer a = s.world().cov(K::task_did_complete, {{}, s.epoch(0).id, {}}, {at(0), at(50)});
    EXPECT_EQ(a.cov, written < 2 ? Cov::yes : Cov::partial) << written;
  }
}

TEST(Coverage, a_clock_that_was_moved_breaks_it_only_there) {
  for (const double moved : {-10.0, 10.0}) {
    Capture c = full();
    Event& step = c.add(60, K::clock_step, {{Field::delta, moved}});
    step.observer = Observer::tool;
    const CovAnswer across = ask(c, K::task_did_complete, 30, 75);
    EXPECT_EQ(across.cov, Cov::partial);
    EXPECT_EQ(across.reason, "the clock of the app's log was moved");
    EXPECT_EQ(ask(c, K::daemon_task_finished, 30, 75).cov, Cov::partial) << "all logs of the source have this clock";
    EXPECT_EQ(ask(c, K::task_did_complete, 10, 45).cov, Cov::yes);
    EXPECT_EQ(ask(c, K::task_did_complete, 75, 80).cov, Cov::yes);
  }
}

TEST(Coverage, a_declared_gap_breaks_it_only_where_it_lies) {
  Capture c = full();
  c.add(60, K::capture_gap, {{Field::from, at(40)}, {Field::to, at(50)}, {Field::reason, "dropped"}});
  const CovAnswer a = ask(c, K::task_did_complete, 30, 70);
  EXPECT_EQ(a.cov, Cov::partial);
  EXPECT_EQ(a.reason, "a gap in the app's log");
  EXPECT_EQ(ask(c, K::task_did_complete, 50, 70).cov, Cov::yes);
  EXPECT_EQ(ask(c, K::task_did_complete, 0, 40).cov, Cov::yes);
  EXPECT_EQ(ask(c, K::daemon_task_finished, 30, 70).cov, Cov::yes) << "the daemon's log has no gap";
}

TEST(Coverage, a_lossy_log_covers_nothing_fully) {
  Capture c = full();
  c.streams[Capture::kApp.value].lossy = true;
  EXPECT_EQ(ask(c, K::task_did_complete, 0, 100).cov, Cov::partial);
}

TEST(Coverage, a_log_without_times_covers_nothing) {
  Capture c = full();
  c.streams[Capture::kApp.value].open.reset();
  EXPECT_EQ(ask(c, K::task_did_complete, 0, 50).cov, Cov::no);
}

TEST(Coverage, sessions_outside_the_manifests_scope_are_not_covered) {
  Capture c;
  c.add(0, K::capture_begin,
        {{Field::kinds, std::vector<std::string>{"*"}}, {Field::scope_identifiers, std::vector<std::string>{"up"}}});
  c.add(0, K::app_launch);
  c.add(1, K::session_create, {{Field::identifier, "up"}});
  c.add(2, K::session_create, {{Field::identifier, "sdk"}});
  c.end(100);
  EXPECT_EQ(ask(c, K::task_did_complete, 2, 50, {SessionId{0}, {}, {}}).cov, Cov::yes);
  EXPECT_EQ(ask(c, K::task_did_complete, 2, 50, {SessionId{1}, {}, {}}).cov, Cov::no);
}

TEST(Coverage, nothing_is_concluded_about_the_first_seconds_of_a_capture_that_starts_mid_process) {
  Capture c;
  c.declare();
  c.add(2, K::session_create, {{Field::identifier, "up"}});
  c.end(100);
  EXPECT_EQ(ask(c, K::task_did_complete, 5, 50).cov, Cov::partial);
  EXPECT_EQ(ask(c, K::task_did_complete, 10, 50).cov, Cov::yes);
}

TEST(Coverage, streams_of_another_order_domain_do_not_answer) {
  Capture c = full({"session.*"});
  const StreamId other = c.add_stream(Observer::app, true, {}, DomainId{1});
  c.add_to(other, 0, K::capture_begin, {{Field::kinds, std::vector<std::string>{"*"}}}).pid.reset();
  c.end(100);
  const Stage s(c);
  EXPECT_EQ(s.world().cov(K::task_did_complete, {{}, s.epoch(0).id, {}}, {at(0), at(50)}).cov, Cov::no);
  EXPECT_EQ(s.world().cov(K::task_did_complete, {{}, {}, DomainId{1}}, {at(0), at(50)}).cov, Cov::yes);
  EXPECT_EQ(s.world().cov(K::task_did_complete, {}, {at(0), at(50)}).cov, Cov::no) << "nobody says whose time the span is in";
}

TEST(Coverage, spans_of_the_case_hold_what_is_declared_without_its_gaps) {
  Capture c = full();
  c.add(60, K::capture_gap, {{Field::from, at(40)}, {Field::to, at(50)}});
  const Derived d = c.run();
  std::vector<Interval> spans;
  for (const CoverageSpan& s : d.coverage) {
    if (s.kind == K::task_did_complete) {
      spans.push_back(s.span);
      EXPECT_TRUE(s.declared);
      EXPECT_TRUE(s.ever_logged);
      EXPECT_EQ(s.stream, Capture::kApp);
    }
    EXPECT_FALSE(s.span.empty());
  }
  EXPECT_EQ(spans, (std::vector<Interval>{{at(0), at(40)}, {at(50), at(100)}}));
}

}  // namespace
}  // namespace uptrail::analysis::test
