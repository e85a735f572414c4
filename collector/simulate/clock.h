// The virtual time of a simulation, and what is due when.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <utility>

#include "collector/base/time.h"

namespace uptrail::simulate {

class Clock {
 public:
  explicit Clock(TimeNs start) : now_(start) {}
  [[nodiscard]] TimeNs now() const { return now_; }
  // Time that something took. What falls due meanwhile is done a little late, as on a busy device.
  void spend(DurationNs d) { now_ = now_ + d; }
  // Actions of one moment are done in the order in which they were asked for.
  void at(TimeNs t, std::function<void()> action) { due_.emplace(std::pair{t, order_++}, std::move(action)); }
  void after(DurationNs d, std::function<void()> action) { at(now_ + d, std::move(action)); }
  void run_until(TimeNs t) {
    while (!due_.empty() && due_.begin()->first.first <= t) {
      auto node = due_.extract(due_.begin());
      now_ = std::max(now_, node.key().first);
      node.mapped()();
    }
    now_ = std::max(now_, t);
  }
  void run_for(DurationNs d) { run_until(now_ + d); }
  void drop_all() { due_.clear(); }

 private:
  TimeNs now_;
  std::uint64_t order_ = 0;
  std::map<std::pair<TimeNs, std::uint64_t>, std::function<void()>> due_;
};

}  // namespace uptrail::simulate
