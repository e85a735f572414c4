// Colours and sizes of the viewer. The values come from assets/theme.json at build time.
#pragma once

#include <imgui.h>

#include <optional>
#include <string_view>

#include "collector/model/finding.h"
#include "collector/timeline/scene.h"
#include "viewer/theme/theme_data.h"

namespace uptrail::viewer {

enum class ThemeKind : std::uint8_t { dark, light };
std::optional<ThemeKind> theme_from_name(std::string_view name);  // "dark", "light"
std::string_view theme_name(ThemeKind kind);

class Theme {
 public:
  Theme() = default;
  // scale: pixels of the screen for one of the design (DPI); at least 0.5.
  Theme(ThemeKind kind, float scale);
  [[nodiscard]] ThemeKind kind() const { return kind_; }
  [[nodiscard]] float scale() const { return scale_; }
  [[nodiscard]] ImU32 color(Color c) const { return (*palette_)[static_cast<std::size_t>(c)]; }
  [[nodiscard]] ImVec4 color4(Color c) const { return ImGui::ColorConvertU32ToFloat4(color(c)); }
  [[nodiscard]] float size(Size s) const;  // whole pixels at this scale
  [[nodiscard]] float px(float design) const { return design * scale_; }

  [[nodiscard]] ImU32 bar(timeline::BarStyle style) const;
  // Ink that is readable on a bar or badge of that colour.
  [[nodiscard]] ImU32 ink_on(ImU32 ground) const;
  [[nodiscard]] ImU32 severity(Severity s) const;
  [[nodiscard]] ImU32 severity_soft(Severity s) const;

  // Sets Dear ImGui's style for the current context.
  void apply_style() const;

 private:
  ThemeKind kind_ = ThemeKind::dark;
  float scale_ = 1;
  const Palette* palette_ = &kDarkPalette;
};

// The same colour with its opacity multiplied.
ImU32 faded(ImU32 color, float opacity);
// Contrast of two opaque colours after WCAG 2: 1 to 21.
double contrast(ImU32 a, ImU32 b);
inline constexpr double kReadable = 4.5;  // the least contrast of text to what it stands on
// What is seen when a colour with opacity lies on an opaque one.
ImU32 laid_over(ImU32 color, ImU32 ground);

}  // namespace uptrail::viewer
