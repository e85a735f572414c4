// Where the clocks of the sources stand on the UTC axis, and which sources may be ordered against each other.
//
// An absolute clock is on the axis. A floating one is placed by the user's date, by a clock.sync event, or by tasks whose UUID is
// seen in another source too. Two sources share an order domain only by a sync point or by such tasks, whose corresponding events
// must agree within kAgree; also when both clocks are absolute.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collector/base/result.h"
#include "collector/base/time.h"
#include "collector/model/entities.h"
#include "collector/pipeline/sightings.h"

namespace uptrail {

inline constexpr DurationNs kAgree = seconds(2);
inline constexpr DurationNs kBetweenFiles = seconds(2);           // uncertainty between two files' wall clocks
inline constexpr DurationNs kBetweenProcesses = milliseconds(5);  // of one unified log

// "2026-11-18+01:00", "2026-11-18Z", "2026-11-18".
struct GivenDate {
  TimeNs midnight;  // of the date, as if it were UTC
  std::optional<int> zone_minutes;
};
std::optional<GivenDate> parse_given_date(std::string_view text);

// What is to be known of one source's clock.
struct SourceClock {
  ClockKind kind = ClockKind::none;
  std::optional<int> zone_minutes;
  std::optional<TimeNs> first;       // of all records, on the source's clock
  bool unified = false;              // several processes write into it, each with its own buffer
  std::optional<GivenDate> date;     // from the user
  std::optional<DurationNs> before;  // offset of an earlier derivation
};

struct PlacedClock {
  DomainId domain;  // invalid for ClockKind::none: its streams get domains of their own
  DurationNs offset;
  bool placed = false;
  DurationNs uncertainty;
};

// A date for a clock that shows no zone must bring one: nullopt otherwise.
std::optional<DurationNs> offset_for_date(const SourceClock& clock, const GivenDate& date);

// The events of one task, seen in two sources.
struct SharedTask {
  std::uint32_t a = 0, b = 0;      // sources, a < b
  std::vector<DurationNs> b_to_a;  // time in a - time in b of corresponding events
};
std::vector<SharedTask> shared_tasks(const Sightings& sightings, std::size_t source_count);

struct SyncPoint {
  std::uint32_t source = 0;
  std::optional<std::uint32_t> reference;  // nullopt: UTC
  DurationNs offset;                       // source + offset = reference
  DurationNs uncertainty;
};

// Index: source number, in an order that does not depend on the order of reading. Domains are numbered: placed ones first.
std::vector<PlacedClock> place_clocks(std::span<const SourceClock> clocks, std::span<const SharedTask> shared,
                                      std::span<const SyncPoint> syncs);

}  // namespace uptrail
