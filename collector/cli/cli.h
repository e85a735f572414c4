// The command line `uptrail` as a function, so that tests need no process.
#pragma once

#include <string>
#include <vector>

#include "collector/cli/terminal.h"

namespace uptrail::cli {

// `arguments` without the program name. Returns the exit code; never throws.
int run_cli(const std::vector<std::string>& arguments, Terminal& terminal);

// The process's own streams, environment and interrupt flag. Installs handlers for SIGINT and SIGTERM: the first one asks the
// running verb to stop, a second one ends the process at once.
Terminal process_terminal();

}  // namespace uptrail::cli
