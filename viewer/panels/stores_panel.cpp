// Persisted stores: what each is, whose, from when, what of it could not be read, and what its rows claim.
#include <algorithm>
#include <array>

#include "collector/base/text.h"
#include "viewer/load/names.h"
#include "viewer/panels/controls.h"
#include "viewer/panels/panels.h"
#include "viewer/panels/verdict.h"

namespace uptrail::viewer {

namespace {

std::string short_format(const StoreHeading& store) {
  if (store.told)
    return store.store == "app"      ? "the app's store, told by a log"
           : store.store == "daemon" ? "nsurlsessiond's store, told by a log"
                                     : store.store + ", told by a log";
  return store.format.substr(0, std::min(store.format.find_first_of("(:"), store.format.size()));
}

std::string moment(const UiState& state, TimeNs t) {
  const std::string clock = clock_text(state, t, 0);
  return state.data->scene.axis == timeline::AxisKind::utc ? date_text(t, zone_minutes(state)) + " " + clock : clock;
}

std::string taken_text(const UiState& state, const StoreHeading& store) {
  const std::string from = moment(state, store.taken.start);
  const DurationNs before = state.data->scene.seen.end - store.taken.end;
  const std::string ends = before > seconds(2) ? ". The capture goes on for " + format_duration(before) : std::string();
  switch (store.taken_by) {
    case TakenBy::file_time:
      return from + ", when its file or its -wal was changed last" + ends;
    case TakenBy::log:
      return from + ", as the log says" + ends;
    case TakenBy::rows:
      return from + " – " + moment(state, store.taken.end) + "; every row has its own time" + ends;
    case TakenBy::nothing:
      break;
  }
  return "nobody says when";
}

void draw_item(const UiState& state, const Ui& ui, const StoreHeading& store, std::size_t index, float height) {
  Rect r;
  if (list_row(ui, "store-" + std::to_string(index), height, state.stores.store == index, r)) ui.act(PickStore{index});
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float icon = ui.theme.px(15);
  const float upper = r.min.y + height * 0.32F;
  const float lower = r.min.y + height * 0.7F;
  draw_icon(list, Icon::store, {r.min.x + ui.theme.px(8) + icon / 2, upper}, icon, ui.color(Color::text_muted),
            ui.color(Color::panel));
  const float x = r.min.x + ui.theme.px(8) + icon + ui.theme.px(8);
  float right = r.max.x - ui.theme.px(8);
  if (store.problem_count + store.unparsed > 0) {
    right -= icon;
    draw_icon(list, Icon::warning, {right + icon / 2, upper}, icon, ui.color(Color::warning), ui.color(Color::panel));
    right -= ui.theme.px(6);
  }
  text_at(list, ui.fonts.semibold, x, upper, ui.color(Color::text),
          elided_front(ui.fonts.semibold, file_name(store.path), right - x));
  const std::string facts = count_of(store.rows, "row", "rows") + " · " + short_format(store);
  text_at(list, ui.fonts.small, x, lower, ui.color(Color::text_muted),
          elided(ui.fonts.small, facts, r.max.x - ui.theme.px(8) - x));
}

void draw_list(const UiState& state, const Ui& ui, const StoreList& stores, ImVec2 size, float row) {
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
  ImGui::BeginChild("store-list", size);
  ImGuiListClipper clipper;
  clipper.Begin(static_cast<int>(stores.size()), row);
  while (clipper.Step()) {
    for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i) {
      draw_item(state, ui, stores[static_cast<std::size_t>(i)], static_cast<std::size_t>(i), row);
    }
  }
  clipper.End();
  ImGui::EndChild();
  ImGui::PopStyleVar();
}

// A name and what it is, in small type: the rows below need the room.
void draw_fact(const Ui& ui, const char* name, const std::string& value, Color ink) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float indent = ui.theme.px(54);
  text_at(*ImGui::GetWindowDrawList(), ui.fonts.small, at.x, at.y + ui.fonts.small.size * 0.69F, ui.color(Color::text_faint),
          name);
  ImGui::Indent(indent);
  paragraph(ui.fonts.small, ui.color(ink), value);
  ImGui::Unindent(indent);
}

