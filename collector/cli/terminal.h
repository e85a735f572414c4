// Where a verb speaks: data to `out`, talk to `err`. Tests give string streams, main the real ones.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <iosfwd>
#include <string>
#include <string_view>

#include "collector/base/result.h"
#include "collector/base/time.h"
#include "collector/report/text_layout.h"

namespace uptrail::cli {

struct Terminal {
  std::ostream& out;
  std::ostream& err;
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  bool no_colour = false;                     // NO_COLOR is set and not empty
  std::size_t columns = 100;                  // of the terminal behind `out`
  const std::atomic<bool>* cancel = nullptr;  // set when the user interrupts
  std::string message_folder{};               // user_message_folder(); "": none
  std::string working_folder{};               // absolute; where uptrail.json is looked for, and above it; "": nowhere
  std::function<DurationNs()> now{};          // a clock that never goes back; empty: time is not measured
  [[nodiscard]] TextStyle style(std::size_t widest = 100) const;
};

// Talk: every line begins with "uptrail: ". Nothing is said twice: an error is printed where it is handled, once.
class Talk {
 public:
  explicit Talk(Terminal& terminal);
  void error(const Error& error);
  void error(std::string_view text);
  void warn(std::string_view text);
  void note(std::string_view text);
  // One line, redrawn in place, only when `err` is a terminal; clear_progress() removes it.
  void progress(std::string_view line);
  void clear_progress();

 private:
  void say(int level, std::string_view text);
  Terminal& terminal_;
  bool progress_shown_ = false;
};

enum ExitCode : int {
  kExitOk = 0,
  kExitFail = 1,  // a cause at or above --fail-on
  kExitUsage = 2,
  kExitUnreadable = 3,  // an input or a case could not be used
  kExitUnknown = 4,     // COULD NOT TELL
  kExitInternal = 70,
  kExitInterrupted = 130,
};
int exit_code_of(const Error& error);

}  // namespace uptrail::cli
