// Background wakes of each session, from the daemon's request to the call of the completion handler.
#pragma once

#include "collector/analysis/facts_builder.h"
#include "collector/model/derived.h"

namespace uptrail::analysis {

// Appends the wakes of one unit and fills `lives.wakes`. Facts must have their epochs. A handler call that names no session is
// given to the only open wake of its process (Fact::session is set).
void build_wakes(UnitFacts& unit, UnitId id, Derived& derived);

}  // namespace uptrail::analysis
