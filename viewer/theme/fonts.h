// The faces of the viewer, embedded in the program.
#pragma once

#include <imgui.h>

namespace uptrail::viewer {

struct Face {
  ImFont* font = nullptr;
  float size = 0;  // units of the layout
};

struct Fonts {
  Face body, small, semibold, heading, title, mono;
};

// Adds all faces to the atlas of the current context. Digits of the proportional faces are equally wide.
// scale: the theme's. density: pixels of the screen for one unit of the layout (2 on a Retina display, else 1).
Fonts load_fonts(ImFontAtlas& atlas, float scale, float density);

// Character ranges every face has, from any of its files; pairs, ended by 0. For tests.
const ImWchar* text_ranges();

}  // namespace uptrail::viewer
