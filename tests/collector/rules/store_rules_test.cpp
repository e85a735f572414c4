// Stores beside a log: files of their own, whose times are compared with two minutes to spare.
#include <gtest/gtest.h>

#include "tests/collector/rules/scenario_support.h"

namespace uptrail::test {
namespace {

// nsurlsessiond's store, last written `second` after the beginning of a script. `rows`: kind and fields as JSON.
std::string daemon_store(std::int64_t second, const std::vector<std::string>& rows, bool complete = true) {
  constexpr std::int64_t kScriptStart = 1'767'225'600;  // 2026-01-01T00:00:00Z
  const std::string head =
      R"({"uptrail":1,"observer":"store","store":"daemon","t":)" + std::to_string(kScriptStart + second) + R"(000000000,"kind":)";
  std::string out = head + R"("store.snapshot","complete":)" + (complete ? "true" : "false") + "}\n";
  for (const std::string& row : rows) out += head + row + "}\n";
  return out;
}

const std::string kSession = R"("store.session","bundle":"com.example.app","identifier":"up")";
// Of X1 in a script.
std::string row_without_uuid(const std::string& state) {
  return R"("store.entry","bundle":"com.example.app","identifier":"up","id":1,"state":")" + state + "\"";
}
std::string task_row(const std::string& state) {
  return row_without_uuid(state) + R"(,"uuid":"095D8707-B5E9-8922-B60B-49CB8F202FCB")";
}

const std::string kLiveTask =
    "=== t\nend: 900\n0 app.launch reason=user\n0.1 session.create identifier=up object=O1 delegate=D\n1 @task X1 U1\n"
    "2 @task X2 U2\n20 @done X2 U2\n";

TEST(StoreRules, a_task_that_a_later_copy_lacks_has_vanished) {
  const Judged later = judge_files({kLiveTask, daemon_store(300, {kSession})});
  ASSERT_NE(later.find("task-vanished"), nullptr) << later.text();
  EXPECT_EQ(later.find("task-vanished")->confidence, Confidence::likely);
  for (const std::string& quiet :
       {daemon_store(100, {kSession}), daemon_store(300, {kSession}, false), daemon_store(300, {}),
        daemon_store(300, {kSession, task_row("running")}), daemon_store(300, {kSession, row_without_uuid("running")})}) {
    const Judged j = judge_files({kLiveTask, quiet});
    EXPECT_EQ(j.find("task-vanished"), nullptr) << quiet << j.text();
  }
}

TEST(StoreRules, a_copy_of_after_the_log_cannot_tell) {
  const Judged j = judge_files({kLiveTask, daemon_store(100'000, {kSession})});
  EXPECT_EQ(j.find("task-vanished"), nullptr);
  EXPECT_TRUE(j.is_undetermined("task-vanished")) << j.text();
}

TEST(StoreRules, two_apps_with_one_session_name_take_the_proof_from_missing_rows) {
  const std::string other = R"("store.session","bundle":"com.example.other","identifier":"up")";
  const Judged j = judge_files({kLiveTask, daemon_store(300, {kSession, other})});
  EXPECT_EQ(j.find("task-vanished"), nullptr) << j.text();
}

TEST(StoreRules, a_copy_that_is_older_than_the_log_is_said_and_blames_nobody) {
  const std::string log = "=== t\nend: 900\n0 @fg\n1 @task X1 U1\n30 @done X1 U1\n";
  const Judged j = judge_files({log, daemon_store(300, {kSession, task_row("running")})});
  ASSERT_NE(j.find("capture-incomplete"), nullptr) << j.text();
  EXPECT_NE(j.find("capture-incomplete")->explanation.find("the copy is older than its time says"), std::string::npos) << j.all();
  EXPECT_EQ(j.findings.size(), 1U) << j.text();
  const Judged near = judge_files({log, daemon_store(100, {kSession, task_row("running")})});
  EXPECT_EQ(near.all().find("the copy is older"), std::string::npos) << near.all();
}

TEST(StoreRules, a_row_may_show_that_a_task_was_never_resumed) {
  const std::string log =
      "=== t\nend: 900\ncover: app except task.create\n0 app.launch reason=user\n0.1 app.foreground\n"
      "0.2 session.create identifier=up object=O1 delegate=D\n1 daemon.task-enqueued X1\n2 @task X2 U2\n10 @done X2 U2\n";
  const Judged j = judge_files({log, daemon_store(300, {kSession, task_row("suspended")})});
  ASSERT_NE(j.find("suspended-task-never-resumed"), nullptr) << j.text();
  EXPECT_EQ(j.find("suspended-task-never-resumed")->confidence, Confidence::proven);
  EXPECT_NE(j.find("suspended-task-never-resumed")->explanation.find("nsurlsessiond's store"), std::string::npos);
  const Judged resumed =
      judge_files({log + "310 daemon.task-resumed X1\n", daemon_store(300, {kSession, task_row("suspended")})});
  EXPECT_EQ(resumed.find("suspended-task-never-resumed"), nullptr) << resumed.text();
}

}  // namespace
}  // namespace uptrail::test
