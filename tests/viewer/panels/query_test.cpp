// The SQL panel: typing, running, what is shown, and the way from a row to what it stands for.
#include <gtest/gtest.h>

#include "tests/viewer/support/shown_case.h"
#include "viewer/load/query_target.h"
#include "viewer/panels/query_panel.h"

namespace uptrail::viewer {
namespace {

QueryCell number(std::int64_t n) { return {CellType::integer, false, std::to_string(n)}; }
QueryCell words(std::string text) { return {CellType::text, false, std::move(text)}; }

class SqlPanel : public test::ShownCase {
 protected:
  void SetUp() override {
    ShownCase::SetUp();
    ui.key(Key::three);
    ui.frame(2);
  }
  void run(const std::string& sql) {
    apply(UseQuery{sql, true}, ui.state, ui.effects);
    ui.frame(2);
  }
  // As the worker would answer the last question.
  void answer(QueryTable table) {
    auto answer = std::make_shared<QueryAnswer>();
    answer->number = ui.state.query.number;
    answer->sql = ui.state.query.text;
    table.rows = table.cells.size() / table.columns.size();
    answer->table = std::move(table);
    show_answer(answer, ui.state, 0);
    ui.frame(3);
  }
  void answer(const Error& error) {
    auto answer = std::make_shared<QueryAnswer>();
    answer->number = ui.state.query.number;
    answer->sql = ui.state.query.text;
    answer->error = error;
    show_answer(answer, ui.state, 0);
    ui.frame(3);
  }
};

TEST_F(SqlPanel, opens_by_its_key_with_the_cursor_in_the_statement_and_takes_room) {
  EXPECT_EQ(ui.state.left_tab, LeftTab::query);
  EXPECT_GT(ui.place("uploads").width(), 700);
  EXPECT_EQ(ui.place("uploads").min.y, ui.place("log").min.y);
  ui.type("SELECT 1");
  EXPECT_EQ(ui.state.query.text, "SELECT 1");
  ui.key(Key::n);
  EXPECT_EQ(ui.state.selection.cause, CauseId{0}) << "letters are typed";
}

TEST_F(SqlPanel, ctrl_enter_runs_what_was_typed) {
  ui.type("SELECT 1");
  ui.effects = {};
  ui.ctrl(Key::enter);
  EXPECT_TRUE(ui.effects.run_query);
  EXPECT_TRUE(ui.effects.save_queries);
  EXPECT_TRUE(ui.state.query.running);
  EXPECT_EQ(ui.state.query.page, QueryPage::result);
  EXPECT_EQ(ui.state.query.text, "SELECT 1");
  EXPECT_EQ(ui.state.query.history, std::vector<std::string>{"SELECT 1"});
}

TEST_F(SqlPanel, an_empty_statement_is_not_run) {
  ui.effects = {};
  ui.click("query-run");
  ui.ctrl(Key::enter);
  EXPECT_FALSE(ui.effects.run_query);
}

TEST_F(SqlPanel, what_runs_can_be_cancelled_and_an_old_answer_is_none) {
  run("SELECT 1");
  ui.effects = {};
  ui.click("query-run");
  EXPECT_TRUE(ui.effects.cancel_query);
  EXPECT_FALSE(ui.effects.run_query) << "the same button";
  auto old = std::make_shared<QueryAnswer>();
  old->number = ui.state.query.number - 1;
  show_answer(old, ui.state, 0);
  EXPECT_EQ(ui.state.query.answer, nullptr);
  answer(fail(ErrorKind::interrupted, "cancelled"));
  EXPECT_FALSE(ui.state.query.running);
}

TEST_F(SqlPanel, a_row_selects_what_it_stands_for) {
  run("SELECT finding_id FROM v_findings");
  answer({{"finding_id", "title"}, {number(2), words("c"), number(1), words("b")}});
  ASSERT_TRUE(ui.has("row-1"));
  ui.click("row-1");
  EXPECT_EQ(ui.state.selection.finding, FindingId{1});
  EXPECT_EQ(ui.state.query.picked, 1U);
  EXPECT_TRUE(ui.state.left_tab == LeftTab::query) << "the table stays";
}

TEST_F(SqlPanel, a_row_of_a_task_or_an_upload_selects_its_lane) {
  run("SELECT 1");
  answer({{"task_id"}, {number(2)}});
  ui.click("row-0");
  ASSERT_NE(ui.state.selection.lane, timeline::kNoLane);
  EXPECT_EQ(ui.state.data->scene.lanes[ui.state.selection.lane].task, TaskId{2});
  run("SELECT 2");
  answer({{"UPLOAD_ID"}, {number(3)}});
  ui.click("row-0");
  EXPECT_EQ(ui.state.selection.upload, UploadId{3});
}

TEST_F(SqlPanel, a_row_of_an_event_asks_for_it_and_shows_its_line) {
  const EvidenceLine line = ui.state.data->evidence.begin()->second;
  run("SELECT 1");
  answer({{"event_id", "task_id"}, {number(line.event.value), number(0)}});
  ui.effects = {};
  ui.click("row-0");
  EXPECT_EQ(ui.effects.request_event, line.event);
  show_event(test::shown_event(line), ui.state, ui.effects);
  EXPECT_EQ(ui.state.log.line, line.span.line);
  EXPECT_EQ(ui.state.log.source, line.source);
}

TEST_F(SqlPanel, a_row_of_a_line_shows_it_and_one_without_ids_leads_nowhere) {
  run("SELECT 1");
  answer({{"source_id", "span_line"}, {number(0), number(77)}});
  ui.click("row-0");
  EXPECT_EQ(ui.state.log.line, 77U);
  const Selection before = ui.state.selection;
  run("SELECT 2");
  answer({{"count(*)"}, {number(5)}});
  ui.click("row-0");
  EXPECT_EQ(ui.state.selection, before);
}

TEST_F(SqlPanel, ids_that_the_case_does_not_know_lead_to_the_next_column) {
  const LoadedCase& data = *ui.state.data;
  QueryTable table{{"finding_id", "task_id"}, {number(99), number(1), number(-1), {CellType::null, false, ""}}, 2, false, 0};
  EXPECT_EQ(query_target(data, table, 0), QueryTarget(TaskId{1}));
  EXPECT_EQ(query_target(data, table, 1), std::nullopt);
  EXPECT_EQ(query_target(data, table, 2), std::nullopt);
}

TEST_F(SqlPanel, an_error_stands_where_the_result_would) {
  run("SELECT x\nFROM y");
  answer(fail(ErrorKind::usage, "no such table: y", "", 14));
  EXPECT_TRUE(ui.has("query-error"));
  EXPECT_FALSE(ui.has("row-0"));
}

TEST_F(SqlPanel, the_table_is_copied_in_four_forms) {
  run("SELECT 1");
  answer({{"a", "b"}, {number(1), words("x, y")}});
  ui.click("query-copy-CSV");
  EXPECT_EQ(ui.effects.clipboard, "a,b\r\n1,\"x, y\"\r\n");
  ui.click("query-copy-JSON");
  EXPECT_EQ(ui.effects.clipboard, "[\n {\"a\": 1, \"b\": \"x, y\"}\n]\n");
  ui.click("query-copy-Markdown");
  EXPECT_EQ(ui.effects.clipboard, "| a | b |\n|---:|---|\n| 1 | x, y |\n");
  ui.click("query-copy-Text");
  EXPECT_EQ(ui.effects.clipboard, "a  b\n-  ----\n1  x, y\n");
}

TEST_F(SqlPanel, the_schema_unfolds_and_gives_the_first_rows) {
  ui.click("query-page-1");
  ASSERT_TRUE(ui.has("table-v_causes"));
  ui.click(ImVec2(ui.place("table-v_causes").min.x + 20, ui.place("table-v_causes").centre().y));
  EXPECT_EQ(ui.state.query.unfolded, "v_causes");
  ui.effects = {};
  ui.click("table-rows-v_causes");
  EXPECT_TRUE(ui.effects.run_query);
  EXPECT_NE(ui.state.query.text.find("FROM v_causes"), std::string::npos);
}

TEST_F(SqlPanel, an_example_runs_and_the_history_brings_statements_back) {
  ui.click("query-page-2");
  ui.click("example-0");
  EXPECT_TRUE(ui.state.query.running);
  EXPECT_EQ(ui.state.query.text, query_examples()[0].sql);
  ui.click("query-page-2");
  ui.click("example-1");
  ui.click("query-page-3");
  ui.effects = {};
  ui.click("history-1");
  EXPECT_EQ(ui.state.query.text, query_examples()[0].sql);
  EXPECT_FALSE(ui.effects.run_query);
  ui.click("query-forget");
  EXPECT_TRUE(ui.state.query.history.empty());
  EXPECT_TRUE(ui.effects.save_queries);
}

TEST_F(SqlPanel, the_history_keeps_each_statement_once_and_has_an_end) {
  std::vector<std::string> history;
  for (int i = 0; i < 150; ++i) remember_query(" SELECT " + std::to_string(i) + "\n", history);
  EXPECT_EQ(history.size(), kRememberedQueries);
  remember_query("SELECT 100", history);
  EXPECT_EQ(history.size(), kRememberedQueries);
  EXPECT_EQ(history.front(), "SELECT 100");
  remember_query(std::string(kMaxQueryBytes + 1, 'x'), history);
  EXPECT_EQ(history.front(), "SELECT 100");
}

TEST_F(SqlPanel, a_new_case_has_no_answers_of_the_one_before) {
  run("SELECT 1");
  answer({{"a"}, {number(1)}});
  ui.show(test::sample_case());
  EXPECT_EQ(ui.state.query.answer, nullptr);
  EXPECT_EQ(ui.state.query.text, "SELECT 1") << "the statement stays";
}

TEST_F(SqlPanel, moments_are_shown_as_the_users_clock_shows_them) {
  const TimeNs t = ui.state.data->derived.findings[0].t;
  EXPECT_NE(cell_text(ui.state, "t_ns", number(t.ns)), std::to_string(t.ns));
  EXPECT_EQ(cell_text(ui.state, "t", number(t.ns)), std::to_string(t.ns));
  EXPECT_EQ(cell_text(ui.state, "precision_ns", number(1'000'000)), "1000000");
  EXPECT_EQ(cell_text(ui.state, "x", words("a\nb")), "a b");
}

TEST_F(SqlPanel, very_many_columns_and_rows_are_no_trouble) {
  run("SELECT 1");
  QueryTable table;
  for (int c = 0; c < 100; ++c) table.columns.push_back("c" + std::to_string(c));
  table.cells.assign(100 * 2000, words("some text that is not short"));
  answer(std::move(table));
  EXPECT_TRUE(ui.has("row-0"));
  EXPECT_FALSE(ui.has("row-1500")) << "only what is seen is drawn";
  ui.move(ui.place("row-2").centre());
  ui.wheel(-30);
  EXPECT_FALSE(ui.has("row-0"));
}

}  // namespace
}  // namespace uptrail::viewer
