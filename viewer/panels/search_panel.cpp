// What was found, as it is found.
#include <algorithm>

#include "collector/base/text.h"
#include "viewer/panels/controls.h"
#include "viewer/panels/panels.h"
#include "viewer/panels/verdict.h"

namespace uptrail::viewer {

namespace {

Icon kind_icon(HitKind kind) {
  switch (kind) {
    case HitKind::finding:
      return Icon::warning;
    case HitKind::upload:
      return Icon::drop;
    case HitKind::task:
      return Icon::running;
    case HitKind::session:
      return Icon::dot;
    case HitKind::line:
      break;
  }
  return Icon::file;
}

// The text with what was looked for on a coloured ground.
void marked_text(const Ui& ui, ImDrawList& list, const Face& face, float x, float middle, float width, const std::string& text,
                 const TextMatch& wanted) {
  const std::string shown = elided(face, text, width);
  const std::size_t at = wanted.find(shown);
  if (!wanted.empty() && at != std::string::npos) {
    const std::string_view all(shown);
    const float from = x + text_width(face, all.substr(0, at));
    const float to = from + text_width(face, all.substr(at, wanted.size()));
    list.AddRectFilled({from - 1, middle - face.size * 0.62F}, {to + 1, middle + face.size * 0.62F}, ui.color(Color::log_current),
                       ui.theme.px(2));
  }
  text_at(list, face, x, middle, ui.color(Color::text), shown);
}

void draw_hit(const UiState& state, const Ui& ui, const SearchHit& hit, std::size_t row, const TextMatch& wanted) {
  Rect rect;
  if (list_row(ui, "hit-" + std::to_string(row), ui.theme.px(42), state.search.picked == row, rect)) ui.act(PickHit{row});
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float icon = ui.theme.px(14);
  const float pad = ui.theme.px(8);
  const float upper = rect.min.y + ui.theme.px(13);
  const float lower = rect.min.y + ui.theme.px(30);
  const Finding* finding = hit.kind == HitKind::finding ? state.data->finding(hit.finding) : nullptr;
  draw_icon(list, finding != nullptr ? icon_of(finding->severity) : kind_icon(hit.kind), {rect.min.x + pad + icon / 2, upper},
            icon, finding != nullptr ? ui.theme.severity(finding->severity) : ui.color(Color::text_muted),
            ui.color(Color::panel));
  const float x = rect.min.x + pad + icon + ui.theme.px(8);
  const Face& face = hit.kind == HitKind::line ? ui.fonts.mono : ui.fonts.body;
  marked_text(ui, list, face, x, upper, rect.max.x - pad - x, hit.title, wanted);
  const std::string when = hit.t ? clock_text(state, *hit.t, 0) : "";
  const float when_w = text_width(ui.fonts.small, when);
  text_at(list, ui.fonts.small, rect.max.x - pad - when_w, lower, ui.color(Color::text_muted), when);
  text_at(list, ui.fonts.small, x, lower, ui.color(Color::text_muted),
          elided(ui.fonts.small, hit.detail, rect.max.x - when_w - 2 * pad - x));
}

std::string summary(const UiState& state) {
  const auto& result = state.search.result;
  if (trim(state.search.text).empty()) return "";
  if (!result) return "Searching…";
  std::string text = count_of(result->hits.size(), "result", "results");
  if (result->cut) text = "The first " + text + "; a longer text finds fewer";
  if (!result->done) text += " so far, " + count_of(result->lines_searched, "line", "lines") + " searched";
  if (!result->problem.empty()) text += "; stopped: " + result->problem;
  return text;
}

}  // namespace

void draw_search_body(const UiState& state, const Ui& ui) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  const float height = ui.theme.px(30);
  const FieldDone typed = text_field(ui, "search-text", {at, {at.x + width, at.y + height}}, state.search.text,
                                     {"Name, URL, UUID, text of a line", nullptr, state.wants_focus == Field::search, true});
  if (typed.text) ui.act(SetSearch{*typed.text});
  if (typed.entered) {
    ui.act(StepHit{ImGui::GetIO().KeyShift ? -1 : 1});
    ui.act(FocusField{Field::search});
  }
  ImGui::SetCursorScreenPos({at.x, at.y + height + ui.theme.px(4)});
  const bool searching = state.search.result ? !state.search.result->done : !trim(state.search.text).empty();
  const std::string text = summary(state);
  const ImVec2 line = ImGui::GetCursorScreenPos();
  const float line_h = ui.theme.px(24);
  const float cancel_w = searching ? button_width(ui, "Cancel") : 0;
  text_at(*ImGui::GetWindowDrawList(), ui.fonts.small, line.x + ui.theme.px(2), line.y + line_h / 2, ui.color(Color::text_muted),
          elided(ui.fonts.small, text.empty() ? "Enter: next, Shift+Enter: previous" : text, width - cancel_w));
  if (searching && button(ui, "search-cancel", "Cancel", {line.x + width - cancel_w, line.y + line_h / 2}, ButtonLook::quiet)) {
    ui.act(SetSearch{});
  }
  ImGui::SetCursorScreenPos({line.x, line.y + line_h});
  if (!state.search.result) return;
  const TextMatch wanted(state.search.text);
  const auto& hits = state.search.result->hits;
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
  ImGui::PushStyleColor(ImGuiCol_ChildBg, ImVec4(0, 0, 0, 0));
  ImGui::BeginChild("hits", {0, 0});
  const float row_h = ui.theme.px(42);
  ImGuiListClipper clipper;
  clipper.Begin(static_cast<int>(hits.size()), row_h);
  while (clipper.Step()) {
    for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i) {
      draw_hit(state, ui, hits[static_cast<std::size_t>(i)], static_cast<std::size_t>(i), wanted);
    }
  }
  clipper.End();
  if (state.search.picked && typed.entered) {
    ImGui::SetScrollY(std::max(0.0F, static_cast<float>(*state.search.picked) * row_h - ImGui::GetWindowHeight() / 2));
  }
  ImGui::EndChild();
  ImGui::PopStyleColor();
  ImGui::PopStyleVar();
}

}  // namespace uptrail::viewer
