// The life of one URLSession object in one process.
#pragma once

#include "collector/analysis/lifecycle/table.h"

namespace uptrail::analysis::lifecycle {

namespace session_object {
enum : State { unseen, absent, connecting, active, reconnecting, failed, finishing, cancelling, invalid };
}  // namespace session_object

extern const Table kSessionObject;

}  // namespace uptrail::analysis::lifecycle
