// The life of a task as the app sees it.
#pragma once

#include "collector/analysis/lifecycle/table.h"

namespace uptrail::analysis::lifecycle {

namespace task_client {
enum : State { unseen, created, running, suspended, canceling, finished, delivered, lost };
}  // namespace task_client

extern const Table kTaskClient;

}  // namespace uptrail::analysis::lifecycle
