// Causes first: one card each, the gravest on top; below them what could not be told.
#include <algorithm>
#include <cmath>
#include <map>

#include "collector/base/text.h"
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
  if (ImGui::InvisibleButton(id.c_str(), {width, height})) ui.act(SelectCause{cause.id});
  ui.mark(id, {at, end});
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
    return main == nullptr ? std::string() : clock_text(*state.data, main->t, 0);
  }();
  const float when_w = text_width(ui.fonts.small, when);
  text_at(list, ui.fonts.small, at.x + text_x, foot, ui.color(Color::text_muted),
          elided(ui.fonts.small, cause_facts(cause), text_w - when_w - ui.theme.px(8)));
  text_at(list, ui.fonts.small, end.x - pad - when_w, foot, ui.color(Color::text_faint), when);
}

void draw_undetermined(const UiState& state, const Ui& ui) {
  struct Group {
    std::uint64_t count = 0;
    std::string add;
  };
  std::map<std::pair<std::string, std::string>, Group> groups;  // by rule, reason
  for (const Undetermined& u : state.data->derived.undetermined) {
    Group& group = groups[{u.rule, u.reason}];
    ++group.count;
    if (group.add.empty()) group.add = u.add;
  }
  if (groups.empty()) return;
  ImGui::Dummy({0, ui.theme.px(6)});
  caption(ui, "Could not tell");
  for (const auto& [key, group] : groups) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float icon = ui.theme.px(13);
    draw_icon(*ImGui::GetWindowDrawList(), Icon::unknown, {at.x + ui.theme.px(10) + icon / 2, at.y + ui.fonts.body.size / 2},
              icon, ui.color(Color::unknown), ui.color(Color::panel));
    ImGui::Indent(ui.theme.px(32));
    paragraph(ui.fonts.body, ui.color(Color::text),
              key.second + (group.count > 1 ? " (" + std::to_string(group.count) + "×)" : ""));
    paragraph(ui.fonts.small, ui.color(Color::text_faint), key.first);
    if (!group.add.empty()) paragraph(ui.fonts.small, ui.color(Color::text_muted), group.add);
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

}  // namespace

void draw_causes(const UiState& state, const Ui& ui, const Rect& rect) {
  begin_panel(ui, "causes", rect);
  const auto& causes = state.data->derived.causes;
  panel_header(ui, "Causes", causes.empty() ? std::string() : std::to_string(causes.size()));
  begin_body(ui, "causes-body");
  const bool unknown = state.data->derived.outcome == Outcome::unknown;
  if (causes.empty() || unknown) draw_none(state, ui);
  if (unknown) ImGui::Dummy({0, ui.theme.px(6)});
  for (const Cause& cause : causes) draw_card(state, ui, cause);
  draw_undetermined(state, ui);
  end_body();
  end_panel();
}

}  // namespace uptrail::viewer