void draw_heading(const UiState& state, const Ui& ui, const StoreHeading& store) {
  std::string title = short_format(store);
  if (title.starts_with("the ")) title[0] = 'T';
  paragraph(ui.fonts.heading, ui.color(Color::text), title);
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, ui.theme.px(1)));
  std::string whose;
  for (const std::string& bundle : store.bundles) whose += (whose.empty() ? "" : ", ") + bundle;
  draw_fact(ui, "Whose", whose.empty() ? "it names nobody" : whose, Color::text_muted);
  draw_fact(ui, "File", store.path, Color::text_muted);
  draw_fact(ui, "Taken", taken_text(state, store), Color::text_muted);
  std::string lost;
  if (store.unparsed > 0) lost = count_of(store.unparsed, "row", "rows") + " could not be used";
  if (store.complete == false) lost += std::string(lost.empty() ? "" : "; ") + "the store is not whole";
  if (!lost.empty()) draw_fact(ui, "Lost", lost, Color::warning);
  ImGui::PopStyleVar();
  for (const std::string& problem : store.problems) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float icon = ui.theme.px(13);
    draw_icon(*ImGui::GetWindowDrawList(), Icon::warning, {at.x + icon / 2, at.y + ui.fonts.small.size * 0.69F}, icon,
              ui.color(Color::warning), ui.color(Color::panel));
    ImGui::Indent(icon + ui.theme.px(7));
    paragraph(ui.fonts.small, ui.color(Color::warning), problem);
    ImGui::Unindent(icon + ui.theme.px(7));
  }
  if (store.problem_count > store.problems.size()) {
    paragraph(ui.fonts.small, ui.color(Color::warning),
              "and " + std::to_string(store.problem_count - store.problems.size()) + " more");
  }
}

struct Column {
  const char* title;
  std::string (*text)(const UiState&, const StoreRow&);
};
constexpr std::array<Column, 7> kColumns = {
    {{"Time", [](const UiState& state, const StoreRow& r) { return r.t ? clock_text(state, *r.t, 3) : std::string(); }},
     {"About", [](const UiState& /*state*/, const StoreRow& r) { return r.about; }},
     {"Says", [](const UiState& /*state*/, const StoreRow& r) { return r.claims; }},
     {"Bytes", [](const UiState& /*state*/, const StoreRow& r) { return r.bytes; }},
     {"Error", [](const UiState& /*state*/, const StoreRow& r) { return r.error; }},
     {"Session", [](const UiState& /*state*/, const StoreRow& r) { return r.session; }},
     {"Row", [](const UiState& /*state*/, const StoreRow& r) { return r.row; }}}};
constexpr std::size_t kAbout = 1, kSays = 2, kError = 4;

struct Shown {
  const Column* column;
  std::size_t number;
  float width;
};

// Columns in which a row says something, as wide as the first rows need. Judged by some rows from all over the store.
std::vector<Shown> columns_of(const UiState& state, const Ui& ui, const StoreAnswer& answer) {
  constexpr std::size_t kLookedAt = 64;
  std::vector<Shown> out;
  const std::size_t step = std::max<std::size_t>(1, answer.shown.size() / kLookedAt);
  for (std::size_t c = 0; c < kColumns.size(); ++c) {
    float width = 0;
    for (std::size_t i = 0; i < answer.shown.size(); i += step) {
      width =
          std::max(width, text_width(ui.fonts.body, ellipsize(kColumns[c].text(state, answer.rows->rows[answer.shown[i]]), 60)));
    }
    if (width == 0 && c != kSays) continue;
    width = std::max(width, text_width(ui.fonts.semibold, kColumns[c].title));
    out.push_back({&kColumns[c], c, std::clamp(width + ui.theme.px(4), ui.theme.px(36), ui.theme.px(260))});
  }
  return out;
}

