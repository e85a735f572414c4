#include "viewer/load/on_demand.h"

#include <utility>

namespace uptrail::viewer {

namespace {
constexpr std::size_t kKept = 4096;  // tasks
}  // namespace

const Task* OnDemand::task(TaskId id) {
  const std::lock_guard lock(mutex_);
  const auto at = tasks_.find(id);
  if (at != tasks_.end()) return at->second.get();
  wishes_.insert(id);
  return nullptr;
}

bool OnDemand::wants_tasks() const {
  const std::lock_guard lock(mutex_);
  return !wishes_.empty();
}

void OnDemand::trim() {
  const std::lock_guard lock(mutex_);
  if (tasks_.size() > kKept) tasks_.clear();
}

std::vector<TaskId> OnDemand::take_wishes() {
  const std::lock_guard lock(mutex_);
  std::vector<TaskId> out(wishes_.begin(), wishes_.end());
  wishes_.clear();
  return out;
}

void OnDemand::answer(TaskId id, std::unique_ptr<const Task> task) {
  const std::lock_guard lock(mutex_);
  tasks_[id] = std::move(task);
}

void OnDemand::set_evidence(std::map<EventId, EvidenceLine> rest) {
  evidence_ = std::move(rest);
  evidence_ready_ = true;
}

}  // namespace uptrail::viewer
