// Every command by name: type a few of its letters.
#include <algorithm>

#include "viewer/panels/commands.h"
#include "viewer/panels/controls.h"
#include "viewer/panels/panels.h"

namespace uptrail::viewer {

namespace {

constexpr std::size_t kRowsShown = 12;

void draw_entry(const Ui& ui, const PaletteEntry& entry, std::size_t row, bool picked) {
  Rect rect;
  if (list_row(ui, "palette-" + std::to_string(row), ui.theme.px(32), picked, rect)) {
    ui.act(ShowOverlay{Overlay::none});
    ui.act(entry.action);
  }
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float middle = rect.centre().y;
  const float pad = ui.theme.px(10);
  const float keys_w = text_width(ui.fonts.mono, entry.keys);
  text_at(list, ui.fonts.mono, rect.max.x - pad - keys_w, middle, ui.color(Color::text_muted), entry.keys);
  const float group_w = ui.theme.px(96);
  text_at(list, ui.fonts.small, rect.min.x + pad, middle, ui.color(Color::text_muted),
          elided(ui.fonts.small, entry.group, group_w - pad));
  const float x = rect.min.x + pad + group_w;
  text_at(list, ui.fonts.body, x, middle, ui.color(Color::text),
          elided(ui.fonts.body, entry.title, rect.max.x - keys_w - 3 * pad - x));
}

}  // namespace

void draw_palette(const UiState& state, const Ui& ui) {
  const std::vector<PaletteEntry> entries = palette_entries(state, state.palette.text);
  const float field_h = ui.theme.px(50);
  const float row = ui.theme.px(32);
  const std::size_t shown = std::clamp<std::size_t>(entries.size(), 1, kRowsShown);
  const float pad = ui.theme.px(8);
  const Rect box = begin_overlay(ui, "palette", {ui.theme.px(640), field_h + row * static_cast<float>(shown) + 2 * pad}, 0.22F);
  const Rect field{{box.min.x + ui.theme.px(18), box.min.y}, {box.max.x - ui.theme.px(18), box.min.y + field_h}};
  const FieldDone typed = text_field(ui, "palette-text", field, state.palette.text,
                                     {"What do you want to do?", &ui.fonts.heading, state.wants_focus == Field::palette, false});
  ImGui::GetWindowDrawList()->AddRectFilled({box.min.x, field.max.y}, {box.max.x, field.max.y + 1}, ui.color(Color::border));
  if (typed.text) ui.act(SetPaletteText{*typed.text, 0});

  const std::size_t last = entries.empty() ? 0 : entries.size() - 1;
  std::size_t picked = std::min(state.palette.picked, last);
  if (key_pressed(Key::down, true)) picked = picked == last ? 0 : picked + 1;
  if (key_pressed(Key::up, true)) picked = picked == 0 ? last : picked - 1;
  const bool moved = picked != state.palette.picked;
  if (moved && !typed.text) ui.act(SetPaletteText{state.palette.text, picked});
  if (typed.entered && !entries.empty()) {
    ui.act(ShowOverlay{Overlay::none});
    ui.act(entries[picked].action);
  }

  ImGui::SetCursorScreenPos({box.min.x + pad, field.max.y + pad});
  ImGui::PushStyleColor(ImGuiCol_ChildBg, ImVec4(0, 0, 0, 0));
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
  ImGui::BeginChild("palette-list", {box.width() - 2 * pad, box.max.y - pad - field.max.y - pad}, 0, ImGuiWindowFlags_NoNav);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    draw_entry(ui, entries[i], i, i == picked);
    if (i == picked && moved) ImGui::SetScrollHereY(0.5F);
  }
  if (entries.empty()) {
    text_at(*ImGui::GetWindowDrawList(), ui.fonts.body, box.min.x + ui.theme.px(18), field.max.y + pad + row / 2,
            ui.color(Color::text_muted), "No command is called like that.");
  }
  ImGui::EndChild();
  ImGui::PopStyleVar();
  ImGui::PopStyleColor();
  end_overlay();
}

}  // namespace uptrail::viewer
