// Input without a window: what Dear ImGui is told about mouse and keys, in the old and in the new way.
#pragma once

#include <imgui.h>

#include <array>
#include <utility>

#include "viewer/theme/imgui_compat.h"

namespace uptrail::viewer {

struct KeyMods {
  bool ctrl = false, shift = false;
};

// Once for a context. Sizes of windows and time are the caller's.
inline void prepare_headless(ImGuiIO& io) {
  io.IniFilename = nullptr;
  io.LogFilename = nullptr;
  io.DeltaTime = 1.0F / 60;
  io.BackendFlags |= ImGuiBackendFlags_RendererHasVtxOffset;
#if IMGUI_VERSION_NUM >= 18700
  io.ConfigInputTrickleEventQueue = false;
#else
  for (int key = 0; key < ImGuiKey_COUNT; ++key) io.KeyMap[key] = 256 + key;  // above the ASCII codes of letters
  constexpr std::array<std::pair<ImGuiKey_, char>, 6> kOfFields = {
      {{ImGuiKey_A, 'A'}, {ImGuiKey_C, 'C'}, {ImGuiKey_V, 'V'}, {ImGuiKey_X, 'X'}, {ImGuiKey_Y, 'Y'}, {ImGuiKey_Z, 'Z'}}};
  for (const auto& [key, code] : kOfFields) io.KeyMap[key] = static_cast<unsigned char>(code);
#endif
}

inline void feed_mouse(ImGuiIO& io, ImVec2 to) {
#if IMGUI_VERSION_NUM >= 18700
  io.AddMousePosEvent(to.x, to.y);
#else
  io.MousePos = to;
#endif
}

inline void feed_button(ImGuiIO& io, int button, bool down) {
#if IMGUI_VERSION_NUM >= 18700
  io.AddMouseButtonEvent(button, down);
#else
  io.MouseDown[button] = down;
#endif
}

inline void feed_wheel(ImGuiIO& io, float steps) {
#if IMGUI_VERSION_NUM >= 18700
  io.AddMouseWheelEvent(0, steps);
#else
  io.MouseWheel = steps;
#endif
}

inline void feed_key(ImGuiIO& io, Key key, bool down) {
  const auto native = native_key(key);
#if IMGUI_VERSION_NUM >= 18700
  io.AddKeyEvent(native, down);
#else
  io.KeysDown[native] = down;
#endif
}

inline void feed_mods(ImGuiIO& io, KeyMods mods) {
#if IMGUI_VERSION_NUM >= 18900
  io.AddKeyEvent(ImGuiMod_Ctrl, mods.ctrl);
  io.AddKeyEvent(ImGuiMod_Shift, mods.shift);
#elif IMGUI_VERSION_NUM >= 18700
  io.AddKeyEvent(ImGuiKey_ModCtrl, mods.ctrl);
  io.AddKeyEvent(ImGuiKey_ModShift, mods.shift);
#else
  io.KeyCtrl = mods.ctrl;
  io.KeyShift = mods.shift;
#endif
}

}  // namespace uptrail::viewer
