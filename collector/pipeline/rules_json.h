// The object that a rules file holds, also where it is a part of another file.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "collector/analysis/analyse.h"
#include "collector/base/result.h"

namespace uptrail {

// One thing that is left out, as it is written: a rule or the id of a finding.
struct Suppression {
  std::string what;
  std::string reason;   // "": none is given
  std::string expires;  // last day it holds, 2027-01-31; "": for ever
  bool expired = false;
};

// Adds to `settings`; what has expired is not among what is ignored. `suppressions` may be null. Errors name no file.
Status read_rules(const nlohmann::json& rules, const std::string& today, analysis::RuleSettings& settings,
                  std::vector<Suppression>* suppressions);

// A usage error with the line that `byte` lies in, from 1 as nlohmann's parse_error counts; `written` shows what is expected.
Error not_json(std::string_view text, std::size_t byte, std::string_view written);

bool is_day_text(std::string_view text);  // 2027-01-31

}  // namespace uptrail
