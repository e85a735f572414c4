// The rules about how transfers fail, wait and begin again.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/collector/rules/scenario_support.h"

namespace uptrail::test {

TEST(TransportError, tells_the_number_and_the_retries) {
  const Judged j = judge_script(
      "=== t\n0 @fg\n1 @task X1 U1\n20 daemon.task-retry X1 code=-1005\n60 task.did-complete X1 error=-1004\n"
      "60.1 upload.state U1 failed\nfire: terminal-transport-error/warning\n");
  const Finding* f = j.find("terminal-transport-error");
  ASSERT_NE(f, nullptr);
  EXPECT_EQ(f->confidence, Confidence::proven);
  EXPECT_EQ(number(*f, "error code").value, -1004.0);
  EXPECT_EQ(number(*f, "retries").value, 1.0);
}

TEST(TransportError, is_a_warning_for_a_cancellation_that_nobody_asked_for) {
  const Judged j = judge_script(
      "=== t\n0 @fg\n1 @task X1 U1\n2 @task X2 U2\n3 task.cancel X2\n3.1 task.did-complete X2 error=-999\n3.2 upload.state U2 "
      "cancelled\n4 session.create identifier=other object=P\n5 session.invalidate object=P mode=finish\n"
      "60 task.did-complete X1 error=-999\n60.1 upload.state U1 failed\nfire: terminal-transport-error/warning\n");
  ASSERT_NE(j.find("terminal-transport-error"), nullptr);
  EXPECT_EQ(j.find("terminal-transport-error")->confidence, Confidence::likely);
}

TEST(TransportError, stays_quiet_when_the_session_was_invalidated) {
  judge_script(
      "=== t\n0 @fg\n1 @task X1 U1\n5 session.invalidate object=O1 mode=cancel\n5.2 task.did-complete X1 error=-999\n"
      "5.3 upload.state U1 cancelled\nnot: terminal-transport-error\n");
}

TEST(TransportError, stays_quiet_in_a_foreground_session) {
  judge_script(
      "=== t\n0 app.launch reason=user\n0.1 session.create identifier=up object=O1 background=false\n1 @task X1 U1\n"
      "5 task.did-complete X1 error=-1001\n5.1 upload.state U1 failed\nnot: terminal-transport-error\n");
}

TEST(TransportError, is_folded_with_the_upload_that_hangs_on_it) {
  const Judged j = judge_script(
      "=== t\n0 @fg\n1 @task X1 U1\n30 task.did-complete X1 error=-1017\nfire: terminal-transport-error/error, "
      "app-thinks-uploading/error\n");
  ASSERT_NE(j.find("app-thinks-uploading"), nullptr);
  EXPECT_EQ(j.find("app-thinks-uploading")->folded_into, j.find("terminal-transport-error")->id);
}

TEST(ResourceTimeout, does_not_count_the_time_of_a_suspended_task) {
  judge_script(
      "=== t\n0 app.launch reason=user\n0.1 session.create identifier=up object=O1 resourceTimeout=4000\n1 @task X1 U1\n"
      "10 task.suspend X1\n3900 task.resume X1\n4001 task.did-complete X1 error=-1001\n4001.1 upload.state U1 failed\n"
      "not: resource-timeout\nfire: terminal-transport-error\n");
}

TEST(ResourceTimeout, is_likely_with_the_default_and_proven_with_the_configuration) {
  const std::string end =
      "605000 daemon.task-finished X1 code=-1001\n605000.1 task.did-complete X1 error=-1001\n605000.2 upload.state U1 failed\n";
  const Judged assumed = judge_script("=== t\n0 @fg\n1 @task X1 U1\n5 @sleep\n" + end + "fire: resource-timeout/error\n");
  ASSERT_NE(assumed.find("resource-timeout"), nullptr);
  EXPECT_EQ(assumed.find("resource-timeout")->confidence, Confidence::likely);
  const Judged known =
      judge_script("=== t\n0 app.launch reason=user\n0.1 session.create resourceTimeout=604800\n1 @task X1 U1\n5 @sleep\n" + end +
                   "fire: resource-timeout/error\n");
  ASSERT_NE(known.find("resource-timeout"), nullptr);
  EXPECT_EQ(known.find("resource-timeout")->confidence, Confidence::proven);
}

TEST(ResourceTimeout, mentions_a_task_that_is_about_to_expire) {
  judge_script(
      "=== t\nend: 900\n0 app.launch reason=user\n0.1 session.create resourceTimeout=1000\n1 @task X1 U1\n10 task.progress X1 "
      "sent=5 expected=1000000\nfire: resource-timeout/info\n");
}

TEST(TempFile, is_proven_by_the_refusal_of_the_task) {
  const Judged j = judge_script(
      "=== t\n0 @fg\n1 task.create-failed object=O1 reason=file text=\"no such file\"\nfire: temp-file-missing/error\n");
  ASSERT_NE(j.find("temp-file-missing"), nullptr);
  EXPECT_EQ(j.find("temp-file-missing")->confidence, Confidence::proven);
}

TEST(TempFile, needs_more_than_a_deletion_before_the_task) {
  judge_script(
      "=== t\n0 @fg\n1 file.op op=delete path=/a/U1.bin\n2 task.create X1 kind=upload-file desc=U1 file=/a/U1.bin size=1000000\n"
      "2.1 task.resume X1\n30 @done X1 U1\nnot: temp-file-missing\n");
}

TEST(TempFile, matches_paths_by_their_end) {
  judge_script(
      "=== t\n0 @fg\n1 task.create X1 kind=upload-file desc=U1 file=/private/var/x/U1.bin\n1.1 task.resume X1\n"
      "1.2 file.op op=open-failed path=file:///var/x/U1.bin errno=2\n20 task.did-complete X1 error=POSIX-2\n"
      "20.1 upload.state U1 failed\nfire: temp-file-missing/error\nnot: terminal-transport-error\n");
}

TEST(TempFile, is_a_hint_for_a_file_that_no_task_names) {
  const Judged j = judge_script("=== t\n0 @fg\n1 file.op op=open-failed path=/a/x.bin errno=2\nfire: temp-file-missing\n");
  ASSERT_NE(j.find("temp-file-missing"), nullptr);
  EXPECT_EQ(j.find("temp-file-missing")->confidence, Confidence::hint);
}

TEST(ShortBody, believes_the_servers_receipt_more_than_the_task) {
  judge_script(
      "=== t\n0 @fg\n1 @task X1 U1\n30 @fin X1 200\n30.1 task.did-complete X1 error=nil status=200 sent=10 expected=1000000\n"
      "30.2 upload.state U1 succeeded\n31 server.receipt U1 status=200 bytes=1000000\nnot: upload-body-empty-or-short\n");
}

TEST(ShortBody, cannot_tell_when_another_process_is_told) {
  judge_script(
      "=== t\n0 @fg\n1 @task X1 U1\n5 @sleep\n30 app.terminate cause=jetsam\n60 @fin X1 200\n60.1 @wakelaunch\n"
      "60.5 task.did-complete X1 error=nil status=200 sent=0 expected=0\n60.6 upload.state U1 succeeded\n60.7 @close\n"
      "undet: upload-body-empty-or-short\nnot: upload-body-empty-or-short\n");
}

TEST(Stall, is_likely_only_with_network_and_the_daemons_log) {
  const std::string text =
      "0 @fg\n0.5 device.network satisfied=true\n1 @task X1 U1\n10 task.progress X1 sent=5 expected=1000000\n700 app.heartbeat\n";
  const Judged full = judge_script("=== t\n" + text + "fire: stalled-no-progress/warning\n");
  ASSERT_NE(full.find("stalled-no-progress"), nullptr);
  EXPECT_EQ(full.find("stalled-no-progress")->confidence, Confidence::likely);
  const Judged app = judge_script("=== t\ncover: app only\n" + text + "fire: stalled-no-progress/warning\n");
  ASSERT_NE(app.find("stalled-no-progress"), nullptr);
  EXPECT_EQ(app.find("stalled-no-progress")->confidence, Confidence::hint);
}

TEST(Stall, stays_quiet_while_the_app_is_in_the_background) {
  judge_script(
      "=== t\n0 @fg\n0.5 device.network satisfied=true\n1 @task X1 U1\n10 task.progress X1 sent=5 expected=1000000\n"
      "11 app.background hook=scene\n700 app.heartbeat\nundet: stalled-no-progress\nnot: stalled-no-progress\n");
}

TEST(Stall, stays_quiet_while_the_rate_limiter_delays) {
  judge_script(
      "=== t\n0 @fg\n0.5 device.network satisfied=true\n1 @task X1 U1\n10 task.progress X1 sent=5 expected=1000000\n"
      "11 daemon.delay-set seconds=3600\n700 app.heartbeat\nnot: stalled-no-progress\n");
}

TEST(RetryLoop, counts_falls_of_the_progress) {
  std::string text = "=== t\n0 @fg\n1 @task X1 U1\n";
  for (int i = 0; i < 4; ++i) {
    const std::string t = std::to_string(10 + i * 20);
    text += t + " task.progress X1 sent=10000 expected=1000000\n" + t + ".5 task.progress X1 sent=900000 expected=1000000\n";
  }
  const Judged j = judge_script(text + "fire: retry-loop/warning\n");
  ASSERT_NE(j.find("retry-loop"), nullptr);
  EXPECT_EQ(number(*j.find("retry-loop"), "bytes sent in vain").value, 2'700'000.0);
}

TEST(RetryLoop, counts_the_apps_own_tries_one_after_the_other) {
  std::string text = "=== t\n0 @fg\n";
  for (int i = 1; i <= 5; ++i) {
    const std::string x = "X" + std::to_string(i);
    text += std::to_string(i * 100) + " @task " + x + " U1\n" + std::to_string(i * 100 + 5) + " task.did-complete " + x +
            " error=-1004\n";
  }
  judge_script(text + "506 upload.state U1 failed\nfire: retry-loop/warning\n");
}

TEST(RetryLoop, stays_quiet_for_parts_that_fail_together) {
  std::string text = "=== t\n0 @fg\n";
  for (int i = 1; i <= 5; ++i) text += std::to_string(i) + " @task X" + std::to_string(i) + " U1\n";
  for (int i = 1; i <= 5; ++i) text += std::to_string(50 + i) + " task.did-complete X" + std::to_string(i) + " error=-1004\n";
  judge_script(text + "60 upload.state U1 failed\nnot: retry-loop\n");
}

TEST(Discretionary, is_a_hint_without_the_daemons_line) {
  const Judged j = judge_script(
      "=== t\n0 @fg\n5 app.background hook=scene\n6 @task X1 U1\n7 app.suspend\nfire: discretionary-demotion/info\n");
  ASSERT_NE(j.find("discretionary-demotion"), nullptr);
  EXPECT_EQ(j.find("discretionary-demotion")->confidence, Confidence::hint);
}

TEST(Discretionary, stays_quiet_when_the_app_asked_for_it) {
  judge_script(
      "=== t\n0 app.launch reason=user\n0.1 session.create discretionary=true\n5 app.background hook=scene\n6 @task X1 U1\n"
      "6.5 daemon.discretionary X1 value=true\nnot: discretionary-demotion\n");
}

TEST(Credentials, reads_the_expiry_of_a_signed_url) {
  // Second 0 of a script is 2026-01-01T00:00:00Z.
  const std::string head = "=== t\n0 @fg\n1 task.create X1 kind=upload-file desc=U1 url=https://h.example/p?";
  const std::string tail =
      "\n1.1 task.resume X1\n400 daemon.task-connection X1\n401 @fin X1 403\n401.1 @cb X1 403\n401.2 upload.state U1 failed\n";
  const std::string fires = "fire: credentials-expired-in-queue/warning\n";
  const std::string quiet = "not: credentials-expired-in-queue\n";
  judge_script(head + "X-Amz-Date=20260101T000000Z&X-Amz-Expires=300&X-Amz-Signature=ab" + tail + fires);
  judge_script(head + "X-Amz-Date=20260101T000000Z&X-Amz-Expires=900&X-Amz-Signature=ab" + tail + quiet);
  judge_script(head + "Expires=1767225900&Signature=ab" + tail + fires);
  judge_script(head + "sv=2020&se=2026-01-01T00%3A05%3A00Z&sig=ab" + tail + fires);
  judge_script(head + "se=2026-01-01T00%3A05%3A00Z" + tail + quiet);
}

TEST(Credentials, counts_from_the_renewed_request) {
  judge_script(
      "=== t\n0 @fg\n1 task.create X1 kind=upload-file desc=U1 file=U1.bin\n1.1 task.resume X1\n7199 task.delayed-request X1\n"
      "7199.1 task.delayed-answered X1 disposition=useNewRequest\n7200 daemon.task-connection X1\n7201 @fin X1 401\n7201.1 @cb "
      "X1 401\n"
      "7201.2 upload.state U1 failed\nnot: credentials-expired-in-queue\n");
}

TEST(Challenge, cannot_tell_while_a_person_may_be_asked) {
  judge_script(
      "=== t\n0 @fg\n1 @task X1 U1\n3 task.challenge X1 method=NSURLAuthenticationMethodHTTPBasic\n"
      "undet: auth-challenge-unanswered\nnot: auth-challenge-unanswered\n");
}

TEST(Challenge, cannot_tell_when_the_process_sleeps) {
  judge_script(
      "=== t\n0 @fg\n1 @task X1 U1\n3 task.challenge X1 method=serverTrust\n4 @sleep\nundet: auth-challenge-unanswered\n"
      "not: auth-challenge-unanswered\n");
}

TEST(Body, is_likely_and_shows_the_pattern_when_bodies_are_logged) {
  const Judged j = judge_script(
      "=== t\n0 @fg\n1 @task X1 U1\n2 @task X2 U2\n3 @task X3 U3\n30 @done X1 U1\n31 @done X2 U2\n40 @fin X3 200\n"
      "40.1 task.did-complete X3 error=nil status=200\n40.2 upload.state U3 failed\n"
      "fire: success-decided-in-did-receive-data/error\n");
  const Finding* f = j.find("success-decided-in-did-receive-data");
  ASSERT_NE(f, nullptr);
  EXPECT_EQ(f->confidence, Confidence::likely);
  EXPECT_EQ(number(*f, "with a body").value, 2.0);
}

TEST(SceneHook, speaks_once_for_a_build) {
  const Judged j = judge_script(
      "=== t\n0 app.launch reason=user\n0.1 app.hook-registered hook=delegate\n5 app.background hook=scene\n20 app.terminate "
      "cause=jetsam\n30 app.launch reason=user\n30.1 app.hook-registered hook=delegate\n35 app.background hook=scene\n"
      "fire: scene-background-hook-not-called/warning\n");
  EXPECT_EQ(std::count_if(j.findings.begin(), j.findings.end(),
                          [](const Finding& f) { return f.rule == "scene-background-hook-not-called"; }),
            1);
}

}  // namespace uptrail::test
