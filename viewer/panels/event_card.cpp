// The event of the raw line that was picked: what it says, whom it concerns, and which findings rest on it.
#include <algorithm>
#include <utility>

#include "viewer/panels/controls.h"
#include "viewer/panels/facts.h"
#include "viewer/panels/panels.h"

namespace uptrail::viewer {

namespace {

void draw_links(const UiState& state, const Ui& ui, EventId event) {
  bool first = true;
  for (const Finding& finding : state.data->derived.findings) {
    const bool rests =
        std::any_of(finding.evidence.begin(), finding.evidence.end(), [&](const EvidenceRef& r) { return r.event == event; });
    if (!rests) continue;
    if (std::exchange(first, false)) caption(ui, "Evidence of");
    Rect rect;
    const std::string id = "event-finding-" + std::to_string(finding.id.value);
    if (list_row(ui, id, ui.size(Size::row), false, rect)) ui.act(SelectFinding{finding.id});
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const float icon = ui.theme.px(13);
    const float middle = rect.centre().y;
    draw_icon(list, icon_of(finding.severity), {rect.min.x + ui.theme.px(4) + icon / 2, middle}, icon,
              ui.theme.severity(finding.severity), ui.color(Color::panel));
    const float x = rect.min.x + ui.theme.px(26);
    text_at(list, ui.fonts.body, x, middle, ui.color(Color::accent), elided(ui.fonts.body, finding.title, rect.max.x - x));
  }
}

}  // namespace

void draw_event_card(const UiState& state, const Ui& ui) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  const bool row = !state.event->event.store_row.empty();
  caption(ui, row ? "The row of the store" : "The line in the log");
  const ImVec2 below = ImGui::GetCursorScreenPos();
  if (icon_button(ui, "event-close", Icon::close, {at.x + width - ui.theme.px(14), at.y + ui.theme.px(14)},
                  row ? "Leave the row" : "Leave the line")) {
    ui.act(ShowEvent{});
  }
  ImGui::SetCursorScreenPos(below);
  draw_facts(ui, facts_of_event(state));
  draw_links(state, ui, state.event->event.id);
  const ImVec2 end = ImGui::GetCursorScreenPos();
  ImGui::GetWindowDrawList()->AddRectFilled({at.x, end.y + ui.theme.px(4)}, {at.x + width, end.y + ui.theme.px(4) + 1},
                                            ui.color(Color::border));
  ImGui::Dummy({width, ui.theme.px(12)});
}

}  // namespace uptrail::viewer
