// What the viewer remembers between two runs: one small text file, `key value` a line. Unknown or bad lines are ignored.
#pragma once

#include <string>
#include <vector>

#include "viewer/panels/state.h"

namespace uptrail::viewer {

struct Settings {
  ThemeKind theme = ThemeKind::dark;
  int width = 1600;
  int height = 1000;
  Splitters splitters;
  Preferences preferences;
  std::vector<std::vector<std::string>> recent;  // absolute paths, the newest first
};

Settings parse_settings(const std::string& text);
std::string settings_text(const Settings& settings);

Settings load_settings();                      // from config_dir(); the defaults when there is no file
void save_settings(const Settings& settings);  // as far as possible; failing is no reason to disturb anybody

}  // namespace uptrail::viewer
