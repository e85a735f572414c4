// Time <-> pixels of one view: a linear map of the axis, which may have folds (time_map.h).
#pragma once

#include <memory>

#include "collector/timeline/time_map.h"

namespace uptrail::timeline {

// A small value. Places are subtracted as integers first and become double last. Without a map nothing is folded.
class TimeScale {
 public:
  using Map = std::shared_ptr<const TimeMap>;
  TimeScale() = default;
  // `start`: the time at pixel 0.
  TimeScale(TimeNs start, double ns_per_px, Map map = nullptr);
  // The whole interval over `width` pixels.
  static TimeScale fit(Interval span, double width, Map map = nullptr);
  [[nodiscard]] double px(TimeNs t) const { return static_cast<double>((place(t) - start_).ns) / ns_per_px_; }
  [[nodiscard]] TimeNs time(double px) const;
  [[nodiscard]] TimeNs start() const { return time(0); }
  [[nodiscard]] double ns_per_px() const { return ns_per_px_; }  // outside folds
  [[nodiscard]] const Map& map() const { return map_; }
  // factor > 1 zooms in. The time under `at_px` stays there. Limits: 10 ns a pixel, and 20 times `whole` over `width`.
  [[nodiscard]] TimeScale zoomed(double at_px, double factor, Interval whole, double width) const;
  // Moves by pixels; at least a tenth of the width stays on `whole`.
  [[nodiscard]] TimeScale panned(double dx_px, Interval whole, double width) const;
  [[nodiscard]] Interval visible(double width) const { return {time(0), time(width)}; }
  // The same stretch of time with other folds.
  [[nodiscard]] TimeScale refolded(Map map, double width) const { return fit(visible(width), width, std::move(map)); }
  friend bool operator==(const TimeScale&, const TimeScale&) = default;

 private:
  [[nodiscard]] TimeNs place(TimeNs t) const { return map_ ? map_->to_axis(t) : t; }

  TimeNs start_;  // on the axis
  double ns_per_px_ = 1e9;
  Map map_;
};

}  // namespace uptrail::timeline
