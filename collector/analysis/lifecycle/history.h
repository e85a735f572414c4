// Questions to the history of one subject.
#pragma once

#include <algorithm>
#include <span>

#include "collector/analysis/lifecycle/machine.h"

namespace uptrail::analysis::lifecycle {

// The event that first led into one of the states; kNoFact: none did.
inline FactIndex first_into(std::span<const Change> changes, In states) {
  const auto it = std::find_if(changes.begin(), changes.end(), [&](const Change& c) { return states.has(c.to); });
  return it == changes.end() ? kNoFact : it->at;
}
inline bool was_ever(std::span<const Change> changes, In states) { return first_into(changes, states) != kNoFact; }
inline State last_state(std::span<const Change> changes) { return changes.empty() ? kUnseen : changes.back().to; }

}  // namespace uptrail::analysis::lifecycle
