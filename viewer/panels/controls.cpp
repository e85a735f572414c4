#include "viewer/panels/controls.h"

#include <algorithm>
#include <cmath>

namespace uptrail::viewer {

namespace {

int grow(ImGuiInputTextCallbackData* data) {
  if (data->EventFlag != ImGuiInputTextFlags_CallbackResize) return 0;
  auto& text = *static_cast<std::string*>(data->UserData);
  text.resize(static_cast<std::size_t>(data->BufTextLen));
  data->Buf = text.data();
  return 0;
}

}  // namespace

FieldDone text_field(const Ui& ui, const char* id, const Rect& rect, const std::string& text, const FieldLook& look) {
  const Face& face = look.face != nullptr ? *look.face : ui.fonts.body;
  push_font(face.font, face.size);
  const float pad_y = std::max(0.0F, std::floor((rect.height() - face.size) / 2));
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(ui.theme.px(look.framed ? 9 : 0), pad_y));
  ImGui::PushStyleVar(ImGuiStyleVar_FrameRounding, ui.theme.px(5));
  ImGui::PushStyleVar(ImGuiStyleVar_FrameBorderSize, look.framed ? 1.0F : 0.0F);
  ImGui::PushStyleColor(ImGuiCol_FrameBg, look.framed ? ui.color(Color::field) : 0);
  ImGui::PushStyleColor(ImGuiCol_FrameBgActive, look.framed ? ui.color(Color::field) : 0);
  ImGui::PushStyleColor(ImGuiCol_Text, ui.color(Color::text));
  ImGui::SetCursorScreenPos(rect.min);
  ImGui::SetNextItemWidth(rect.width());
  const bool in_sight = ImGui::IsRectVisible(rect.min, rect.max);  // else it never gets the keyboard, and would ask for ever
  if (look.focus && in_sight) ImGui::SetKeyboardFocusHere();
  std::string buffer = text;
  const std::string label = "##" + std::string(id);
  const bool edited = ImGui::InputTextWithHint(label.c_str(), look.hint, buffer.data(), buffer.capacity() + 1,
                                               ImGuiInputTextFlags_CallbackResize, grow, &buffer);
  FieldDone done;
  done.active = ImGui::IsItemActive();
  done.entered = (done.active || ImGui::IsItemDeactivated()) && key_pressed(Key::enter);
  // Esc would bring the text from before back; here it leaves the field, and what was typed stays.
  if (edited && !key_pressed(Key::escape)) done.text = buffer.substr(0, buffer.find('\0'));
  if (look.focus && (done.active || !in_sight)) ui.act(FieldFocused{});
  if (look.framed && done.active) {
    ImGui::GetWindowDrawList()->AddRect(rect.min, rect.max, ui.color(Color::accent), ui.theme.px(5), 0, ui.theme.px(1.5F));
  }
  ImGui::PopStyleColor(3);
  ImGui::PopStyleVar(3);
  ImGui::PopFont();
  ui.mark(id, rect);
  return done;
}

FieldDone text_area(const Ui& ui, const char* id, const Rect& rect, const std::string& text, const FieldLook& look) {
  const Face& face = look.face != nullptr ? *look.face : ui.fonts.body;
  push_font(face.font, face.size);
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(ui.theme.px(9), ui.theme.px(8)));
  ImGui::PushStyleVar(ImGuiStyleVar_FrameRounding, ui.theme.px(5));
  ImGui::PushStyleVar(ImGuiStyleVar_FrameBorderSize, 0.0F);
  ImGui::PushStyleColor(ImGuiCol_FrameBg, 0);  // it is a child window: what is drawn here lies below it
  ImGui::PushStyleColor(ImGuiCol_Text, ui.color(Color::text));
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.AddRectFilled(rect.min, rect.max, ui.color(Color::field), ui.theme.px(5));
  ImGui::SetCursorScreenPos(rect.min);
  if (look.focus) ImGui::SetKeyboardFocusHere();
  std::string buffer = text;
  const std::string label = "##" + std::string(id);
  const bool edited = ImGui::InputTextMultiline(label.c_str(), buffer.data(), buffer.capacity() + 1,
                                                {std::max(1.0F, rect.width()), std::max(1.0F, rect.height())},
                                                ImGuiInputTextFlags_CallbackResize, grow, &buffer);
  FieldDone done;
  done.active = ImGui::IsItemActive();
  if (edited && !key_pressed(Key::escape)) done.text = buffer.substr(0, buffer.find('\0'));
  if (look.focus && done.active) ui.act(FieldFocused{});
  if (text.empty()) {
    text_at(list, face, rect.min.x + ui.theme.px(9), rect.min.y + ui.theme.px(8) + face.size / 2, ui.color(Color::text_faint),
            look.hint);
  }
  list.AddRect(rect.min, rect.max, ui.color(done.active ? Color::accent : Color::border), ui.theme.px(5), 0,
               done.active ? ui.theme.px(1.5F) : 1.0F);
  ImGui::PopStyleColor(2);
  ImGui::PopStyleVar(3);
  ImGui::PopFont();
  ui.mark(id, rect);
  return done;
}

