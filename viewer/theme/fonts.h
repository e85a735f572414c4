// The faces of the viewer, embedded in the program.
#pragma once

#include <imgui.h>

namespace uptrail::viewer {

struct Face {
  ImFont* font = nullptr;
  float size = 0;  // pixels
};

struct Fonts {
  Face body, small, semibold, heading, title, mono;
};

// Adds all faces to the atlas of the current context, for a DPI scale. Digits of the proportional faces are equally wide.
Fonts load_fonts(ImFontAtlas& atlas, float scale);

// Character ranges every face has, from any of its files; pairs, ended by 0. For tests.
const ImWchar* text_ranges();

}  // namespace uptrail::viewer
