// The rules about tasks and records that got lost.
#include <gtest/gtest.h>

#include "tests/collector/rules/scenario_support.h"

namespace uptrail::test {

TEST(Vanished, waits_for_an_end_that_is_under_way) {
  judge_script(
      "=== t\nend: 320\n0 @fg\n1 @task X1 U1\n300 session.tasks-requested\n300.1 session.tasks-answered complete=true tasks=[]\n"
      "undet: task-vanished\nnot: task-vanished\n");
}

TEST(Vanished, stays_quiet_while_callbacks_are_held_after_a_background_launch) {
  judge_script(
      "=== t\n0 @fg\n1 @task X1 U1\n5 @sleep\n30 app.terminate cause=jetsam\n60 app.launch reason=bg-other\n60.1 session.create\n"
      "60.2 session.tasks-requested\n60.3 session.tasks-answered complete=true tasks=[]\n180 app.heartbeat\nnot: "
      "task-vanished\n");
}

TEST(Vanished, stays_quiet_for_the_session_of_an_invalidation) {
  judge_script(
      "=== t\n0 @fg\n1 @task X1 U1\n5 session.invalidate object=O1 mode=cancel\n5.5 session.did-become-invalid object=O1\n"
      "6 session.create object=O2\n7 session.tasks-requested\n7.1 session.tasks-answered complete=true tasks=[]\nnot: "
      "task-vanished\n");
}

TEST(Vanished, stays_quiet_when_the_daemon_goes_on_with_it) {
  judge_script(
      "=== t\n0 @fg\n1 @task X1 U1\n300 session.tasks-requested\n300.1 session.tasks-answered complete=true tasks=[]\n"
      "310 daemon.task-retry X1 code=-1005\nnot: task-vanished\n");
}

TEST(Vanished, cannot_tell_after_a_relaunch_when_force_quits_are_not_recorded) {
  judge_script(
      "=== t\ncover: app except app.force-quit\n0 @fg\n1 @task X1 U1\n5 app.terminate cause=unknown\n60 @fg\n"
      "61 session.tasks-requested\n61.1 session.tasks-answered complete=true tasks=[]\nnot: task-lost-on-force-quit\n");
}

TEST(Vanished, leads_the_upload_that_hangs_on_it) {
  const Judged j = judge_script(
      "=== t\n0 @fg\n1 @task X1 U1\n2 @task X2 U2\n30 @done X2 U2\n300 session.tasks-requested\n"
      "300.1 session.tasks-answered complete=true tasks=[]\nfire: task-vanished/error, app-thinks-uploading/error\n");
  ASSERT_NE(j.find("task-vanished"), nullptr);
  EXPECT_EQ(j.find("task-vanished")->confidence, Confidence::likely);
  ASSERT_NE(j.find("app-thinks-uploading"), nullptr);
  EXPECT_EQ(j.find("app-thinks-uploading")->folded_into, j.find("task-vanished")->id);
}

TEST(Vanished, makes_nothing_of_an_answer_whose_list_was_not_logged) {
  const std::string begin = R"({"uptrail":1,"kind":"capture.begin","t":1000000000,"observer":"app","kinds":["*"]})";
  const auto line = [](int second, const std::string& rest) {
    return R"({"uptrail":1,"t":)" + std::to_string(second) +
           R"(000000000,"observer":"app","bundle":"com.example.app","process":"App","pid":7,)" + rest + "}\n";
  };
  const Judged j = judge(begin + "\n" + line(1, R"("kind":"app.launch","reason":"user")") +
                         line(2, R"("kind":"session.create","identifier":"up","object":"O")") +
                         line(3, R"("kind":"task.create","identifier":"up","id":1,"desc":"U1")") +
                         line(4, R"("kind":"upload.state","uploadId":"U1","state":"uploading")") +
                         line(50, R"("kind":"session.tasks-answered","identifier":"up","complete":true)") +
                         line(52, R"("kind":"app.heartbeat")") + line(57, R"("kind":"app.heartbeat")") +
                         line(400, R"("kind":"app.heartbeat")"));
  ASSERT_TRUE(j.ok) << j.error;
  EXPECT_EQ(j.find("task-vanished"), nullptr) << j.text();
  EXPECT_EQ(j.find("app-thinks-uploading"), nullptr) << j.text();
}

TEST(StateDropped, leads_the_uploads_that_hang_on_it) {
  const Judged j = judge_script(
      "=== t\n0 store.snapshot store=app complete=true\n0 store.entry store=app uploadId=U1 identifier=up state=uploading\n"
      "10 device.restore kind=backup\n100 @fg\n101 upload.state U1 uploading task=none\n"
      "fire: session-state-dropped/warning, app-thinks-uploading\n");
  ASSERT_NE(j.find("app-thinks-uploading"), nullptr);
  EXPECT_EQ(j.find("app-thinks-uploading")->folded_into, j.find("session-state-dropped")->id);
  EXPECT_EQ(number(*j.find("session-state-dropped"), "uploads").value, 1.0);
}

TEST(StateDropped, stays_quiet_when_the_task_is_still_there) {
  judge_script(
      "=== t\n0 @fg\n1 @task X1 U1\n5 app.terminate cause=system\n10 app.install kind=reinstall\n100 app.launch reason=user\n"
      "100.1 session.create\n100.2 session.tasks-requested\n100.3 session.tasks-answered tasks=[X1:running:U1]\n120 @done X1 U1\n"
      "not: session-state-dropped\n");
}

TEST(ThinksUploading, is_a_hint_for_an_upload_that_never_had_a_task) {
  const Judged j = judge_script("=== t\n0 @fg\n5 upload.state U1 uploading task=none\nfire: app-thinks-uploading\n");
  ASSERT_NE(j.find("app-thinks-uploading"), nullptr);
  EXPECT_EQ(j.find("app-thinks-uploading")->confidence, Confidence::hint);
}

// A process that began in the gap may have settled the upload there.
TEST(ThinksUploading, cannot_tell_when_a_process_began_in_a_gap) {
  judge_script(
      "=== t\ngap: 100 110\n0 @fg\n1 @task X1 U1\n1.1 @task X2 U2\n3 @done X2 U2\n5 @sleep\n30 app.terminate cause=jetsam\n"
      "112 app.suspend pid=150\n120 app.terminate cause=jetsam pid=150\n200 app.launch reason=user\n200.1 app.foreground\n"
      "200.2 session.create\n200.3 session.tasks-requested\n200.4 session.tasks-answered complete=true tasks=[]\n"
      "not: app-thinks-uploading\nundet: app-thinks-uploading\n");
}

// Logs of whole seconds give all these one time.
TEST(ThinksUploading, earlier_lines_of_the_same_moment_are_no_later_change) {
  judge_script(
      "=== t\n0 app.launch reason=user\n0 session.create\n0 session.tasks-requested\n0 task.did-complete X1 error=nil "
      "status=200\n"
      "0 upload.state U1 succeeded\n0 session.tasks-answered tasks=[X1:completed]\n0 upload.state U1 uploading task=X1\n"
      "fire: app-thinks-uploading/error\n");
}

TEST(ThinksUploading, is_a_hint_when_no_end_of_an_upload_is_ever_logged) {
  const Judged j =
      judge_script("=== t\n0 @fg\n1 @task X1 U1\n30 @fin X1 200\n30.2 @cb X1 200\nfire: app-thinks-uploading/error\n");
  ASSERT_NE(j.find("app-thinks-uploading"), nullptr);
  EXPECT_EQ(j.find("app-thinks-uploading")->confidence, Confidence::hint);
}

TEST(ThinksUploading, is_proven_when_the_delegate_method_returned) {
  const Judged j = judge_script(
      "=== t\n0 @fg\n0.5 @task X2 U2\n1 @task X1 U1\n20 @done X2 U2\n30 @fin X1 200\n30.1 delegate.enter X1 "
      "method=didComplete\n30.2 @cb X1 200\n"
      "30.3 delegate.exit X1 method=didComplete\nfire: app-thinks-uploading/error\n");
  ASSERT_NE(j.find("app-thinks-uploading"), nullptr);
  EXPECT_EQ(j.find("app-thinks-uploading")->confidence, Confidence::proven);
}

TEST(ThinksUploading, cannot_tell_when_the_app_was_not_told) {
  judge_script(
      "=== t\n0 @fg\n1 @task X1 U1\n5 @sleep\n60 @fin X1 200\n3600 app.resume\n3700 app.heartbeat\nundet: app-thinks-uploading\n"
      "not: app-thinks-uploading\n");
}

TEST(ThinksUploading, cannot_tell_when_a_gap_may_hide_the_change) {
  judge_script(
      "=== t\ngap: app 100 110\n0 @fg\n1 @task X1 U1\n30 @fin X1 200\n30.1 @cb X1 200\nundet: app-thinks-uploading\n"
      "not: app-thinks-uploading\n");
}

TEST(ThinksUploading, cannot_tell_while_callbacks_are_held_after_a_background_launch) {
  judge_script(
      "=== t\n0 @fg\n1 @task X1 U1\n5 @sleep\n30 app.terminate cause=jetsam\n60 app.launch reason=bg-other\n60.1 session.create\n"
      "60.2 session.tasks-requested\n60.3 session.tasks-answered tasks=[]\n180 app.heartbeat\nundet: app-thinks-uploading\n"
      "not: app-thinks-uploading\n");
}

TEST(ThinksUploading, stays_quiet_between_the_parts_of_an_upload) {
  judge_script(
      "=== t\n0 @fg\n1 @task X1 U1\n30 @fin X1 200\n30.1 @cb X1 200\n70 task.create X2 kind=upload-file desc=U1 file=U1.2\n"
      "70.1 task.resume X2\nnot: app-thinks-uploading\n");
}

TEST(Orphan, is_a_hint_for_a_session_that_the_store_never_names) {
  const Judged j = judge_script(
      "=== t\n0 app.launch reason=user\n0 store.snapshot store=app complete=true\n0 store.entry store=app uploadId=U9 "
      "identifier=mine "
      "state=queued\n0.1 session.create identifier=sdk object=O1\n0.2 session.tasks-requested\n"
      "0.3 session.tasks-answered complete=true tasks=[X1:running]\nfire: orphan-task\n");
  ASSERT_NE(j.find("orphan-task"), nullptr);
  EXPECT_EQ(j.find("orphan-task")->confidence, Confidence::hint);
}

TEST(Orphan, stays_quiet_for_a_task_made_after_the_store_was_read) {
  judge_script(
      "=== t\n0 app.launch reason=user\n0 store.snapshot store=app complete=true\n0.1 session.create\n"
      "1 task.create X1 kind=upload-file file=a.bin\n1.1 task.resume X1\n5 session.tasks-requested\n"
      "5.1 session.tasks-answered complete=true tasks=[X1:running]\nnot: orphan-task\n");
}

}  // namespace uptrail::test
