// What differs between Dear ImGui 1.86 and 1.92 and newer, in one place.
#pragma once

#include <imgui.h>

#include <cstdint>

namespace uptrail::viewer {

enum class Key : std::uint8_t { a, d, f, n, p, s, t, w, zero, escape, left, right, up, down, page_up, page_down, home, end };

#if IMGUI_VERSION_NUM >= 18700
inline ImGuiKey native_key(Key key) {
  constexpr ImGuiKey kKeys[] = {ImGuiKey_A,         ImGuiKey_D,          ImGuiKey_F,       ImGuiKey_N,         ImGuiKey_P,
                                ImGuiKey_S,         ImGuiKey_T,          ImGuiKey_W,       ImGuiKey_0,         ImGuiKey_Escape,
                                ImGuiKey_LeftArrow, ImGuiKey_RightArrow, ImGuiKey_UpArrow, ImGuiKey_DownArrow, ImGuiKey_PageUp,
                                ImGuiKey_PageDown,  ImGuiKey_Home,       ImGuiKey_End};
  return kKeys[static_cast<int>(key)];
}
inline bool ctrl_down() { return ImGui::GetIO().KeyCtrl; }
#else
// Letters and digits have their ASCII code, as GLFW numbers them; the others go through the backend's key map.
inline int native_key(Key key) {
  constexpr char kChars[] = {'A', 'D', 'F', 'N', 'P', 'S', 'T', 'W', '0'};
  constexpr ImGuiKey_ kMapped[] = {ImGuiKey_Escape, ImGuiKey_LeftArrow, ImGuiKey_RightArrow, ImGuiKey_UpArrow, ImGuiKey_DownArrow,
                                   ImGuiKey_PageUp, ImGuiKey_PageDown,  ImGuiKey_Home,       ImGuiKey_End};
  const int i = static_cast<int>(key);
  return key < Key::escape ? kChars[i] : ImGui::GetKeyIndex(kMapped[i - static_cast<int>(Key::escape)]);
}
inline bool ctrl_down() { return ImGui::GetIO().KeyCtrl; }
#endif
inline bool key_pressed(Key key, bool repeat = false) {
  const auto native = native_key(key);
  return static_cast<int>(native) >= 0 && ImGui::IsKeyPressed(native, repeat);
}
inline bool key_down(Key key) {
  const auto native = native_key(key);
  return static_cast<int>(native) >= 0 && ImGui::IsKeyDown(native);
}

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
