// What a form that keeps whole lists answers about single tasks.
#include "collector/trace/case_file.h"

namespace uptrail {

Result<std::uint64_t> CaseReader::task_count() {
  const auto all = derived();
  UPTRAIL_TRY(all);
  return std::uint64_t{all->tasks.size()};
}

Result<std::uint64_t> CaseReader::upload_count() {
  const auto all = derived();
  UPTRAIL_TRY(all);
  return std::uint64_t{all->uploads.size()};
}

Result<std::optional<Task>> CaseReader::task(TaskId id) {
  auto all = derived();
  UPTRAIL_TRY(all);
  return id.value < all->tasks.size() ? std::optional(std::move(all->tasks[id.value])) : std::optional<Task>();
}

Status CaseReader::for_each_task(TaskId first, const std::function<bool(const Task&)>& callback) {
  const auto all = derived();
  UPTRAIL_TRY(all);
  for (const Task& task : all->tasks) {
    if (task.id >= first && !callback(task)) break;
  }
  return done();
}

}  // namespace uptrail
