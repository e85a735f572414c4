#include "collector/analysis/rules/suspended_task_never_resumed.h"

#include <algorithm>
#include <map>

#include "collector/analysis/lifecycle/history.h"
#include "collector/analysis/lifecycle/task_client.h"
#include "collector/analysis/lifecycle/task_daemon.h"
#include "collector/analysis/rules/daemon_stores.h"
#include "collector/analysis/rules/support.h"
#include "collector/analysis/rules/task_life.h"
#include "collector/base/text.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "suspended-task-never-resumed",
    .title = "Task never resumed",
    .severity = Severity::warning,
    .summary = "Tasks are created suspended; this one was never resumed, so nothing is sent and no timeout runs.",
    .needs =
        "task.create (or a list, or nsurlsessiond's store, with the task as suspended), task.resume from the app or "
        "daemon.task-resumed, and the app's "
        "life-cycle.",
    .remedy =
        "Call resume() right after the task has been configured, and in the rebuild path resume what is listed as suspended.",
    .thresholds = {{"T_RESUME", 10, "s", "run time; resume() is normally the next statement"}},
};

// A task that waits to be resumed, from a moment of one process on.
struct Held {
  TaskId task;
  EpochId epoch;
  FactIndex from = kNoFact;  // task.create, or the list that shows it suspended
  bool listed = false;
};

// For each session: until when a task that had been resumed was alive in it; kTimeMax: still.
struct Busy {
  TimeNs until = kTimeMin;
};

std::map<SessionId, Busy> busy_sessions(const World& world, const TaskLives& lives) {
  std::map<SessionId, Busy> out;
  for (const auto& [session, own] : lives) {
    for (const TaskLife& life : own) {
      if (life.resumed == kNoFact) continue;
      Busy& busy = out[session];
      busy.until = std::max(busy.until, life.end() == kNoFact ? kTimeMax : world.fact(life.end()).t);
    }
  }
  return out;
}

FactIndex created_at(const World& world, TaskId task) {
  return lifecycle::first_into(world.client_changes(task), {lifecycle::task_client::created});
}

// Neither the app nor nsurlsessiond shows that it was resumed, cancelled or over.
bool never_moved(const World& world, TaskId task) {
  namespace client = lifecycle::task_client;
  namespace daemon = lifecycle::task_daemon;
  return !lifecycle::was_ever(world.client_changes(task),
                              {client::running, client::canceling, client::finished, client::delivered}) &&
         !lifecycle::was_ever(world.daemon_changes(task), {daemon::waiting, daemon::transferring, daemon::force_quit,
                                                           daemon::unacked, daemon::held, daemon::acknowledged});
}

bool paused_on_purpose(Word state) {
  return state == Word::paused || state == Word::queued || state == Word::waiting || state == Word::cancelled;
}

// The upload's last state as the app has it: in its own words, and where.
FactIndex last_state(const World& world, TaskId task) {
  const UploadId upload = task_of(world, task).upload;
  FactIndex last = kNoFact;
  if (!upload.valid()) return last;
  for (const FactIndex i : world.of_upload(upload)) {
    if (world.fact(i).kind == EventKind::upload_state) last = i;
  }
  return last;
}

DomainId domain_of(const World& world, const Held& held) { return epoch_of(world, held.epoch).domain; }

// From when on it is held, by the clock of the process.
TimeNs held_from(const World& world, const Held& held) {
  return world.fact(held.from).t + spare_between(world, held.from, domain_of(world, held));
}

// Where the wait may end: at the first suspension the system itself resumes tasks that never were.
TimeNs first_stop(const World& world, const Held& held) {
  const TimeNs end = life_end(world, held.epoch);
  TimeNs first = end;
  const auto consider = [&](FactIndex i) {
    const Fact& fact = world.fact(i);
    if (fact.domain == domain_of(world, held) && fact.t > held_from(world, held)) first = std::min(first, fact.t);
  };
  const Interval span{held_from(world, held), end};
  for (const FactIndex i : world.within(world.of_epoch(held.epoch, EventKind::app_suspend), span)) consider(i);
  for (const FactIndex i : world.within(world.of_kind(EventKind::daemon_client_disconnected), span)) consider(i);
  return first;
}

