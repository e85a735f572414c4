// The clock of a Powerlog: rows are dated by a clock of its own, and rows of another table say how far it is from the wall clock.
// Private to this folder.
#pragma once

#include <optional>
#include <vector>

#include "collector/base/result.h"
#include "collector/base/time.h"
#include "collector/sqlite/connection.h"
#include "collector/stores/store.h"

namespace uptrail {

class PowerlogClock {
 public:
  // Reads the offsets. A file without any, or with a damaged table, gives a clock that corrects nothing and an issue.
  static PowerlogClock read(sqlite::Connection& db, EventSink& sink);

  // Seconds of Powerlog's clock to UTC. nullopt: no time that a device could have had.
  [[nodiscard]] std::optional<TimeNs> utc(double timestamp) const;
  // One issue for each correction between two times (seconds of Powerlog's clock) that moved the clock noticeably.
  void tell_steps(double first, double last, EventSink& sink) const;

 private:
  struct Offset {
    double since = 0;   // seconds, Powerlog's clock
    double system = 0;  // seconds to add
  };
  std::vector<Offset> offsets_;  // ascending
};

}  // namespace uptrail
