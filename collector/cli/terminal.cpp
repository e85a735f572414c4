#include "collector/cli/terminal.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/ostream_sink.h>

#include <algorithm>
#include <memory>
#include <ostream>

namespace uptrail::cli {

TextStyle Terminal::style() const {
  TextStyle style;
  style.colour = out_is_terminal && !no_colour;
  style.width = out_is_terminal ? std::clamp<std::size_t>(columns, 60, 100) : 100;
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

void Talk::progress(std::string_view what, double share) {
  if (!terminal_.err_is_terminal) {
    return;
  }
  constexpr int kBar = 24;
  std::string line = printable(what) + "  ";
  if (share >= 0) {
    const int full = static_cast<int>(std::clamp(share, 0.0, 1.0) * kBar);
    line += "[" + std::string(static_cast<std::size_t>(full), '#') + std::string(static_cast<std::size_t>(kBar - full), '.') +
            "] " + std::to_string(static_cast<int>(std::clamp(share, 0.0, 1.0) * 100)) + " %";
  }
  const std::size_t width = display_width(line);
  terminal_.err << '\r' << line << std::string(progress_width_ > width ? progress_width_ - width : 0, ' ') << std::flush;
  progress_width_ = std::max(width, progress_width_);
}

void Talk::clear_progress() {
  if (progress_width_ > 0) {
    terminal_.err << '\r' << std::string(progress_width_, ' ') << '\r' << std::flush;
    progress_width_ = 0;
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
