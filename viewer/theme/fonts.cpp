#include "viewer/theme/fonts.h"

#include <cmath>
#include <span>
#include <string_view>

#include "collector/base/embedded.h"
#include "viewer/theme/theme_data.h"

namespace uptrail::embedded {
std::span<const EmbeddedFile> viewer_fonts();
}

namespace uptrail::viewer {

namespace {

constexpr ImWchar kDigits[] = {'0', '9', 0};
// Latin, punctuation, arrows, a few signs: what our own texts use.
constexpr ImWchar kText[] = {0x0020, 0x00FF, 0x0100, 0x017F, 0x2010, 0x2027, 0x2030, 0x205E, 0x20AC,
                             0x20AC, 0x2190, 0x2199, 0x2212, 0x2212, 0x2248, 0x2248, 0x2260, 0x2265,
                             0x25CB, 0x25CF, 0x2713, 0x2717, 0xFFFD, 0xFFFD, 0};
// Raw lines hold whatever people name their files.
constexpr ImWchar kLog[] = {0x0020, 0x024F, 0x0370, 0x03FF, 0x0400, 0x052F, 0x2010, 0x2027, 0x2030,
                            0x205E, 0x20AC, 0x20AC, 0x2190, 0x2199, 0x2212, 0x2212, 0x2248, 0x2248,
                            0x2260, 0x2265, 0x25A0, 0x25CF, 0x2713, 0x2717, 0xFFFD, 0xFFFD, 0};
#if IMGUI_VERSION_NUM >= 19200
constexpr ImWchar kAllButDigits[] = {0x0001, 0x002F, 0x003A, 0xFFFF, 0};
#endif

// Width of the widest digit over the size, of Inter.
constexpr float kDigitWidth = 0.6F;

std::string_view file(std::string_view name) {
  for (const EmbeddedFile& f : embedded::viewer_fonts()) {
    if (f.name == name) return f.content;
  }
  return {};
}

ImFont* add(ImFontAtlas& atlas, std::string_view name, float size, const ImWchar* ranges, ImFontConfig config) {
  const std::string_view data = file(name);
  config.FontDataOwnedByAtlas = false;
  config.OversampleH = 2;
  config.OversampleV = 1;
  // The atlas takes a pointer to non-const, but only reads through it while it does not own the data.
  void* bytes = const_cast<char*>(data.data());
  return atlas.AddFontFromMemoryTTF(bytes, static_cast<int>(data.size()), size, &config, ranges);
}

// From 1.92 on Dear ImGui makes glyphs as dense as the screen by itself.
#if IMGUI_VERSION_NUM >= 19200
constexpr bool kOwnDensity = false;
#else
constexpr bool kOwnDensity = true;
#endif

Face finish(ImFont* font, float size, float density) {
  if (kOwnDensity) font->Scale = 1 / density;
  return {font, size};
}

Face add_sans(ImFontAtlas& atlas, std::string_view name, float units, float density) {
  const float size = kOwnDensity ? units * density : units;
  ImFontConfig digits;
  digits.GlyphMinAdvanceX = size * kDigitWidth;
#if IMGUI_VERSION_NUM >= 19200
  digits.GlyphExcludeRanges = kAllButDigits;
#endif
  ImFont* font = add(atlas, name, size, kDigits, digits);
  ImFontConfig merge;
  merge.MergeMode = true;
  add(atlas, name, size, kText, merge);
  add(atlas, "fallback", size, kText, merge);
  return finish(font, units, density);
}

Face add_mono(ImFontAtlas& atlas, float units, float density) {
  const float size = kOwnDensity ? units * density : units;
  ImFont* font = add(atlas, "mono", size, kLog, {});
  ImFontConfig merge;
  merge.MergeMode = true;
  add(atlas, "fallback", size, kLog, merge);
  return finish(font, units, density);
}

}  // namespace

const ImWchar* text_ranges() { return kText; }

Fonts load_fonts(ImFontAtlas& atlas, float scale, float density) {
  const auto px = [&](Size s) { return std::round(kSizes[static_cast<std::size_t>(s)] * scale); };
  Fonts fonts;
  fonts.body = add_sans(atlas, "sans", px(Size::body_font), density);
  fonts.small = add_sans(atlas, "sans", px(Size::small_font), density);
  fonts.semibold = add_sans(atlas, "sans-semibold", px(Size::body_font), density);
  fonts.heading = add_sans(atlas, "sans-semibold", px(Size::heading_font), density);
  fonts.title = add_sans(atlas, "sans-semibold", px(Size::title_font), density);
  fonts.mono = add_mono(atlas, px(Size::mono_font), density);
  return fonts;
}

}  // namespace uptrail::viewer
