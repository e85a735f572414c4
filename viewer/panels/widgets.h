// Small drawing helpers that the panels share. All of them draw into the current Dear ImGui window.
#pragma once

#include <imgui.h>

#include <map>
#include <string>
#include <string_view>

#include "viewer/panels/state.h"
#include "viewer/theme/fonts.h"
#include "viewer/theme/icons.h"
#include "viewer/theme/imgui_compat.h"
#include "viewer/theme/theme.h"

namespace uptrail::viewer {

struct Rect {
  ImVec2 min, max;
  [[nodiscard]] float width() const { return max.x - min.x; }
  [[nodiscard]] float height() const { return max.y - min.y; }
  [[nodiscard]] ImVec2 centre() const { return {(min.x + max.x) / 2, (min.y + max.y) / 2}; }
  [[nodiscard]] bool contains(ImVec2 p) const { return min.x <= p.x && p.x < max.x && min.y <= p.y && p.y < max.y; }
};

// Where named things were drawn in the last frame, so that headless tests can click them.
using Places = std::map<std::string, Rect>;

// What every panel is given besides the state.
struct Ui {
  const Theme& theme;
  const Fonts& fonts;
  Actions& actions;            // what the user did goes here
  Places* places = nullptr;    // nullptr: nobody asks
  std::string_view side = {};  // "other-" before all names of the second of two traces
  void act(const Action& action) const { actions.push_back(action); }
  // The part of it that can be seen; what is scrolled or covered out of sight has no place.
  void mark(const std::string& name, const Rect& rect) const;
  [[nodiscard]] ImU32 color(Color c) const { return theme.color(c); }
  [[nodiscard]] float size(Size s) const { return theme.size(s); }
};

float text_width(const Face& face, std::string_view text);
// The text, or its beginning with "…", so that it fits; "" when not even that does.
std::string elided(const Face& face, std::string_view text, float width);
// Keeps the end, for paths.
std::string elided_front(const Face& face, std::string_view text, float width);
// Draws with the left edge and the vertical middle given. Returns the x behind the text.
float text_at(ImDrawList& list, const Face& face, float x, float middle, ImU32 color, std::string_view text);
// Text flowing over lines of `width`, with the top left corner given. Returns its height; draws nothing when list is nullptr.
float flowing_text(ImDrawList* list, const Face& face, ImVec2 at, float width, ImU32 color, std::string_view text);
// The same at the cursor, over the free width; moves the cursor below.
void paragraph(const Face& face, ImU32 color, std::string_view text);
// A rounded box with small text; vertical middle given. Returns the x behind it.
float chip(ImDrawList& list, const Ui& ui, float x, float middle, std::string_view text, ImU32 ink, ImU32 ground);
ImU32 outcome_color(const Ui& ui, Outcome outcome);  // a ground for Color::badge_text
float chip_width(const Ui& ui, std::string_view text);
// The "Causes  4" line on top of a panel, with its rule below; advances the cursor behind it and gives the header's box.
Rect panel_header(const Ui& ui, std::string_view title, std::string_view note = {});
// A small caption above a part of the details.
void caption(const Ui& ui, std::string_view text);

// A child window that fills `rect`, drawn as a panel. Always call end_panel().
void begin_panel(const Ui& ui, const char* id, const Rect& rect);
void end_panel();
// A place to click, at the cursor. Where a window leaves no room it still has a pixel: Dear ImGui ends the program at none.
bool click_area(const char* id, ImVec2 size);
// The scrolling part of a panel below its header, with padding. Always call end_body().
bool begin_body(const Ui& ui, const char* id, ImGuiWindowFlags flags = 0);
void end_body();

}  // namespace uptrail::viewer
