// What differs between Dear ImGui 1.86 and 1.92 and newer, in one place.
#pragma once

#include <imgui.h>

#include <array>
#include <cstddef>
#include <cstdint>

namespace uptrail::viewer {

// Printable keys first: they have their ASCII code.
// clang-format off
enum class Key : std::uint8_t {
  a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z,
  zero, one, two, three, four, five, six, seven, eight, nine, comma, period, slash, minus, equal,
  escape, left, right, up, down, page_up, page_down, home, end, enter, backspace, tab, count
};
// clang-format on
inline constexpr std::size_t kPrintableKeys = static_cast<std::size_t>(Key::escape);
inline constexpr char kKeyChars[kPrintableKeys + 1] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789,./-=";

#if IMGUI_VERSION_NUM >= 18700
inline ImGuiKey native_key(Key key) {
  constexpr std::array<ImGuiKey, static_cast<std::size_t>(Key::count) - kPrintableKeys + 5> kOthers = {
      ImGuiKey_Comma,     ImGuiKey_Period,     ImGuiKey_Slash,   ImGuiKey_Minus,     ImGuiKey_Equal,  ImGuiKey_Escape,
      ImGuiKey_LeftArrow, ImGuiKey_RightArrow, ImGuiKey_UpArrow, ImGuiKey_DownArrow, ImGuiKey_PageUp, ImGuiKey_PageDown,
      ImGuiKey_Home,      ImGuiKey_End,        ImGuiKey_Enter,   ImGuiKey_Backspace, ImGuiKey_Tab};
  const int i = static_cast<int>(key);
  if (key <= Key::z) return static_cast<ImGuiKey>(ImGuiKey_A + i);
  if (key <= Key::nine) return static_cast<ImGuiKey>(ImGuiKey_0 + i - static_cast<int>(Key::zero));
  return kOthers[static_cast<std::size_t>(i - static_cast<int>(Key::comma))];
}
#else
// Printable keys as GLFW numbers them; the others go through the backend's key map.
inline int native_key(Key key) {
  constexpr std::array<ImGuiKey_, static_cast<std::size_t>(Key::count) - kPrintableKeys> kMapped = {
      ImGuiKey_Escape,   ImGuiKey_LeftArrow, ImGuiKey_RightArrow, ImGuiKey_UpArrow, ImGuiKey_DownArrow, ImGuiKey_PageUp,
      ImGuiKey_PageDown, ImGuiKey_Home,      ImGuiKey_End,        ImGuiKey_Enter,   ImGuiKey_Backspace, ImGuiKey_Tab};
  const auto i = static_cast<std::size_t>(key);
  return key < Key::escape ? kKeyChars[i] : ImGui::GetKeyIndex(kMapped[i - kPrintableKeys]);
}
#endif
// The key that goes with letters for commands: Command on macOS.
inline bool ctrl_down() {
  const ImGuiIO& io = ImGui::GetIO();
  return io.ConfigMacOSXBehaviors ? io.KeySuper : io.KeyCtrl;
}
inline bool key_pressed(Key key, bool repeat = false) {
  const auto native = native_key(key);
  return static_cast<int>(native) >= 0 && ImGui::IsKeyPressed(native, repeat);
}
inline bool key_down(Key key) {
  const auto native = native_key(key);
  return static_cast<int>(native) >= 0 && ImGui::IsKeyDown(native);
}

// Begins a frame. In place of ImGui::NewFrame() everywhere: what 1.86 needs mended after it is done here.
void new_frame();

// Where a line of `width` units ends; at least one character is taken.
inline const char* line_end(ImFont* font, float size, const char* text, const char* end, float width) {
#if IMGUI_VERSION_NUM >= 19200
  const char* at = font->CalcWordWrapPosition(size, text, end, width);
#else
  const char* at = font->CalcWordWrapPositionA(size / font->FontSize, text, end, width);
#endif
  return at == text && text < end ? text + 1 : at;
}

inline void push_font(ImFont* font, [[maybe_unused]] float size) {
#if IMGUI_VERSION_NUM >= 19200
  ImGui::PushFont(font, size);
#else
  ImGui::PushFont(font);
#endif
}

}  // namespace uptrail::viewer