AbsentAnswer not_resumed(const Judging& j, const Held& held, TimeNs run_from) {
  const World& world = j.world;
  const TimeNs from = held_from(world, held);
  World::AbsentQuery query;
  query.kinds = {EventKind::task_resume, EventKind::daemon_task_resumed};
  query.match = [from](const Fact& fact) { return fact.t >= from; };
  query.among = world.of_task(held.task);
  query.scope.session = task_of(world, held.task).session;
  query.scope.epoch = held.epoch;
  query.span = {from, first_stop(world, held)};
  query.run_from = std::max(from, run_from);
  query.T = j.thresholds.duration("T_RESUME");
  AbsentAnswer any = world.absent(query);
  if (any.answer == Absent::no) return any;
  query.kinds = {EventKind::task_resume};
  AbsentAnswer own = world.absent(query);
  if (own.answer != Absent::unknown) return own;
  // nsurlsessiond stands in for the app only where it is known to log resumes.
  query.kinds = {EventKind::daemon_task_resumed};
  AbsentAnswer theirs = world.absent(query);
  return theirs.coverage.declared_never_logged ? own : theirs;
}

void fire(const Judging& j, const Held& held, const AbsentAnswer& absent, bool busy) {
  const World& world = j.world;
  const FactIndex state = last_state(world, held.task);
  const bool uploading = state != kNoFact && world.fact(state).word == Word::uploading;
  Severity severity = uploading ? Severity::error : Severity::warning;
  if (busy) severity = Severity::info;
  Subject subject = task_subject(world, held.task);
  subject.epoch = held.epoch;
  Draft draft(j, severity, held.listed ? Confidence::proven : Confidence::likely, subject, world.fact(held.from).t);
  const std::string name = task_name(world, held.task);
  draft.title(capitalised(name) + (held.listed ? " is suspended and never resumed" : " was created and never resumed"));
  const bool stored = world.fact(held.from).kind == EventKind::store_entry;
  const std::string how = stored        ? "is suspended in nsurlsessiond's store"
                          : held.listed ? "was listed as suspended"
                                        : "was created";
  draft.explain(capitalised(name) + " " + how + "; in " + format_duration(absent.waited) +
                " of run time after that it was not resumed. Nothing is sent, and no timeout runs.");
  if (uploading) draft.explain("The app shows it as uploading.");
  if (busy) draft.explain("Other tasks of the session were running: the app may hold it back on purpose.");
  draft.evidence(held.from,
                 stored        ? "suspended in nsurlsessiond's store"
                 : held.listed ? "listed as suspended"
                               : "created",
                 true);
  draft.evidence(state, uploading ? "the app says uploading" : "the app's word on the upload");
  draft.missing(EventKind::task_resume, world.fact(held.from).t, "resume()");
  draft.compared("T_RESUME", absent.waited.seconds()).rests_on(absent);
  draft.clears_if("A task.resume or daemon.task-resumed, or any progress of the task.");
  j.verdicts.fired(draft.take());
}

// A suspend() that explains the listed state, or may have been missed.
bool suspended_by_app(const World& world, const Held& held, CovAnswer& known) {
  if (!pick_of_task(world, held.task, {}, {EventKind::task_suspend, EventKind::daemon_task_suspended}).empty()) return true;
  const SessionId session = task_of(world, held.task).session;
  FactIndex created = created_at(world, held.task);
  if (created == kNoFact) created = lifecycle::first_into(world.daemon_changes(held.task), {lifecycle::task_daemon::enqueued});
  Scope scope;
  scope.session = session;
  scope.domain = domain_of(world, held);
  const bool here = created != kNoFact && world.fact(created).domain == scope.domain;
  known = world.cov(EventKind::task_suspend, scope,
                    {here ? world.fact(created).t : world.capture_begin(scope.domain), held_from(world, held)});
  if (!here) known.cov = Cov::no;  // it is older than the capture: an earlier process may have suspended it
  return false;
}

