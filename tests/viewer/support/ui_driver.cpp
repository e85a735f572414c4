#include "tests/viewer/support/ui_driver.h"

#include <gtest/gtest.h>

#include "viewer/raster/raster.h"
#include "viewer/theme/imgui_compat.h"
#include "viewer/theme/imgui_feed.h"

namespace uptrail::test {

using viewer::Key;

UiDriver::UiDriver(viewer::ThemeKind theme, ImVec2 size, float scale) : context_(ImGui::CreateContext()), theme_(theme, scale) {
  ImGuiIO& io = ImGui::GetIO();
  viewer::prepare_headless(io);
  io.DisplaySize = size;
  theme_.apply_style();
  fonts_ = viewer::load_fonts(*io.Fonts, scale, 1);
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
    viewer::new_frame();
    viewer::draw_workspace(state, viewer::Ui{theme_, fonts_, actions, &places_});
    ImGui::Render();
    for (const viewer::Action& action : actions) viewer::apply(action, state, effects);
  }
}

void UiDriver::move(ImVec2 to) {
  viewer::feed_mouse(ImGui::GetIO(), to);
  frame();
}

void UiDriver::press(bool down) {
  viewer::feed_button(ImGui::GetIO(), 0, down);
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
  viewer::feed_mods(ImGui::GetIO(), mods);
  press(true);
  move({(from.x + to.x) / 2, (from.y + to.y) / 2});
  move(to);
  press(false);
  viewer::feed_mods(ImGui::GetIO(), {});
  frame();
}

void UiDriver::wheel(float steps) {
  viewer::feed_wheel(ImGui::GetIO(), steps);
  frame(2);
}

void UiDriver::key(Key key, Mods mods) {
  ImGuiIO& io = ImGui::GetIO();
  viewer::feed_mods(io, mods);
  viewer::feed_key(io, key, true);
  frame();
  viewer::feed_key(io, key, false);
  viewer::feed_mods(io, {});
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