void draw_row(const UiState& state, const Ui& ui, const StoreAnswer& answer, std::size_t index, const std::vector<Shown>& columns,
              float height) {
  const StoreRow& row = answer.rows->rows[answer.shown[index]];
  const bool leads = row.task.valid() || row.upload.valid();
  ImGui::TableNextRow(0, height);
  const float inner = height - 2 * ImGui::GetStyle().CellPadding.y;
  bool hovered = false;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    if (!ImGui::TableSetColumnIndex(static_cast<int>(c)) && c > 0) continue;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    if (c == 0) {
      const std::string id = "##store-row" + std::to_string(index);
      const bool picked = state.stores.picked == index;
      if (ImGui::Selectable(id.c_str(), picked, ImGuiSelectableFlags_SpanAllColumns, {0, inner})) ui.act(PickStoreRow{index});
      hovered = ImGui::IsItemHovered();
      ui.mark("store-row-" + std::to_string(index), {at, {at.x + ui.theme.px(40), at.y + inner}});
      ImGui::SetCursorScreenPos(at);
    }
    const std::size_t n = columns[c].number;
    const float width = ImGui::GetContentRegionAvail().x;
    const Color ink = n == kAbout && leads   ? Color::accent
                      : n == kError          ? Color::error
                      : n > kError || n == 0 ? Color::text_muted
                                             : Color::text;
    const std::string whole = columns[c].column->text(state, row);
    const std::string text = elided(ui.fonts.body, whole, width);
    text_at(*ImGui::GetWindowDrawList(), ui.fonts.body, at.x, at.y + inner / 2, ui.color(ink), text);
    const float mouse = ImGui::GetIO().MousePos.x;
    if (hovered && text != whole && mouse >= at.x && mouse < at.x + width) ImGui::SetTooltip("%s", ellipsize(whole, 600).c_str());
  }
}

void draw_header(const Ui& ui, const std::vector<Shown>& columns, float height) {
  ImGui::TableNextRow(ImGuiTableRowFlags_Headers, height);
  for (std::size_t c = 0; c < columns.size(); ++c) {
    if (!ImGui::TableSetColumnIndex(static_cast<int>(c))) continue;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    text_at(*ImGui::GetWindowDrawList(), ui.fonts.semibold, at.x, at.y + height / 2 - ImGui::GetStyle().CellPadding.y,
            ui.color(Color::text_muted), columns[c].column->title);
  }
}

void draw_table(const UiState& state, const Ui& ui, const StoreAnswer& answer) {
  const std::vector<Shown> columns = columns_of(state, ui, answer);
  const auto set = [&](ImGuiCol slot, Color c) { ImGui::PushStyleColor(slot, ui.color(c)); };
  set(ImGuiCol_TableHeaderBg, Color::raised);
  set(ImGuiCol_TableBorderStrong, Color::border);
  set(ImGuiCol_TableBorderLight, Color::grid);
  set(ImGuiCol_TableRowBgAlt, Color::lane_odd);
  ImGui::PushStyleVar(ImGuiStyleVar_CellPadding, ImVec2(ui.theme.px(8), ui.theme.px(3)));
  constexpr ImGuiTableFlags kFlags = ImGuiTableFlags_ScrollX | ImGuiTableFlags_ScrollY | ImGuiTableFlags_Resizable |
                                     ImGuiTableFlags_BordersInnerV | ImGuiTableFlags_BordersOuterH | ImGuiTableFlags_RowBg |
                                     ImGuiTableFlags_SizingFixedFit | ImGuiTableFlags_PadOuterX | ImGuiTableFlags_NoSavedSettings;
  // Another store has other columns: their widths are worked out anew. Names are few, since each is remembered for ever.
  const std::string id = "store-table-" + std::to_string(answer.store % 16) + "-" + std::to_string(columns.size());
  const float row = ui.theme.px(26);
  const float height = std::max(ImGui::GetContentRegionAvail().y, 3 * row);
  if (ImGui::BeginTable(id.c_str(), static_cast<int>(columns.size()), kFlags, {0, height})) {
    ImGui::TableSetupScrollFreeze(0, 1);
    for (const Shown& c : columns) ImGui::TableSetupColumn(c.column->title, ImGuiTableColumnFlags_WidthFixed, c.width);
    draw_header(ui, columns, row);
    ImGuiListClipper clipper;
    clipper.Begin(static_cast<int>(answer.shown.size()), row);
    while (clipper.Step()) {
      for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i) {
        draw_row(state, ui, answer, static_cast<std::size_t>(i), columns, row);
      }
    }
    clipper.End();
    if (state.stores.scroll_to && state.stores.picked) {
      ui.act(StoreScrolled{});
      const float at = static_cast<float>(*state.stores.picked) * row;
      const float top = ImGui::GetScrollY();
      if (at < top || at + 2 * row > top + height) ImGui::SetScrollY(std::max(0.0F, at - height / 2));
    }
    ImGui::EndTable();
  }
  ImGui::PopStyleVar();
  ImGui::PopStyleColor(4);
}

