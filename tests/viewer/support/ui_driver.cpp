#include "tests/viewer/support/ui_driver.h"

#include <gtest/gtest.h>

#include "viewer/raster/raster.h"

namespace uptrail::test {

using viewer::Key;

UiDriver::UiDriver(viewer::ThemeKind theme, ImVec2 size) : context_(ImGui::CreateContext()), theme_(theme, 1) {
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = nullptr;
  io.DisplaySize = size;
  io.DeltaTime = 1.0F / 60;
  io.BackendFlags |= ImGuiBackendFlags_RendererHasVtxOffset;
#if IMGUI_VERSION_NUM >= 18700
  io.ConfigInputTrickleEventQueue = false;
#else
  for (int key = 0; key < ImGuiKey_COUNT; ++key) io.KeyMap[key] = 256 + key;  // above the ASCII codes of letters
#endif
  theme_.apply_style();
  fonts_ = viewer::load_fonts(*io.Fonts, 1, 1);
  unsigned char* pixels = nullptr;
  int width = 0;
  int height = 0;
  io.Fonts->GetTexDataAsRGBA32(&pixels, &width, &height);
  state.theme = theme;
  move({-100, -100});
}

UiDriver::~UiDriver() { ImGui::DestroyContext(context_); }

void UiDriver::show(std::shared_ptr<const viewer::LoadedCase> data) {
  viewer::show_case(std::move(data), state, effects);
  frame(4);
}

void UiDriver::frame(int count) {
  for (int i = 0; i < count; ++i) {
    places_.clear();
    viewer::Actions actions;
    ImGui::NewFrame();
    viewer::draw_workspace(state, viewer::Ui{theme_, fonts_, actions, &places_});
    ImGui::Render();
    for (const viewer::Action& action : actions) viewer::apply(action, state, effects);
  }
}

void UiDriver::move(ImVec2 to) {
#if IMGUI_VERSION_NUM >= 18700
  ImGui::GetIO().AddMousePosEvent(to.x, to.y);
#else
  ImGui::GetIO().MousePos = to;
#endif
  frame();
}

void UiDriver::press(bool down) {
#if IMGUI_VERSION_NUM >= 18700
  ImGui::GetIO().AddMouseButtonEvent(0, down);
#else
  ImGui::GetIO().MouseDown[0] = down;
#endif
  frame();
}

void UiDriver::click(ImVec2 at) {
  move(at);
  press(true);
  press(false);
  frame();
}

void UiDriver::click(const std::string& name) { click(place(name).centre()); }

void UiDriver::drag(ImVec2 from, ImVec2 to, Mods mods) {
  move(from);
  mods_event(mods);
  press(true);
  move({(from.x + to.x) / 2, (from.y + to.y) / 2});
  move(to);
  press(false);
  mods_event({});
  frame();
}

void UiDriver::wheel(float steps) {
#if IMGUI_VERSION_NUM >= 18700
  ImGui::GetIO().AddMouseWheelEvent(0, steps);
#else
  ImGui::GetIO().MouseWheel = steps;
#endif
  frame(2);
}

void UiDriver::key_event(Key key, bool down) {
  const auto native = viewer::native_key(key);
#if IMGUI_VERSION_NUM >= 18700
  ImGui::GetIO().AddKeyEvent(native, down);
#else
  ImGui::GetIO().KeysDown[native] = down;
#endif
}

void UiDriver::mods_event(Mods mods) {
  ImGuiIO& io = ImGui::GetIO();
#if IMGUI_VERSION_NUM >= 18700
#if IMGUI_VERSION_NUM >= 18900
  io.AddKeyEvent(ImGuiMod_Ctrl, mods.ctrl);
  io.AddKeyEvent(ImGuiMod_Shift, mods.shift);
#else
  io.AddKeyEvent(ImGuiKey_ModCtrl, mods.ctrl);
  io.AddKeyEvent(ImGuiKey_ModShift, mods.shift);
#endif
#else
  io.KeyCtrl = mods.ctrl;
  io.KeyShift = mods.shift;
#endif
}

void UiDriver::key(Key key, Mods mods) {
  mods_event(mods);
  key_event(key, true);
  frame();
  key_event(key, false);
  mods_event({});
  frame(2);
}

void UiDriver::type(const std::string& text) {
  for (const char c : text) {
    ImGui::GetIO().AddInputCharacter(static_cast<unsigned char>(c));
    frame();
  }
  frame();
}

void UiDriver::character(char c) {
  ImGui::GetIO().AddInputCharacter(static_cast<unsigned>(c));
  frame(2);
}

viewer::Rect UiDriver::place(const std::string& name) const {
  const auto at = places_.find(name);
  if (at != places_.end()) return at->second;
  ADD_FAILURE() << "nothing called " << name << " was drawn";
  return {{-50, -50}, {-40, -40}};
}

viewer::Image UiDriver::picture() const {
  const ImGuiIO& io = ImGui::GetIO();
  viewer::Image image(static_cast<int>(io.DisplaySize.x), static_cast<int>(io.DisplaySize.y),
                      theme_.color(viewer::Color::window));
  unsigned char* pixels = nullptr;
  viewer::Texture texture;
  io.Fonts->GetTexDataAsRGBA32(&pixels, &texture.width, &texture.height);
  texture.pixels = reinterpret_cast<const std::uint32_t*>(pixels);
  viewer::rasterise(*ImGui::GetDrawData(), texture, image);
  return image;
}

}  // namespace uptrail::test