float button_width(const Ui& ui, std::string_view label) { return text_width(ui.fonts.body, label) + ui.theme.px(26); }

bool button(const Ui& ui, const char* id, std::string_view label, ImVec2 at, ButtonLook look) {
  const float half = ui.theme.px(14);
  const Rect rect{{std::round(at.x), std::round(at.y - half)},
                  {std::round(at.x + button_width(ui, label)), std::round(at.y + half)}};
  ImGui::SetCursorScreenPos(rect.min);
  const bool pressed = click_area(id, {rect.width(), rect.height()});
  const bool hovered = ImGui::IsItemHovered();
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float radius = ui.theme.px(5);
  ImU32 ink = ui.color(Color::text);
  if (look == ButtonLook::primary) {
    list.AddRectFilled(rect.min, rect.max, ui.color(Color::splitter_hover), radius);
    ink = ui.theme.ink_on(ui.color(Color::splitter_hover));
    if (hovered) list.AddRect(rect.min, rect.max, ui.color(Color::text), radius);
  } else if (look == ButtonLook::normal) {
    list.AddRectFilled(rect.min, rect.max, ui.color(hovered ? Color::card_hover : Color::raised), radius);
    list.AddRect(rect.min, rect.max, ui.color(Color::border), radius);
  } else {
    if (hovered) list.AddRectFilled(rect.min, rect.max, ui.color(Color::card_hover), radius);
    ink = ui.color(hovered ? Color::text : Color::text_muted);
  }
  text_at(list, ui.fonts.body, rect.min.x + ui.theme.px(13), at.y, ink, label);
  ui.mark(id, rect);
  return pressed;
}

float segments_width(const Ui& ui, const std::vector<std::string>& labels) {
  float width = 0;
  for (const std::string& label : labels) width += text_width(ui.fonts.body, label) + ui.theme.px(28);
  return width;
}

std::optional<int> segments(const Ui& ui, const char* id, ImVec2 at, const std::vector<std::string>& labels, int current) {
  const float half = ui.theme.px(15);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const Rect all{{std::round(at.x), std::round(at.y - half)},
                 {std::round(at.x + segments_width(ui, labels)), std::round(at.y + half)}};
  list.AddRectFilled(all.min, all.max, ui.color(Color::field), ui.theme.px(6));
  list.AddRect(all.min, all.max, ui.color(Color::border), ui.theme.px(6));
  std::optional<int> picked;
  float x = all.min.x;
  for (int i = 0; i < static_cast<int>(labels.size()); ++i) {
    const std::string& label = labels[static_cast<std::size_t>(i)];
    const float width = text_width(ui.fonts.body, label) + ui.theme.px(28);
    const Rect rect{{x, all.min.y}, {x + width, all.max.y}};
    const std::string name = std::string(id) + "-" + std::to_string(i);
    ImGui::SetCursorScreenPos(rect.min);
    if (click_area(name.c_str(), {width, rect.height()})) picked = i;
    ui.mark(name, rect);
    const float inset = ui.theme.px(2);
    if (i == current) {
      list.AddRectFilled({rect.min.x + inset, rect.min.y + inset}, {rect.max.x - inset, rect.max.y - inset},
                         ui.color(Color::card_selected), ui.theme.px(5));
    }
    const bool strong = i == current || ImGui::IsItemHovered();
    text_at(list, ui.fonts.body, x + ui.theme.px(14), at.y, ui.color(strong ? Color::text : Color::text_muted), label);
    x += width;
  }
  return picked;
}

