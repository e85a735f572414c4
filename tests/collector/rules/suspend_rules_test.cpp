// Rules about resuming, suspending, cancelling and doubling tasks: how sure they are, and what they must not say.
#include <gtest/gtest.h>

#include "tests/collector/rules/scenario_support.h"

namespace uptrail::test {
namespace {

constexpr std::string_view kNeverResumed = "suspended-task-never-resumed";
constexpr std::string_view kDuplicate = "duplicate-task-for-upload";

Confidence confidence_of(const Judged& j, std::string_view rule) {
  const Finding* f = j.find(rule);
  if (f == nullptr) {
    ADD_FAILURE() << rule << " has not fired\n" << j.text();
    return Confidence::hint;
  }
  return f->confidence;
}

}  // namespace

TEST(NeverResumed, is_proven_when_listed_as_suspended_and_likely_when_created) {
  const Judged listed = judge_script(
      "=== t\n0 @fg\n1 @task X1 U1\n1.5 task.create X2 kind=upload-file desc=U2 file=U2.bin\n2 task.suspend X1\n2.1 task.resume "
      "X1\n"
      "3 @done X1 U1\n4 session.tasks-requested\n4.1 session.tasks-answered tasks=[X2:suspended]\n"
      "fire: suspended-task-never-resumed/warning\n");
  EXPECT_EQ(confidence_of(listed, kNeverResumed), Confidence::proven);
  const Judged created = judge_script(
      "=== t\n0 @fg\n1 @task X1 U1\n10 @done X1 U1\n20 task.create X2 kind=upload-file desc=U2 file=U2.bin\n"
      "fire: suspended-task-never-resumed/warning\n");
  EXPECT_EQ(confidence_of(created, kNeverResumed), Confidence::likely);
}

TEST(NeverResumed, stays_quiet_after_a_suspension_at_which_the_system_resumes) {
  judge_script(
      "=== t\n0 @fg\n1 @task X1 U1\n2 @done X1 U1\n10 task.create X2 kind=upload-file desc=U2 file=U2.bin\n12 @sleep\n"
      "100 app.foreground\n160 app.heartbeat\nundet: suspended-task-never-resumed\nnot: suspended-task-never-resumed\n");
}

TEST(NeverResumed, does_not_rest_on_nsurlsessiond_alone_when_it_never_logged_a_resume) {
  judge_script(
      "=== t\ngap: app 1.15 1.25\n0 @fg\n1.1 task.create X1 kind=upload-file desc=U1 file=U1.bin\n60 app.heartbeat\n"
      "undet: suspended-task-never-resumed\nnot: suspended-task-never-resumed\n");
}

TEST(UnbalancedSuspend, counts_a_task_that_was_never_resumed_as_suspended_once) {
  const Judged j = judge_script(
      "=== t\n0 @fg\n1 task.create X1 kind=upload-file desc=U1 file=U1.bin\n2 task.suspend X1\n3 task.resume X1\n"
      "fire: unbalanced-suspend/warning\n");
  EXPECT_EQ(number(*j.find("unbalanced-suspend"), "suspends left").value, 1.0);
}

TEST(UnbalancedSuspend, takes_the_lines_of_cfnetwork_for_the_same_calls) {
  judge_script(
      "=== t\n0 @fg\n1 @task X1 U1\n5 task.suspend X1\n5.001 task.suspend X1 observer=cfn\n6 task.resume X1\n40 app.heartbeat\n"
      "not: unbalanced-suspend\n");
}

TEST(CancelWithoutTerminal, is_likely_without_an_end_and_proven_by_growth) {
  const Judged silent = judge_script(
      "=== t\n0 @fg\n1 @task X1 U1\n2 @task X2 U2\n3 @done X2 U2\n5 task.cancel X1\nfire: cancel-without-terminal/warning\n");
  EXPECT_EQ(confidence_of(silent, "cancel-without-terminal"), Confidence::likely);
  const Judged growing = judge_script(
      "=== t\n0 @fg\n1 @task X1 U1\n5 task.cancel X1\n60 task.progress X1 sent=900000 expected=1000000\n"
      "fire: cancel-without-terminal/warning\n");
  EXPECT_EQ(confidence_of(growing, "cancel-without-terminal"), Confidence::proven);
}

TEST(CancelWithoutTerminal, does_not_take_callbacks_that_waited_for_a_sleeping_app_for_growth) {
  const Judged j = judge_script(
      "=== t\nend: 3602\n0 @fg\n1 @task X1 U1\n5 task.cancel X1\n5.5 @sleep\n3600 app.foreground\n"
      "3600.1 task.progress X1 sent=900000 expected=1000000\nnot: cancel-without-terminal\n");
  EXPECT_TRUE(j.is_undetermined("cancel-without-terminal"));
}

TEST(Duplicate, is_proven_by_the_uploads_id_and_likely_by_a_weak_key) {
  const Judged strong =
      judge_script("=== t\n0 @fg\n1 @task X1 U1\n5 @task X2 U1\n30 @done X1 U1\nfire: duplicate-task-for-upload/error\n");
  EXPECT_EQ(confidence_of(strong, kDuplicate), Confidence::proven);
  const Judged weak = judge_script(
      "=== t\n0 @fg\n1 task.create X1 kind=upload-file method=POST url=https://h/p file=a.bin fileSize=10\n1.1 task.resume X1\n"
      "2 task.create X2 kind=upload-file method=POST url=https://h/p file=a.bin fileSize=10\n2.1 task.resume X2\n"
      "30 task.did-complete X1 error=nil status=200\nfire: duplicate-task-for-upload/warning\n");
  EXPECT_EQ(confidence_of(weak, kDuplicate), Confidence::likely);
}

TEST(Duplicate, stays_quiet_for_another_address_size_or_request_without_body) {
  for (const char* second :
       {"url=https://other/p file=a.bin", "url=https://h/p file=a.bin fileSize=99", "url=https://h/p method=HEAD"}) {
    judge_script(
        "=== t\n0 @fg\n1 task.create X1 kind=upload-file uploadId=U1 url=https://h/p file=a.bin fileSize=10\n1.1 task.resume X1\n"
        "2 task.create X2 kind=upload-file uploadId=U1 " +
        std::string(second) + "\n2.1 task.resume X2\nnot: duplicate-task-for-upload\n");
  }
}

TEST(Duplicate, fires_when_a_cancelled_task_succeeded_all_the_same) {
  const Judged j = judge_script(
      "=== t\n0 @fg\n1 @task X1 U1\n5 task.cancel X1\n5.1 @task X2 U1\n6 @cb X1 200\n30 @done X2 U1\n"
      "fire: duplicate-task-for-upload/warning\n");
  EXPECT_EQ(confidence_of(j, kDuplicate), Confidence::likely);
}

TEST(Duplicate, stays_quiet_when_the_first_fails_in_the_same_breath) {
  judge_script(
      "=== t\n0 @fg\n1 @task X1 U1\n5 task.create X2 kind=upload-file desc=U1 file=U1.bin\n5.01 task.did-complete X1 "
      "error=-1005\n"
      "5.1 task.resume X2\n30 @done X2 U1\nnot: duplicate-task-for-upload\n");
}

TEST(Collision, is_proven_by_a_wrong_credit) {
  const Judged j = judge_script(
      "=== t\n0 @fg\n1 task.create X1 id=1 uuid=AAAA kind=upload-file desc=U1\n1.1 task.resume X1\n2 upload.state U2 queued\n"
      "5 app.terminate cause=crash\n60 @fin X1 200\n100 app.launch reason=user\n100.1 session.create identifier=up object=O2 "
      "delegate=D\n100.15 @cb X1 200\n100.2 task.create X2 id=1 uuid=BBBB kind=upload-file desc=U2\n100.3 task.resume X2\n"
      "130 task.did-complete X2 error=nil status=200 sent=1000000 expected=1000000\n130.1 upload.state U1 succeeded task=1\n"
      "fire: task-identifier-collision/error\n");
  EXPECT_EQ(confidence_of(j, "task-identifier-collision"), Confidence::proven);
}

TEST(Collision, stays_quiet_when_descriptions_are_no_ids) {
  judge_script(
      "=== t\n0 @fg\n1 task.create X1 id=1 kind=upload-file desc=a.jpg\n1.1 task.resume X1\n2 task.create X2 id=2 "
      "kind=upload-file desc=b.jpg\n2.1 task.resume X2\n30 task.did-complete X1 error=nil status=200\n"
      "30.1 upload.state U1 succeeded task=1\n31 task.did-complete X2 error=nil status=200\n31.1 upload.state U2 succeeded "
      "task=2\n"
      "not: task-identifier-collision\n");
}

}  // namespace uptrail::test
