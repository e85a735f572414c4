#include "collector/timeline/time_scale.h"

#include <algorithm>

namespace uptrail::timeline {

namespace {
constexpr double kMinNsPerPx = 10;
}

TimeScale::TimeScale(TimeNs start, double ns_per_px, Map map) : ns_per_px_(ns_per_px), map_(std::move(map)) {
  start_ = place(start);
}

TimeScale TimeScale::fit(Interval span, double width, Map map) {
  TimeScale scale(span.start, 1, std::move(map));
  const std::int64_t length = (scale.place(span.end) - scale.start_).ns;
  scale.ns_per_px_ = std::max(static_cast<double>(std::max<std::int64_t>(length, 1)) / std::max(width, 1.0), kMinNsPerPx);
  return scale;
}

TimeNs TimeScale::time(double px) const {
  const TimeNs at = start_ + from_seconds(px * ns_per_px_ / 1e9);
  return map_ ? map_->to_time(at) : at;
}

TimeScale TimeScale::zoomed(double at_px, double factor, Interval whole, double width) const {
  const auto length = static_cast<double>(std::max<std::int64_t>((place(whole.end) - place(whole.start)).ns, 1));
  const double widest = 20 * length / std::max(width, 1.0);
  TimeScale next = *this;
  next.ns_per_px_ = std::clamp(ns_per_px_ / factor, kMinNsPerPx, std::max(widest, kMinNsPerPx));
  const TimeNs under = start_ + from_seconds(at_px * ns_per_px_ / 1e9);
  next.start_ = under - from_seconds(at_px * next.ns_per_px_ / 1e9);
  return next;
}

TimeScale TimeScale::panned(double dx_px, Interval whole, double width) const {
  const double tenth = width / 10;
  const double left = px(whole.start) + dx_px;
  const double right = px(whole.end) + dx_px;
  if (left > width - tenth) {
    dx_px -= left - (width - tenth);
  } else if (right < tenth) {
    dx_px += tenth - right;
  }
  TimeScale next = *this;
  next.start_ = start_ - from_seconds(dx_px * ns_per_px_ / 1e9);
  return next;
}

}  // namespace uptrail::timeline
