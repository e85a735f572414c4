#include "collector/pipeline/source_clock.h"

#include <array>
#include <cmath>

#include "collector/base/text.h"

namespace uptrail {

namespace {

constexpr std::int64_t kDayNs = hours(24).ns;
constexpr std::int64_t kMinuteNs = minutes(1).ns;
// A floating time beyond this has a date and lacks only the zone.
constexpr std::int64_t kDatedNs = 365 * kDayNs;
constexpr std::int64_t kMostEast = 14 * 60;
constexpr std::int64_t kMostWest = -12 * 60;
constexpr int kFirstYear = 1972;  // stands for the unknown one

std::int64_t floor_to_day(std::int64_t value) {
  const std::int64_t rest = value % kDayNs;
  return detail::sat_sub(value, rest < 0 ? rest + kDayNs : rest);
}

bool is_leap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

std::string day_text(int month, int day) {
  constexpr std::array<std::string_view, 12> kMonths = {"January", "February", "March",     "April",   "May",      "June",
                                                        "July",    "August",   "September", "October", "November", "December"};
  return std::to_string(day) + " " + std::string(kMonths.at(static_cast<std::size_t>(month - 1)));
}

Error unusable(std::string message) { return fail(ErrorKind::usage, std::move(message)); }

// First year of a source that shows month and day only, and whether its February fits.
Result<DurationNs> offset_for_year(const SourceClock& clock, const GivenDate& date, TimeNs first) {
  const CivilTime shown = to_civil(first);
  const CivilTime given = to_civil(date.midnight);
  if (!date.only_year && (given.month != shown.month || given.day != shown.day)) {
    return unusable("the first record is of " + day_text(shown.month, shown.day) + ", not of " +
                    day_text(given.month, given.day));
  }
  const int year0 = given.year - (shown.year - kFirstYear);
  if (clock.traits.leap_year && !is_leap(year0 + *clock.traits.leap_year)) {
    return unusable("it has records of 29 February, and " + std::to_string(year0 + *clock.traits.leap_year) + " has no such day");
  }
  if (clock.traits.common_year && is_leap(year0 + *clock.traits.common_year)) {
    return unusable("it goes from February on without a record of the 29th, a day that " +
                    std::to_string(year0 + *clock.traits.common_year) + " has: split the file there");
  }
  const auto from = to_time({shown.year, shown.month, shown.day, 0, 0, 0, 0});
  const auto to = to_time({given.year, shown.month, shown.day, 0, 0, 0, 0});
  if (!from || !to) {
    return unusable(std::to_string(given.year) + " has no " + day_text(shown.month, shown.day));
  }
  return *to - *from;
}

}  // namespace

std::optional<GivenDate> parse_given_date(std::string_view text) {
  text = trim(text);
  constexpr std::size_t kYear = 4;
  constexpr std::size_t kDate = 10;
  const bool only_year = text.size() < kDate || text[kYear] != '-' || text[kYear + 3] != '-';
  const std::size_t used = only_year ? kYear : kDate;
  if (text.size() < used) {
    return std::nullopt;
  }
  const std::string day = std::string(text.substr(0, used)) + (only_year ? "-01-01" : "");
  const auto parsed = parse_iso(day + "T00:00:00" + std::string(text.substr(used)));
  if (!parsed || (text.size() > used && !parsed->offset_minutes)) {
    return std::nullopt;
  }
  const DurationNs zone = minutes(parsed->offset_minutes.value_or(0));
  return GivenDate{parsed->time + zone, parsed->offset_minutes, only_year};
}

DateShown date_shown(const SourceClock& clock) {
  const bool early = clock.first.value_or(TimeNs{}).ns <= kDatedNs;
  return clock.traits.date == DateShown::full && early ? DateShown::none : clock.traits.date;
}

Result<DurationNs> offset_for_date(const SourceClock& clock, const GivenDate& date) {
  const DateShown shown = date_shown(clock);
  const TimeNs first = clock.first.value_or(TimeNs{});
  if (date.only_year && shown == DateShown::none) {
    return unusable("a year does not suffice, because the times show no date at all: write for example 2026-11-18" +
                    std::string(clock.zone_minutes ? "" : "+01:00"));
  }
  if (!clock.zone_minutes && !date.zone_minutes) {
    const int year = to_civil(date.midnight).year;
    return unusable("it needs a zone, because the times show none: write " +
                    (date.only_year ? std::to_string(year) : date_text(date.midnight, std::nullopt)) +
                    "+01:00 with the zone that the device was set to");
  }
  // With a zone the times are UTC already; the date is that of the first record as its device showed it.
  const DurationNs to_local = minutes(clock.zone_minutes.value_or(0));
  const DurationNs to_utc = clock.zone_minutes ? DurationNs{0} : DurationNs{0} - minutes(*date.zone_minutes);
  if (shown == DateShown::full) {
    return to_utc;
  }
  if (shown == DateShown::none) {
    return date.midnight - TimeNs{floor_to_day((first + to_local).ns)} + to_utc;
  }
  const auto years = offset_for_year(clock, date, first + to_local);
  return years.ok() ? Result<DurationNs>(*years + to_utc) : years;
}

std::string date_text(TimeNs midnight, std::optional<int> zone_minutes) {
  std::string iso = format_iso(midnight, 0, 0).substr(0, 10);
  if (!zone_minutes) {
    return iso;
  }
  const int size = std::abs(*zone_minutes);
  const auto two = [](int n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  return iso + (*zone_minutes < 0 ? "-" : "+") + two(size / 60) + ":" + two(size % 60);
}

std::string date_for_offset(const SourceClock& clock, DurationNs offset) {
  if (!clock.first || offset.ns % kMinuteNs != 0) {
    return {};
  }
  const TimeNs utc = *clock.first + offset;
  const std::int64_t zone = (kDayNs - (offset.ns - floor_to_day(offset.ns))) % kDayNs / kMinuteNs;
  for (const std::int64_t candidate : {zone > 12 * 60 ? zone - 24 * 60 : zone, zone, zone - 24 * 60}) {
    const int minutes_east = clock.zone_minutes.value_or(static_cast<int>(candidate));
    if (candidate > kMostEast || candidate < kMostWest) {
      continue;
    }
    const GivenDate date{TimeNs{floor_to_day((utc + minutes(minutes_east)).ns)}, minutes_east, false};
    const auto found = offset_for_date(clock, date);
    if (found.ok() && *found == offset) {
      return date_text(date.midnight, minutes_east);
    }
  }
  return {};
}

}  // namespace uptrail
