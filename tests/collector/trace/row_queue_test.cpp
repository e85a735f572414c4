// The thread that inserts: order, errors in the middle, jobs behind the rows.
#include "collector/trace/row_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <limits>
#include <optional>
#include <string>

#include "collector/sqlite/connection.h"

namespace uptrail::test {
namespace {

using trace::RowQueue;

class RowQueueTest : public testing::TestWithParam<bool> {
 protected:
  RowQueueTest() : db_(sqlite::Connection::open("rows", sqlite::Access::memory).take()) {
    EXPECT_TRUE(db_.exec("CREATE TABLE rows (n INTEGER PRIMARY KEY, a TEXT, b REAL, c INTEGER CHECK (c <> 500))").ok());
    insert_ = db_.prepare("INSERT INTO rows (a, b, c) VALUES (?1, ?2, ?3)", true).take();
    insert_three_ = db_.prepare("INSERT INTO rows (a, b, c) VALUES (?1, ?2, ?3), (?4, ?5, ?6), (?7, ?8, ?9)", true).take();
  }
  [[nodiscard]] static RowQueue::Options small_batches() {
    RowQueue::Options options;
    options.batch_bytes = 256;
    options.thread = GetParam();
    return options;
  }
  sqlite::Connection db_;
  sqlite::Statement insert_, insert_three_;
};

TEST_P(RowQueueTest, rows_come_in_the_order_in_which_they_were_added) {
  RowQueue rows(small_batches());
  rows.combine(insert_, insert_three_, 3);
  for (int i = 0; i < 20'000; ++i) {
    // The text dies before the row is inserted.
    const std::optional<std::string> text = i % 3 == 0 ? std::nullopt : std::optional("text " + std::to_string(i));
    ASSERT_TRUE(rows.add(insert_, text, i + 0.5, i == 500 ? -1 : i).ok());
    if (i == 7'000) {
      ASSERT_TRUE(rows.drain().ok());
      EXPECT_EQ(*db_.integer("SELECT count(*) FROM rows"), 7'001);
    }
  }
  ASSERT_TRUE(rows.drain().ok());
  EXPECT_EQ(*db_.integer("SELECT count(*) FROM rows WHERE b = n - 0.5 AND c = CASE n WHEN 501 THEN -1 ELSE n - 1 END AND "
                         "a IS (CASE (n - 1) % 3 WHEN 0 THEN NULL ELSE 'text ' || (n - 1) END)"),
            20'000);
}

TEST_P(RowQueueTest, values_are_kept_as_they_are) {
  RowQueue rows(small_batches());
  ASSERT_TRUE(rows.add(insert_, std::string_view(), -0.0, std::numeric_limits<std::int64_t>::min()).ok());
  ASSERT_TRUE(rows.add(insert_, std::string(100'000, 'x'), nullptr, nullptr).ok());
  ASSERT_TRUE(rows.drain().ok());
  EXPECT_EQ(*db_.integer("SELECT count(*) FROM rows WHERE n = 1 AND a = '' AND typeof(a) = 'text' AND typeof(b) = 'real' AND "
                         "c = -9223372036854775808"),
            1);
  EXPECT_EQ(*db_.integer("SELECT count(*) FROM rows WHERE n = 2 AND length(a) = 100000 AND b IS NULL AND c IS NULL"), 1);
}

TEST_P(RowQueueTest, an_error_in_the_middle_is_told_and_nothing_follows_it) {
  RowQueue rows(small_batches());
  bool told = false;
  for (int i = 0; i < 20'000 && !told; ++i) {
    told = !rows.add(insert_, "text", nullptr, i).ok();
  }
  EXPECT_TRUE(told);
  EXPECT_FALSE(rows.drain().ok());
  EXPECT_FALSE(rows.drain().ok());
  EXPECT_FALSE(rows.finish().ok());
  EXPECT_EQ(*db_.integer("SELECT max(c) FROM rows"), 499);
  EXPECT_EQ(*db_.integer("SELECT count(*) FROM rows"), 500);
}

TEST_P(RowQueueTest, what_is_not_inserted_at_its_end_is_dropped) {
  {
    RowQueue rows(small_batches());
    for (int i = 0; i < 499; ++i) {
      ASSERT_TRUE(rows.add(insert_, "text", nullptr, i).ok());
    }
  }
  EXPECT_LE(*db_.integer("SELECT count(*) FROM rows"), 499);
  EXPECT_EQ(*db_.integer("SELECT count(*) FROM rows WHERE c <> n - 1"), 0);
}

TEST_P(RowQueueTest, jobs_come_behind_all_rows_and_in_their_order) {
  RowQueue rows(small_batches());
  std::string said;
  for (int i = 0; i < 499; ++i) {
    ASSERT_TRUE(rows.add(insert_, "text", nullptr, i).ok());
  }
  ASSERT_TRUE(rows.drain().ok());
  for (const char* name : {"a", "b", "c"}) {
    rows.add_job([this, &rows, &said, name]() -> Status {
      UPTRAIL_TRY(rows.drain());  // as a connection does that is used by a job
      const auto count = db_.integer("SELECT count(*) FROM rows");
      UPTRAIL_TRY(count);
      said += name + std::to_string(*count) + " ";
      return done();
    });
  }
  EXPECT_EQ(said, "");
  rows.resume();
  ASSERT_TRUE(rows.drain().ok());
  const std::string begun = said;  // some of them; the others wait
  ASSERT_TRUE(rows.add(insert_, "text", nullptr, 499).ok());
  ASSERT_TRUE(rows.drain().ok());
  EXPECT_EQ(said, begun);
  ASSERT_TRUE(rows.finish().ok());
  ASSERT_EQ(said.size(), 15U);
  EXPECT_TRUE(said == "a499 b499 c499 " || said == "a499 b499 c500 " || said == "a499 b500 c500 " || said == "a500 b500 c500 ")
      << said;
}

TEST_P(RowQueueTest, an_error_of_a_job_is_told_and_the_others_are_not_begun) {
  RowQueue rows(small_batches());
  std::atomic<int> begun{0};
  for (int i = 0; i < 499; ++i) {
    ASSERT_TRUE(rows.add(insert_, "text", nullptr, i).ok());
  }
  ASSERT_TRUE(rows.drain().ok());
  rows.add_job([this] { return db_.exec("CREATE INDEX bad ON nowhere (n)"); });
  rows.add_job([&begun] {
    ++begun;
    return done();
  });
  rows.resume();
  EXPECT_FALSE(rows.finish().ok());
  EXPECT_FALSE(rows.finish().ok());
  EXPECT_EQ(begun, 0);
}

INSTANTIATE_TEST_SUITE_P(Threads, RowQueueTest, testing::Bool(),
                         [](const auto& form) { return form.param ? "thread_of_its_own" : "caller"; });

}  // namespace
}  // namespace uptrail::test
