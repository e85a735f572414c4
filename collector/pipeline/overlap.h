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
// both show whole seconds only, that is not enough: there they are the same only when all events of the seconds that both logs
// cover are, one for one and in their order, at least three of them name a UUID, and they are of more than one second; but for
// the first and last of these seconds, in which a log may begin or end. One that lost a line in between is counted in full. A
// line that one log holds twice stays twice. What a log says about itself (manifest, gaps, clock) and stores are never repeated.
// The answer does not depend on the order of the sources.
Overlap find_overlap(std::span<const Source> sources, const Sightings& sightings);

}  // namespace uptrail
