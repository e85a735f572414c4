// Where a verb speaks: data to `out`, talk to `err`. Tests give string streams, main the real ones.
#pragma once

#include <atomic>
#include <cstddef>
#include <iosfwd>
#include <string>
#include <string_view>

#include "collector/base/result.h"
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
  [[nodiscard]] TextStyle style() const;
};

// Talk: every line begins with "uptrail: ". Nothing is said twice: an error is printed where it is handled, once.
class Talk {
 public:
  explicit Talk(Terminal& terminal);
  void error(const Error& error);
  void error(std::string_view text);
  void warn(std::string_view text);
  void note(std::string_view text);
  // Redrawn in place, only when `err` is a terminal; clear_progress() removes it.
  void progress(std::string_view what, double share);  // share < 0: unknown
  void clear_progress();

 private:
  void say(int level, std::string_view text);
  Terminal& terminal_;
  std::size_t progress_width_ = 0;
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
