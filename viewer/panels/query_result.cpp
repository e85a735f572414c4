// The answer: a table whose rows select what they stand for, or what is wrong with the statement and where.
#include <algorithm>
#include <array>
#include <cmath>

#include "collector/base/text.h"
#include "viewer/load/query_target.h"
#include "viewer/panels/controls.h"
#include "viewer/panels/query_panel.h"
#include "viewer/panels/verdict.h"

namespace uptrail::viewer {

namespace {

constexpr std::size_t kColumnsShown = 62;                          // Dear ImGui's tables end at 64
constexpr std::int64_t kSmallestMoment = 100'000'000'000'000'000;  // 1973; smaller numbers are durations, or have no date

std::string one_line(std::string_view text) {
  std::string out = ellipsize(text, 400);
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  return out;
}

std::optional<TimeNs> moment_in(const std::string& column, const QueryCell& cell) {
  if (cell.type != CellType::integer || !ends_with_ignore_case(column, "_ns")) return std::nullopt;
  const auto ns = parse_int(cell.text);
  if (!ns || *ns < kSmallestMoment || *ns == INT64_MAX) return std::nullopt;
  return TimeNs{*ns};
}

bool is_number(const QueryCell& cell) { return cell.type == CellType::integer || cell.type == CellType::real; }

// From the name and the first rows.
float column_width(const UiState& state, const Ui& ui, const QueryTable& table, std::size_t column) {
  constexpr std::size_t kLookedAt = 24;
  float width = text_width(ui.fonts.semibold, table.columns[column]);
  for (std::size_t row = 0; row < std::min(table.rows, kLookedAt); ++row) {
    const std::string text = ellipsize(cell_text(state, table.columns[column], table.at(row, column)), 80);
    width = std::max(width, text_width(ui.fonts.body, text));
  }
  return std::clamp(width + ui.theme.px(4), ui.theme.px(36), ui.theme.px(340));
}

void draw_header(const Ui& ui, const QueryTable& table, std::size_t shown, float height) {
  ImGui::TableNextRow(ImGuiTableRowFlags_Headers, height);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  for (std::size_t c = 0; c < shown; ++c) {
    if (!ImGui::TableSetColumnIndex(static_cast<int>(c) + 1)) continue;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float width = ImGui::GetContentRegionAvail().x;
    text_at(list, ui.fonts.semibold, at.x, at.y + height / 2 - ImGui::GetStyle().CellPadding.y, ui.color(Color::text_muted),
            elided(ui.fonts.semibold, one_line(table.columns[c]), width));
    ui.mark("column-" + table.columns[c], {at, {at.x + width, at.y + height}});
  }
}

void cell_tip(const Ui& ui, const QueryCell& cell, const std::string& shown) {
  ImGui::BeginTooltip();
  ImGui::PushTextWrapPos(ui.theme.px(560));
  const std::string text = ellipsize(cell.text, 1500) + (cell.cut ? "\n(cut here)" : "");
  if (text != shown && is_number(cell)) ImGui::TextUnformatted(shown.c_str());
  ImGui::TextUnformatted(text.c_str());
  ImGui::PopTextWrapPos();
  ImGui::EndTooltip();
}

void draw_row(const UiState& state, const Ui& ui, const QueryTable& table, std::size_t row, std::size_t shown, float height) {
  ImGui::TableNextRow(0, height);
  ImGui::TableSetColumnIndex(0);
  const bool picked = state.query.picked == row;
  const bool leads = query_target(*state.data, table, row).has_value();
  const std::string id = "##row" + std::to_string(row);
  const float inner = height - 2 * ImGui::GetStyle().CellPadding.y;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  if (ImGui::Selectable(id.c_str(), picked, ImGuiSelectableFlags_SpanAllColumns, {0, inner})) ui.act(PickRow{row});
  const bool hovered = ImGui::IsItemHovered();
  ui.mark("row-" + std::to_string(row), {at, {at.x + ui.theme.px(24), at.y + inner}});
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float middle = at.y + inner / 2;
  text_at(list, ui.fonts.small, at.x, middle, ui.color(leads ? Color::accent : Color::text_faint), std::to_string(row + 1));
  for (std::size_t c = 0; c < shown; ++c) {
    if (!ImGui::TableSetColumnIndex(static_cast<int>(c) + 1)) continue;
    const QueryCell& cell = table.at(row, c);
    const ImVec2 from = ImGui::GetCursorScreenPos();
    const float width = ImGui::GetContentRegionAvail().x;
    const std::string whole = cell_text(state, table.columns[c], cell);
    const std::string text = elided(ui.fonts.body, whole, width);
    const bool right = is_number(cell) && !moment_in(table.columns[c], cell);
    const float x = right ? from.x + width - text_width(ui.fonts.body, text) : from.x;
    text_at(list, ui.fonts.body, x, middle, ui.color(cell.type == CellType::null ? Color::text_faint : Color::text), text);
    const ImVec2 mouse = ImGui::GetIO().MousePos;
    const bool over = hovered && mouse.x >= from.x && mouse.x < from.x + width;
    if (over && (text != whole || whole != cell.text) && cell.type != CellType::null) cell_tip(ui, cell, whole);
  }
}

void draw_table(const UiState& state, const Ui& ui, const QueryTable& table) {
  const std::size_t shown = std::min(table.columns.size(), kColumnsShown);
  const auto set = [&](ImGuiCol slot, Color c) { ImGui::PushStyleColor(slot, ui.color(c)); };
  set(ImGuiCol_TableHeaderBg, Color::raised);
  set(ImGuiCol_TableBorderStrong, Color::border);
  set(ImGuiCol_TableBorderLight, Color::grid);
  set(ImGuiCol_TableRowBgAlt, Color::lane_odd);
  ImGui::PushStyleVar(ImGuiStyleVar_CellPadding, ImVec2(ui.theme.px(8), ui.theme.px(3)));
  constexpr ImGuiTableFlags kFlags = ImGuiTableFlags_ScrollX | ImGuiTableFlags_ScrollY | ImGuiTableFlags_Resizable |
                                     ImGuiTableFlags_BordersInnerV | ImGuiTableFlags_BordersOuterH | ImGuiTableFlags_RowBg |
                                     ImGuiTableFlags_SizingFixedFit | ImGuiTableFlags_PadOuterX | ImGuiTableFlags_NoSavedSettings;
  // Another answer has other columns: their widths are worked out anew. Names are few, since each is remembered for ever.
  const std::string id = "query-table-" + std::to_string(state.query.answer->number % 32);
  if (ImGui::BeginTable(id.c_str(), static_cast<int>(shown) + 1, kFlags)) {
    const float height = ui.theme.px(26);
    ImGui::TableSetupScrollFreeze(1, 1);
    ImGui::TableSetupColumn("#", ImGuiTableColumnFlags_WidthFixed | ImGuiTableColumnFlags_NoResize,
                            text_width(ui.fonts.small, std::to_string(table.rows)) + ui.theme.px(2));
    for (std::size_t c = 0; c < shown; ++c) {
      const std::string name = "c" + std::to_string(c);
      ImGui::TableSetupColumn(name.c_str(), ImGuiTableColumnFlags_WidthFixed, column_width(state, ui, table, c));
    }
    draw_header(ui, table, shown, height);
    ImGuiListClipper clipper;
    clipper.Begin(static_cast<int>(table.rows), height);
    while (clipper.Step()) {
      for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i) {
        draw_row(state, ui, table, static_cast<std::size_t>(i), shown, height);
      }
    }
    clipper.End();
    ImGui::EndTable();
  }
  ImGui::PopStyleVar();
  ImGui::PopStyleColor(4);
}

// What rows do, and how the table leaves the program.
void draw_tools(const Ui& ui, const QueryTable& table) {
  constexpr std::array<std::pair<const char*, TableFormat>, 4> kFormats = {
      {{"Text", TableFormat::text}, {"CSV", TableFormat::csv}, {"JSON", TableFormat::json}, {"Markdown", TableFormat::markdown}}};
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  const float middle = at.y + ui.theme.px(12);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  float x = at.x + width;
  for (auto format = kFormats.rbegin(); format != kFormats.rend(); ++format) {
    x -= button_width(ui, format->first);
    const std::string id = std::string("query-copy-") + format->first;
    if (button(ui, id.c_str(), format->first, {x, middle}, ButtonLook::quiet)) ui.act(CopyTable{format->second});
  }
  x -= text_width(ui.fonts.small, "Copy as") + ui.theme.px(2);
  if (x > at.x) text_at(list, ui.fonts.small, x, middle, ui.color(Color::text_faint), "Copy as");
  std::string help = leads_somewhere(table)
                         ? "A click on a row selects what it stands for."
                         : "With event_id, task_id, finding_id … among the columns, a click on a row selects it.";
  if (table.columns.size() > kColumnsShown) {
    help = "The first " + std::to_string(kColumnsShown) + " of " + std::to_string(table.columns.size()) +
           " columns; copies have all.";
  }
  text_at(list, ui.fonts.small, at.x + ui.theme.px(2), middle, ui.color(Color::text_muted),
          elided(ui.fonts.small, help, x - at.x - ui.theme.px(12)));
  ImGui::SetCursorScreenPos({at.x, at.y + ui.theme.px(28)});
}

// The message, the line it is about, and a mark below the place.
void draw_error(const Ui& ui, const QueryAnswer& answer) {
  const Error& error = *answer.error;
  if (error.kind == ErrorKind::interrupted) return paragraph(ui.fonts.body, ui.color(Color::text_muted), "Cancelled.");
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ui.mark("query-error", {at, {at.x + ImGui::GetContentRegionAvail().x, at.y + ui.theme.px(40)}});
  std::string message = error.message;
  if (error.offset) {
    const TextPlace place = place_of(answer.sql, *error.offset);
    message = "Line " + std::to_string(place.line) + ", column " + std::to_string(place.column) + ": " + message;
  }
  paragraph(ui.fonts.semibold, ui.color(Color::error), message);
  if (!error.hint.empty()) paragraph(ui.fonts.body, ui.color(Color::accent), error.hint);
  if (!error.offset) return;
  const auto offset = static_cast<std::size_t>(*error.offset);
  const std::size_t from = answer.sql.rfind('\n', offset == 0 ? 0 : offset - 1);
  const std::size_t begin = from == std::string::npos ? 0 : from + 1;
  const std::string line = answer.sql.substr(begin, std::min(answer.sql.find('\n', begin), answer.sql.size()) - begin);
  const ImVec2 below = ImGui::GetCursorScreenPos();
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float middle = below.y + ui.theme.px(10);
  text_at(list, ui.fonts.mono, below.x, middle, ui.color(Color::text), line);
  const float x = below.x + text_width(ui.fonts.mono, line.substr(0, offset - begin));
  text_at(list, ui.fonts.mono, x, middle + ui.fonts.mono.size, ui.color(Color::error), "^");
  ImGui::Dummy({1, ui.theme.px(34)});
}

}  // namespace

std::string cell_text(const UiState& state, const std::string& column, const QueryCell& cell) {
  if (const auto t = moment_in(column, cell)) return clock_text(state, *t, 3);
  const std::string text = cell.type == CellType::null   ? "NULL"
                           : cell.type == CellType::blob ? "x'" + cell.text + "'"
                                                         : cell.text;
  return one_line(text) + (cell.cut ? "…" : "");
}

void draw_query_result(const UiState& state, const Ui& ui) {
  const auto& answer = state.query.answer;
  if (!answer) {
    if (state.query.running) return;
    return paragraph(
        ui.fonts.body, ui.color(Color::text_muted),
        "Ask the case in SQL: type a statement and press Ctrl+Enter, or begin with an example. Nothing can be changed.");
  }
  if (answer->error) return draw_error(ui, *answer);
  if (answer->table.columns.empty()) return paragraph(ui.fonts.body, ui.color(Color::text_muted), "The statement has no result.");
  draw_tools(ui, answer->table);
  draw_table(state, ui, answer->table);
}

}  // namespace uptrail::viewer
