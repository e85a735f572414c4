// Thresholds and rule choices from a text file:
//   # one setting a line
//   task-completed-without-callback.callback_wait = 60
//   ignore = session-created-twice
//   only = capture-incomplete
#pragma once

#include <string>
#include <string_view>

#include "collector/analysis/analyse.h"
#include "collector/base/result.h"

namespace uptrail::cli {

// Adds to `settings`. Unknown rules and thresholds, and values that are no number, are usage errors with file and line.
Status parse_rules_text(std::string_view text, const std::string& name, analysis::RuleSettings& settings);
// A usage error with a suggestion unless `rule` is one.
Status check_rule_name(const std::string& rule);

}  // namespace uptrail::cli
