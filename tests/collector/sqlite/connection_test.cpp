#include "collector/sqlite/connection.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>

#include "collector/sqlite/statement.h"
#include "collector/sqlite/transaction.h"
#include "tests/support/files.h"

namespace uptrail::sqlite::test {
namespace {

using uptrail::test::read_file;
using uptrail::test::scratch_dir;
using uptrail::test::write_file;

constexpr const char* kEndless = "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";

Connection memory() {
  auto db = Connection::open("test", Access::memory);
  EXPECT_TRUE(db.ok());
  return db.take();
}

TEST(Statement, binds_and_gives_back_every_type) {
  auto db = memory();
  ASSERT_TRUE(db.exec("CREATE TABLE t(a, b, c, d, e, f, g, h)").ok());
  auto insert = db.prepare("INSERT INTO t VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
  ASSERT_TRUE(insert.ok());
  const std::array<std::byte, 2> blob = {std::byte{0}, std::byte{255}};
  ASSERT_TRUE(insert
                  ->run(std::int64_t{-7}, 0.5, std::string_view("a\0b", 3), std::span<const std::byte>(blob), nullptr,
                        std::string_view(), UINT64_MAX, TaskId{})
                  .ok());
  auto rows = db.prepare("SELECT * FROM t");
  ASSERT_TRUE(rows.ok());
  ASSERT_TRUE(*rows->step());
  EXPECT_EQ(rows->columns(), 8);
  EXPECT_EQ(rows->integer(0), -7);
  EXPECT_EQ(rows->real(1), 0.5);
  EXPECT_EQ(rows->text(2), std::string_view("a\0b", 3));
  ASSERT_EQ(rows->blob(3).size(), 2U);
  EXPECT_EQ(rows->blob(3)[1], std::byte{255});
  EXPECT_TRUE(rows->is_null(4));
  EXPECT_EQ(rows->type(5), ColumnType::text);  // an empty text is not NULL
  EXPECT_EQ(rows->integer(6), INT64_MAX);
  EXPECT_TRUE(rows->is_null(7));
  EXPECT_FALSE(*rows->step());
}

TEST(Statement, too_many_arguments_are_an_error) {
  auto db = memory();
  auto statement = db.prepare("SELECT ?1");
  EXPECT_FALSE(statement->run(1, 2).ok());
}

TEST(Transaction, rolls_back_unless_committed) {
  auto db = memory();
  ASSERT_TRUE(db.exec("CREATE TABLE t(a)").ok());
  {
    auto transaction = Transaction::begin(db);
    ASSERT_TRUE(transaction.ok());
    ASSERT_TRUE(db.exec("INSERT INTO t VALUES(1)").ok());
    EXPECT_FALSE(Transaction::begin(db).ok());
  }
  EXPECT_EQ(*db.integer("SELECT count(*) FROM t"), 0);
  auto transaction = Transaction::begin(db);
  ASSERT_TRUE(db.exec("INSERT INTO t VALUES(1)").ok());
  ASSERT_TRUE(transaction->commit().ok());
  EXPECT_EQ(*db.integer("SELECT count(*) FROM t"), 1);
}

TEST(Connection, errors_carry_kind_and_path) {
  const std::string dir = scratch_dir();
  EXPECT_EQ(Connection::open(dir + "/none", Access::read_foreign).error().kind, ErrorKind::unreadable);
  write_file(dir + "/junk", std::string(4096, 'j'));
  auto junk = Connection::open(dir + "/junk", Access::read_foreign);
  const auto error = junk.ok() ? junk->integer("SELECT count(*) FROM sqlite_schema").error() : junk.error();
  EXPECT_EQ(error.kind, ErrorKind::unreadable);
  EXPECT_EQ(error.path, dir + "/junk");
  EXPECT_NE(error.message.find("not an SQLite database"), std::string::npos);
}

TEST(Connection, foreign_files_cannot_be_written_nor_reach_out) {
  const std::string path = scratch_dir() + "/a.db";
  {
    auto db = Connection::open(path, Access::write);
    ASSERT_TRUE(db->exec("CREATE TABLE t(a); INSERT INTO t VALUES(1)").ok());
  }
  const std::string before = read_file(path);
  auto db = Connection::open(path, Access::read_foreign);
  ASSERT_TRUE(db.ok());
  for (const std::string statement : {"INSERT INTO t VALUES(2)", "DELETE FROM t", "CREATE TEMP TABLE x(a)",
                                      "PRAGMA user_version = 9", "ATTACH ':memory:' AS other", "SELECT load_extension('x')",
                                      "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = ''"}) {
    EXPECT_FALSE(db->exec(statement).ok()) << statement;
  }
  EXPECT_EQ(read_file(path), before);
}

TEST(Connection, huge_values_and_deep_expressions_are_refused) {
  auto db = memory();
  EXPECT_EQ(db.integer("SELECT length(zeroblob(200000000))").error().kind, ErrorKind::limit);
  std::string deep = "SELECT 1";
  for (int i = 0; i < 1000; ++i) deep += " + 1";
  EXPECT_FALSE(db.integer(deep).ok());
}

TEST(Connection, an_endless_statement_can_be_cancelled) {
  auto db = memory();
  std::atomic<bool> cancel = true;
  db.set_cancel(&cancel);
  EXPECT_EQ(db.integer(kEndless).error().kind, ErrorKind::interrupted);
  cancel = false;
  EXPECT_EQ(*db.integer("SELECT 1"), 1);
  db.set_cancel(nullptr);
  EXPECT_EQ(*db.integer("SELECT 2"), 2);
}

TEST(Connection, copies_into_another) {
  auto from = memory();
  ASSERT_TRUE(from.exec("CREATE TABLE t(a); INSERT INTO t VALUES(42)").ok());
  auto to = memory();
  ASSERT_TRUE(from.copy_to(to).ok());
  EXPECT_EQ(*to.integer("SELECT a FROM t"), 42);
}

}  // namespace
}  // namespace uptrail::sqlite::test
