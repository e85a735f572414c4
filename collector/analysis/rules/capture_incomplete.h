// capture-incomplete: what this capture cannot answer, and the smallest thing that would change that. Not a Rule: it reports on
// the undetermined verdicts of the others and is judged last.
#pragma once

#include <optional>
#include <span>

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

const RuleInfo& capture_incomplete_info();

// nullopt: every question could be answered and nothing is known to be missing from the capture.
std::optional<Finding> judge_capture(const World& world, std::span<const Undetermined> questions);

}  // namespace uptrail::analysis
