// What each process did when: life-cycle states, and when it was known to be running.
#pragma once

#include <span>
#include <vector>

#include "collector/analysis/coverage.h"

namespace uptrail::analysis {

// Fills `states` and `running` of the epochs, and `lives.processes`, from the unit's facts, which have their epochs.
void build_process_states(UnitFacts& unit, std::span<const Stream> streams, const Coverage& coverage,
                          std::span<const EpochId> epochs, std::vector<ProcessEpoch>& all);

}  // namespace uptrail::analysis
