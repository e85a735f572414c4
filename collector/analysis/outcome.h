// OK, FAIL or COULD NOT TELL, with what is missing and the one thing to do next.
#pragma once

#include <vector>

#include "collector/analysis/world_impl.h"
#include "collector/model/derived.h"

namespace uptrail::analysis {

// What one unit contributes: how many tasks could be judged, and why the others could not.
struct UnitVerdict {
  UnitId unit;
  std::size_t tasks = 0;      // background tasks seen
  std::size_t uncovered = 0;  // callbacks not covered while the task lived
  std::size_t waiting = 0;    // finished, not delivered, and no rule could say whether it should have been
  std::string reason;         // of the first uncovered task
  bool never_logged = false;  // the app logs no didCompleteWithError at all
};
UnitVerdict judge_callbacks(const World& world);

// Sets derived.outcome, outcome_reason and next_step. Causes must be built.
void decide_outcome(Derived& derived, std::span<const UnitVerdict> units, std::span<const Source> sources);

}  // namespace uptrail::analysis
