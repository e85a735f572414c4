#include "collector/pipeline/suggest_date.h"

#include <algorithm>
#include <set>

namespace uptrail {

namespace {

constexpr std::int64_t kDayNs = hours(24).ns;
constexpr int kMostDays = 400;  // longer captures match any day

TimeNs day_of(TimeNs t) {
  const std::int64_t rest = t.ns % kDayNs;
  return TimeNs{detail::sat_sub(t.ns, rest < 0 ? rest + kDayNs : rest)};
}

DurationNs span_of(const SourceClock& clock) { return clock.last && clock.first ? *clock.last - *clock.first : DurationNs{}; }

// The only date that lets the source's times lie inside those of another one.
DateSuggestion by_overlap(const SourceClock& clock, const PlacedSource& other, std::optional<int> zone) {
  std::set<DurationNs> fits;
  TimeNs day = day_of(other.span.start - hours(38) - span_of(clock));
  for (int i = 0; i < kMostDays && day <= other.span.end + hours(38); ++i, day = day + hours(24)) {
    const auto offset = offset_for_date(clock, {day, zone, false});
    const Interval there = offset.ok() ? Interval{*clock.first + *offset, *clock.last + *offset + nanoseconds(1)} : Interval{};
    if (offset.ok() && there.overlaps(other.span)) {
      fits.insert(*offset);
    }
  }
  if (fits.size() != 1) {
    return {};
  }
  return {date_for_offset(clock, *fits.begin()), "its times then fall into those of " + other.name};
}

// The latest day on which the source could begin and still end before the file was changed last.
DateSuggestion by_change(const SourceClock& clock, TimeNs modified, std::optional<int> zone) {
  // Without any zone the clock may be up to 14 hours ahead of UTC.
  const DurationNs slack = zone ? seconds(2) : hours(14);
  constexpr int kMostBack = 5 * 366;  // 29 February comes again within
  for (int back = 0; back < kMostBack; ++back) {
    const TimeNs day = day_of(modified + hours(14)) - hours(24 * back);
    const auto offset = offset_for_date(clock, {day, zone.value_or(0), false});
    if (offset.ok() && *clock.last + *offset <= modified + slack) {
      return {date_text(day, zone) + (zone ? "" : "+HH:MM"), "the file was changed last soon after"};
    }
  }
  return {};
}

}  // namespace

DateSuggestion suggest_date(const SourceClock& clock, const SourceClockInfo& info, std::span<const PlacedSource> others) {
  if (clock.kind != ClockKind::floating || !clock.first || !clock.last) {
    return {};
  }
  if (info.told) {
    if (std::string date = date_for_offset(clock, *info.told); !date.empty()) {
      return {std::move(date), "its own messages name the moment at which they were written"};
    }
  }
  std::optional<int> zone = clock.zone_minutes;
  for (const PlacedSource& other : others) {
    zone = zone ? zone : other.zone_minutes;
  }
  if (zone) {
    for (const PlacedSource& other : others) {
      DateSuggestion found = by_overlap(clock, other, zone);
      if (!found.date.empty()) {
        return found;
      }
    }
  }
  if (date_shown(clock) == DateShown::full) {
    const TimeNs midnight = day_of(*clock.first + minutes(clock.zone_minutes.value_or(0)));
    return {date_text(midnight, zone) + (zone ? "" : "+HH:MM"),
            zone ? "another source shows this zone" : "only the zone of the device is missing"};
  }
  return info.modified ? by_change(clock, *info.modified, zone) : DateSuggestion{};
}

}  // namespace uptrail
