#include "viewer/theme/theme.h"

#include <algorithm>
#include <cmath>

namespace uptrail::viewer {

std::optional<ThemeKind> theme_from_name(std::string_view name) {
  if (name == "dark") return ThemeKind::dark;
  if (name == "light") return ThemeKind::light;
  return std::nullopt;
}

std::string_view theme_name(ThemeKind kind) { return kind == ThemeKind::dark ? "dark" : "light"; }

Theme::Theme(ThemeKind kind, float scale)
    : kind_(kind), scale_(std::max(scale, 0.5F)), palette_(kind == ThemeKind::dark ? &kDarkPalette : &kLightPalette) {}

float Theme::size(Size s) const { return std::round(kSizes[static_cast<std::size_t>(s)] * scale_); }

ImU32 Theme::bar(timeline::BarStyle style) const {
  // bar_* colours stand in the order of BarStyle; the theme test checks that.
  return (*palette_)[static_cast<std::size_t>(Color::bar_process_foreground) + static_cast<std::size_t>(style)];
}

ImU32 Theme::ink_on(ImU32 ground) const {
  const ImU32 light = color(Color::text_on_bar);
  const ImU32 dark = kLightPalette[static_cast<std::size_t>(Color::text)];
  return contrast(ground, light) >= kReadable || contrast(ground, light) >= contrast(ground, dark) ? light : dark;
}

ImU32 Theme::severity(Severity s) const {
  switch (s) {
    case Severity::error:
      return color(Color::error);
    case Severity::warning:
      return color(Color::warning);
    case Severity::info:
      break;
  }
  return color(Color::info);
}

ImU32 Theme::severity_soft(Severity s) const {
  switch (s) {
    case Severity::error:
      return color(Color::error_soft);
    case Severity::warning:
      return color(Color::warning_soft);
    case Severity::info:
      break;
  }
  return color(Color::info_soft);
}

void Theme::apply_style() const {
  ImGuiStyle style;
  style.WindowPadding = ImVec2(0, 0);
  style.FramePadding = ImVec2(px(8), px(4));
  style.ItemSpacing = ImVec2(px(8), px(6));
  style.ItemInnerSpacing = ImVec2(px(6), px(4));
  style.WindowRounding = 0;
  style.ChildRounding = size(Size::radius);
  style.FrameRounding = size(Size::small_radius) + 1;
  style.PopupRounding = size(Size::radius);
  style.ScrollbarSize = px(10);
  style.ScrollbarRounding = px(5);
  style.WindowBorderSize = 0;
  style.ChildBorderSize = 0;
  style.PopupBorderSize = 1;
  style.AntiAliasedLinesUseTex = false;
  const auto set = [&](ImGuiCol slot, Color c) { style.Colors[slot] = color4(c); };
  set(ImGuiCol_Text, Color::text);
  set(ImGuiCol_TextDisabled, Color::text_faint);
  set(ImGuiCol_WindowBg, Color::window);
  set(ImGuiCol_ChildBg, Color::panel);
  set(ImGuiCol_PopupBg, Color::raised);
  set(ImGuiCol_Border, Color::border);
  set(ImGuiCol_FrameBg, Color::field);
  set(ImGuiCol_FrameBgHovered, Color::card_hover);
  set(ImGuiCol_FrameBgActive, Color::card_selected);
  set(ImGuiCol_Button, Color::raised);
  set(ImGuiCol_ButtonHovered, Color::card_hover);
  set(ImGuiCol_ButtonActive, Color::card_selected);
  set(ImGuiCol_Header, Color::card_selected);
  set(ImGuiCol_HeaderHovered, Color::card_hover);
  set(ImGuiCol_HeaderActive, Color::card_selected);
  set(ImGuiCol_Separator, Color::border);
  set(ImGuiCol_ScrollbarGrab, Color::scrollbar);
  set(ImGuiCol_ScrollbarGrabHovered, Color::text_faint);
  set(ImGuiCol_ScrollbarGrabActive, Color::text_muted);
  set(ImGuiCol_PlotHistogram, Color::accent);
  set(ImGuiCol_TextSelectedBg, Color::card_selected);
  style.Colors[ImGuiCol_ScrollbarBg] = ImVec4(0, 0, 0, 0);
  ImGui::GetStyle() = style;
}

ImU32 faded(ImU32 color, float opacity) {
  const auto alpha = static_cast<ImU32>(static_cast<float>(color >> 24) * std::clamp(opacity, 0.0F, 1.0F) + 0.5F);
  return (color & 0x00FFFFFFU) | alpha << 24;
}

ImU32 laid_over(ImU32 color, ImU32 ground) {
  const ImU32 alpha = color >> 24U;
  ImU32 out = 0xFF000000U;
  for (const unsigned shift : {0U, 8U, 16U}) {
    const ImU32 mixed = (color >> shift & 255U) * alpha + (ground >> shift & 255U) * (255U - alpha);
    out |= (mixed + 127U) / 255U << shift;
  }
  return out;
}

double contrast(ImU32 a, ImU32 b) {
  const auto luminance = [](ImU32 c) {
    const auto linear = [](ImU32 byte) {
      const double v = static_cast<double>(byte) / 255.0;
      return v <= 0.03928 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(c & 255U) + 0.7152 * linear(c >> 8 & 255U) + 0.0722 * linear(c >> 16 & 255U);
  };
  const double x = luminance(a);
  const double y = luminance(b);
  return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

}  // namespace uptrail::viewer
