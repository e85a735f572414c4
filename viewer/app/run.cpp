#include "viewer/app/run.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <exception>
#include <memory>

#include "viewer/app/options.h"
#include "viewer/app/screenshot.h"
#include "viewer/app/script.h"
#include "viewer/app/window.h"

namespace uptrail::viewer {

namespace {

int exit_code(const Error& error) {
  switch (error.kind) {
    case ErrorKind::usage:
      return 2;
    case ErrorKind::internal:
      return 70;
    default:
      return 3;
  }
}

constexpr int kStepFailed = 1;

int run_script(const Options& options) {
  const auto failed = play_script(options);
  if (!failed) {
    spdlog::error("{}", failed.error().text());
    return exit_code(failed.error());
  }
  if (!failed.value()) return 0;
  spdlog::error("{}", failed.value()->text());
  return kStepFailed;
}

}  // namespace

int run(int argc, const char* const* argv) {
  spdlog::set_default_logger(
      std::make_shared<spdlog::logger>("uptrail-viewer", std::make_shared<spdlog::sinks::stderr_color_sink_st>()));
  spdlog::set_pattern("uptrail-viewer: %v");
  try {
    const ParsedOptions parsed = parse_options(argc, argv);
    if (parsed.stop) {
      std::fputs(parsed.stop->out.c_str(), stdout);
      std::fputs(parsed.stop->err.c_str(), stderr);
      return parsed.stop->exit_code;
    }
    const Options& options = *parsed.options;
    if (!options.script.empty()) return run_script(options);
    const Status status = options.screenshot.empty() ? run_window(options) : take_screenshot(options);
    if (status) return 0;
    spdlog::error("{}", status.error().text());
    return exit_code(status.error());
  } catch (const std::exception& error) {
    spdlog::error("internal error: {}", error.what());
    return 70;
  }
}

}  // namespace uptrail::viewer
