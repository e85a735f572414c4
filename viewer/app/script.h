// A script of the viewer: one step a line, checked as a whole before anything is done (docs/viewer.md lists the steps).
#pragma once

#include <imgui.h>

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "collector/base/result.h"
#include "viewer/app/options.h"
#include "viewer/panels/commands.h"
#include "viewer/theme/imgui_feed.h"

namespace uptrail::viewer {

// Pixels, or what is there: the name of a place, else a text that is seen.
using Target = std::variant<ImVec2, std::string>;

struct OpenStep {
  std::vector<std::string> paths;
};
struct DoStep {
  const Command* command = nullptr;  // of the table; never null
};
struct KeyStep {
  Key key = Key::escape;
  KeyMods mods;
};
struct TypeStep {
  std::string text;
};
struct ClickStep {
  Target at;
};
struct MoveStep {
  Target to;
};
struct DragStep {
  ImVec2 from, to;
  KeyMods mods;
};
struct WheelStep {
  float steps = 0;
  std::optional<Target> at;  // nullopt: where the mouse is
  KeyMods mods;
};
struct WaitStep {
  int frames = 0;  // 0: until nothing changes any more
};
struct SizeStep {
  int width = 0, height = 0;
};
struct ShotStep {
  std::string path;
  std::string place = {};  // only what is there; "": all
};
struct ExpectStep {
  std::string text;
  bool there = true;  // false: it must not be
};
struct ExpectCopiedStep {
  std::string text;
};

struct ScriptStep {
  std::size_t line = 0;
  std::variant<OpenStep, DoStep, KeyStep, TypeStep, ClickStep, MoveStep, DragStep, WheelStep, WaitStep, SizeStep, ShotStep,
               ExpectStep, ExpectCopiedStep>
      what;
};

// Errors: usage, with "FILE:LINE: cause" as the message. `name`: of the file, for messages.
Result<std::vector<ScriptStep>> parse_script(std::string_view text, const std::string& name);

// Plays options.script over options.files. Error: it cannot be played (bad line, unreadable file). The value: the step that
// failed, "FILE:LINE: cause" (nothing of that name is seen, an expectation is not met, a picture cannot be written), if one did.
Result<std::optional<Error>> play_script(const Options& options);

}  // namespace uptrail::viewer
