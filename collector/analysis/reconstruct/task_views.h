// The life of each task as the app and as nsurlsessiond see it, through the tables.
#pragma once

#include <span>
#include <vector>

#include "collector/analysis/facts_builder.h"
#include "collector/model/entities.h"

namespace uptrail::analysis {

struct TaskViews {
  lifecycle::History client, daemon;  // subjects: positions in `tasks`
};

// `tasks`: those of the unit, ascending. `listed`: which tasks the answers in UnitFacts::lists name.
// Facts of another order domain show what happened to a task, too, though not when: they are taken one domain after the other.
TaskViews build_task_views(const UnitFacts& unit, std::span<const TaskId> tasks, std::span<const Stream> streams,
                           std::span<const TaskId> listed, std::vector<lifecycle::Break>& breaks);

}  // namespace uptrail::analysis
