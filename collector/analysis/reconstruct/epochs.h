// Lives of the app's processes, from launches, ends, changes of the process id and reboots (one state machine an order domain).
#pragma once

#include <span>
#include <vector>

#include "collector/analysis/facts_builder.h"
#include "collector/model/entities.h"

namespace uptrail::analysis {

// Appends the epochs of one unit to `all` and sets Fact::epoch of everything its processes logged or that is about them.
// `states` and `running` stay empty. Returns the ids of the new epochs.
std::vector<EpochId> build_epochs(UnitFacts& unit, UnitId id, std::span<const Stream> streams, std::vector<ProcessEpoch>& all);

// Is the fact a sign of life of the process: was it logged by code that runs in it?
bool is_app_side(const Fact& fact, std::span<const Stream> streams);

}  // namespace uptrail::analysis
