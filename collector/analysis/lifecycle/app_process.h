// The life of one app process.
#pragma once

#include "collector/analysis/lifecycle/table.h"

namespace uptrail::analysis::lifecycle {

namespace app_process {
enum : State { unseen, not_running, force_quit, launching, launching_back, foreground, background, suspended };
}  // namespace app_process

extern const Table kAppProcess;

}  // namespace uptrail::analysis::lifecycle
