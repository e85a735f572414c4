// Causes first: one card each, the gravest on top; below them what could not be told.
#include <algorithm>
#include <cmath>

#include "collector/base/text.h"
#include "viewer/panels/controls.h"
#include "viewer/panels/panels.h"
#include "viewer/panels/verdict.h"

namespace uptrail::viewer {

namespace {

// "3 uploads · 2 findings · likely"
std::string cause_facts(const Cause& cause) {
  std::string text;
  if (!cause.uploads.empty()) text = count_of(cause.uploads.size(), "upload", "uploads") + " · ";
  text += count_of(cause.findings.size(), "finding", "findings") + " · " + std::string(confidence_name(cause.confidence));
  return text;
}

void draw_card(const UiState& state, const Ui& ui, const Cause& cause) {
  const float pad = ui.theme.px(10);
  const float icon = ui.size(Size::icon);
  const float width = ImGui::GetContentRegionAvail().x;
  const float text_x = pad + icon + ui.theme.px(9);
  const float text_w = width - text_x - pad;
  const float title_h = flowing_text(nullptr, ui.fonts.semibold, {0, 0}, text_w, 0, cause.title);
  const float height = std::round(pad + title_h + ui.theme.px(4) + ui.fonts.small.size + pad);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const ImVec2 end(at.x + width, at.y + height);
  const std::string id = "cause-" + std::to_string(cause.id.value);
  if (click_area(id.c_str(), {width, height})) ui.act(SelectCause{cause.id});
  ui.mark(id, {at, end});
  if (!ImGui::IsItemVisible()) return;  // of hundreds only those in sight cost vertices
  const bool selected = state.selection.cause == cause.id;
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImU32 ground = ui.color(selected ? Color::card_selected : (ImGui::IsItemHovered() ? Color::card_hover : Color::card));
  list.AddRectFilled(at, end, ground, ui.size(Size::radius));
  if (selected) list.AddRect(at, end, ui.color(Color::accent), ui.size(Size::radius), 0, 1);
  draw_icon(list, icon_of(cause.severity), {at.x + pad + icon / 2, at.y + pad + ui.fonts.semibold.size * 0.69F}, icon,
            ui.theme.severity(cause.severity), ground);
  flowing_text(&list, ui.fonts.semibold, {at.x + text_x, at.y + pad}, text_w, ui.color(Color::text), cause.title);
  const float foot = at.y + pad + title_h + ui.theme.px(4) + ui.fonts.small.size / 2;
  const std::string when = [&] {
    const Finding* main = state.data->finding(cause.main);
    return main == nullptr ? std::string() : clock_text(state, main->t, 0);
  }();
  const float when_w = text_width(ui.fonts.small, when);
  text_at(list, ui.fonts.small, at.x + text_x, foot, ui.color(Color::text_muted),
          elided(ui.fonts.small, cause_facts(cause), text_w - when_w - ui.theme.px(8)));
  text_at(list, ui.fonts.small, end.x - pad - when_w, foot, ui.color(Color::text_faint), when);
}

void draw_undetermined(const UiState& state, const Ui& ui) {
  if (state.lists->questions.empty()) return;
  ImGui::Dummy({0, ui.theme.px(6)});
  caption(ui, "Could not tell");
  for (const CaseLists::Question& q : state.lists->questions) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float icon = ui.theme.px(13);
    draw_icon(*ImGui::GetWindowDrawList(), Icon::unknown, {at.x + ui.theme.px(10) + icon / 2, at.y + ui.fonts.body.size / 2},
              icon, ui.color(Color::unknown), ui.color(Color::panel));
    ImGui::Indent(ui.theme.px(32));
    paragraph(ui.fonts.body, ui.color(Color::text), q.reason + (q.count > 1 ? " (" + std::to_string(q.count) + "×)" : ""));
    paragraph(ui.fonts.small, ui.color(Color::text_faint), q.rule);
    if (!q.add.empty()) paragraph(ui.fonts.small, ui.color(Color::text_muted), q.add);
    ImGui::Unindent(ui.theme.px(32));
    ImGui::Dummy({0, ui.theme.px(2)});
  }
}

void draw_none(const UiState& state, const Ui& ui) {
  const Derived& d = state.data->derived;
  if (d.outcome == Outcome::ok) {
    paragraph(ui.fonts.body, ui.color(Color::ok), "No cause found, and the evidence was complete enough to say so.");
    return;
  }
  paragraph(ui.fonts.body, ui.color(Color::text), d.outcome_reason.empty() ? "No cause found." : d.outcome_reason);
  if (d.next_step.empty()) return;
  caption(ui, "What to do next");
  paragraph(ui.fonts.body, ui.color(Color::accent), d.next_step);
}

// One row of the list by rule.
void draw_finding_row(const UiState& state, const Ui& ui, const Finding& finding) {
  Rect rect;
  const std::string id = "rule-finding-" + std::to_string(finding.id.value);
  if (list_row(ui, id, ui.size(Size::row) + ui.theme.px(2), state.selection.finding == finding.id, rect))
    ui.act(SelectFinding{finding.id});
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float middle = rect.centre().y;
  const float pad = ui.theme.px(8);
  const std::string when = clock_text(state, finding.t, 0);
  const float when_w = text_width(ui.fonts.small, when);
  const float x = rect.min.x + ui.theme.px(30);
  text_at(list, ui.fonts.body, x, middle, ui.color(Color::text),
          elided(ui.fonts.body, finding.title, rect.max.x - when_w - 2 * pad - x));
  text_at(list, ui.fonts.small, rect.max.x - pad - when_w, middle, ui.color(Color::text_muted), when);
}

void draw_by_rule(const UiState& state, const Ui& ui) {
  const std::vector<FindingId> ids = findings_by_rule(state);
  const auto& all = state.data->derived.findings;
  for (std::size_t i = 0; i < ids.size();) {
    const Finding& first = all[ids[i].value];
    std::size_t end = i;
    while (end < ids.size() && all[ids[end].value].rule == first.rule && all[ids[end].value].severity == first.severity) ++end;
    if (i > 0) ImGui::Dummy({0, ui.theme.px(4)});
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float width = ImGui::GetContentRegionAvail().x;
    const float height = ui.theme.px(24);
    const float icon = ui.size(Size::icon);
    const float middle = at.y + height / 2;
    ImDrawList& list = *ImGui::GetWindowDrawList();
    draw_icon(list, icon_of(first.severity), {at.x + ui.theme.px(6) + icon / 2, middle}, icon, ui.theme.severity(first.severity),
              ui.color(Color::panel));
    const std::string count = std::to_string(end - i);
    const float count_w = text_width(ui.fonts.small, count);
    const float x = at.x + ui.theme.px(30);
    text_at(list, ui.fonts.semibold, x, middle, ui.color(Color::text),
            elided(ui.fonts.semibold, first.rule, at.x + width - count_w - ui.theme.px(16) - x));
    text_at(list, ui.fonts.small, at.x + width - ui.theme.px(8) - count_w, middle, ui.color(Color::text_muted), count);
    ImGui::Dummy({width, height});
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
    for (; i < end; ++i) draw_finding_row(state, ui, all[ids[i].value]);
    ImGui::PopStyleVar();
  }
}

void draw_list(const UiState& state, const Ui& ui, const std::vector<CauseId>& shown) {
  const auto& causes = state.data->derived.causes;
  if (state.grouping == Grouping::by_rule) return draw_by_rule(state, ui);
  for (const CauseId id : shown) draw_card(state, ui, causes[id.value]);
}

}  // namespace

