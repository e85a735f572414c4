// The life of a task as its facts tell it, from when to when it lasted, and the session's lists of tasks: what the rules about
// outcomes, losses and sessions share.
#pragma once

#include <initializer_list>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collector/analysis/rules/support.h"

namespace uptrail::analysis::rules {

FactIndex first_of(const World& world, std::span<const FactIndex> among, std::initializer_list<EventKind> kinds);
FactIndex first_of(const World& world, TaskId task, std::initializer_list<EventKind> kinds);
FactIndex last_of(const World& world, std::span<const FactIndex> among, std::initializer_list<EventKind> kinds);
// The first resume, by the app or by nsurlsessiond, or the first sign that the transfer is under way.
FactIndex start_of(const World& world, TaskId task);
// did-complete, CFNetwork's end, or a terminal end in nsurlsessiond.
bool is_end(const Fact& fact);
// A word of the app (upload.state, its store) names a task but shows nothing of the task itself.
bool is_belief(const Fact& fact);
// Something other than a belief was seen of the task in the app or in nsurlsessiond.
bool was_seen(const World& world, TaskId task);
// Does the task belong to a background session, as far as is known? Without a session only what nsurlsessiond did counts.
bool in_background_session(const World& world, TaskId task);
// Domain of the error that `end` carries; "": not logged. Reads the case when only CFNetwork told it.
std::string error_domain(const World& world, TaskId task, FactIndex end);
// Words of the upload as the app gave them: upload.state, or its own store where it says something else. kNoFact: none.
FactIndex last_state_of(const World& world, UploadId upload);
bool is_state(const Fact& fact);  // upload.state, or a row of the app's own store

using TaskLives = std::map<SessionId, std::span<const TaskLife>>;
// Of all tasks of the unit whose session is known; tasks in the order of their ids.
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

// From when on callbacks can be delivered in the process: at once, or, after a launch in the background or once nsurlsessiond
// holds them, from handle-events, the foreground or the release on. kTimeMax: held to the end.
TimeNs deliverable_from(const World& world, SessionId session, EpochId epoch, TimeNs from);

// How much of a session one answer of getAllTasks shows.
enum class ListKind : std::uint8_t { complete, unsaid, partial };
struct TaskList {
  FactIndex answered = kNoFact;
  ListKind kind = ListKind::unsaid;
};
// All lists of the unit by session, in time order, and where each task was listed.
class TaskLists {
 public:
  explicit TaskLists(const World& world);
  [[nodiscard]] const std::vector<TaskList>& of(SessionId session) const;
  // Those among which are all that may have come after the fact.
  [[nodiscard]] std::span<const TaskList> after(SessionId session, FactIndex fact) const;
  struct Entry {
    FactIndex answered = kNoFact;
    std::size_t position = 0;  // in World::listing()
  };
  [[nodiscard]] const std::vector<Entry>& with(TaskId task) const;
  [[nodiscard]] ListedTask entry(const Entry& at) const { return world_.listing(at.answered)[at.position]; }

 private:
  const World& world_;
  std::map<SessionId, std::vector<TaskList>> lists_;
  std::map<TaskId, std::vector<Entry>> with_;
};
bool is_live_state(Word listed);  // running or suspended

}  // namespace uptrail::analysis::rules
