// Whose events and findings one story is about.
#pragma once

#include <algorithm>
#include <optional>
#include <vector>

#include "collector/analysis/story/storyteller.h"

namespace uptrail::analysis {

struct Storyteller::Scope {
  std::vector<TaskId> tasks;
  UploadId upload;
  SessionId session;
  bool whole_session = false;  // the session itself is the subject
  std::optional<Interval> span;

  [[nodiscard]] bool has(TaskId id) const { return std::find(tasks.begin(), tasks.end(), id) != tasks.end(); }
};

}  // namespace uptrail::analysis
