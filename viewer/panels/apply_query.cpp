// What the SQL panel does.
#include <algorithm>

#include "collector/base/text.h"
#include "viewer/load/query_target.h"
#include "viewer/panels/apply.h"

namespace uptrail::viewer {

namespace {

bool is_answered(const QueryView& query) { return query.answer != nullptr && !query.answer->error; }

}  // namespace

void remember_query(std::string_view sql, std::vector<std::string>& history) {
  const std::string text(trim(sql));
  if (text.empty() || text.size() > kMaxQueryBytes) return;
  std::erase(history, text);
  history.insert(history.begin(), text);
  if (history.size() > kRememberedQueries) history.resize(kRememberedQueries);
}

void show_answer(std::shared_ptr<const QueryAnswer> answer, UiState& state, double now) {
  QueryView& query = state.query;
  if (answer->number != query.number) return;
  query.running = false;
  query.took = std::max(0.0, now - query.started);
  query.answer = std::move(answer);
  query.picked.reset();
}

void Applier::operator()(const SetQuery& a) { state_.query.text = a.text; }

void Applier::operator()(const UseQuery& a) {
  state_.query.text = a.text;
  ++state_.query.revision;
  state_.left_tab = LeftTab::query;
  state_.wants_focus = Field::query;
  if (a.run) (*this)(RunQuery{});
}

void Applier::operator()(const RunQuery& /*a*/) {
  QueryView& query = state_.query;
  if (!state_.data || trim(query.text).empty()) return;
  state_.left_tab = LeftTab::query;
  ++query.number;
  query.running = true;
  query.rows = 0;
  query.page = QueryPage::result;
  query.picked.reset();
  effects_.run_query = true;
  remember_query(query.text, query.history);
  effects_.save_queries = true;
}

void Applier::operator()(const CancelQuery& /*a*/) {
  if (state_.query.running) effects_.cancel_query = true;
}

void Applier::operator()(const ShowQueryPage& a) {
  state_.left_tab = LeftTab::query;
  state_.query.page = a.page;
}

void Applier::operator()(const UnfoldTable& a) { state_.query.unfolded = state_.query.unfolded == a.name ? "" : a.name; }

void Applier::operator()(const PickRow& a) {
  QueryView& query = state_.query;
  if (!is_answered(query) || a.row >= query.answer->table.rows || !state_.data) return;
  query.picked = a.row;
  const auto target = query_target(*state_.data, query.answer->table, a.row);
  if (!target) return;
  if (const auto* finding = std::get_if<FindingId>(&*target)) {
    (*this)(SelectFinding{*finding});
  } else if (const auto* cause = std::get_if<CauseId>(&*target)) {
    (*this)(SelectCause{*cause});
  } else if (const auto* event = std::get_if<EventId>(&*target)) {
    state_.wants_line_of = *event;
    effects_.request_event = *event;
  } else if (const auto* line = std::get_if<LineTarget>(&*target)) {
    (*this)(ShowLine{line->source, line->line});
  } else if (const auto* task = std::get_if<TaskId>(&*target)) {
    show_subject(*task, {});
  } else if (const auto* upload = std::get_if<UploadId>(&*target)) {
    (*this)(SelectUpload{*upload});
  } else if (const auto* session = std::get_if<SessionId>(&*target)) {
    show_subject({}, *session);
  }
}

void Applier::operator()(const CopyTable& a) {
  if (!is_answered(state_.query)) return;
  const QueryTable& table = state_.query.answer->table;
  effects_.clipboard = table_text(table, a.format);
  state_.message = "Copied " + count_of(table.rows, "row", "rows");
  state_.message_bad = false;
}

void Applier::operator()(const ForgetQueries& /*a*/) {
  state_.query.history.clear();
  effects_.save_queries = true;
}

}  // namespace uptrail::viewer
