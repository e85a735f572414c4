// The command line of the viewer.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "viewer/theme/theme.h"

namespace uptrail::viewer {

struct Options {
  std::vector<std::string> files;
  std::vector<std::string> compare;  // shown below the files, beside them; empty: nothing
  std::string screenshot;            // "": open a window
  std::string script;                // file to play without a window; "": none
  int width = 1600;
  int height = 1000;
  bool size_given = false;
  double scale = 0;                   // 0: ask the screen; a screenshot takes 1
  std::string select;                 // finding or cause to select; "": the gravest
  std::vector<std::string> commands;  // by id, done as soon as the case is there
  std::optional<ThemeKind> theme;
  std::vector<std::string> messages;  // message files
  bool user_messages = true;          // and those of the user's folder
  int quit_after = 0;                 // frames; 0: until the user closes the window
};

// What to do when there is nothing to run: help or a usage error.
struct Stop {
  int exit_code = 0;
  std::string out;  // for stdout
  std::string err;  // for stderr
};

// Exactly one of the two is set.
struct ParsedOptions {
  std::optional<Options> options;
  std::optional<Stop> stop;
};
ParsedOptions parse_options(int argc, const char* const* argv);

}  // namespace uptrail::viewer
