// Things to click and type into, in one look. All of them draw into the current Dear ImGui window.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "viewer/panels/widgets.h"

namespace uptrail::viewer {

struct FieldLook {
  const char* hint = "";
  const Face* face = nullptr;  // nullptr: body
  bool focus = false;          // wants the keyboard; reports FieldFocused when it has it
  bool framed = true;
};
struct FieldDone {
  std::optional<std::string> text;  // the user changed it
  bool entered = false;             // Enter
  bool active = false;
};
FieldDone text_field(const Ui& ui, const char* id, const Rect& rect, const std::string& text, const FieldLook& look);

// The same with several lines; Ctrl+Enter leaves it.
FieldDone text_area(const Ui& ui, const char* id, const Rect& rect, const std::string& text, const FieldLook& look);

enum class ButtonLook : std::uint8_t { normal, primary, quiet };
float button_width(const Ui& ui, std::string_view label);
// Vertical middle given; as wide as its label. True when it was pressed.
bool button(const Ui& ui, const char* id, std::string_view label, ImVec2 left_middle, ButtonLook look = ButtonLook::normal);
// One of several, side by side. Returns the one that was picked now.
std::optional<int> segments(const Ui& ui, const char* id, ImVec2 left_middle, const std::vector<std::string>& labels,
                            int current);
float segments_width(const Ui& ui, const std::vector<std::string>& labels);
// How the titles of tabs are written: less generously where the panel is narrow.
struct TabLook {
  const Face* face = nullptr;  // nullptr: heading
  float gap = 18;              // design pixels behind a title
  float width = 0;             // pixels for the title, which is cut short with "…"; 0: as wide as it is
};
// The title of a tab inside a panel header; `x` moves behind it. True when it was pressed.
bool tab(const Ui& ui, const Rect& header, float& x, std::string_view title, std::string_view note, bool on,
         const TabLook& look = {});
// A row that fills the width and lights up under the mouse. True when it was pressed.
bool list_row(const Ui& ui, const std::string& id, float height, bool selected, Rect& rect);
bool icon_button(const Ui& ui, const char* id, Icon icon, ImVec2 centre, const char* tip);

// A box over everything; the rest is dimmed and takes no input. A click beside it closes it. Always call end_overlay().
Rect begin_overlay(const Ui& ui, const char* id, ImVec2 size, float top_share);
void end_overlay();

}  // namespace uptrail::viewer
