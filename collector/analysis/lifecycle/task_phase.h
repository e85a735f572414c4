// What a task is drawn as: the views of app and nsurlsessiond in one row of phases.
#pragma once

#include "collector/analysis/lifecycle/table.h"

namespace uptrail::analysis::lifecycle {

namespace task_phase {
// TaskPhase + 1.
enum : State { unseen, created, resumed, waiting, transferring, response, finished, delivered, cancelled };
}  // namespace task_phase

extern const Table kTaskPhase;

}  // namespace uptrail::analysis::lifecycle
