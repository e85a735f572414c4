// One wake of a session, from the request to the call of the completion handler.
#pragma once

#include "collector/analysis/lifecycle/table.h"

namespace uptrail::analysis::lifecycle {

namespace wake {
enum : State { unseen, idle, requested, launched, handed_over, delivering, due, done, called_early };
}  // namespace wake

extern const Table kWake;

}  // namespace uptrail::analysis::lifecycle
