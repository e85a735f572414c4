// Events that cannot both be as they are logged, by the life-cycle tables (docs/lifecycles.md). They blame nobody; they limit
// what the capture can prove.
#pragma once

#include <string>
#include <vector>

#include "collector/analysis/world.h"
#include "collector/model/finding.h"

namespace uptrail::analysis {

// All that contradict one pair of state and event.
struct Contradiction {
  std::string text;  // one sentence: subject, event, state, why
  std::vector<EvidenceRef> evidence;
};

// Those that are certain: the order of the two events is known, and what could explain them would have been recorded. At most one
// a kind of pair, and at most kContradictionKinds; a last one without evidence counts the kinds that were left out.
std::vector<Contradiction> contradictions(const World& world);
inline constexpr std::size_t kContradictionKinds = 8;

}  // namespace uptrail::analysis
