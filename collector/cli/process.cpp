#include <sys/ioctl.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "collector/cli/cli.h"
#include "collector/pipeline/message_files.h"

namespace uptrail::cli {

namespace {

std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free, "the flag is set in a signal handler");

void on_signal(int number) {
  if (interrupted.exchange(true)) {
    std::signal(number, SIG_DFL);
    std::raise(number);
  }
}

std::size_t columns_of(int descriptor) {
  winsize size{};
  return ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 100;
}

}  // namespace

Terminal process_terminal() {
  std::ios::sync_with_stdio(false);
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
  const char* no_colour = std::getenv("NO_COLOR");
  Terminal terminal{std::cout, std::cerr};
  terminal.out_is_terminal = isatty(STDOUT_FILENO) == 1;
  terminal.err_is_terminal = isatty(STDERR_FILENO) == 1;
  terminal.no_colour = no_colour != nullptr && *no_colour != '\0';
  terminal.columns = columns_of(STDOUT_FILENO);
  terminal.cancel = &interrupted;
  terminal.message_folder = user_message_folder();
  std::error_code unknown;  // the folder may have been removed
  terminal.working_folder = std::filesystem::current_path(unknown).string();
  terminal.now = [] {
    const auto since = std::chrono::steady_clock::now().time_since_epoch();
    return nanoseconds(std::chrono::duration_cast<std::chrono::nanoseconds>(since).count());
  };
  return terminal;
}

}  // namespace uptrail::cli
