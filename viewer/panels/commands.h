// Everything the program can do by name, in one table: the keys, the list of keys and the command palette all come from here.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "viewer/panels/state.h"
#include "viewer/theme/imgui_compat.h"

namespace uptrail::viewer {

struct Shortcut {
  Key key = Key::escape;
  bool ctrl = false;
  bool shift = false;
  char character = 0;  // not 0: typed instead of the key, wherever the keyboard has it
};

struct Command {
  std::string_view id;     // "view.frame"; stable
  std::string_view group;  // "View"
  std::string_view title;  // "Frame the selection"
  std::optional<Shortcut> keys;
  Action action;
  bool needs_case = true;
  bool repeats = false;    // while the key is held
  bool in_fields = false;  // its key works while text is typed, too
};

// By group, in the order in which they are listed.
const std::vector<Command>& commands();
const Command* find_command(std::string_view id);  // nullptr: no such
std::string keys_text(const Command& command);     // "Ctrl+Shift+Z"; "" without keys

// What the mouse and held keys do; for the list of keys only.
struct Gesture {
  std::string_view keys, what;
};
const std::vector<Gesture>& gestures();

// How well a typed text fits a title: higher is better, nullopt when its letters do not occur in this order. Case is ignored.
std::optional<int> fuzzy_score(std::string_view typed, std::string_view title);

// What the palette offers for a text, best first; equal scores in the order of the table. Recent files are part of it.
struct PaletteEntry {
  std::string title, group, keys;
  Action action;
};
std::vector<PaletteEntry> palette_entries(const UiState& state, std::string_view typed);

}  // namespace uptrail::viewer
