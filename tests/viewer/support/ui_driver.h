// Drives the panels without a window: frames, mouse and keys by hand. Works on every Dear ImGui from 1.86 on.
#pragma once

#include <imgui.h>

#include <memory>
#include <string>

#include "viewer/panels/panels.h"
#include "viewer/raster/image.h"
#include "viewer/theme/imgui_feed.h"

namespace uptrail::test {

class UiDriver {
 public:
  explicit UiDriver(viewer::ThemeKind theme = viewer::ThemeKind::dark, ImVec2 size = {1600, 1000}, float scale = 1);
  ~UiDriver();
  UiDriver(const UiDriver&) = delete;
  UiDriver& operator=(const UiDriver&) = delete;

  // Shows the case as the application does when it is loaded, and settles.
  void show(std::shared_ptr<const viewer::LoadedCase> data);
  void frame(int count = 1);

  void move(ImVec2 to);
  void press(bool down);
  void click(ImVec2 at);
  void click(const std::string& place);  // fails the test when nothing of that name was drawn
  using Mods = viewer::KeyMods;
  void drag(ImVec2 from, ImVec2 to, Mods mods);
  void drag(ImVec2 from, ImVec2 to) { drag(from, to, {}); }
  void wheel(float steps);
  void key(viewer::Key key, Mods mods);
  void key(viewer::Key key) { this->key(key, {}); }
  void shift(viewer::Key key) { this->key(key, {false, true}); }
  void ctrl(viewer::Key key) { this->key(key, {true, false}); }
  void character(char c);
  void type(const std::string& text);  // letter by letter

  [[nodiscard]] bool has(const std::string& place) const { return places_.contains(place); }
  [[nodiscard]] viewer::Rect place(const std::string& name) const;
  [[nodiscard]] viewer::Image picture() const;
  [[nodiscard]] const viewer::Fonts& fonts() const { return fonts_; }

  viewer::UiState state;
  viewer::Effects effects;  // of all frames since it was last cleared

 private:
  ImGuiContext* context_;
  viewer::Theme theme_;
  viewer::Fonts fonts_;
  viewer::Places places_;
};

}  // namespace uptrail::test
