// From when to when the tasks of each session lived, as far as it was seen: what the rules about sessions share.
#pragma once

#include <map>
#include <vector>

#include "collector/analysis/rules/support.h"

namespace uptrail::analysis::rules {

// One task. All facts kNoFact: not seen.
struct TaskLife {
  TaskId task;
  FactIndex first = kNoFact;     // the first fact of any kind
  FactIndex created = kNoFact;   // by the app, else nsurlsessiond's word; without it the task may be older than the capture
  FactIndex resumed = kNoFact;   // resumed, or seen to move
  FactIndex finished = kNoFact;  // nsurlsessiond's end, when it was final
  FactIndex told = kNoFact;      // didCompleteWithError, else CFNetwork's end in the app
  [[nodiscard]] FactIndex end() const { return finished != kNoFact ? finished : told; }
};

TaskLife life_of_task(const World& world, TaskId task);
using TaskLives = std::map<SessionId, std::vector<TaskLife>>;
// Of all tasks of the unit whose session is known, in one pass; tasks in the order of their ids.
TaskLives task_lives(const World& world);
std::span<const TaskLife> lives_in(const TaskLives& lives, SessionId session);

// It may have been outstanding at that moment: not surely ended before, not surely created after.
bool maybe_outstanding(const World& world, const TaskLife& life, FactIndex at);
// It was outstanding: seen before, and its end came after.
bool surely_outstanding(const World& world, const TaskLife& life, FactIndex at);
// The end says that the app, the user or the system cancelled it.
bool ended_cancelled(const World& world, const TaskLife& life);
// A fact of the app process that shows the session alive in it: created, set up, listed, or a task's event. Facts of the app's
// own state (upload.state) do not. kNoFact: none.
FactIndex sign_of_session(const World& world, SessionId session, EpochId epoch);

}  // namespace uptrail::analysis::rules