std::string count_text(const StoresView& view) {
  if (!view.answer) return "reading…";
  const StoreRows& all = *view.answer->rows;
  std::string text = view.answer->shown.size() == all.rows.size()
                         ? count_of(all.rows.size(), "row", "rows")
                         : std::to_string(view.answer->shown.size()) + " of " + count_of(all.rows.size(), "row", "rows");
  if (all.cut) text = "The first " + text;
  if (!all.problem.empty()) text += "; stopped: " + all.problem;
  return text;
}

void draw_rows(const UiState& state, const Ui& ui) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  const float height = ui.theme.px(30);
  const std::string count = count_text(state.stores);
  const float count_w = std::min(text_width(ui.fonts.small, count) + ui.theme.px(14), width * 0.5F);
  const Rect field{at, {at.x + std::max(1.0F, width - count_w), at.y + height}};
  const FieldDone typed = text_field(ui, "store-filter", field, state.stores.text,
                                     {"Filter the rows", nullptr, state.wants_focus == Field::stores, true});
  if (typed.text) ui.act(FilterStore{*typed.text});
  if (typed.entered) ui.act(PickStoreRow{0});
  const std::string shown = elided(ui.fonts.small, count, count_w);
  text_at(*ImGui::GetWindowDrawList(), ui.fonts.small, at.x + width - text_width(ui.fonts.small, shown), at.y + height / 2,
          ui.color(Color::text_muted), shown);
  ImGui::SetCursorScreenPos({at.x, at.y + height + ui.theme.px(6)});
  const auto& answer = state.stores.answer;
  if (!answer) return;
  if (!answer->shown.empty()) return draw_table(state, ui, *answer);
  paragraph(ui.fonts.body, ui.color(Color::text_muted),
            answer->rows->rows.empty() ? "It has no row that claims anything." : "No row holds this text.");
}

}  // namespace

void draw_stores_body(const UiState& state, const Ui& ui) {
  const auto stores = state.data->witnesses->stores();
  if (!stores) return paragraph(ui.fonts.body, ui.color(Color::text_muted), "Reading…");
  if (stores->empty()) {
    paragraph(ui.fonts.semibold, ui.color(Color::text), "No persisted store was read into this case.");
    return paragraph(
        ui.fonts.body, ui.color(Color::text_muted),
        "Logs roll over; stores remember. Open nsurlsessiond's tasks.sqlite, a sysdiagnose with its Powerlog, or the "
        "app's own database together with the logs: what they believed stands here, and on the lanes of their tasks.");
  }
  if (!state.stores.store) ui.act(PickStore{0});
  const ImVec2 room = ImGui::GetContentRegionAvail();
  const float row = ui.theme.px(44);
  const bool beside = room.x > ui.theme.px(560);
  const float gap = ui.theme.px(12);
  const ImVec2 size = beside ? ImVec2(std::clamp(room.x * 0.3F, ui.theme.px(180), ui.theme.px(280)), 0)
                             : ImVec2(0, std::min(row * static_cast<float>(stores->size()), std::max(row, room.y * 0.3F)));
  ImGui::PushStyleColor(ImGuiCol_ChildBg, ImVec4(0, 0, 0, 0));
  draw_list(state, ui, *stores, size, row);
  if (beside) ImGui::SameLine(0, gap);
  ImGui::BeginChild("store-shown", {0, 0});
  if (state.stores.store && *state.stores.store < stores->size()) {
    draw_heading(state, ui, (*stores)[*state.stores.store]);
    ImGui::Dummy({0, ui.theme.px(2)});
    draw_rows(state, ui);
  }
  ImGui::EndChild();
  ImGui::PopStyleColor();
}

}  // namespace uptrail::viewer
