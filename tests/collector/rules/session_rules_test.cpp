// The rules about creation and invalidation of sessions: their variants, and what they must not say.
#include <gtest/gtest.h>

#include "tests/collector/rules/scenario_support.h"

namespace uptrail::test {
namespace {

constexpr std::string_view kReused = "session-reused-after-invalidation";
constexpr std::string_view kTwice = "session-created-twice";
constexpr std::string_view kRefused = "task-created-in-invalidated-session";

}  // namespace

TEST(SessionReused, is_proven_by_the_same_object_before_the_callback) {
  const Judged j = judge_script(
      "=== t\n0 @fg\n5 session.invalidate object=O1 mode=cancel\n5.007 session.create identifier=up object=O1 delegate=D\n"
      "5.7 session.did-become-invalid object=O1\nfire: session-reused-after-invalidation/error\n");
  const Finding* f = j.find(kReused);
  ASSERT_NE(f, nullptr);
  EXPECT_EQ(f->confidence, Confidence::proven);
  EXPECT_NEAR(number(*f, "created after invalidation").value, 0.007, 1e-9);
  EXPECT_NEAR(number(*f, "created before didBecomeInvalid").value, 0.693, 1e-9);
  ASSERT_EQ(f->missing.size(), 1U);
  EXPECT_EQ(f->missing[0].kind, EventKind::session_did_become_invalid);
}

TEST(SessionReused, is_likely_when_the_object_is_unknown) {
  const Judged j = judge_script(
      "=== t\n0 app.launch reason=user\n0.1 session.create identifier=up object=O1 delegate=D\n1 session.invalidate object=O1\n"
      "1.2 session.did-become-invalid object=O1\n2 session.create identifier=up object= delegate=D\n"
      "5 session.invalidate object=\n5.1 session.create identifier=up object= delegate=D\n"
      "6 session.did-become-invalid object=\nfire: session-reused-after-invalidation/error\n");
  const Finding* f = j.find(kReused);
  ASSERT_NE(f, nullptr);
  EXPECT_EQ(f->confidence, Confidence::likely);
}

TEST(SessionReused, cannot_tell_when_a_gap_may_hide_the_callback) {
  const Judged j = judge_script(
      "=== t\n0 @fg\n5 session.invalidate object= mode=cancel\n5.5 capture.gap observer=app from=5.2 to=5.4 reason=dropped\n"
      "6 session.create identifier=up object= delegate=D\nundet: session-reused-after-invalidation\n"
      "not: session-reused-after-invalidation\n");
  EXPECT_EQ(j.find(kReused), nullptr);
}

TEST(SessionReused, stays_quiet_for_another_object) {
  judge_script(
      "=== t\n0 @fg\n5 session.invalidate object=O1 mode=cancel\n6 session.create identifier=up object=O9 delegate=D\n"
      "not: session-reused-after-invalidation\n");
}

TEST(SessionReused, stays_quiet_in_another_process) {
  judge_script(
      "=== t\n0 @fg\n5 session.invalidate object=O1 mode=cancel\n5.5 app.launch process=ext reason=bg-other\n"
      "5.6 session.create process=ext identifier=up object=O1 delegate=DE\nnot: session-reused-after-invalidation\n");
}

TEST(SessionReused, takes_the_created_twice_finding_off) {
  judge_script(
      "=== t\n0 @fg\n5 session.invalidate object=O1 mode=cancel\n5.001 session.create identifier=up object=O1 delegate=D2\n"
      "5.002 session.exists-warning identifier=up\n6 session.did-become-invalid object=O1\n"
      "fire: session-reused-after-invalidation/error\nnot: session-created-twice\n");
}

TEST(SessionCreatedTwice, is_info_with_the_same_delegate) {
  const Judged j =
      judge_script("=== t\n0 @fg\n5 session.create identifier=up object=O1 delegate=D\nfire: session-created-twice/info\n");
  ASSERT_NE(j.find(kTwice), nullptr);
  EXPECT_EQ(j.find(kTwice)->confidence, Confidence::proven);
}

TEST(SessionCreatedTwice, is_a_warning_when_the_second_delegate_is_ignored) {
  const Judged j = judge_script(
      "=== t\n0 @fg\n5 session.create identifier=up object=O1 delegate=Other\nfire: session-created-twice/warning\n");
  ASSERT_NE(j.find(kTwice), nullptr);
  EXPECT_NE(j.find(kTwice)->explanation.find("second-delegate-ignored"), std::string::npos);
}

TEST(SessionCreatedTwice, is_a_warning_when_a_changed_configuration_is_ignored) {
  const Judged j = judge_script(
      "=== t\n0 app.launch reason=user\n1 session.create identifier=up object=O1 delegate=D discretionary=false\n"
      "5 session.create identifier=up object=O1 delegate=D discretionary=true\nfire: session-created-twice/warning\n");
  ASSERT_NE(j.find(kTwice), nullptr);
  EXPECT_NE(j.find(kTwice)->explanation.find("changed-configuration-ignored"), std::string::npos);
}

TEST(SessionCreatedTwice, names_the_gravest_of_many_and_counts_them) {
  const Judged j = judge_script(
      "=== t\n0 @fg\n5 session.create identifier=up object=O1 delegate=D\n6 session.create identifier=up object=O1 delegate=E\n"
      "7 session.create identifier=up object=O1 delegate=E\nfire: session-created-twice/warning\n");
  ASSERT_NE(j.find(kTwice), nullptr);
  EXPECT_EQ(number(*j.find(kTwice), "further creations").value, 3.0);
}

TEST(SessionCreatedTwice, cannot_tell_when_a_gap_may_hide_an_invalidation) {
  judge_script(
      "=== t\n0 @fg\n5 capture.gap observer=app from=4 to=4.5 reason=dropped\n6 session.create identifier=up object=O1 "
      "delegate=D2\n"
      "undet: session-created-twice\nnot: session-created-twice\n");
}

TEST(SessionCreatedTwice, keeps_different_identifiers_apart) {
  judge_script(
      "=== t\n0 @fg\n5 session.create identifier=a object=A delegate=DA\n6 session.create identifier=b object=B delegate=DB\n"
      "not: *, session-created-twice\n");
}

TEST(TaskInInvalidatedSession, is_proven_by_the_refusal_and_counts_attempts) {
  const Judged j = judge_script(
      "=== t\n0 @fg\n5 session.invalidate object=O1 mode=cancel\n5.5 task.create-failed object=O1 reason=invalidated\n"
      "5.6 task.create-failed object=O1 reason=invalidated\nfire: task-created-in-invalidated-session/error\n");
  ASSERT_NE(j.find(kRefused), nullptr);
  EXPECT_EQ(j.find(kRefused)->confidence, Confidence::proven);
  EXPECT_EQ(number(*j.find(kRefused), "attempts").value, 2.0);
}

TEST(TaskInInvalidatedSession, is_proven_by_the_crash_report_alone) {
  std::string lines = expand_event_script("=== t\n0 @fg\n5 app.terminate cause=crash text=EXCEPTION\n");
  const std::size_t at = lines.find("EXCEPTION");
  ASSERT_NE(at, std::string::npos);
  lines.replace(at, 9, "Task created in a session that has been invalidated");
  const Judged j = judge(lines);
  ASSERT_NE(j.find(kRefused), nullptr) << j.text();
  EXPECT_EQ(j.find(kRefused)->confidence, Confidence::proven);
}

TEST(TaskInInvalidatedSession, stays_quiet_when_the_task_lives) {
  judge_script(
      "=== t\n0 @fg\n5 session.invalidate object=O1 mode=finish\n5.5 task.create X1 kind=upload-file desc=U1 object=O1\n"
      "5.6 task.resume X1\nnot: task-created-in-invalidated-session\n");
}

TEST(TaskInInvalidatedSession, stays_quiet_within_a_race) {
  judge_script(
      "=== t\n0 @fg\n5 session.invalidate object=O1 mode=finish\n5.002 task.create X1 kind=upload-file desc=U1 object=O1\n"
      "not: task-created-in-invalidated-session\n");
}

TEST(TaskInInvalidatedSession, cannot_tell_when_the_capture_ends_at_once) {
  judge_script(
      "=== t\nend: 6\n0 @fg\n5 session.invalidate object=O1 mode=cancel\n5.5 task.create X1 kind=upload-file desc=U1 object=O1\n"
      "undet: task-created-in-invalidated-session\nnot: task-created-in-invalidated-session\n");
}

TEST(SharedSession, counts_the_calls_of_a_process) {
  const Judged j = judge_script(
      "=== t\n0 @fg\n5 session.invalidate shared=true\n6 session.invalidate shared=true\nfire: "
      "shared-session-invalidated/warning\n");
  ASSERT_NE(j.find("shared-session-invalidated"), nullptr);
  EXPECT_EQ(number(*j.find("shared-session-invalidated"), "calls").value, 2.0);
}

TEST(SharedContainer, is_told_once_when_the_line_of_CFNetwork_names_no_session) {
  const std::string script =
      "=== t\n0 app.launch process=ext reason=bg-other\n"
      "0.1 session.create process=ext identifier=share object=E1 delegate=DE sharedContainer=none\n"
      "0.2 session.setup-failed process=ext code=-995\n";
  for (const std::string invalid : {"", "0.3 session.did-become-invalid process=ext object=E1 error=-995\n"}) {
    const Judged j = judge(as_container(script + invalid, "syslog"));
    std::string subjects;
    for (const Finding& f : j.findings) subjects += f.rule == "shared-container-missing" ? f.subject.label + ";" : "";
    EXPECT_EQ(subjects, "session \"share\";") << j.text();
  }
}

TEST(SharedContainer, names_no_session_when_there_are_two_it_may_be) {
  const Judged j = judge(
      as_container("=== t\n0 app.launch process=ext reason=bg-other\n0.1 session.create process=ext identifier=a object=E1\n"
                   "0.1 session.create process=ext identifier=b object=E2\n0.2 session.setup-failed process=ext code=-995\n",
                   "syslog"));
  ASSERT_NE(j.find("shared-container-missing"), nullptr) << j.text();
  EXPECT_FALSE(j.find("shared-container-missing")->subject.session.valid());
}

}  // namespace uptrail::test
