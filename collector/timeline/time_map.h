// Real time <-> place on the axis. Long stretches in which nothing happens (a night) can be folded: they keep their order and
// take a small part of the axis. The map is piecewise linear, strictly increasing outside the folds and never decreasing inside.
#pragma once

#include <vector>

#include "collector/base/time.h"

namespace uptrail::timeline {

// A stretch of real time that takes only `shown` of the axis.
struct Fold {
  Interval span;
  DurationNs shown;
  friend bool operator==(const Fold&, const Fold&) = default;
};

class TimeMap {
 public:
  TimeMap() = default;  // nothing folded: the place is the time
  // Ascending, disjoint; folds with shown < 1 ns or not shorter than their span are dropped.
  explicit TimeMap(const std::vector<Fold>& folds);
  // Places count in nanoseconds, as times do; before the first fold they are the times themselves.
  [[nodiscard]] TimeNs to_axis(TimeNs t) const;
  // to_axis(to_time(place)) == place, and to_time(to_axis(t)) == t outside the folds.
  [[nodiscard]] TimeNs to_time(TimeNs place) const;
  [[nodiscard]] Interval to_axis(Interval span) const { return {to_axis(span.start), to_axis(span.end)}; }
  [[nodiscard]] bool empty() const { return pieces_.empty(); }
  [[nodiscard]] std::vector<Fold> folds() const;

 private:
  struct Piece {
    Interval span;
    Interval axis;
  };
  std::vector<Piece> pieces_;  // one a fold
};

// Where a picture with these moments (any order) can be folded: stretches of `whole` without a moment that are long in themselves
// and beside the rest. What stays is never less than half a minute on either side of a moment.
std::vector<Fold> find_folds(const std::vector<TimeNs>& moments, Interval whole);

}  // namespace uptrail::timeline
