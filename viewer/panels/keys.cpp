// Keys that work everywhere, and the list of them: both come from the table of commands.
#include <algorithm>
#include <cmath>

#include "viewer/panels/commands.h"
#include "viewer/panels/controls.h"
#include "viewer/panels/panels.h"

namespace uptrail::viewer {

namespace {

bool is_pressed(const Command& command, bool typing) {
  if (!command.keys || (typing && !command.in_fields)) return false;
  const Shortcut& keys = *command.keys;
  const ImGuiIO& io = ImGui::GetIO();
  if (keys.character != 0) {
    if (typing || io.KeyCtrl || io.KeySuper || io.KeyAlt) return false;
    return std::any_of(io.InputQueueCharacters.begin(), io.InputQueueCharacters.end(),
                       [&](ImWchar c) { return c == static_cast<ImWchar>(keys.character); });
  }
  const bool shift_fits = keys.shift == io.KeyShift || (keys.key == Key::equal && keys.ctrl);  // "+" is Shift and "=" for many
  const bool others = io.KeyAlt || (ctrl_down() ? io.KeyCtrl && io.KeySuper : io.KeyCtrl || io.KeySuper);
  return keys.ctrl == ctrl_down() && shift_fits && !others && key_pressed(keys.key, command.repeats);
}

struct HelpRow {
  std::string keys, what;
};
struct HelpGroup {
  std::string title;
  std::vector<HelpRow> rows;
};

std::vector<HelpGroup> help_groups() {
  std::vector<HelpGroup> groups;
  for (const Command& command : commands()) {
    if (!command.keys) continue;
    if (groups.empty() || groups.back().title != command.group) groups.push_back({std::string(command.group), {}});
    groups.back().rows.push_back({keys_text(command), std::string(command.title)});
  }
  groups.push_back({"Mouse and held keys", {}});
  for (const Gesture& g : gestures()) groups.back().rows.push_back({std::string(g.keys), std::string(g.what)});
  return groups;
}

// `row`: height of one, pixels.
float group_height(const HelpGroup& group, float row) { return row * (1.46F + static_cast<float>(group.rows.size())); }

// Groups go one after the other into the column that is the shortest so far.
std::vector<std::size_t> columns_of(const std::vector<HelpGroup>& groups, float row, std::vector<float>& heights) {
  std::vector<std::size_t> column;
  for (const HelpGroup& group : groups) {
    const auto at = static_cast<std::size_t>(std::min_element(heights.begin(), heights.end()) - heights.begin());
    column.push_back(at);
    heights[at] += group_height(group, row);
  }
  return column;
}

void keycap(const Ui& ui, ImDrawList& list, float x, float middle, const std::string& text) {
  const float width = text_width(ui.fonts.mono, text) + ui.theme.px(14);
  const float half = ui.theme.px(10);
  list.AddRectFilled({x, middle - half}, {x + width, middle + half}, ui.color(Color::raised), ui.theme.px(4));
  list.AddRect({x, middle - half}, {x + width, middle + half}, ui.color(Color::border), ui.theme.px(4));
  text_at(list, ui.fonts.mono, x + ui.theme.px(7), middle, ui.color(Color::text), text);
}

void draw_group(const Ui& ui, ImDrawList& list, ImVec2 at, float width, const HelpGroup& group, float row_height) {
  float y = at.y + ui.theme.px(12);
  text_at(list, ui.fonts.semibold, at.x, y, ui.color(Color::accent), group.title);
  y += row_height;
  const float text_x = at.x + ui.theme.px(132);
  for (const HelpRow& row : group.rows) {
    keycap(ui, list, at.x, y, row.keys);
    text_at(list, ui.fonts.body, text_x, y, ui.color(Color::text), elided(ui.fonts.body, row.what, at.x + width - text_x));
    y += row_height;
  }
}

}  // namespace

void handle_keys(const UiState& state, const Ui& ui) {
  const bool typing = ImGui::GetIO().WantTextInput;
  for (const Command& command : commands()) {
    if (command.needs_case && !state.data) continue;
    // What lies above the panels keeps the keys, but for those that close it or put another in its place.
    const bool of_overlay = std::holds_alternative<GoBack>(command.action) ||
                            std::holds_alternative<ShowOverlay>(command.action) ||
                            std::holds_alternative<ScaleText>(command.action);
    if (state.overlay != Overlay::none && !of_overlay) continue;
    // Esc leaves the field first.
    if (typing && state.overlay == Overlay::none && std::holds_alternative<GoBack>(command.action)) continue;
    if (is_pressed(command, typing)) ui.act(command.action);
  }
}

void draw_keys_overlay(const Ui& ui) {
  const std::vector<HelpGroup> groups = help_groups();
  const float column_w = ui.theme.px(400);
  const float pad = ui.theme.px(28);
  const float display = ImGui::GetIO().DisplaySize.x;
  const auto columns = static_cast<std::size_t>(std::clamp(std::floor((display - 2 * pad) / column_w), 1.0F, 3.0F));
  std::vector<float> heights(columns, 0);
  const float top = ui.theme.px(62);
  float row = ui.theme.px(26);
  std::vector<std::size_t> column = columns_of(groups, row, heights);
  const float tallest = *std::max_element(heights.begin(), heights.end());
  const float room = ImGui::GetIO().DisplaySize.y - top - ui.theme.px(44);
  if (tallest > room) {  // all of them, a little closer
    row = std::max(ui.theme.px(19), row * room / tallest);
    std::fill(heights.begin(), heights.end(), 0.0F);
    column = columns_of(groups, row, heights);
  }
  const ImVec2 size(column_w * static_cast<float>(columns) + pad,
                    top + *std::max_element(heights.begin(), heights.end()) + ui.theme.px(8));
  const Rect box = begin_overlay(ui, "help", size, 0.5F);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.PushClipRect(box.min, box.max, true);
  text_at(list, ui.fonts.title, box.min.x + pad, box.min.y + ui.theme.px(34), ui.color(Color::text), "Keys");
  std::vector<float> y(columns, box.min.y + top);
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const std::size_t c = column[i];
    draw_group(ui, list, {box.min.x + pad + column_w * static_cast<float>(c), y[c]}, column_w - pad, groups[i], row);
    y[c] += group_height(groups[i], row);
  }
  list.PopClipRect();
  end_overlay();
}

}  // namespace uptrail::viewer
