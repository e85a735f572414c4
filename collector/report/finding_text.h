// One finding with everything it rests on: what `uptrail explain CASE FINDING` prints.
#pragma once

#include <string>

#include "collector/report/check_data.h"
#include "collector/report/text_layout.h"

namespace uptrail {

// Raw lines are printed as they were found, only made safe for a terminal. `rule`: what the rule tells about itself; nullptr when
// this build has none of that name.
std::string finding_text(const CheckData& data, const Finding& finding, const RuleInfo* rule, const TextStyle& style);

}  // namespace uptrail