void draw_causes(const UiState& state, const Ui& ui, const Rect& rect) {
  begin_panel(ui, "causes", rect);
  const auto& causes = state.data->derived.causes;
  const std::vector<CauseId> shown = shown_causes(state);
  const Rect header = panel_header(ui, "");
  const ImVec2 below = ImGui::GetCursorScreenPos();
  float x = header.min.x + ui.size(Size::padding);
  const bool by_rule = state.grouping == Grouping::by_rule;
  if (tab(ui, header, x, "Causes", causes.empty() ? std::string() : std::to_string(shown.size()), !by_rule)) {
    ui.act(Group{Grouping::by_cause});
  }
  if (tab(ui, header, x, "By rule", "", by_rule)) ui.act(Group{Grouping::by_rule});
  ImGui::SetCursorScreenPos(below);
  begin_body(ui, by_rule ? "rules-body" : "causes-body");
  const bool unknown = state.data->derived.outcome == Outcome::unknown;
  if (causes.empty() || unknown) draw_none(state, ui);
  if (unknown) ImGui::Dummy({0, ui.theme.px(6)});
  draw_list(state, ui, shown);
  if (shown.empty() && !causes.empty()) {
    paragraph(
        ui.fonts.body, ui.color(Color::text_muted),
        state.passing ? "The filter hides all causes. X shows everything again." : "Everything that was found is set aside.");
  }
  draw_set_aside(state, ui);
  if (!state.passing) draw_undetermined(state, ui);
  end_body();
  end_panel();
}

}  // namespace uptrail::viewer