bool tab(const Ui& ui, const Rect& header, float& x, std::string_view title, std::string_view note, bool on,
         const TabLook& look) {
  const Face& face = look.face != nullptr ? *look.face : ui.fonts.heading;
  const float note_w = note.empty() ? 0 : ui.theme.px(7) + text_width(ui.fonts.small, note);
  const std::string shown = look.width > 0 ? elided(face, title, look.width) : std::string(title);
  const float width = std::max(1.0F, text_width(face, shown) + note_w);
  const Rect rect{{x, header.min.y}, {x + width, header.max.y}};
  const std::string id = "tab-" + std::string(title);
  ImGui::SetCursorScreenPos(rect.min);
  const bool pressed = click_area(id.c_str(), {width, header.height()});
  ui.mark(id, rect);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float middle = (header.min.y + header.max.y) / 2;
  const ImU32 ink = ui.color(on || ImGui::IsItemHovered() ? Color::text : Color::text_muted);
  const float behind = text_at(list, face, x, middle, ink, shown);
  text_at(list, ui.fonts.small, behind + ui.theme.px(7), middle + ui.theme.px(1), ui.color(Color::text_muted), note);
  if (on) list.AddRectFilled({x, header.max.y - ui.theme.px(2)}, {x + width, header.max.y}, ui.color(Color::accent));
  x += width + ui.theme.px(look.gap);
  return pressed;
}

bool list_row(const Ui& ui, const std::string& id, float height, bool selected, Rect& rect) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = std::max(1.0F, ImGui::GetContentRegionAvail().x);
  rect = {at, {at.x + width, at.y + height}};
  const bool pressed = click_area(id.c_str(), {width, height});
  ui.mark(id, rect);
  if (selected || ImGui::IsItemHovered()) {
    ImGui::GetWindowDrawList()->AddRectFilled(rect.min, rect.max, ui.color(selected ? Color::card_selected : Color::card_hover),
                                              ui.theme.px(4));
  }
  return pressed;
}

bool icon_button(const Ui& ui, const char* id, Icon icon, ImVec2 at, const char* tip) {
  const float half = ui.theme.px(14);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  ImGui::SetCursorScreenPos({at.x - half, at.y - half});
  const bool pressed = click_area(id, {2 * half, 2 * half});
  const bool hovered = ImGui::IsItemHovered();
  if (hovered) {
    list.AddRectFilled({at.x - half, at.y - half}, {at.x + half, at.y + half}, ui.color(Color::card_hover), ui.theme.px(5));
    ImGui::SetTooltip("%s", tip);
  }
  draw_icon(list, icon, at, ui.theme.px(17), ui.color(hovered ? Color::text : Color::text_muted),
            ui.color(hovered ? Color::card_hover : Color::panel));
  ui.mark(id, {{at.x - half, at.y - half}, {at.x + half, at.y + half}});
  return pressed;
}

Rect begin_overlay(const Ui& ui, const char* id, ImVec2 size, float top_share) {
  const ImVec2 display = ImGui::GetIO().DisplaySize;
  const float margin = ui.theme.px(16);
  const ImVec2 box_size(std::max(1.0F, std::min(size.x, display.x - 2 * margin)),
                        std::max(1.0F, std::min(size.y, display.y - 2 * margin)));
  const ImVec2 min(std::round((display.x - box_size.x) / 2), std::round((display.y - box_size.y) * top_share));
  const Rect box{min, {min.x + box_size.x, min.y + box_size.y}};
  ImGui::SetNextWindowPos({0, 0});
  ImGui::SetNextWindowSize(display);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
  ImGui::PushStyleColor(ImGuiCol_WindowBg, IM_COL32(0, 0, 0, 120));
  const std::string window = "over-" + std::string(id);
  ImGui::Begin(window.c_str(), nullptr,
               ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
                   ImGuiWindowFlags_NoNav | ImGuiWindowFlags_NoScrollWithMouse);
  ImGui::PopStyleColor();
  ImGui::PopStyleVar();
  if (ImGui::IsWindowAppearing()) ImGui::SetWindowFocus();
  push_font(ui.fonts.body.font, ui.fonts.body.size);
  const bool beside = ImGui::IsMouseClicked(ImGuiMouseButton_Left) && !box.contains(ImGui::GetIO().MousePos);
  if (beside && !ImGui::IsWindowAppearing()) ui.act(ShowOverlay{Overlay::none});
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float radius = ui.theme.px(10);
  for (int i = 1; i <= 4; ++i) {  // a soft shadow
    const float d = ui.theme.px(3.0F * static_cast<float>(i));
    list.AddRectFilled({box.min.x - d, box.min.y - d + ui.theme.px(4)}, {box.max.x + d, box.max.y + d + ui.theme.px(4)},
                       IM_COL32(0, 0, 0, 16), radius + d);
  }
  list.AddRectFilled(box.min, box.max, ui.color(Color::panel), radius);
  list.AddRect(box.min, box.max, ui.color(Color::border), radius);
  ui.mark(std::string(id) + "-box", box);
  return box;
}

void end_overlay() {
  ImGui::PopFont();
  ImGui::End();
}

}  // namespace uptrail::viewer
