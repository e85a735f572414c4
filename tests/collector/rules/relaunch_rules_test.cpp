// Rules about relaunches, connections, invalidation and session design: how sure they are, and what they must not say.
#include <gtest/gtest.h>

#include "tests/collector/rules/scenario_support.h"

namespace uptrail::test {
namespace {

Confidence confidence_of(const Judged& j, std::string_view rule) {
  const Finding* f = j.find(rule);
  if (f == nullptr) {
    ADD_FAILURE() << rule << " has not fired\n" << j.text();
    return Confidence::hint;
  }
  return f->confidence;
}

}  // namespace

TEST(NotRecreated, is_proven_when_the_app_gave_the_wake_up) {
  const Judged j = judge_script(
      "=== t\n0 @fg\n1 @task X1 U1\n5 app.terminate cause=jetsam\n60 @fin X1 200\n60.1 app.launch reason=bg-urlsession\n"
      "60.2 session.create identifier=other object=O2 delegate=D\n60.3 wake.handle-events identifier=up\n80 app.suspend\n"
      "fire: session-not-recreated-after-relaunch/error\n");
  EXPECT_EQ(confidence_of(j, "session-not-recreated-after-relaunch"), Confidence::proven);
  EXPECT_EQ(number(*j.find("session-not-recreated-after-relaunch"), "results waiting").value, 1.0);
}

TEST(NotRecreated, stays_quiet_when_nsurlsessiond_saw_the_reconnection) {
  judge_script(
      "=== t\ncover: app except session.*\n0 app.launch reason=bg-urlsession\n0.2 wake.handle-events identifier=up\n"
      "0.3 daemon.session-reconnected identifier=up\n20 app.suspend\nnot: session-not-recreated-after-relaunch\n");
}

TEST(NotRecreated, cannot_tell_when_a_gap_may_hide_the_creation) {
  judge_script(
      "=== t\ngap: 0.15 0.18\n0 app.launch reason=bg-urlsession\n0.1 session.create identifier=other object=O1 delegate=D\n"
      "0.2 wake.handle-events identifier=up\n20 app.suspend\nundet: session-not-recreated-after-relaunch\n"
      "not: session-not-recreated-after-relaunch\n");
}

TEST(NotRecreated, gives_a_process_that_is_suspended_at_once_no_blame) {
  judge_script(
      "=== t\n0 app.launch reason=bg-urlsession\n0.1 session.create identifier=other object=O1 delegate=D\n"
      "0.2 wake.handle-events identifier=up\n0.3 app.suspend\n100 app.foreground\n100.1 session.create identifier=up object=O2 "
      "delegate=D\nnot: session-not-recreated-after-relaunch\n");
}

TEST(ExpectedWake, is_likely_when_wakes_were_requested_before) {
  const Judged j = judge_script(
      "=== t\n0 @fg\n1 @task X1 U1\n5 @sleep\n60 @fin X1 200\n60.1 @wakeresume\n60.3 @cb X1 200\n60.4 upload.state U1 succeeded\n"
      "60.5 @close\n100 app.foreground\n100.5 session.tasks-requested\n100.6 session.tasks-answered tasks=[]\n101 @task X2 U2\n"
      "105 @sleep\n160 @fin X2 200\n1300 device.network satisfied=true\nfire: expected-wake-missing/warning\n");
  EXPECT_EQ(confidence_of(j, "expected-wake-missing"), Confidence::likely);
}

TEST(ExpectedWake, stays_quiet_after_a_force_quit_and_without_launch_events) {
  judge_script(
      "=== t\n0 @fg\n1 @task X1 U1\n5 app.force-quit\n5.1 daemon.client-disconnected\n60 @fin X1 200\n1200 device.network "
      "satisfied=true\n"
      "not: expected-wake-missing\n");
  judge_script(
      "=== t\n0 app.launch reason=user\n0.1 session.create identifier=up object=O1 delegate=D sendsLaunchEvents=false\n"
      "0.2 session.tasks-requested\n0.3 session.tasks-answered tasks=[]\n1 @task X1 U1\n5 @sleep\n60 @fin X1 200\n"
      "1200 device.network satisfied=true\nnot: expected-wake-missing\n");
}

TEST(ExpectedWake, cannot_tell_when_a_gap_may_hide_the_request) {
  judge_script(
      "=== t\ngap: daemon 100 200\n0 @fg\n1 @task X1 U1\n5 @sleep\n60 @fin X1 200\n1200 device.network satisfied=true\n"
      "undet: expected-wake-missing\nnot: expected-wake-missing\n");
}

TEST(ConnectionLost, names_each_task_and_the_break_once) {
  const Judged j = judge_script(
      "=== t\n0 @fg\n1 session.connection-lost op=invalidated\n2 task.create X1 kind=upload-file desc=U1\n2.1 task.resume X1\n"
      "2.2 task.did-complete X1 error=-997\n3 task.create X2 kind=upload-file desc=U2\n3.1 task.resume X2\n"
      "3.2 task.did-complete X2 error=-997\n3.3 upload.state U1 failed\n3.4 upload.state U2 failed\n"
      "fire: daemon-connection-lost/error\n");
  EXPECT_EQ(confidence_of(j, "daemon-connection-lost"), Confidence::proven);
  EXPECT_EQ(number(*j.find("daemon-connection-lost"), "N_FAIL").value, 2.0);
}

TEST(ConnectionLost, does_not_take_one_unknown_error_for_it) {
  judge_script(
      "=== t\n0 @fg\n1 task.create X1 kind=upload-file desc=U1\n1.1 task.resume X1\n1.2 task.did-complete X1 error=-1\n"
      "1.3 upload.state U1 failed\nnot: daemon-connection-lost\n");
}

TEST(TwoProcesses, does_not_take_a_restart_of_the_app_for_another_process) {
  judge_script(
      "=== t\n0 @fg\n5 app.terminate cause=crash\n6 app.launch reason=user\n6.1 session.create identifier=up object=O2 "
      "delegate=D\n"
      "6.2 daemon.session-refused identifier=up\nundet: session-identifier-in-two-processes\n"
      "not: session-identifier-in-two-processes\n");
}

TEST(TwoProcesses, is_proven_by_two_client_pids) {
  const Judged j = judge_script(
      "=== t\n0 @fg\n0.5 daemon.client-connected identifier=up clientPid=101\n9 daemon.session-refused identifier=up "
      "clientPid=777\n"
      "fire: session-identifier-in-two-processes/error\n");
  EXPECT_EQ(confidence_of(j, "session-identifier-in-two-processes"), Confidence::proven);
}

TEST(BecomeInvalid, is_not_due_for_a_session_without_delegate) {
  judge_script(
      "=== t\n0 app.launch reason=user\n0.1 session.create identifier=up object=O1 delegate=nil\n5 session.invalidate object=O1 "
      "mode=cancel\n100 app.heartbeat\nnot: did-become-invalid-missing\n");
}

TEST(BecomeInvalid, cannot_tell_when_a_gap_may_hide_it) {
  judge_script(
      "=== t\ngap: app 5.2 5.4\n0 @fg\n5 session.invalidate object=O1 mode=cancel\n100 app.heartbeat\n"
      "undet: did-become-invalid-missing\nnot: did-become-invalid-missing\n");
}

TEST(InvalidatedOnLaunch, is_an_error_in_a_launch_for_the_session) {
  const Judged j = judge_script(
      "=== t\n0 app.launch reason=bg-urlsession\n0.1 session.create identifier=up object=O1 delegate=D\n"
      "0.2 session.invalidate object=O1 mode=cancel\n0.3 wake.handle-events identifier=up\n0.5 session.did-become-invalid "
      "object=O1\n"
      "fire: session-invalidated-on-every-launch/error\n");
  EXPECT_EQ(confidence_of(j, "session-invalidated-on-every-launch"), Confidence::proven);
}

TEST(InvalidatedOnLaunch, is_broken_by_a_launch_that_keeps_the_session) {
  judge_script(
      "=== t\n0 @fg\n1 session.invalidate object=O1 mode=cancel\n1.2 session.did-become-invalid object=O1\n2 app.terminate "
      "cause=jetsam\n"
      "20 @fg\n22 app.terminate cause=jetsam\n40 @fg\n41 session.invalidate object=O3 mode=cancel\n"
      "41.2 session.did-become-invalid object=O3\nnot: session-invalidated-on-every-launch\n");
}

TEST(SessionPerUpload, is_a_hint_for_three_sessions_made_on_demand) {
  const Judged j = judge_script(
      "=== t\n0 app.launch reason=user\n1 session.create identifier=acct-1 object=O1 delegate=D\n2 @task X1 U1 acct-1\n"
      "3 session.create identifier=acct-2 object=O2 delegate=D\n4 @task X2 U2 acct-2\n"
      "5 session.create identifier=acct-3 object=O3 delegate=D\n6 @task X3 U3 acct-3\n30 @done X1 U1\n31 @done X2 U2\n"
      "32 @done X3 U3\n");
  EXPECT_EQ(confidence_of(j, "session-per-upload"), Confidence::hint);
}

TEST(SessionPerUpload, is_proven_by_many_alive_at_once) {
  const Judged j = judge_script(
      "=== t\n0 app.launch reason=user\n1 session.create identifier=u1 object=A delegate=D\n1.1 @task X1 U1 u1\n"
      "2 session.create identifier=u2 object=B delegate=D\n2.1 @task X2 U2 u2\n3 session.create identifier=u3 object=C "
      "delegate=D\n"
      "3.1 @task X3 U3 u3\n4 session.create identifier=u4 object=E delegate=D\n4.1 @task X4 U4 u4\n"
      "5 session.create identifier=u5 object=F delegate=D\n5.1 @task X5 U5 u5\n6 session.create identifier=u6 object=G "
      "delegate=D\n"
      "6.1 @task X6 U6 u6\nfire: session-per-upload/warning\n");
  EXPECT_EQ(confidence_of(j, "session-per-upload"), Confidence::proven);
  EXPECT_EQ(number(*j.find("session-per-upload"), "N_LIVE").value, 6.0);
}

TEST(EarlyCallback, is_likely_when_the_upload_was_never_settled) {
  const Judged j = judge_script(
      "=== t\n0 app.launch reason=user\n0.05 upload.state U9 queued\n0.1 session.create identifier=up object=O1 delegate=D\n"
      "0.2 session.tasks-requested\n0.25 task.did-complete X1 desc=U1 error=nil status=200\n0.3 session.tasks-answered tasks=[]\n"
      "30 app.heartbeat\nfire: delegate-callback-before-state-rebuilt/error\n");
  EXPECT_EQ(confidence_of(j, "delegate-callback-before-state-rebuilt"), Confidence::likely);
}

TEST(EarlyCallback, stays_quiet_for_a_task_that_the_app_loaded) {
  judge_script(
      "=== t\n0 app.launch reason=user\n0.05 upload.state U1 uploading task=X1\n0.1 session.create identifier=up object=O1 "
      "delegate=D\n"
      "0.2 session.tasks-requested\n0.25 task.did-complete X1 error=nil status=200\n0.26 upload.state U1 succeeded\n"
      "0.3 session.tasks-answered tasks=[]\nnot: delegate-callback-before-state-rebuilt\n");
}

}  // namespace uptrail::test
