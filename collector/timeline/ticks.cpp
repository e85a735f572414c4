#include "collector/timeline/ticks.h"

#include <array>
#include <cstdio>

#include "collector/base/text.h"

namespace uptrail::timeline {

namespace {

constexpr std::int64_t kUs = 1000;
constexpr std::int64_t kMs = 1'000'000;
constexpr std::int64_t kS = 1'000'000'000;
constexpr std::int64_t kDay = 86'400 * kS;

struct Step {
  std::int64_t ns;
  int digits;  // decimals that the label needs
};
constexpr std::array<Step, 34> kSteps = {
    {{100, 7},      {200, 7},       {500, 7},       {kUs, 6},         {2 * kUs, 6},     {5 * kUs, 6},   {10 * kUs, 5},
     {20 * kUs, 5}, {50 * kUs, 5},  {100 * kUs, 4}, {200 * kUs, 4},   {500 * kUs, 4},   {kMs, 3},       {2 * kMs, 3},
     {5 * kMs, 3},  {10 * kMs, 3},  {20 * kMs, 3},  {50 * kMs, 3},    {100 * kMs, 1},   {200 * kMs, 1}, {500 * kMs, 1},
     {kS, 0},       {2 * kS, 0},    {5 * kS, 0},    {10 * kS, 0},     {30 * kS, 0},     {60 * kS, 0},   {300 * kS, 0},
     {900 * kS, 0}, {1800 * kS, 0}, {3600 * kS, 0}, {10'800 * kS, 0}, {21'600 * kS, 0}, {kDay, 0}}};

Step choose_step(double min_ns) {
  for (const Step& s : kSteps) {
    if (static_cast<double>(s.ns) >= min_ns) {
      return s;
    }
  }
  Step s{kDay, 0};
  while (static_cast<double>(s.ns) < min_ns && s.ns < 10'000 * kDay) {
    s.ns *= 2;
  }
  return s;
}

std::int64_t floor_to(std::int64_t v, std::int64_t step) { return v - ((v % step) + step) % step; }

std::string clock_label(TimeNs local, const Step& step) {
  if (step.ns >= kDay) {
    return {};
  }
  if (step.ns >= 60 * kS) {
    return format_clock(local).substr(0, 5);
  }
  return format_clock(local, step.digits);
}

std::string date_label(TimeNs local) {
  constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const CivilTime c = to_civil(local);
  std::array<char, 32> buf{};
  std::snprintf(buf.data(), buf.size(), "%d %s %d", c.day, kMonths[static_cast<std::size_t>(c.month - 1)], c.year);
  return buf.data();
}

std::string relative_label(TimeNs t, const Step& step) {
  std::array<char, 48> buf{};
  std::snprintf(buf.data(), buf.size(), "%+.*f s", step.digits, static_cast<double>(t.ns) / 1e9);
  return buf.data();
}

}  // namespace

std::string twelve_hour_clock(const std::string& clock) {
  const auto hour = parse_int(std::string_view(clock).substr(0, 2));
  if (!hour) {
    return clock;
  }
  const std::int64_t shown = *hour % 12 == 0 ? 12 : *hour % 12;
  return std::to_string(shown) + clock.substr(2) + (*hour < 12 ? " AM" : " PM");
}

namespace {

// Ticks of one stretch of time without a fold.
class TickMaker {
 public:
  TickMaker(const TimeScale& scale, double width, AxisKind axis, int zone_offset_minutes, double min_px, bool twelve_hours)
      : scale_(scale),
        width_(width),
        axis_(axis),
        zone_(minutes(zone_offset_minutes)),
        min_px_(min_px),
        twelve_hours_(twelve_hours),
        step_(choose_step(min_px * scale.ns_per_px())) {}

  void add(Interval stretch) {
    std::int64_t local = floor_to((stretch.start + zone_).ns, step_.ns);
    for (; TimeNs{local} - zone_ <= stretch.end; local += step_.ns) {
      const TimeNs t = TimeNs{local} - zone_;
      const double x = scale_.px(t);
      if (t < stretch.start || x < 0 || x > width_) continue;
      // Only behind a fold: elsewhere the step keeps them apart.
      if (!ticks_.empty() && x - ticks_.back().x < min_px_ * 0.6) continue;
      ticks_.push_back(make(t, local, x));
    }
  }

  std::vector<Tick> take() { return std::move(ticks_); }

 private:
  Tick make(TimeNs t, std::int64_t local, double x) {
    Tick tick;
    tick.x = x;
    if (axis_ == AxisKind::relative) {
      tick.label = relative_label(t, step_);
      return tick;
    }
    tick.label = clock_label(TimeNs{local}, step_);
    if (twelve_hours_ && !tick.label.empty()) tick.label = twelve_hour_clock(tick.label);
    const std::int64_t day = floor_to(local, kDay);
    if (axis_ == AxisKind::utc && day != last_day_) {
      tick.date = date_label(TimeNs{local});
      last_day_ = day;
    }
    return tick;
  }

  const TimeScale& scale_;
  double width_;
  AxisKind axis_;
  DurationNs zone_;
  double min_px_;
  bool twelve_hours_;
  Step step_;
  std::int64_t last_day_ = INT64_MIN;
  std::vector<Tick> ticks_;
};

}  // namespace

std::vector<Tick> make_ticks(const TimeScale& scale, double width, AxisKind axis, int zone_offset_minutes, double min_px,
                             bool twelve_hours) {
  TickMaker maker(scale, width, axis, zone_offset_minutes, min_px, twelve_hours);
  Interval rest = scale.visible(width);
  if (scale.map()) {
    for (const Fold& fold : scale.map()->folds()) {
      if (fold.span.end <= rest.start || fold.span.start >= rest.end) continue;
      maker.add({rest.start, fold.span.start});
      rest.start = fold.span.end;
    }
  }
  if (rest.start <= rest.end) maker.add(rest);
  return maker.take();
}

}  // namespace uptrail::timeline
