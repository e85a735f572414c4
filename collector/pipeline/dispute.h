// A finding as a small event script that anybody may see: the events that the rule needs to fire, and nothing private.
#pragma once

#include <cstddef>
#include <string>

#include "collector/base/result.h"
#include "collector/model/finding.h"
#include "collector/trace/case_file.h"

namespace uptrail {

struct Dispute {
  std::string script;       // ends with its `fire:` line
  bool reproduced = false;  // the rule fires on the script as it fired on the case
  bool weaker = false;      // it does, but with less confidence
  std::size_t events = 0;   // lines of the script
  std::size_t of = 0;       // events of the app on the finding's clock, heartbeats and manifests left out
  std::string why_not;      // not reproduced: what is known about why
};

// Re-runs the analysis in memory on ever fewer events, a bounded number of times. Equal cases give equal scripts. Errors: the
// case itself; a finding without evidence or without a clock (ErrorKind::usage).
Result<Dispute> make_dispute(CaseReader& reader, const Finding& finding);

}  // namespace uptrail
