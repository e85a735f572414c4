// When one task began, moved and ended, as its facts tell it.
#pragma once

#include <span>

#include "collector/analysis/facts.h"

namespace uptrail::analysis {

// All facts kNoFact: not seen.
struct TaskLife {
  TaskId task;
  FactIndex first = kNoFact;     // the first fact of any kind; a store's row only when there is no other
  FactIndex created = kNoFact;   // by the app, else nsurlsessiond's word; without it the task may be older than the capture
  FactIndex resumed = kNoFact;   // resumed, or seen to move
  FactIndex finished = kNoFact;  // nsurlsessiond's end, when it was final
  FactIndex told = kNoFact;      // didCompleteWithError, else CFNetwork's end in the app
  [[nodiscard]] FactIndex end() const { return finished != kNoFact ? finished : told; }
};

// `own`: the task's facts, ascending.
TaskLife life_of_task(std::span<const Fact> facts, std::span<const FactIndex> own, TaskId task);
bool moves_in_daemon(EventKind kind);  // nsurlsessiond starts the transfer, goes on with it or begins it again

}  // namespace uptrail::analysis
