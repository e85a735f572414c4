// The viewer without a display: frames on a simulated clock, input by hand, pictures in memory. Screenshots and scripts use it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "viewer/app/options.h"
#include "viewer/app/workbench.h"
#include "viewer/raster/drawn_text.h"
#include "viewer/raster/image.h"
#include "viewer/theme/imgui_feed.h"

namespace uptrail::viewer {

class Headless {
 public:
  // Size, scale, theme and message files of the options; nothing is opened yet, and nothing of the user's settings is read.
  explicit Headless(const Options& options);
  ~Headless();
  Headless(const Headless&) = delete;
  Headless& operator=(const Headless&) = delete;

  [[nodiscard]] Workbench& bench() { return bench_; }
  bool frame();  // true: something changed
  // Frames until the workers are done and nothing changes any more. Error: what was opened cannot be.
  Status settle();
  void resize(int width, int height);  // pixels

  // -- input; each takes the frames that it needs
  void move(ImVec2 to);
  void click(ImVec2 at);
  void drag(ImVec2 from, ImVec2 to, KeyMods mods);
  void wheel(float steps, KeyMods mods);
  void key(Key key, KeyMods mods);
  void character(unsigned code);

  // -- what is seen, of the last frame
  [[nodiscard]] const Places& places() const { return places_; }
  [[nodiscard]] std::vector<DrawnGlyph> glyphs() const;
  [[nodiscard]] Image picture() const;

 private:
  void follow_look();

  struct Context {  // Dear ImGui, for as long as this lives
    Context() : context(ImGui::CreateContext()) {}
    ~Context() { ImGui::DestroyContext(context); }
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;
    ImGuiContext* context;
  };
  Context context_;
  float scale_;
  Theme theme_;
  Fonts fonts_;
  int percent_ = 0;  // of the text in fonts_
  Places places_;
  Workbench bench_;
};

}  // namespace uptrail::viewer
