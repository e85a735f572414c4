// How the window looks and how times are written.
#include <string>
#include <vector>

#include "viewer/panels/controls.h"
#include "viewer/panels/panels.h"
#include "viewer/panels/verdict.h"

namespace uptrail::viewer {

namespace {

// Name and explanation on the left; the control goes to the right. Returns the middle of the row.
float row(const Ui& ui, const Rect& box, float& y, const char* name, const std::string& what) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float height = ui.theme.px(62);
  const float x = box.min.x + ui.theme.px(28);
  const float middle = y + height / 2;
  list.AddRectFilled({x, y}, {box.max.x - ui.theme.px(28), y + 1}, ui.color(Color::border));
  text_at(list, ui.fonts.body, x, middle - ui.theme.px(9), ui.color(Color::text), name);
  text_at(list, ui.fonts.small, x, middle + ui.theme.px(10), ui.color(Color::text_muted), what);
  y += height;
  return middle;
}

void text_size(const UiState& state, const Ui& ui, float right, float middle) {
  const std::string percent = std::to_string(state.preferences.text_percent) + " %";
  const float larger_w = button_width(ui, "+");
  const float number_w = ui.theme.px(64);
  const float smaller_w = button_width(ui, "–");
  if (button(ui, "text-larger", "+", {right - larger_w, middle})) ui.act(ScaleText{1});
  text_at(*ImGui::GetWindowDrawList(), ui.fonts.semibold,
          right - larger_w - number_w / 2 - text_width(ui.fonts.semibold, percent) / 2, middle, ui.color(Color::text), percent);
  if (button(ui, "text-smaller", "–", {right - larger_w - number_w - smaller_w, middle})) ui.act(ScaleText{-1});
}

std::optional<int> choice(const Ui& ui, const char* id, float right, float middle, const std::vector<std::string>& labels,
                          int current) {
  return segments(ui, id, {right - segments_width(ui, labels), middle}, labels, current);
}

}  // namespace

void draw_settings(const UiState& state, const Ui& ui) {
  const Rect box = begin_overlay(ui, "settings", {ui.theme.px(620), ui.theme.px(372)}, 0.4F);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  text_at(list, ui.fonts.title, box.min.x + ui.theme.px(28), box.min.y + ui.theme.px(36), ui.color(Color::text), "Settings");
  float y = box.min.y + ui.theme.px(66);
  const float right = box.max.x - ui.theme.px(28);

  float middle = row(ui, box, y, "Theme", "T switches, too");
  const auto theme = choice(ui, "set-theme", right, middle, {"Dark", "Light"}, state.theme == ThemeKind::dark ? 0 : 1);
  if (theme && (*theme == 0) != (state.theme == ThemeKind::dark)) ui.act(ToggleTheme{});

  middle = row(ui, box, y, "Text size", "Ctrl + and Ctrl −, from 80 % to 250 %");
  text_size(state, ui, right, middle);

  middle =
      row(ui, box, y, "Time zone", state.data ? "times are shown in " + zone_shown(state) : std::string("for all times shown"));
  Preferences next = state.preferences;
  if (const auto zone = choice(ui, "set-zone", right, middle, {"Device", "UTC", "This computer"}, static_cast<int>(next.zone))) {
    next.zone = static_cast<ZoneChoice>(*zone);
  }
  middle = row(ui, box, y, "Clock", next.twelve_hours ? "2:41:03 PM" : "14:41:03");
  if (const auto clock = choice(ui, "set-clock", right, middle, {"24 hours", "12 hours"}, next.twelve_hours ? 1 : 0)) {
    next.twelve_hours = *clock == 1;
  }
  if (next != state.preferences) ui.act(ChangePreferences{next});
  if (button(ui, "settings-done", "Done", {right - button_width(ui, "Done"), box.max.y - ui.theme.px(30)}, ButtonLook::primary)) {
    ui.act(ShowOverlay{Overlay::none});
  }
  end_overlay();
}

}  // namespace uptrail::viewer
