// timeoutIntervalForResource: the limits that were configured, and how long a task had been under way.
#pragma once

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "collector/analysis/rules/support.h"

namespace uptrail::analysis::rules {

inline constexpr double kExceeded = 0.95;  // of the limit: clocks and scheduling are not that exact

class ResourceLimits {
 public:
  explicit ResourceLimits(const World& world);
  // As configured when the task began; nullopt: not logged.
  [[nodiscard]] std::optional<double> of(TaskId task) const;
  // Every creation of a session that names its limit, in seconds.
  [[nodiscard]] const std::vector<std::pair<FactIndex, double>>& configured() const { return configured_; }

 private:
  const World& world_;
  std::vector<std::pair<FactIndex, double>> configured_;
  struct Limits {
    std::vector<FactIndex> facts;  // ascending
    std::vector<double> seconds;   // of each
  };
  std::map<SessionId, Limits> of_session_;
};

struct Waited {
  FactIndex start = kNoFact;  // the first resume or sign of transfer; kNoFact: the first fact stands for it
  DurationNs time;            // without the stretches in which the task was suspended
  bool comparable = false;    // begin and end are on one clock
};
Waited waited_until(const World& world, TaskId task, TimeNs end, DomainId domain);

}  // namespace uptrail::analysis::rules
