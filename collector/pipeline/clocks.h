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
#include "collector/pipeline/source_clock.h"

namespace uptrail {

inline constexpr DurationNs kAgree = seconds(2);
inline constexpr DurationNs kBetweenFiles = seconds(2);           // uncertainty between two files' wall clocks
inline constexpr DurationNs kBetweenProcesses = milliseconds(5);  // of one unified log

struct PlacedClock {
  DomainId domain;  // invalid for ClockKind::none: its streams get domains of their own
  DurationNs offset;
  bool placed = false;
  PlacedBy by = PlacedBy::nothing;
  DurationNs uncertainty;  // at least the precision of the clock, and the longest step it may have made
};

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
