// Logs of whole seconds: what lies close together there has no measurable distance.
#pragma once

#include "collector/analysis/world.h"

namespace uptrail::analysis::rules {

// By how much the distance of the two may be wrong: 1 s when their log shows whole seconds, else 0.
DurationNs coarseness(const World& world, FactIndex a, FactIndex b);
// Closer than `distance`, or so close that coarse times cannot tell. Same domain.
bool maybe_near_in_time(const World& world, FactIndex a, FactIndex b, DurationNs distance);

}  // namespace uptrail::analysis::rules
