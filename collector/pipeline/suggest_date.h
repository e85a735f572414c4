// What the user could give with --date for a clock that floats. Only ever shown, never used.
#pragma once

#include <span>
#include <string>

#include "collector/pipeline/clocks.h"

namespace uptrail {

struct DateSuggestion {
  std::string date;  // "2026-11-18+01:00"; "…+HH:MM" when no zone is known
  std::string why;   // one sentence, without full stop
};

// Where the other sources stand.
struct PlacedSource {
  std::string name;  // for the sentence
  Interval span;     // of all records, UTC
  std::optional<int> zone_minutes;
};

// Best evidence first: dated texts in the source itself, the days of the other sources, the day of the file's last change.
DateSuggestion suggest_date(const SourceClock& clock, const SourceClockInfo& info, std::span<const PlacedSource> others);

}  // namespace uptrail
