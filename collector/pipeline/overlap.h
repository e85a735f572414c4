// Captures that overlap: the same log line, read by two exports of one log, is one event.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "collector/model/entities.h"
#include "collector/pipeline/sightings.h"

namespace uptrail {

struct Overlap {
  std::vector<bool> repeated;             // by sighting: another source tells it, too, and that one counts; empty: none
  std::vector<std::uint64_t> per_source;  // how many of each source
  [[nodiscard]] bool any() const { return !repeated.empty(); }
};

// Two sightings of different logs are one event when kind, observer, all keys and the time to the last digit are the same. Where
// a log shows whole seconds only, its events are never taken for another's. A line that one log holds twice stays twice. What a
// log says about itself (manifest, gaps, clock) and stores are never repeated. The answer does not depend on the order of the
// sources.
Overlap find_overlap(std::span<const Source> sources, const Sightings& sightings);

}  // namespace uptrail
