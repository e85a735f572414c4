// Watches the times of one floating clock while its source is read: steps that a change of zone or summer time may have made, and
// dated texts in the messages, which tell where the clock stands.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "collector/base/time.h"

namespace uptrail {

struct ClockStep {
  DurationNs moved;  // negative: back
  bool doubtful;     // order and time across it are not known; else only the lines are in another order
  std::string words;
};

class ClockWatch {
 public:
  // The next record in file order.
  std::optional<ClockStep> step(TimeNs t);
  // A record whose message may hold "2026-11-18T13:41:03Z" or "2026-11-18 13:41:03 +0000". One that was written at the moment it
  // names differs from the record's time by whole quarters of an hour; others are not taken.
  void read(TimeNs t, std::string_view message);
  [[nodiscard]] DurationNs longest() const { return longest_; }  // of the doubtful steps
  // UTC - source time on which most of the texts agree; nullopt: none did, or no one more often than another.
  [[nodiscard]] std::optional<DurationNs> told() const;

 private:
  std::optional<TimeNs> last_;
  DurationNs longest_;
  std::map<DurationNs, std::size_t> told_;
};

}  // namespace uptrail
