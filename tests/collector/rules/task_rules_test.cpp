// The rules about tasks and what became of them.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/collector/rules/scenario_support.h"

namespace uptrail::test {
namespace {

constexpr std::string_view kNoCallback = "task-completed-without-callback";
constexpr std::string_view kAdopted = "completed-task-adopted";
constexpr std::string_view kForceQuit = "task-lost-on-force-quit";
constexpr std::string_view kHttp = "transport-ok-but-http-error";

}  // namespace

TEST(WithoutCallback, is_likely_when_other_callbacks_come) {
  const Judged j = judge_script(
      "=== t\n0 @fg\n1 @task X1 U1\n2 @task X2 U2\n30 @done X1 U1\n40 @fin X2 200\nfire: "
      "task-completed-without-callback/error\n");
  const Finding* f = j.find(kNoCallback);
  ASSERT_NE(f, nullptr);
  EXPECT_EQ(f->confidence, Confidence::likely);
  EXPECT_EQ(number(*f, "T_CB").threshold, 30.0);
  ASSERT_EQ(f->missing.size(), 1U);
  EXPECT_EQ(f->missing[0].kind, EventKind::task_did_complete);
  EXPECT_FALSE(f->searched.empty());
  EXPECT_EQ(std::count_if(f->evidence.begin(), f->evidence.end(), [](const EvidenceRef& e) { return e.key; }), 1);
}

TEST(WithoutCallback, is_proven_when_the_app_process_took_the_end) {
  const Judged j = judge_script(
      "=== t\n0 @fg\n1 @task X1 U1\n2 @task X2 U2\n30 @done X1 U1\n40 @fin X2 200\n40.1 daemon.callback-acknowledged X2\n"
      "fire: task-completed-without-callback/error\n");
  ASSERT_NE(j.find(kNoCallback), nullptr);
  EXPECT_EQ(j.find(kNoCallback)->confidence, Confidence::proven);
}

TEST(WithoutCallback, is_a_hint_when_no_callback_was_ever_logged) {
  const Judged j = judge_script("=== t\n0 @fg\n1 @task X1 U1\n40 @fin X1 200\nfire: task-completed-without-callback/error\n");
  ASSERT_NE(j.find(kNoCallback), nullptr);
  EXPECT_EQ(j.find(kNoCallback)->confidence, Confidence::hint);
}

TEST(WithoutCallback, cannot_tell_while_the_app_sleeps) {
  judge_script(
      "=== t\n0 @fg\n1 @task X1 U1\n5 @sleep\n60 @fin X1 200\n1200 device.network satisfied=true\n"
      "undet: task-completed-without-callback\nnot: task-completed-without-callback\n");
}

TEST(WithoutCallback, cannot_tell_while_callbacks_are_held) {
  judge_script(
      "=== t\n0 @fg\n1 @task X1 U1\n5 @sleep\n60 @fin X1 200\n60.1 daemon.callback-held\n70 app.resume\n120 app.heartbeat\n"
      "undet: task-completed-without-callback\nnot: task-completed-without-callback\n");
}

TEST(WithoutCallback, stays_quiet_when_the_end_was_followed_by_a_retry) {
  judge_script(
      "=== t\n0 @fg\n1 @task X1 U1\n10 daemon.task-finished X1 code=-1005\n10.5 daemon.task-retry X1 code=-1005 n=1\n"
      "not: task-completed-without-callback\n");
}

TEST(WithoutCallback, stays_quiet_for_a_task_that_was_cancelled) {
  judge_script(
      "=== t\n0 @fg\n1 @task X1 U1\n5 task.cancel X1\n5.1 daemon.task-finished X1 code=-999 cancelled=true\n"
      "not: task-completed-without-callback\n");
}

TEST(WithoutCallback, names_the_ignored_delegate_as_likely_cause) {
  const Judged j = judge_script(
      "=== t\n0 @fg\n1 @task X1 U1\n2 session.create identifier=up object=O1 delegate=D2\n40 @fin X1 200\n"
      "fire: task-completed-without-callback/error\n");
  ASSERT_NE(j.find(kNoCallback), nullptr);
  EXPECT_NE(j.find(kNoCallback)->explanation.find("another delegate"), std::string::npos);
}

TEST(WithoutCallback, is_folded_under_the_adoption_of_the_same_task) {
  const Judged j = judge_script(
      "=== t\n0 app.launch reason=user\n0.1 session.create identifier=up object=O1 delegate=D\n0.2 session.tasks-requested\n"
      "0.3 session.tasks-answered tasks=[X1:completed]\n0.4 upload.state U7 uploading task=X1\n"
      "fire: completed-task-adopted/error, task-completed-without-callback/error\n");
  ASSERT_NE(j.find(kNoCallback), nullptr);
  ASSERT_NE(j.find(kAdopted), nullptr);
  EXPECT_EQ(j.find(kNoCallback)->folded_into, j.find(kAdopted)->id);
}

TEST(Adopted, is_a_warning_while_the_app_may_still_notice) {
  judge_script(
      "=== t\n0 app.launch reason=user\n0.1 session.create identifier=up object=O1 delegate=D\n0.2 session.tasks-requested\n"
      "0.3 session.tasks-answered tasks=[X1:completed]\n0.4 upload.state U7 uploading task=X1\n45 upload.state U7 failed\n"
      "fire: completed-task-adopted/warning\n");
}

TEST(Adopted, fires_for_a_task_that_was_being_cancelled) {
  judge_script(
      "=== t\n0 app.launch reason=user\n0.1 session.create identifier=up object=O1 delegate=D\n0.2 session.tasks-requested\n"
      "0.3 session.tasks-answered tasks=[X1:canceling]\n0.4 upload.state U7 uploading task=X1\nfire: completed-task-adopted\n");
}

TEST(Adopted, fires_when_a_pending_upload_gets_no_new_task) {
  judge_script(
      "=== t\n0 @fg\n1 @task X1 U1\n5 app.terminate cause=crash\n60 @fin X1 200\n100 app.launch reason=user\n"
      "100.1 session.create identifier=up object=O2 delegate=D\n100.2 session.tasks-requested\n"
      "100.3 session.tasks-answered tasks=[X1:completed:U1]\nfire: completed-task-adopted\n");
}

TEST(Adopted, stays_quiet_when_the_upload_is_settled) {
  judge_script(
      "=== t\n0 app.launch reason=user\n0.1 session.create identifier=up object=O1 delegate=D\n0.2 session.tasks-requested\n"
      "0.3 session.tasks-answered tasks=[X1:completed:U1]\n0.4 upload.state U1 succeeded\nnot: completed-task-adopted\n");
}

TEST(ForceQuit, is_proven_by_the_reason_alone) {
  const Judged j = judge_script(
      "=== t\n0 app.launch reason=user\n0.1 session.create identifier=up object=O1 delegate=D\n"
      "0.3 task.did-complete X1 error=-999 reason=0\nfire: task-lost-on-force-quit\n");
  ASSERT_NE(j.find(kForceQuit), nullptr);
  EXPECT_EQ(j.find(kForceQuit)->confidence, Confidence::proven);
}

TEST(ForceQuit, is_likely_by_a_complete_list_without_the_task) {
  const Judged j = judge_script(
      "=== t\n0 @fg\n1 @task X1 U1\n5 app.force-quit\n3600 app.launch reason=user\n"
      "3600.1 session.create identifier=up object=O2 delegate=D\n3600.2 session.tasks-requested\n"
      "3600.3 session.tasks-answered complete=true tasks=[]\n3600.4 upload.state U1 queued\nfire: "
      "task-lost-on-force-quit/warning\n");
  ASSERT_NE(j.find(kForceQuit), nullptr);
  EXPECT_EQ(j.find(kForceQuit)->confidence, Confidence::likely);
}

TEST(ForceQuit, is_not_believed_when_the_system_wakes_the_app_afterwards) {
  judge_script(
      "=== t\n0 @fg\n1 @task X1 U1\n5 app.force-quit\n60 @fin X1 200\n60.1 @wakelaunch\n60.5 @cb X1 200\n"
      "60.6 upload.state U1 succeeded\n60.7 @close\nnot: task-lost-on-force-quit\n");
}

TEST(ForceQuit, stays_quiet_for_other_reasons) {
  judge_script(
      "=== t\n0 @fg\n1 @task X1 U1\n2 @task X2 U2\n5 task.did-complete X1 error=-999 reason=1\n"
      "9 task.did-complete X2 error=-999\nnot: task-lost-on-force-quit\n");
}

TEST(HttpError, is_an_error_when_the_app_counts_it_as_success) {
  const Judged j = judge_script(
      "=== t\n0 @fg\n1 @task X1 U1\n30 @fin X1 500\n30.1 @cb X1 500\n30.2 upload.state U1 succeeded\n"
      "fire: transport-ok-but-http-error/error\n");
  ASSERT_NE(j.find(kHttp), nullptr);
  EXPECT_EQ(number(*j.find(kHttp), "status").value, 500.0);
}

TEST(HttpError, is_info_when_the_app_tries_again) {
  judge_script(
      "=== t\n0 @fg\n1 @task X1 U1\n30 @fin X1 503\n30.1 @cb X1 503\n31 @task X2 U1\n60 @done X2 U1\n"
      "fire: transport-ok-but-http-error/info\n");
}

TEST(HttpError, is_a_warning_when_the_app_says_nothing) {
  judge_script("=== t\n0 @fg\n1 @task X1 U1\n30 @fin X1 403\n30.1 @cb X1 403\nfire: transport-ok-but-http-error/warning\n");
}

TEST(HttpError, takes_the_last_response) {
  judge_script(
      "=== t\n0 @fg\n1 @task X1 U1\n10 task.response X1 status=401\n20 task.response X1 status=200\n"
      "20.1 task.did-complete X1 error=nil\n20.2 upload.state U1 succeeded\nnot: transport-ok-but-http-error\n");
}

TEST(HttpError, uses_the_daemons_status_when_the_app_logs_none) {
  judge_script(
      "=== t\n0 @fg\n1 @task X1 U1\n30 @fin X1 500\n30.1 task.did-complete X1 error=nil\n30.2 upload.state U1 succeeded\n"
      "fire: transport-ok-but-http-error/error\n");
}

TEST(HttpError, accepts_a_status_of_the_users_own) {
  const std::string script =
      "=== t\n0 @fg\n1 @task X1 U1\n30 @fin X1 308\n30.1 @cb X1 308\n30.2 upload.state U1 succeeded\nfire: -\n";
  EXPECT_NE(judge(script).find(kHttp), nullptr);
  analysis::RuleSettings settings;
  settings.thresholds[std::string(kHttp)]["OK_ALSO"] = 308;
  EXPECT_EQ(judge(script, settings).find(kHttp), nullptr);
}

TEST(HttpError, cannot_tell_when_the_capture_ends_at_once) {
  judge_script(
      "=== t\nend: 31\n0 @fg\n1 @task X1 U1\n30 @fin X1 500\n30.1 @cb X1 500\nundet: transport-ok-but-http-error\n"
      "not: transport-ok-but-http-error\n");
}

TEST(HttpError, cannot_tell_without_a_status) {
  judge_script("=== t\n0 @fg\n1 @task X1 U1\n30 task.did-complete X1 error=nil\nundet: transport-ok-but-http-error\n");
}

}  // namespace uptrail::test
