// What a large case reads when it is first looked at: its tasks, one by one, and the evidence of most findings a moment after the
// picture. The thread that draws asks and looks again; the worker answers.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

#include "collector/model/entities.h"
#include "viewer/load/evidence_line.h"

namespace uptrail::viewer {

class OnDemand {
 public:
  // -- the thread that draws
  // nullptr: it is asked for now, or was not found. What is given stays until trim().
  const Task* task(TaskId id);
  [[nodiscard]] bool wants_tasks() const;
  void trim();  // forgets tasks when there are many
  [[nodiscard]] const std::map<EventId, EvidenceLine>* evidence() const { return evidence_ready_ ? &evidence_ : nullptr; }
  // -- the worker
  [[nodiscard]] std::vector<TaskId> take_wishes();
  void answer(TaskId id, std::unique_ptr<const Task> task);  // nullptr: there is none
  void set_evidence(std::map<EventId, EvidenceLine> rest);   // once

 private:
  mutable std::mutex mutex_;  // of what follows
  std::map<TaskId, std::unique_ptr<const Task>> tasks_;
  std::set<TaskId> wishes_;
  std::map<EventId, EvidenceLine> evidence_;  // not touched any more when it is ready
  std::atomic<bool> evidence_ready_ = false;
};

}  // namespace uptrail::viewer
