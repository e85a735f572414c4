// What is known from a format string alone was never seen in a log: it can make a finding likely, not proven.
#pragma once

#include <functional>
#include <set>
#include <vector>

#include "collector/base/result.h"
#include "collector/model/event.h"
#include "collector/model/finding.h"

namespace uptrail::analysis {

// Lowers every proven finding to likely whose decisive step, the kind of its key evidence, rests on such events alone.
// `format_only`: all events whose message is known as a format string only. `kind_of` answers for any event of the case.
Status weaken_unseen(std::vector<Finding>& findings, const std::set<EventId>& format_only,
                     const std::function<Result<EventKind>(EventId)>& kind_of);

}  // namespace uptrail::analysis
