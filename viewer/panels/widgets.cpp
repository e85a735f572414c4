#include "viewer/panels/widgets.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace uptrail::viewer {

namespace {

constexpr std::string_view kEllipsis = "…";

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

}  // namespace

float text_width(const Face& face, std::string_view text) {
  if (text.empty()) return 0;
  return face.font->CalcTextSizeA(face.size, 1e9F, 0, text.data(), text.data() + text.size()).x;
}

std::string elided(const Face& face, std::string_view text, float width) {
  if (text_width(face, text) <= width) return std::string(text);
  const float room = width - text_width(face, kEllipsis);
  if (room <= 0) return "";
  const char* end = nullptr;
  face.font->CalcTextSizeA(face.size, room, 0, text.data(), text.data() + text.size(), &end);
  auto length = static_cast<std::size_t>(end - text.data());
  while (length > 0 && length < text.size() && is_continuation(text[length])) --length;
  while (length > 0 && text[length - 1] == ' ') --length;
  return length == 0 ? "" : std::string(text.substr(0, length)) + std::string(kEllipsis);
}

std::string elided_front(const Face& face, std::string_view text, float width) {
  if (text_width(face, text) <= width) return std::string(text);
  std::size_t low = 0;
  std::size_t high = text.size();
  const float room = width - text_width(face, kEllipsis);
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (text_width(face, text.substr(middle)) <= room) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  while (low < text.size() && is_continuation(text[low])) ++low;
  return std::string(kEllipsis) + std::string(text.substr(low));
}

float text_at(ImDrawList& list, const Face& face, float x, float middle, ImU32 color, std::string_view text) {
  if (text.empty()) return x;
  const ImVec2 at(std::round(x), std::round(middle - face.size * 0.5F));
  list.AddText(face.font, face.size, at, color, text.data(), text.data() + text.size());
  return x + text_width(face, text);
}

float flowing_text(ImDrawList* list, const Face& face, ImVec2 at, float width, ImU32 color, std::string_view text) {
  constexpr float kLeading = 1.38F;
  const float line_height = std::round(face.size * kLeading);
  const char* from = text.data();
  const char* const end = from + text.size();
  float y = std::round(at.y);
  while (from < end) {
    const auto* newline = static_cast<const char*>(std::memchr(from, '\n', static_cast<std::size_t>(end - from)));
    const char* const stop = newline != nullptr ? newline : end;
    const char* to = from < stop ? line_end(face.font, face.size, from, stop, std::max(width, face.size)) : stop;
    while (to < stop && is_continuation(*to)) ++to;
    if (list != nullptr && from < to) {
      list->AddText(face.font, face.size, {std::round(at.x), y + std::round((line_height - face.size) / 2)}, color, from, to);
    }
    y += line_height;
    from = to;
    while (from < stop && *from == ' ') ++from;
    if (from == stop && newline != nullptr) ++from;
  }
  return y - std::round(at.y);
}

void paragraph(const Face& face, ImU32 color, std::string_view text) {
  if (text.empty()) return;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = std::max(1.0F, ImGui::GetContentRegionAvail().x);
  ImGui::Dummy({width, flowing_text(ImGui::GetWindowDrawList(), face, at, width, color, text)});
}

ImU32 outcome_color(const Ui& ui, Outcome outcome) {
  switch (outcome) {
    case Outcome::ok:
      return ui.color(Color::badge_ok);
    case Outcome::fail:
      return ui.color(Color::badge_error);
    case Outcome::unknown:
      break;
  }
  return ui.color(Color::badge_unknown);
}

float chip_width(const Ui& ui, std::string_view text) { return text_width(ui.fonts.small, text) + ui.theme.px(14); }

float chip(ImDrawList& list, const Ui& ui, float x, float middle, std::string_view text, ImU32 ink, ImU32 ground) {
  const float half = ui.theme.px(10);
  const float width = chip_width(ui, text);
  list.AddRectFilled({std::round(x), std::round(middle - half)}, {std::round(x + width), std::round(middle + half)}, ground,
                     ui.theme.px(4));
  text_at(list, ui.fonts.small, x + ui.theme.px(7), middle, ink, text);
  return x + width;
}

Rect panel_header(const Ui& ui, std::string_view title, std::string_view note) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  const float height = ui.size(Size::panel_header);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float pad = ui.size(Size::padding);
  const float x = text_at(list, ui.fonts.heading, at.x + pad, at.y + height / 2, ui.color(Color::text), title);
  if (!note.empty()) {
    const float from = x + ui.theme.px(10);
    text_at(list, ui.fonts.small, from, at.y + height / 2 + ui.theme.px(1), ui.color(Color::text_muted),
            elided(ui.fonts.small, note, at.x + width - pad - from));
  }
  list.AddRectFilled({at.x, at.y + height - 1}, {at.x + width, at.y + height}, ui.color(Color::border));
  ImGui::Dummy({width, height});
  return {at, {at.x + width, at.y + height}};
}

void caption(const Ui& ui, std::string_view text) {
  ImGui::Dummy({0, ui.theme.px(4)});
  paragraph(ui.fonts.small, ui.color(Color::text_faint), text);
}

void Ui::mark(const std::string& name, const Rect& rect) const {
  if (places == nullptr) return;
  const ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImVec2 from = list.GetClipRectMin();
  const ImVec2 to = list.GetClipRectMax();
  const Rect seen{{std::max(rect.min.x, from.x), std::max(rect.min.y, from.y)},
                  {std::min(rect.max.x, to.x), std::min(rect.max.y, to.y)}};
  if (seen.min.x < seen.max.x && seen.min.y < seen.max.y) (*places)[std::string(side) + name] = seen;
}

void begin_panel(const Ui& ui, const char* id, const Rect& rect) {
  ImGui::SetCursorScreenPos(rect.min);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
  ImGui::PushStyleColor(ImGuiCol_ChildBg, ui.color(Color::panel));
  const std::string name = std::string(ui.side) + id;
  ImGui::BeginChild(name.c_str(), {rect.width(), rect.height()}, 0,
                    ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse);
  ImGui::PopStyleColor();
  ImGui::PopStyleVar(2);
  ui.mark(id, rect);
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
}

void end_panel() {
  ImGui::PopStyleVar();
  ImGui::EndChild();
}

bool click_area(const char* id, ImVec2 size) {
  return ImGui::InvisibleButton(id, {std::max(1.0F, size.x), std::max(1.0F, size.y)});
}

bool begin_body(const Ui& ui, const char* id, ImGuiWindowFlags flags) {
  // A bar whose grab fills it divides by zero when it is dragged (Dear ImGui 1.86), and the scroll is no number for ever after.
  if (ImGui::GetContentRegionAvail().y < 3 * ImGui::GetStyle().GrabMinSize) flags |= ImGuiWindowFlags_NoScrollbar;
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(ui.size(Size::padding), ui.size(Size::gap)));
  ImGui::PushStyleColor(ImGuiCol_ChildBg, ImVec4(0, 0, 0, 0));
#if IMGUI_VERSION_NUM >= 19000
  const bool visible = ImGui::BeginChild(id, {0, 0}, ImGuiChildFlags_AlwaysUseWindowPadding, flags);
#else
  const bool visible = ImGui::BeginChild(id, {0, 0}, false, flags | ImGuiWindowFlags_AlwaysUseWindowPadding);
#endif
  ImGui::PopStyleColor();
  ImGui::PopStyleVar();
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(ui.size(Size::gap), ui.theme.px(5)));
  return visible;
}

void end_body() {
  ImGui::PopStyleVar();
  ImGui::EndChild();
}

}  // namespace uptrail::viewer