void judge_held(const Judging& j, const Held& held, const std::map<SessionId, Busy>& busy_of) {
  const World& world = j.world;
  const Subject subject = task_subject(world, held.task);
  const FactIndex state = last_state(world, held.task);
  if (state != kNoFact && paused_on_purpose(world.fact(state).word)) {
    j.verdicts.cleared(subject);
    return;
  }
  CovAnswer known;
  if (held.listed && suspended_by_app(world, held, known)) {
    j.verdicts.cleared(subject);  // unbalanced-suspend, or a pause
    return;
  }
  const CovAnswer states = coverage(world, EventKind::upload_state, task_of(world, held.task).session, held.epoch,
                                    own_begin(world, held.epoch), life_end(world, held.epoch));
  if (states.cov == Cov::partial) {  // an app that never tells its states is judged without them
    undetermined(j, subject, "cannot see whether the app holds the task back on purpose", states);
    return;
  }
  const auto it = busy_of.find(task_of(world, held.task).session);
  const TimeNs busy_until = it == busy_of.end() ? kTimeMin : it->second.until;
  const bool busy = busy_until == kTimeMax;  // others of the session go on to the end
  const AbsentAnswer absent = not_resumed(j, held, busy ? kTimeMin : busy_until);
  if (absent.answer == Absent::yes && held.listed && known.cov != Cov::yes) {
    undetermined(j, subject, "a task is suspended, but cannot see whether the app suspended it", "log task.suspend in the app");
  } else if (absent.answer == Absent::yes) {
    fire(j, held, absent, busy);
  } else if (absent.answer == Absent::pending) {
    undetermined(j, subject, "the process was stopped, or the capture ended, too soon after the task was created", "");
  } else if (absent.answer == Absent::unknown) {
    undetermined(j, subject, "cannot see whether the task was resumed", absent.coverage);
  } else {
    j.verdicts.cleared(subject);
  }
}

// The only process of the app that lived when the store was written; invalid: none, or several.
EpochId living_at(const World& world, FactIndex row) {
  EpochId found;
  for (const EpochId epoch : world.epochs()) {
    const DurationNs spare = spare_between(world, row, epoch_of(world, epoch).domain);
    const TimeNs t = world.fact(row).t;
    if (life_begin(world, epoch) > t + spare || life_end(world, epoch) <= t - spare) continue;
    const bool all_the_time = life_begin(world, epoch) <= t - spare && life_end(world, epoch) > t + spare;
    if (found.valid() || !all_the_time) return {};
    found = epoch;
  }
  return found;
}

struct Listed {
  FactIndex fact = kNoFact;
  EpochId epoch;
};

// The last state in which each task was listed, by the app or in nsurlsessiond's store, when that is suspended.
std::map<TaskId, Listed> listed_suspended(const World& world) {
  std::map<TaskId, Listed> out;
  for (const FactIndex i : world.of_kind(EventKind::session_tasks_answered)) {
    const auto entries = world.listing(i);
    const auto tasks = world.listed_tasks(i);
    for (std::size_t k = 0; k < entries.size() && k < tasks.size(); ++k) {
      if (!tasks[k].valid() || !world.fact(i).epoch.valid()) continue;
      if (entries[k].state == Word::suspended) {
        out[tasks[k]] = {i, world.fact(i).epoch};
      } else {
        out.erase(tasks[k]);
      }
    }
  }
  for (const FactIndex i : world.of_kind(EventKind::store_entry)) {
    const Fact& fact = world.fact(i);
    if (!is_daemon_row(fact) || !fact.task.valid()) continue;
    const auto known = out.find(fact.task);
    if (known != out.end() && !later_by(world, known->second.fact, i)) continue;
    const EpochId epoch = fact.word == Word::suspended ? living_at(world, i) : EpochId{};
    if (epoch.valid()) {
      out[fact.task] = {i, epoch};
    } else if (known != out.end() && fact.word != Word::suspended) {
      out.erase(known);
    }
  }
  return out;
}

}  // namespace

const RuleInfo& SuspendedTaskNeverResumed::info() const { return kInfo; }

void SuspendedTaskNeverResumed::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  const TaskLives lives = task_lives(world);
  const std::map<SessionId, Busy> busy = busy_sessions(world, lives);
  const std::map<TaskId, Listed> listed = listed_suspended(world);
  for (const TaskId task : world.tasks()) {
    const FactIndex created = created_at(world, task);
    const auto list = listed.find(task);
    if (!never_moved(world, task)) {
      verdicts.cleared({});
    } else if (list != listed.end()) {
      judge_held(j, {task, list->second.epoch, list->second.fact, true}, busy);
    } else if (created != kNoFact && world.fact(created).epoch.valid()) {
      judge_held(j, {task, world.fact(created).epoch, created, false}, busy);
    }
  }
}

}  // namespace uptrail::analysis
