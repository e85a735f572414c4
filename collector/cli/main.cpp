#include "collector/cli/cli.h"

int main(int argc, char** argv) {
  auto terminal = uptrail::cli::process_terminal();
  return uptrail::cli::run_cli({argv + (argc > 0 ? 1 : 0), argv + argc}, terminal);
}
