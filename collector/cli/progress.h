// The line that tells how far collecting is: only on a terminal, at most ten times a second, gone at the end.
#pragma once

#include <optional>
#include <string>

#include "collector/base/time.h"
#include "collector/cli/terminal.h"
#include "collector/pipeline/collect.h"

namespace uptrail::cli {

class ProgressLine {
 public:
  // Nothing is shown when `err` is no terminal or no clock is there.
  ProgressLine(Terminal& terminal, Talk& talk);
  void show(const Progress& progress);

 private:
  Terminal& terminal_;
  Talk& talk_;
  std::optional<DurationNs> began_, shown_;
};

// "[######------]  42 %  310 MB of 740 MB  148 MB/s  3 s left  reading system.log": as much of it as fits into `width`.
std::string progress_text(const Progress& progress, DurationNs elapsed, std::size_t width, bool colour);

}  // namespace uptrail::cli
