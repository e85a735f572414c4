// Reads what beliefs are made of.
#include <algorithm>
#include <functional>
#include <set>

#include "collector/timeline/beliefs.h"

namespace uptrail::timeline {

namespace {

using K = EventKind;

constexpr std::size_t kAskedOneByOne = 2000;  // of more tasks the events of all are read once

std::vector<EventKind> belief_kinds() {
  return {K::upload_state,
          K::store_entry,
          K::task_create,
          K::task_resume,
          K::task_suspend,
          K::task_cancel,
          K::task_progress,
          K::task_did_complete,
          K::task_cfn_finished,
          K::daemon_task_created,
          K::daemon_task_enqueued,
          K::daemon_task_resumed,
          K::daemon_task_begin,
          K::daemon_task_implicit_resume,
          K::daemon_task_suspended,
          K::daemon_task_cancelled,
          K::daemon_task_connection,
          K::daemon_task_sent,
          K::daemon_task_waiting,
          K::daemon_task_retry,
          K::daemon_task_finished};
}

// Events that another capture tells, too, belong to no stream and count there.
Status add_beliefs(CaseReader& reader, const EventQuery& query, bool words, const std::function<bool(const Event&)>& wanted,
                   std::vector<Belief>& out) {
  return reader.for_each_event(query, [&](const Event& event) {
    if (!event.stream.valid() || !wanted(event)) return true;
    if (auto belief = belief_of(event, words)) out.push_back(std::move(*belief));
    return true;
  });
}

void by_time(std::vector<Belief>& words) {
  std::stable_sort(words.begin(), words.end(), [](const Belief& a, const Belief& b) { return a.t < b.t; });
}

}  // namespace

Result<std::vector<Belief>> beliefs_about(CaseReader& reader, std::span<const TaskId> tasks, std::optional<UploadId> upload,
                                          Interval seen) {
  std::vector<Belief> out;
  EventQuery query;
  query.kinds = belief_kinds();
  for (const TaskId task : tasks) {
    query.task = task;
    UPTRAIL_TRY(add_beliefs(
        reader, query, true, [](const Event&) { return true; }, out));
  }
  if (upload) {
    query = {};
    query.kinds = {K::upload_state, K::store_entry};
    query.span = seen;
    UPTRAIL_TRY(add_beliefs(
        reader, query, true, [&](const Event& e) { return e.upload == *upload && !e.task.valid(); }, out));
  }
  by_time(out);
  return out;
}

Result<std::vector<Belief>> beliefs_beside_stores(CaseReader& reader, const std::vector<Stream>& streams) {
  std::vector<Belief> out;
  if (std::none_of(streams.begin(), streams.end(), [](const Stream& s) { return s.observer == Observer::store; })) return out;
  EventQuery query;
  query.kinds = {K::store_entry};
  UPTRAIL_TRY(add_beliefs(
      reader, query, true, [](const Event& e) { return e.task.valid() || e.upload.valid(); }, out));
  std::set<TaskId> tasks;
  for (const Belief& b : out) {
    if (b.task.valid()) tasks.insert(b.task);
  }
  query.kinds = belief_kinds();
  const auto is_new = [](const Event& e) { return e.kind != K::store_entry; };
  if (tasks.size() <= kAskedOneByOne) {
    for (const TaskId task : tasks) {
      query.task = task;
      UPTRAIL_TRY(add_beliefs(reader, query, true, is_new, out));
    }
  } else {
    UPTRAIL_TRY(add_beliefs(
        reader, query, true, [&](const Event& e) { return is_new(e) && tasks.contains(e.task); }, out));
  }
  by_time(out);
  return out;
}

}  // namespace uptrail::timeline
