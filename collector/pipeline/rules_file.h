// Thresholds and rule choices from a JSON file (schemas/rules.schema.json):
//   {"thresholds": {"task-completed-without-callback.T_CB": 60}, "ignore": ["session-created-twice"], "only": []}
// "severity" gives another one to all findings of a rule: {"session-per-upload": "info"}.
// What is ignored may also be {"finding": "0123456789abcdef", "reason": "…", "expires": "2027-01-31"}, or "rule" instead of
// "finding". The last day it holds is the one named; `today` tells.
#pragma once

#include <string>
#include <string_view>

#include "collector/analysis/analyse.h"
#include "collector/base/result.h"

namespace uptrail {

// Adds to `settings`. What is no such object, unknown keys, rules and thresholds, and values that are no number of at least 0 are
// usage errors with the file and the place.
Status parse_rules_file(std::string_view text, const std::string& name, const std::string& today,
                        analysis::RuleSettings& settings);

// A usage error with a suggestion unless `rule` is one.
Status check_rule_name(const std::string& rule);
// The same for what --ignore takes: a rule, or the whole fingerprint of a finding (16 hex digits).
Status check_ignored(const std::string& rule_or_finding);

}  // namespace uptrail
