// SQL beside the drawing thread: answers, cancelling, and cases that come and go.
#include "viewer/load/query_runner.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "tests/support/files.h"
#include "viewer/load/loader.h"

namespace uptrail::viewer {
namespace {

constexpr const char* kEndless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";

std::shared_ptr<const QueryAnswer> wait(Loader& loader) {
  for (int i = 0; i < 4000; ++i) {
    if (auto answer = loader.take_answer()) return answer;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  ADD_FAILURE() << "no answer";
  return std::make_shared<QueryAnswer>();
}

std::shared_ptr<const LoadedCase> open(Loader& loader, const std::vector<std::string>& paths) {
  loader.open(paths);
  for (int i = 0; i < 4000; ++i) {
    if (auto loaded = loader.take_case()) return loaded;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  ADD_FAILURE() << loader.status().error.text();
  return nullptr;
}

std::string sample() { return test::source_path("assets/samples/instrumented/app.ndjson"); }

TEST(QueryRunner, answers_about_a_capture_that_was_opened_raw) {
  Loader loader;
  const auto loaded = open(loader, {sample()});
  loader.query(1, "SELECT count(*) AS n FROM v_tasks");
  const auto answer = wait(loader);
  ASSERT_FALSE(answer->error.has_value()) << answer->error->text();
  EXPECT_EQ(answer->number, 1U);
  EXPECT_EQ(answer->table.at(0, 0).text, std::to_string(loaded->derived.tasks.size()));
  loader.query(2, "SELECT nonsense");
  const auto wrong = wait(loader);
  ASSERT_TRUE(wrong->error.has_value());
  EXPECT_EQ(wrong->error->message, "no such column: nonsense");
}

TEST(QueryRunner, what_never_ends_is_cancelled_and_lines_are_answered_meanwhile) {
  Loader loader;
  const auto loaded = open(loader, {sample()});
  loader.query(1, kEndless);
  loader.request_log(loaded->sources[0].id, 5);
  std::optional<LogPage> page;
  for (int i = 0; i < 2000 && !page; ++i) {
    page = loader.take_log();
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  EXPECT_TRUE(page.has_value());
  EXPECT_TRUE(loader.busy());
  loader.cancel_query();
  EXPECT_EQ(wait(loader)->error->kind, ErrorKind::interrupted);
}

TEST(QueryRunner, a_later_question_replaces_one_that_never_ends) {
  Loader loader;
  open(loader, {sample()});
  loader.query(1, kEndless);
  std::this_thread::sleep_for(std::chrono::milliseconds(30));
  loader.query(2, "SELECT 2");
  const auto answer = wait(loader);
  EXPECT_EQ(answer->number, 2U);
  EXPECT_EQ(answer->table.at(0, 0).text, "2");
}

TEST(QueryRunner, another_case_is_asked_after_it_was_opened) {
  Loader loader;
  open(loader, {sample()});
  loader.query(1, "SELECT path FROM sources");
  EXPECT_EQ(wait(loader)->table.rows, 1U);
  open(loader, {sample(), test::source_path("assets/samples/instrumented/system.log")});
  loader.query(2, "SELECT path FROM sources");
  EXPECT_EQ(wait(loader)->table.rows, 2U);
}

TEST(QueryRunner, says_that_nothing_is_open) {
  Loader loader;
  loader.query(1, "SELECT 1");
  const auto answer = wait(loader);
  ASSERT_TRUE(answer->error.has_value());
  EXPECT_NE(answer->error->message.find("nothing is open"), std::string::npos);
}

TEST(QueryRunner, can_be_destroyed_while_it_asks) {
  Loader loader;
  open(loader, {sample()});
  loader.query(1, kEndless);
  EXPECT_TRUE(loader.busy());
}

TEST(QueryRunner, opening_what_cannot_be_opened_leaves_no_question_behind) {
  Loader loader;
  open(loader, {sample()});
  loader.query(1, kEndless);
  loader.open({test::scratch_dir() + "/nowhere.log"});
  for (int i = 0; i < 2000 && loader.status().phase == LoadPhase::loading; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  EXPECT_EQ(wait(loader)->error->kind, ErrorKind::interrupted);
  loader.query(2, "SELECT count(*) FROM sources");
  EXPECT_EQ(wait(loader)->table.at(0, 0).text, "1") << "the case before is still open";
}

}  // namespace
}  // namespace uptrail::viewer
