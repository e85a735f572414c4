// SQL that people type: what it answers, how it is bounded, and that nothing it says changes anything.
#include "collector/trace/case_query.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "tests/collector/trace/case_on_disk.h"
#include "tests/support/files.h"

namespace uptrail::test {
namespace {

class Query : public CaseOnDisk {
 protected:
  void SetUp() override {
    CaseOnDisk::SetUp();
    make();
    auto reader = open_case(path_);
    ASSERT_TRUE(reader.ok());
    reader_ = reader.take();
    auto query = reader_->query();
    ASSERT_TRUE(query.ok()) << query.error().text();
    query_ = query.take();
  }
  QueryTable ask(std::string_view sql, const QueryLimits& limits = {}) {
    QueryWatch watch;
    auto table = query_->run(sql, limits, watch);
    EXPECT_TRUE(table.ok()) << sql << ": " << (table.ok() ? "" : table.error().text());
    return table.ok() ? table.take() : QueryTable{};
  }
  Error refused(std::string_view sql) {
    QueryWatch watch;
    auto table = query_->run(sql, {}, watch);
    EXPECT_FALSE(table.ok()) << sql;
    return table.ok() ? Error{} : table.error();
  }
  std::unique_ptr<CaseReader> reader_;
  std::shared_ptr<CaseQuery> query_;
};

TEST_F(Query, answers_with_names_types_and_values) {
  const QueryTable table = ask("SELECT 7 AS seven, 0.5 AS half, 'ü' AS u, x'00ff' AS b, NULL AS n");
  EXPECT_EQ(table.columns, (std::vector<std::string>{"seven", "half", "u", "b", "n"}));
  ASSERT_EQ(table.rows, 1U);
  EXPECT_EQ(table.at(0, 0).type, CellType::integer);
  EXPECT_EQ(table.at(0, 0).text, "7");
  EXPECT_EQ(table.at(0, 1).text, "0.5");
  EXPECT_EQ(table.at(0, 2).text, "ü");
  EXPECT_EQ(table.at(0, 3).text, "00FF");
  EXPECT_EQ(table.at(0, 4).type, CellType::null);
  EXPECT_EQ(ask("SELECT count(*) FROM v_events").at(0, 0).text, "7");
}

TEST_F(Query, a_case_in_memory_is_asked_as_one_in_a_file) {
  auto writer = create_memory_case();
  ASSERT_TRUE(writer.ok());
  write_sample(**writer);
  ASSERT_TRUE((*writer)->commit().ok());
  EXPECT_TRUE((*writer)->reader().in_memory());
  EXPECT_FALSE(reader_->in_memory());
  auto query = (*writer)->reader().query();
  ASSERT_TRUE(query.ok()) << query.error().text();
  const std::string_view sql = "SELECT event_id, kind, source_id, span_line FROM v_events ORDER BY event_id";
  QueryWatch watch;
  auto table = (*query)->run(sql, {}, watch);
  ASSERT_TRUE(table.ok()) << table.error().text();
  EXPECT_EQ(table_text(*table, TableFormat::csv), table_text(ask(sql), TableFormat::csv));
  EXPECT_EQ(watch.rows, 7U);
  EXPECT_FALSE((*query)->run("DELETE FROM events", {}, watch).ok());
}

TEST_F(Query, says_where_a_statement_is_wrong) {
  const std::string_view sql = "SELECT event_id,\n  nonsense FROM v_events";
  const Error error = refused(sql);
  EXPECT_EQ(error.kind, ErrorKind::usage);
  EXPECT_EQ(error.message, "no such column: nonsense");
  ASSERT_TRUE(error.offset.has_value());
  EXPECT_EQ(*error.offset, sql.find("nonsense"));
  const TextPlace place = place_of(sql, *error.offset);
  EXPECT_EQ(place.line, 2U);
  EXPECT_EQ(place.column, 3U);
  const Error syntax = refused("SELECT 1 FORM tasks WHERE");
  EXPECT_NE(syntax.message.find("syntax error"), std::string::npos) << syntax.message;
  EXPECT_TRUE(syntax.offset.has_value());
  EXPECT_EQ(refused("SELECT * FROM v_evnts").message, "no such table: v_evnts");
  EXPECT_EQ(refused("SELECT * FROM v_evnts").hint, "did you mean v_events?");
  EXPECT_EQ(refused("SELECT t.delivrd_ns FROM v_tasks t").hint, "did you mean delivered_ns?");
  EXPECT_EQ(refused("SELECT (1").offset, 9U);
  EXPECT_EQ(refused("").message, "there is no statement");
  EXPECT_EQ(refused("-- only this").message, "there is no statement");
  EXPECT_EQ(refused("SELECT abs(-9223372036854775807 - 1)").kind, ErrorKind::usage) << "fails while it runs";
}

TEST_F(Query, takes_one_statement) {
  EXPECT_EQ(ask("SELECT 1;\n -- the end\n ;").rows, 1U);
  const Error two = refused("SELECT 1; SELECT 2");
  EXPECT_EQ(two.message, "one statement at a time");
  EXPECT_EQ(two.offset, 10U);
  EXPECT_EQ(refused("SELECT 1; nonsense").message, "one statement at a time");
  EXPECT_NE(refused("SELECT ?1").message.find("parameters"), std::string::npos);
}

TEST_F(Query, refuses_everything_that_is_not_reading) {
  const std::string before = read_file(path_);
  const std::string other = dir_ + "/other.db";
  for (const std::string& sql : {std::string("INSERT INTO strings VALUES (99, 'x')"),
                                 std::string("UPDATE case_info SET title = 'x'"),
                                 std::string("DELETE FROM events"),
                                 std::string("DROP TABLE events"),
                                 std::string("CREATE TABLE t (a)"),
                                 std::string("CREATE TEMP TABLE t (a)"),
                                 std::string("CREATE TEMP VIEW t AS SELECT 1"),
                                 "ATTACH '" + other + "' AS x",
                                 "VACUUM INTO '" + other + "'",
                                 std::string("VACUUM"),
                                 std::string("DETACH main"),
                                 std::string("PRAGMA writable_schema = 1"),
                                 std::string("PRAGMA query_only = 0"),
                                 std::string("PRAGMA journal_mode = WAL"),
                                 std::string("PRAGMA user_version = 9"),
                                 std::string("PRAGMA temp_store_directory = '/'"),
                                 std::string("PRAGMA optimize"),
                                 std::string("PRAGMA incremental_vacuum"),
                                 std::string("SELECT load_extension('x')"),
                                 std::string("BEGIN"),
                                 std::string("SAVEPOINT s"),
                                 std::string("REINDEX"),
                                 std::string("ANALYZE"),
                                 std::string("EXPLAIN DELETE FROM events"),
                                 std::string("WITH x AS (SELECT 1) INSERT INTO strings SELECT 98, 'y' FROM x"),
                                 std::string("UPDATE sqlite_schema SET type = 'x'"),
                                 std::string("UPDATE sqlite_master SET sql = 'x'"),
                                 std::string("INSERT INTO sqlite_schema VALUES (1, 2, 3, 4, 5)"),
                                 std::string("CREATE VIRTUAL TABLE v USING fts5(a)"),
                                 std::string("SELECT * FROM pragma_journal_mode('delete')")}) {
    const Error error = refused(sql);
    EXPECT_EQ(error.kind, ErrorKind::usage) << sql << ": " << error.message;
  }
  EXPECT_EQ(read_file(path_), before);
  EXPECT_EQ(files(), std::vector<std::string>{"x.uptrail"});
}

TEST_F(Query, lets_the_schema_and_the_plan_be_read) {
  EXPECT_GT(ask("PRAGMA table_info(events)").rows, 10U);
  EXPECT_GT(ask("SELECT name FROM pragma_table_info('v_tasks')").rows, 10U);
  EXPECT_GT(ask("SELECT name, sql FROM sqlite_schema").rows, 40U);
  EXPECT_GT(ask("EXPLAIN QUERY PLAN SELECT * FROM v_events WHERE task_id = 1").rows, 0U);
  EXPECT_EQ(ask("PRAGMA user_version").at(0, 0).text, std::to_string(kCaseSchemaVersion));
  EXPECT_EQ(ask("SELECT json_extract('{\"a\": 5}', '$.a')").at(0, 0).text, "5");
  EXPECT_EQ(ask("SELECT value FROM json_each('[1, 2]')").rows, 2U);
}

TEST_F(Query, keeps_only_so_many_rows_and_bytes_and_says_so) {
  constexpr std::string_view kNumbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n";
  const QueryTable rows = ask(kNumbers);
  EXPECT_EQ(rows.rows, 10'000U);
  EXPECT_TRUE(rows.more);
  EXPECT_EQ(rows.at(9'999, 0).text, "10000");
  EXPECT_FALSE(ask(std::string(kNumbers) + " LIMIT 10000").more) << "exactly as many are all";
  QueryLimits limits;
  limits.cell_bytes = 5;
  const QueryTable cut = ask("SELECT 'aaaaaaaa', 'aaaaé', x'010203040506', 'aaaaa'", limits);
  EXPECT_EQ(cut.at(0, 0).text, "aaaaa");
  EXPECT_EQ(cut.at(0, 1).text, "aaaa") << "never half a character";
  EXPECT_EQ(cut.at(0, 2).text, "0102");
  EXPECT_EQ(cut.cut_cells, 3U);
  EXPECT_FALSE(cut.at(0, 3).cut);
  limits = {};
  limits.total_bytes = 100'000;
  const QueryTable big =
      ask("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT hex(zeroblob(1000)) FROM n", limits);
  EXPECT_TRUE(big.more);
  EXPECT_LT(big.rows, 60U);
}

TEST_F(Query, a_value_or_a_sort_that_is_too_large_is_an_error) {
  EXPECT_EQ(refused("SELECT zeroblob(2000000000)").kind, ErrorKind::limit);
  QueryLimits limits;
  limits.memory = 4 << 20;
  QueryWatch watch;
  const auto table = query_->run(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 2000000) SELECT i, hex(randomblob(100)) FROM n ORDER "
      "BY 2",
      limits, watch);
  ASSERT_FALSE(table.ok());
  EXPECT_EQ(table.error().kind, ErrorKind::limit);
  EXPECT_NE(table.error().text().find("memory"), std::string::npos);
}

TEST_F(Query, one_that_never_ends_can_be_cancelled_and_the_next_one_answers) {
  QueryWatch watch;
  Error error;
  std::thread asking([&] {
    const auto table =
        query_->run("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n", {}, watch);
    if (!table) error = table.error();
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  watch.cancel = true;
  asking.join();
  EXPECT_EQ(error.kind, ErrorKind::interrupted);
  EXPECT_EQ(ask("SELECT 1").rows, 1U);
}

TEST_F(Query, sees_the_case_that_was_opened_even_when_the_file_is_replaced) {
  const std::string before = ask("SELECT content_hash FROM sources ORDER BY source_id").at(0, 0).text;
  make("b");
  EXPECT_EQ(ask("SELECT content_hash FROM sources ORDER BY source_id").at(0, 0).text, before);
}

TEST_F(Query, every_example_runs) {
  for (const QueryExample& example : query_examples()) {
    const QueryTable table = ask(example.sql);
    EXPECT_FALSE(table.columns.empty()) << example.title;
  }
}

TEST(CaseSchema, says_what_every_table_and_column_is) {
  const auto& schema = case_schema();
  ASSERT_GT(schema.size(), 40U);
  EXPECT_TRUE(schema.front().is_view);
  std::size_t uncommented = 0;
  for (const SchemaTable& table : schema) {
    EXPECT_FALSE(table.comment.empty()) << table.name;
    EXPECT_FALSE(table.columns.empty()) << table.name;
    for (const SchemaColumn& column : table.columns) {
      if (!table.is_view) {
        EXPECT_FALSE(column.comment.empty()) << table.name << "." << column.name;
        EXPECT_FALSE(column.type.empty()) << table.name << "." << column.name;
      } else if (column.comment.empty()) {
        ++uncommented;
      }
    }
  }
  EXPECT_LT(uncommented, 15U) << "columns of views take the comment of the table they come from";
}

TEST(CaseSchema, takes_comments_from_where_a_column_was_made) {
  const auto find = [](std::string_view table, std::string_view column) -> std::string {
    for (const SchemaTable& t : case_schema()) {
      if (t.name != table) continue;
      for (const SchemaColumn& c : t.columns) {
        if (c.name == column) return c.comment;
      }
    }
    return "not there";
  };
  EXPECT_EQ(find("tasks", "delivered_ns"), "didCompleteWithError in the app; NULL: not seen");
  EXPECT_EQ(find("v_tasks", "delivered_ns"), "didCompleteWithError in the app; NULL: not seen");
  EXPECT_NE(find("sources", "records_known").find("tells no event"), std::string::npos) << "added by a later migration";
  EXPECT_EQ(find("v_events", "t_ns"), "normalised time") << "of a joined table";
}

QueryTable small_table() {
  QueryTable t;
  t.columns = {"id", "what", "id"};
  t.cells = {{CellType::integer, false, "1"}, {CellType::text, false, "a,\"b\"|c\nd"},
             {CellType::real, false, "2.5"},  {CellType::integer, false, "10"},
             {CellType::null, false, ""},     {CellType::blob, true, "00FF"}};
  t.rows = 2;
  return t;
}

TEST(TableText, csv_quotes_what_needs_it) {
  EXPECT_EQ(table_text(small_table(), TableFormat::csv), "id,what,id\r\n1,\"a,\"\"b\"\"|c\nd\",2.5\r\n10,,00FF\r\n");
}

TEST(TableText, json_keeps_numbers_and_names_apart) {
  EXPECT_EQ(
      table_text(small_table(), TableFormat::json),
      "[\n {\"id\": 1, \"what\": \"a,\\\"b\\\"|c\\nd\", \"id_2\": 2.5},\n {\"id\": 10, \"what\": null, \"id_2\": \"00FF\"}\n]\n");
  EXPECT_EQ(table_text({}, TableFormat::json), "[]\n");
}

TEST(TableText, markdown_and_text_keep_one_line_a_row) {
  EXPECT_EQ(table_text(small_table(), TableFormat::markdown),
            "| id | what | id |\n|---:|---|---:|\n| 1 | a,\"b\"\\|c d | 2.5 |\n| 10 | NULL | x'00FF'… |\n");
  EXPECT_EQ(table_text(small_table(), TableFormat::text),
            "id  what       id\n--  ---------  --------\n 1  a,\"b\"|c d       2.5\n10  NULL       x'00FF'…\n");
}

}  // namespace
}  // namespace uptrail::test
