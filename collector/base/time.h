// Time inside Uptrail: int64 nanoseconds. A TimeNs on the common axis counts from 1970-01-01T00:00:00Z; a TimeNs of a
// floating clock counts from that clock's own zero (see ClockKind in model/record.h). Intervals are half-open.
#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace uptrail {

namespace detail {
// Saturating: a hostile time near the int64 limits must not be undefined behaviour.
constexpr std::int64_t sat_add(std::int64_t a, std::int64_t b) {
  std::int64_t r = 0;
  if (__builtin_add_overflow(a, b, &r)) {
    return b > 0 ? std::numeric_limits<std::int64_t>::max() : std::numeric_limits<std::int64_t>::min();
  }
  return r;
}
constexpr std::int64_t sat_sub(std::int64_t a, std::int64_t b) {
  std::int64_t r = 0;
  if (__builtin_sub_overflow(a, b, &r)) {
    return b < 0 ? std::numeric_limits<std::int64_t>::max() : std::numeric_limits<std::int64_t>::min();
  }
  return r;
}
}  // namespace detail

struct DurationNs {
  std::int64_t ns = 0;
  friend constexpr auto operator<=>(DurationNs, DurationNs) = default;
  [[nodiscard]] constexpr double seconds() const { return static_cast<double>(ns) / 1e9; }
};

struct TimeNs {
  std::int64_t ns = 0;
  friend constexpr auto operator<=>(TimeNs, TimeNs) = default;
};

constexpr DurationNs nanoseconds(std::int64_t n) { return {n}; }
constexpr DurationNs milliseconds(std::int64_t n) { return {n * 1'000'000}; }
constexpr DurationNs seconds(std::int64_t n) { return {n * 1'000'000'000}; }
constexpr bool is_whole_second(TimeNs t) { return t.ns % seconds(1).ns == 0; }
constexpr DurationNs minutes(std::int64_t n) { return seconds(n * 60); }
constexpr DurationNs hours(std::int64_t n) { return minutes(n * 60); }
// Rounds to the nearest nanosecond and saturates; NaN gives 0.
DurationNs from_seconds(double s);

constexpr TimeNs operator+(TimeNs t, DurationNs d) { return {detail::sat_add(t.ns, d.ns)}; }
constexpr TimeNs operator-(TimeNs t, DurationNs d) { return {detail::sat_sub(t.ns, d.ns)}; }
constexpr DurationNs operator-(TimeNs a, TimeNs b) { return {detail::sat_sub(a.ns, b.ns)}; }
constexpr DurationNs operator+(DurationNs a, DurationNs b) { return {detail::sat_add(a.ns, b.ns)}; }
constexpr DurationNs operator-(DurationNs a, DurationNs b) { return {detail::sat_sub(a.ns, b.ns)}; }

constexpr TimeNs kTimeMin{std::numeric_limits<std::int64_t>::min()};
constexpr TimeNs kTimeMax{std::numeric_limits<std::int64_t>::max()};

// Half-open [start, end). end == kTimeMax: still open when the capture stopped.
struct Interval {
  TimeNs start;
  TimeNs end;
  friend constexpr bool operator==(const Interval&, const Interval&) = default;
  [[nodiscard]] constexpr bool empty() const { return end <= start; }
  [[nodiscard]] constexpr DurationNs length() const { return empty() ? DurationNs{0} : end - start; }
  [[nodiscard]] constexpr bool contains(TimeNs t) const { return start <= t && t < end; }
  [[nodiscard]] constexpr bool overlaps(const Interval& o) const {
    return !empty() && !o.empty() && start < o.end && o.start < end;
  }
};
constexpr Interval intersect(const Interval& a, const Interval& b) {
  return {std::max(a.start, b.start), std::min(a.end, b.end)};
}

// A sorted set of disjoint, non-touching, non-empty intervals.
class IntervalSet {
 public:
  IntervalSet() = default;
  void add(Interval i);  // merges with what it touches
  void subtract(Interval i);
  [[nodiscard]] const std::vector<Interval>& intervals() const { return intervals_; }
  [[nodiscard]] bool empty() const { return intervals_.empty(); }
  [[nodiscard]] bool covers(Interval i) const;  // true for an empty `i` inside or at the edge of the set, too
  [[nodiscard]] bool intersects(Interval i) const;
  [[nodiscard]] DurationNs measure(Interval i) const;  // how much of `i` is in the set
 private:
  std::vector<Interval> intervals_;
};

struct CivilTime {
  int year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0;
  std::int64_t nanos = 0;
};
// Proleptic Gregorian, no leap seconds. nullopt when a part is out of range or the result leaves int64.
std::optional<TimeNs> to_time(const CivilTime& utc);
CivilTime to_civil(TimeNs utc);

// "2026-11-18T14:41:03.123456Z"; with an offset "2026-11-18T15:41:03.123456+01:00". digits: 0 to 9 decimals.
std::string format_iso(TimeNs utc, int digits = 6, int offset_minutes = 0);
// "14:41:03" in the given offset; digits as above.
std::string format_clock(TimeNs utc, int digits = 0, int offset_minutes = 0);
// For people: "7 ms", "621 ms", "9 min 12 s", "2 h 05 min", "3 d 4 h".
std::string format_duration(DurationNs d);

struct ParsedTime {
  TimeNs time;                        // UTC when offset_minutes is set, else as if the text were UTC
  std::optional<int> offset_minutes;  // nullopt: no zone in the text
};
// ISO 8601 date and time: 'T' or blank between, 0-9 decimals, then nothing, Z, +hhmm or +hh:mm (a blank before the zone is
// allowed). The whole text must be used.
std::optional<ParsedTime> parse_iso(std::string_view text);

}  // namespace uptrail
