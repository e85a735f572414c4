// Copies of nsurlsessiond's store that are older than the log beside them: said, never judged.
#pragma once

#include <vector>

#include "collector/analysis/rules/contradictions.h"

namespace uptrail::analysis {

// One for each copy that shows tasks as live whose end was logged well before the copy was last written: its time is not that
// of its content, or its latest changes (-wal) are missing.
std::vector<Contradiction> older_copies(const World& world);

}  // namespace uptrail::analysis
