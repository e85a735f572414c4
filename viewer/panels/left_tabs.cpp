// The tabs of the lower left panel. With counts and wide where there is room; narrower step by step where there is none; at last
// those that find no room stand in a list.
#include <algorithm>
#include <array>
#include <vector>

#include "viewer/panels/controls.h"
#include "viewer/panels/panels.h"

namespace uptrail::viewer {

namespace {

struct Title {
  LeftTab tab;
  const char* text;
  std::size_t count;
};
using Titles = std::vector<Title>;

Titles titles_of(const UiState& state) {
  const auto stores = state.data->witnesses->stores();
  return {{LeftTab::uploads, "Uploads", state.data->upload_count()},
          {LeftTab::sources, "Sources", state.data->sources.size()},
          {LeftTab::stores, "Stores", stores ? stores->size() : 0},
          {LeftTab::query, "SQL", state.query.answer ? state.query.answer->table.rows : 0},
          {LeftTab::search, "Search", state.search.result ? state.search.result->hits.size() : 0},
          {LeftTab::notes, "Notes", state.notes.notes.size()}};
}

std::string note_of(const Title& t) { return t.count > 0 ? std::to_string(t.count) : std::string(); }

float width_of(const Ui& ui, const TabLook& look, const Titles& titles, bool counts) {
  float width = 0;
  for (const Title& t : titles) {
    width += text_width(*look.face, t.text) + ui.theme.px(look.gap);
    if (counts && t.count > 0) width += text_width(ui.fonts.small, note_of(t)) + ui.theme.px(7);
  }
  return width;
}

std::string more_label(std::size_t hidden) { return std::to_string(hidden) + " more"; }

// A title that opens the list of those without room.
bool more_tab(const Ui& ui, const Rect& header, float x, const std::string& label) {
  const float icon = ui.theme.px(10);
  const float width = text_width(ui.fonts.small, label) + ui.theme.px(6) + icon;
  const Rect rect{{x, header.min.y}, {x + width, header.max.y}};
  ImGui::SetCursorScreenPos(rect.min);
  const bool pressed = click_area("tab-more", {width, header.height()});
  ui.mark("tab-more", rect);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float middle = rect.centre().y;
  const ImU32 ink = ui.color(ImGui::IsItemHovered() ? Color::text : Color::accent);
  const float behind = text_at(list, ui.fonts.small, x, middle, ink, label);
  draw_icon(list, Icon::chevron, {behind + ui.theme.px(6) + icon / 2, middle}, icon, ink, 0);
  return pressed;
}

void more_list(const Ui& ui, const Rect& header, float x, const Titles& hidden) {
  float width = 0;
  for (const Title& t : hidden) {
    width = std::max(width, text_width(ui.fonts.body, t.text) + text_width(ui.fonts.small, note_of(t)) + ui.theme.px(48));
  }
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(ui.theme.px(6), ui.theme.px(6)));
  // Over the title where there is no room below.
  const float height = ui.theme.px(28) * static_cast<float>(hidden.size()) + ui.theme.px(14);
  ImGui::SetNextWindowPos({x, std::max(0.0F, std::min(header.max.y, ImGui::GetIO().DisplaySize.y - height))});
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
  if (ImGui::BeginPopup("tabs-popup", ImGuiWindowFlags_NoMove)) {
    for (const Title& t : hidden) {
      const ImVec2 at = ImGui::GetCursorScreenPos();
      const Rect row{at, {at.x + width, at.y + ui.theme.px(28)}};
      const std::string id = "pick-tab-" + std::string(t.text);
      if (click_area(id.c_str(), {row.width(), row.height()})) {
        ui.act(ShowTab{t.tab});
        ImGui::CloseCurrentPopup();
      }
      ui.mark(id, row);
      ImDrawList& list = *ImGui::GetWindowDrawList();
      if (ImGui::IsItemHovered()) list.AddRectFilled(row.min, row.max, ui.color(Color::card_hover), ui.theme.px(4));
      const float middle = row.centre().y;
      text_at(list, ui.fonts.body, at.x + ui.theme.px(10), middle, ui.color(Color::text), t.text);
      const std::string note = note_of(t);
      text_at(list, ui.fonts.small, row.max.x - ui.theme.px(10) - text_width(ui.fonts.small, note), middle,
              ui.color(Color::text_muted), note);
    }
    ImGui::EndPopup();
  }
  ImGui::PopStyleVar(2);
}

}  // namespace

void draw_left_tabs(const UiState& state, const Ui& ui, const Rect& header) {
  Titles shown = titles_of(state);
  Titles hidden;
  const float pad = ui.size(Size::padding);
  const float room = header.width() - 2 * pad;
  TabLook look{&ui.fonts.heading, 18};
  const auto fits = [&](bool counts) { return width_of(ui, look, shown, counts) - ui.theme.px(look.gap) <= room; };
  const bool counts = fits(true);
  if (!counts && !fits(false)) look = {&ui.fonts.body, 10};
  if (!counts && !fits(false)) look = {&ui.fonts.small, 6};
  if (!fits(false)) look = {&ui.fonts.body, 14};
  // From the last one on; the current one stays.
  const float more_w = text_width(ui.fonts.small, more_label(9)) + ui.theme.px(16);
  const auto fits_with_list = [&] { return width_of(ui, look, shown, false) + more_w <= room; };
  while (shown.size() > 1 && !(hidden.empty() ? fits(false) : fits_with_list())) {
    const bool last_is_current = shown.back().tab == state.left_tab;
    const auto leaves = shown.end() - (last_is_current ? 2 : 1);
    hidden.insert(hidden.begin(), *leaves);
    shown.erase(leaves);
  }
  // Hardly a panel any more: cut short rather than nobody reaches the others.
  if (shown.size() == 1) look.width = std::max(1.0F, room - more_w - ui.theme.px(look.gap));
  float x = header.min.x + pad;
  for (const Title& t : shown) {
    if (tab(ui, header, x, t.text, counts ? note_of(t) : std::string(), state.left_tab == t.tab, look)) ui.act(ShowTab{t.tab});
  }
  if (hidden.empty()) return;
  if (more_tab(ui, header, x, more_label(hidden.size()))) ImGui::OpenPopup("tabs-popup");
  more_list(ui, header, x, hidden);
}

}  // namespace uptrail::viewer
