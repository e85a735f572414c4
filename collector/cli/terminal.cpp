#include "collector/cli/terminal.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/ostream_sink.h>

#include <algorithm>
#include <memory>
#include <ostream>

namespace uptrail::cli {

TextStyle Terminal::style(std::size_t widest) const {
  TextStyle style;
  style.colour = out_is_terminal && !no_colour;
  style.width = out_is_terminal ? std::clamp<std::size_t>(columns, 60, widest) : 100;
  return style;
}

Talk::Talk(Terminal& terminal) : terminal_(terminal) {}

void Talk::say(int level, std::string_view text) {
  clear_progress();
  // One short-lived logger a line: the streams of a test die before any global registry would.
  spdlog::logger logger("uptrail", std::make_shared<spdlog::sinks::ostream_sink_mt>(terminal_.err, true));
  const auto spdlog_level = static_cast<spdlog::level::level_enum>(level);
  logger.set_level(spdlog::level::info);
  logger.set_pattern(spdlog_level == spdlog::level::warn ? "uptrail: warning: %v" : "uptrail: %v");
  logger.log(spdlog_level, "{}", printable(text));
}

void Talk::error(const Error& error) { say(spdlog::level::err, error.text()); }
void Talk::error(std::string_view text) { say(spdlog::level::err, text); }
void Talk::warn(std::string_view text) { say(spdlog::level::warn, text); }
void Talk::note(std::string_view text) { say(spdlog::level::info, text); }

void Talk::progress(std::string_view line) {
  if (terminal_.err_is_terminal) {
    terminal_.err << "\r\x1b[K" << line << std::flush;
    progress_shown_ = true;
  }
}

void Talk::clear_progress() {
  if (progress_shown_) {
    terminal_.err << "\r\x1b[K" << std::flush;
    progress_shown_ = false;
  }
}

int exit_code_of(const Error& error) {
  switch (error.kind) {
    case ErrorKind::usage:
      return kExitUsage;
    case ErrorKind::unreadable:
    case ErrorKind::malformed:
    case ErrorKind::limit:
      return kExitUnreadable;
    case ErrorKind::interrupted:
      return kExitInterrupted;
    case ErrorKind::internal:
      break;
  }
  return kExitInternal;
}

}  // namespace uptrail::cli
