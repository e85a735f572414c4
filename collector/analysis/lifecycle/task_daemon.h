// The life of a task as nsurlsessiond sees it.
#pragma once

#include "collector/analysis/lifecycle/table.h"

namespace uptrail::analysis::lifecycle {

namespace task_daemon {
enum : State { unseen, enqueued, waiting, transferring, force_quit, unacked, held, acknowledged, gone };
}  // namespace task_daemon

extern const Table kTaskDaemon;

}  // namespace uptrail::analysis::lifecycle
