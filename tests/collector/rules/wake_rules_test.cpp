// The rules about the completion handler of a wake.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/collector/rules/scenario_support.h"

namespace uptrail::test {
namespace {

constexpr std::string_view kNotCalled = "completion-handler-not-called";
constexpr std::string_view kTwice = "completion-handler-called-twice";

// An afternoon with one wake that was answered; what follows comes 40 s later.
std::string after_a_good_wake(std::string_view rest) {
  return "=== t\n0 @fg\n1 @task X1 U1\n5 @sleep\n60 @fin X1 200\n60.1 @wakeresume\n60.3 @cb X1 200\n60.4 upload.state U1 "
         "succeeded\n"
         "60.5 @close\n" +
         std::string(rest);
}

}  // namespace

TEST(HandlerNotCalled, is_proven_when_the_app_is_suspended_without_the_call) {
  const Judged j = judge_script(after_a_good_wake(
      "100 @wakeresume\n100.4 session.did-finish-events\n125 app.suspend\nfire: completion-handler-not-called/error\n"));
  const Finding* f = j.find(kNotCalled);
  ASSERT_NE(f, nullptr);
  EXPECT_EQ(f->confidence, Confidence::proven);
  ASSERT_EQ(f->missing.size(), 1U);
  EXPECT_EQ(f->missing[0].kind, EventKind::wake_handler_called);
}

TEST(HandlerNotCalled, is_likely_when_the_app_runs_on) {
  const Judged j = judge_script(
      after_a_good_wake("100 @wakeresume\n100.4 session.did-finish-events\nfire: completion-handler-not-called/error\n"));
  const Finding* f = j.find(kNotCalled);
  ASSERT_NE(f, nullptr);
  EXPECT_EQ(f->confidence, Confidence::likely);
  EXPECT_EQ(number(*f, "T_HANDLER_DUE").threshold, 10.0);
  EXPECT_GE(number(*f, "T_HANDLER_DUE").value, 10.0);
}

TEST(HandlerNotCalled, is_a_hint_when_no_call_was_ever_logged) {
  const Judged j = judge_script(
      "=== t\n0 @fg\n5 @sleep\n60 @wakeresume\n60.4 session.did-finish-events\n80 app.suspend\n"
      "fire: completion-handler-not-called/error\n");
  ASSERT_NE(j.find(kNotCalled), nullptr);
  EXPECT_EQ(j.find(kNotCalled)->confidence, Confidence::hint);
}

TEST(HandlerNotCalled, is_proven_for_a_wrapped_handler_that_was_never_logged) {
  const Judged j = judge_script(
      "=== t\n0 @fg\n5 @sleep\n60 app.resume\n60.1 wake.handle-events identifier=up wrapped=true\n60.4 "
      "session.did-finish-events\n"
      "80 app.suspend\nfire: completion-handler-not-called/error\n");
  ASSERT_NE(j.find(kNotCalled), nullptr);
  EXPECT_EQ(j.find(kNotCalled)->confidence, Confidence::proven);
}

TEST(HandlerNotCalled, tells_the_wake_whose_handler_a_second_wake_replaced) {
  const Judged j = judge_script(after_a_good_wake(
      "100 @wakeresume\n100.2 wake.handle-events identifier=up\n100.4 session.did-finish-events\n"
      "100.5 wake.handler-called identifier=up thread=main\n125 app.suspend\nfire: completion-handler-not-called/error\n"));
  EXPECT_EQ(std::count_if(j.findings.begin(), j.findings.end(), [](const Finding& f) { return f.rule == kNotCalled; }), 1);
}

TEST(HandlerNotCalled, takes_the_released_assertion_for_a_call) {
  judge_script(
      after_a_good_wake("100 @wakeresume\n100.4 session.did-finish-events\n100.5 daemon.assertion-released\n125 app.suspend\n"
                        "not: completion-handler-not-called\n"));
}

TEST(HandlerNotCalled, cannot_tell_when_a_test_harness_ended_the_app) {
  judge_script(
      after_a_good_wake("100 @wakeresume\n100.4 session.did-finish-events\n100.6 app.terminate cause=test-harness\n"
                        "undet: completion-handler-not-called\nnot: completion-handler-not-called\n"));
}

TEST(HandlerNotCalled, stays_quiet_when_the_app_died_before_the_events_finished) {
  judge_script(after_a_good_wake("100 @wakeresume\n100.4 app.terminate cause=crash\nnot: completion-handler-not-called\n"));
}

TEST(HandlerNotCalled, leaves_a_blocked_delegate_to_its_own_rule) {
  judge_script(
      after_a_good_wake("100 @wakeresume\n100.2 delegate.enter X2 method=didComplete\nnot: completion-handler-not-called\n"));
}

TEST(HandlerNotCalled, fires_when_the_events_never_finish_and_nothing_explains_it) {
  const Judged j = judge_script(after_a_good_wake("100 @wakeresume\nfire: completion-handler-not-called/error\n"));
  ASSERT_NE(j.find(kNotCalled), nullptr);
  EXPECT_EQ(number(*j.find(kNotCalled), "T_WAKE").threshold, 25.0);
}

TEST(HandlerNotCalled, names_no_session_when_the_warning_may_be_about_several) {
  const Judged j = judge_script(
      "=== t\n0 app.launch reason=bg-urlsession\n0.1 session.create identifier=a object=A delegate=D\n"
      "0.2 session.create identifier=b object=B delegate=D\n0.3 wake.handle-events identifier=a\n0.4 wake.handle-events "
      "identifier=b\n"
      "5 wake.never-called-warning identifier=<private>\n6 app.suspend\nfire: completion-handler-not-called/error\n");
  ASSERT_NE(j.find(kNotCalled), nullptr);
  EXPECT_FALSE(j.find(kNotCalled)->subject.session.valid());
}

TEST(HandlerCalledTwice, is_proven_by_a_call_without_a_wake_of_its_own) {
  const Judged j = judge_script(
      "=== t\n0 @fg\n5 @sleep\n60 @wakeresume\n60.4 session.did-finish-events\n60.5 wake.handler-called identifier=up "
      "thread=main\n"
      "60.9 wake.handler-called identifier=up thread=main\n61 app.suspend\nfire: completion-handler-called-twice/error\n");
  ASSERT_NE(j.find(kTwice), nullptr);
  EXPECT_EQ(j.find(kTwice)->confidence, Confidence::proven);
  EXPECT_EQ(number(*j.find(kTwice), "handlers given").value, 1.0);
}

TEST(HandlerCalledTwice, stays_quiet_for_two_wakes_answered_together) {
  judge_script(
      "=== t\n0 @fg\n5 @sleep\n60 app.resume\n60.1 wake.handle-events identifier=up\n60.2 wake.handle-events identifier=up\n"
      "60.4 session.did-finish-events\n60.5 wake.handler-called identifier=up thread=main\n"
      "60.6 wake.handler-called identifier=up thread=main\n61 app.suspend\nnot: completion-handler-called-twice\n");
}

TEST(HandlerCalledTwice, keeps_sessions_apart) {
  judge_script(
      "=== t\n0 app.launch reason=bg-urlsession\n0.1 session.create identifier=a object=A delegate=D\n"
      "0.2 session.create identifier=b object=B delegate=D\n0.3 wake.handle-events identifier=a\n0.4 wake.handle-events "
      "identifier=b\n"
      "1 session.did-finish-events identifier=a\n1.1 session.did-finish-events identifier=b\n"
      "1.2 wake.handler-called identifier=a thread=main\n1.3 wake.handler-called identifier=b thread=main\n2 app.suspend\n"
      "not: completion-handler-called-twice, completion-handler-not-called\n");
}

}  // namespace uptrail::test
