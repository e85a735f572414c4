// What helps to write a statement: the schema with its comments, examples, and what was run before.
#include "collector/base/text.h"
#include "viewer/panels/controls.h"
#include "viewer/panels/query_panel.h"

namespace uptrail::viewer {

namespace {

void begin_list(const char* id) {
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
  ImGui::PushStyleColor(ImGuiCol_ChildBg, ImVec4(0, 0, 0, 0));
  ImGui::BeginChild(id, {0, 0});
}

void end_list() {
  ImGui::EndChild();
  ImGui::PopStyleColor();
  ImGui::PopStyleVar();
}

// On one line, as far as it is likely to be seen.
std::string one_line(std::string_view text) {
  std::string out;
  for (const char c : ellipsize(text, 300)) {
    const bool blank = c == ' ' || c == '\n' || c == '\r' || c == '\t';
    if (!blank) out += c;
    if (blank && !out.empty() && out.back() != ' ') out += ' ';
  }
  return out;
}

void draw_table_row(const UiState& state, const Ui& ui, const SchemaTable& table) {
  const bool open = state.query.unfolded == table.name;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  const float height = ui.theme.px(28);
  const float ask_w = button_width(ui, "First rows");
  const Rect ask{{at.x + width - ask_w, at.y}, {at.x + width, at.y + height}};
  Rect rect;
  const bool pressed = list_row(ui, "table-" + table.name, height, open, rect);
  const bool hovered = ImGui::IsItemHovered();
  const bool over_ask = ask.contains(ImGui::GetIO().MousePos);
  ui.mark("table-rows-" + table.name, ask);
  if (pressed && over_ask) {
    ui.act(UseQuery{first_rows_of(table.name), true});
  } else if (pressed) {
    ui.act(UnfoldTable{table.name});
  }
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float middle = rect.centre().y;
  const float name_w = ui.theme.px(170);
  const float x = rect.min.x + ui.theme.px(8);
  text_at(list, ui.fonts.mono, x, middle, ui.color(table.is_view ? Color::accent : Color::text),
          elided(ui.fonts.mono, table.name, name_w - ui.theme.px(8)));
  const float right = rect.max.x - (hovered || open ? ask_w : 0) - ui.theme.px(6);
  text_at(list, ui.fonts.small, x + name_w, middle, ui.color(Color::text_muted),
          elided(ui.fonts.small, table.comment, right - x - name_w));
  if (hovered || open) {
    text_at(list, ui.fonts.body, ask.min.x + ui.theme.px(13), middle, ui.color(over_ask ? Color::text : Color::accent),
            "First rows");
  }
}

void draw_column(const Ui& ui, const SchemaColumn& column) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  const float x = at.x + ui.theme.px(24);
  const float middle = at.y + ui.theme.px(11);
  const float type_x = x + ui.theme.px(190);
  const float comment_x = type_x + ui.theme.px(64);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  text_at(list, ui.fonts.mono, x, middle, ui.color(Color::text), elided(ui.fonts.mono, column.name, type_x - x - ui.theme.px(8)));
  text_at(list, ui.fonts.small, type_x, middle, ui.color(Color::text_faint), column.type);
  const float comment_w = at.x + width - ui.theme.px(8) - comment_x;
  float height = ui.theme.px(22);
  if (comment_w > ui.theme.px(80)) {
    const float top = middle - ui.fonts.small.size * 0.69F;
    height = std::max(
        height, flowing_text(&list, ui.fonts.small, {comment_x, top}, comment_w, ui.color(Color::text_muted), column.comment) +
                    ui.theme.px(5));
  }
  ImGui::Dummy({width, height});
}

// Two lines: what it is, and how it begins.
bool draw_statement(const Ui& ui, const std::string& id, const std::string& title, std::string_view sql) {
  Rect rect;
  const bool two = !title.empty();
  const bool pressed = list_row(ui, id, ui.theme.px(two ? 44 : 28), false, rect);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float x = rect.min.x + ui.theme.px(8);
  const float width = rect.width() - ui.theme.px(16);
  if (two)
    text_at(list, ui.fonts.body, x, rect.min.y + ui.theme.px(14), ui.color(Color::text), elided(ui.fonts.body, title, width));
  const float middle = two ? rect.min.y + ui.theme.px(32) : rect.centre().y;
  text_at(list, ui.fonts.mono, x, middle, ui.color(two ? Color::text_muted : Color::text),
          elided(ui.fonts.mono, one_line(sql), width));
  return pressed;
}

}  // namespace

void draw_query_schema(const UiState& state, const Ui& ui) {
  begin_list("query-schema");
  bool views = false;
  bool tables = false;
  for (const SchemaTable& table : case_schema()) {
    bool& said = table.is_view ? views : tables;
    if (!said) {
      caption(ui, table.is_view ? "Views: the current state, with names instead of numbers. Start here."
                                : "Tables: rows with a generation count only when it is that of case_info.");
    }
    said = true;
    draw_table_row(state, ui, table);
    if (state.query.unfolded != table.name) continue;
    for (const SchemaColumn& column : table.columns) draw_column(ui, column);
    ImGui::Dummy({0, ui.theme.px(6)});
  }
  end_list();
}

void draw_query_examples(const Ui& ui) {
  begin_list("query-examples");
  const auto& examples = query_examples();
  for (std::size_t i = 0; i < examples.size(); ++i) {
    const std::string id = "example-" + std::to_string(i);
    if (draw_statement(ui, id, std::string(examples[i].title), examples[i].sql))
      ui.act(UseQuery{std::string(examples[i].sql), true});
  }
  end_list();
}

void draw_query_history(const UiState& state, const Ui& ui) {
  begin_list("query-history");
  const auto& history = state.query.history;
  for (std::size_t i = 0; i < history.size(); ++i) {
    if (draw_statement(ui, "history-" + std::to_string(i), "", history[i])) ui.act(UseQuery{history[i], false});
  }
  if (history.empty()) {
    paragraph(ui.fonts.body, ui.color(Color::text_muted),
              "Nothing was run yet. The last " + std::to_string(kRememberedQueries) +
                  " statements are kept for you, on this computer.");
  } else {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    if (button(ui, "query-forget", "Forget them all", {at.x, at.y + ui.theme.px(20)}, ButtonLook::quiet)) ui.act(ForgetQueries{});
    ImGui::SetCursorScreenPos(at);
    ImGui::Dummy({1, ui.theme.px(40)});
  }
  end_list();
}

}  // namespace uptrail::viewer
