// Reads back what text is drawn: the glyphs among the triangles, known by their place in the font atlas.
#pragma once

#include <imgui.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace uptrail::viewer {

struct DrawnGlyph {
  unsigned code = 0;     // Unicode
  ImVec2 pen;            // upper left corner of its cell
  float size = 0;        // of the font, as drawn
  ImVec2 min, max;       // of its ink
  bool follows = false;  // it goes on from the glyph before: on its line, or at the beginning of the next one
};

// In the order of drawing; what is clipped away is left out, and blanks have no ink.
std::vector<DrawnGlyph> drawn_glyphs(const ImDrawData& data, const ImFontAtlas& atlas);

struct DrawnPlace {
  ImVec2 min, max;  // of the part on the first line
};
// The first place where the text stands; blanks are not compared, so that it may be broken into lines. nullopt: nowhere.
std::optional<DrawnPlace> find_drawn(const std::vector<DrawnGlyph>& glyphs, std::string_view text);

// Everything, one line for each run of glyphs; blanks where there is a gap. For messages.
std::string drawn_text(const std::vector<DrawnGlyph>& glyphs);

}  // namespace uptrail::viewer
