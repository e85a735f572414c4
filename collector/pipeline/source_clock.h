// What is to be known of one source's clock, and what a date from the user means for it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "collector/base/result.h"
#include "collector/base/time.h"
#include "collector/model/entities.h"

namespace uptrail {

// "2026-11-18+01:00", "2026-11-18Z", "2026-11-18"; "2026+01:00", "2026" for clocks that show month and day.
struct GivenDate {
  TimeNs midnight;  // of the date, as if it were UTC; of 1 January when only the year was given
  std::optional<int> zone_minutes;
  bool only_year = false;
};
std::optional<GivenDate> parse_given_date(std::string_view text);

struct SourceClock {
  ClockKind kind = ClockKind::none;
  std::optional<int> zone_minutes;
  std::optional<TimeNs> first, last;  // of all records, on the source's clock
  ClockTraits traits;
  DurationNs step;                   // see SourceClockInfo
  bool unified = false;              // several processes write into it, each with its own buffer
  std::optional<GivenDate> date;     // from the user
  std::optional<DurationNs> before;  // offset of an earlier derivation
  PlacedBy before_by = PlacedBy::date;
};

// How much of a date the clock shows. Times of the first year after 1970 have none, whatever the traits of an old case say.
DateShown date_shown(const SourceClock& clock);

// Where the date puts the clock: UTC - source time. Errors (usage), which say what to write instead: a zone is missing, a year
// alone for a clock without month and day, another day than that of the first record, a year without 29 February for a source
// that has lines of that day.
Result<DurationNs> offset_for_date(const SourceClock& clock, const GivenDate& date);

// The date, with zone, that gives exactly this offset; "": none does.
std::string date_for_offset(const SourceClock& clock, DurationNs offset);

// "2026-11-18" and, when there is one, "+01:00"
std::string date_text(TimeNs midnight, std::optional<int> zone_minutes);

}  // namespace uptrail
