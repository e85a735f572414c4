// SQL over the open case: the statement, what can be done with it, and below one of four pages.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "collector/base/text.h"
#include "viewer/panels/controls.h"
#include "viewer/panels/query_panel.h"

namespace uptrail::viewer {

namespace {

constexpr std::ptrdiff_t kFewestLines = 3, kMostLines = 8;

void draw_editor(const UiState& state, const Ui& ui) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = std::max(1.0F, ImGui::GetContentRegionAvail().x);
  const float pad = ui.theme.px(8);
  const Face& face = ui.fonts.mono;
  const auto lines = 1 + std::count(state.query.text.begin(), state.query.text.end(), '\n');
  const float height = face.size * static_cast<float>(std::clamp(lines, kFewestLines, kMostLines)) + 2 * pad;
  const Rect rect{at, {at.x + width, at.y + height}};
  ImGui::PushID(state.query.revision);  // a field that is being typed into keeps to its own text
  const FieldDone done = text_area(ui, "query-text", rect, state.query.text,
                                   {"SELECT … FROM v_tasks", &face, state.wants_focus == Field::query, true});
  ImGui::PopID();
  if (done.text) ui.act(SetQuery{*done.text});
  ImGui::SetCursorScreenPos({at.x, rect.max.y + ui.theme.px(8)});
}

std::string seconds_text(double seconds) {
  const auto tenths = static_cast<std::int64_t>(std::llround(seconds * 10));
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s";
}

// What to say about the last question, in one line.
std::string query_status(const UiState& state) {
  const QueryView& query = state.query;
  if (query.running) {
    const double since = ImGui::GetTime() - query.started;
    return "Running…" + (query.rows > 0 ? " " + count_of(query.rows, "row", "rows") : std::string()) +
           (since >= 0.5 ? ", " + seconds_text(since) : std::string());
  }
  if (!query.answer || query.answer->error) return "";
  const QueryTable& table = query.answer->table;
  std::string text =
      table.more ? "The first " + count_of(table.rows, "row", "rows") + "; there are more" : count_of(table.rows, "row", "rows");
  if (table.cut_cells > 0) text += "; " + count_of(table.cut_cells, "long value", "long values") + " cut";
  if (query.took >= 0.1) text += ", " + seconds_text(query.took);
  return text;
}

// Run or Cancel, the pages, and what became of the question.
void draw_bar(const UiState& state, const Ui& ui) {
  const std::vector<std::string> pages = {"Result", "Schema", "Examples", "History"};
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  const float height = ui.theme.px(32);
  float x = at.x;
  float middle = at.y + height / 2;
  const bool running = state.query.running;
  const char* label = running ? "Cancel" : "Run";
  const bool possible = running || !trim(state.query.text).empty();
  if (button(ui, "query-run", label, {x, middle}, possible && !running ? ButtonLook::primary : ButtonLook::normal) && possible) {
    if (running) {
      ui.act(CancelQuery{});
    } else {
      ui.act(RunQuery{});
    }
  }
  x += button_width(ui, label) + ui.theme.px(8);
  const std::string keys = "Ctrl+Enter";
  const float pages_w = segments_width(ui, pages);
  const float keys_w = text_width(ui.fonts.small, keys) + ui.theme.px(16);
  const bool one_row = x - at.x + pages_w <= width;
  if (!one_row) {
    x = at.x;
    middle += height;
  } else if (x - at.x + keys_w + pages_w <= width) {
    text_at(*ImGui::GetWindowDrawList(), ui.fonts.small, x, middle, ui.color(Color::text_faint), keys);
    x += keys_w;
  }
  if (const auto page = segments(ui, "query-page", {x, middle}, pages, static_cast<int>(state.query.page))) {
    ui.act(ShowQueryPage{static_cast<QueryPage>(*page)});
  }
  const std::string status = query_status(state);
  const float from = one_row ? x + pages_w + ui.theme.px(12) : at.x + button_width(ui, label) + ui.theme.px(12);
  const float room = at.x + width - from;
  const std::string shown = elided(ui.fonts.small, status, room);
  text_at(*ImGui::GetWindowDrawList(), ui.fonts.small, at.x + width - text_width(ui.fonts.small, shown), at.y + height / 2,
          ui.color(running ? Color::accent : Color::text_muted), shown);
  ImGui::SetCursorScreenPos({at.x, middle + height / 2 + ui.theme.px(6)});
}

}  // namespace

void draw_query_body(const UiState& state, const Ui& ui) {
  draw_editor(state, ui);
  draw_bar(state, ui);
  switch (state.query.page) {
    case QueryPage::result:
      return draw_query_result(state, ui);
    case QueryPage::schema:
      return draw_query_schema(state, ui);
    case QueryPage::examples:
      return draw_query_examples(ui);
    case QueryPage::history:
      return draw_query_history(state, ui);
  }
}

}  // namespace uptrail::viewer
