#include "collector/analysis/rules/task_vanished.h"

#include <algorithm>
#include <array>

#include "collector/analysis/rules/task_ends.h"
#include "collector/analysis/rules/task_life.h"
#include "collector/analysis/rules/worst_coverage.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "task-vanished",
    .title = "A live task disappeared without an end",
    .severity = Severity::error,
    .summary = "A task was there, a later complete list of its session no longer has it, and no end of it was delivered.",
    .needs =
        "A sign of the live task, a complete answer of getAllTasks without it, and everything that could explain it in between.",
    .remedy =
        "Keep a list of uploads of your own, compare it with getAllTasks at every launch, and enqueue again what is missing.",
    .thresholds = {{"T_CB", 30, "s", "run time after the list in which an end that is under way would be told"}},
};

struct Vanished {
  TaskId task;
  FactIndex sign = kNoFact;  // the last sign of life in the app
  FactIndex list = kNoFact;  // the complete list without it
};

// The last thing the app saw of the live task, its listings included. kNoFact: it is known to have ended, or was never live.
FactIndex last_sign(const World& world, const TaskLists& lists, TaskId task) {
  FactIndex last = kNoFact;
  for (const FactIndex i : world.of_task(task)) {
    const Fact& fact = world.fact(i);
    if (is_end(fact) || fact.kind == EventKind::task_cancel || fact.kind == EventKind::daemon_task_cancelled) return kNoFact;
    if (is_belief(fact) || !fact.epoch.valid()) continue;
    last = i;
  }
  for (const TaskLists::Entry& entry : lists.with(task)) {
    if (!is_live_state(lists.entry(entry).state)) return kNoFact;  // finished or being cancelled: other rules
    if (last == kNoFact || surely_before(world, last, entry.answered)) last = entry.answered;
  }
  return last;
}

// A sign of nsurlsessiond that may be later than the list: the task lives on.
bool lives_on(const World& world, TaskId task, FactIndex list) {
  const auto facts = world.of_task(task);
  return std::any_of(facts.begin(), facts.end(),
                     [&](FactIndex i) { return !is_belief(world.fact(i)) && maybe_before(world, list, i); });
}

FactIndex list_without(const World& world, const TaskLists& lists, TaskId task, FactIndex sign) {
  for (const TaskList& list : lists.after(task_of(world, task).session, sign)) {
    if (list.kind != ListKind::complete || !world.fact(list.answered).epoch.valid()) continue;
    if (!surely_before(world, sign, list.answered)) continue;
    return same_process_name(world, world.fact(sign).epoch, world.fact(list.answered).epoch) ? list.answered : kNoFact;
  }
  return kNoFact;
}

// What may have ended the task on purpose, or by the user's hand: other rules speak of it.
bool is_explained(const World& world, const Vanished& v) {
  const FactIndex first = world.of_task(v.task).empty() ? v.sign : std::min(v.sign, world.of_task(v.task).front());
  const auto between = [&](FactIndex i) { return maybe_before(world, first, i) && maybe_before(world, i, v.list); };
  const Interval span{world.fact(first).t, world.fact(v.list).t};
  for (const EventKind kind :
       {EventKind::session_invalidate, EventKind::session_did_become_invalid, EventKind::daemon_session_invalidating}) {
    for (const FactIndex i : world.within(world.of_session(task_of(world, v.task).session, kind), span)) {
      const bool shared = kind == EventKind::session_invalidate && world.fact(i).has(kShared);
      if (!shared && between(i)) return true;
    }
  }
  constexpr std::array kExplain = {EventKind::app_force_quit, EventKind::daemon_force_quit_noticed, EventKind::device_restore,
                                   EventKind::app_install};
  return std::any_of(kExplain.begin(), kExplain.end(), [&](EventKind kind) {
    const auto facts = world.within(world.of_kind(kind), span);
    return std::any_of(facts.begin(), facts.end(), between);
  });
}

// What could have ended it unseen. A process that went on all the time was not closed by the user.
CovAnswer blind_spot(const World& world, WorstCoverage& unseen, const Vanished& v) {
  const Fact& sign = world.fact(v.sign);
  const SessionId session = task_of(world, v.task).session;
  CovAnswer worst;
  worst.cov = Cov::yes;
  for (const EventKind kind : {EventKind::task_did_complete, EventKind::task_cancel, EventKind::session_invalidate}) {
    CovAnswer cov = unseen.since(kind, session, world.fact(v.list).epoch, sign.t);
    if (cov.cov > worst.cov) worst = std::move(cov);
  }
  if (worst.cov != Cov::yes || sign.epoch == world.fact(v.list).epoch) return worst;
  Scope scope;
  scope.domain = sign.domain;
  const Interval span{sign.t, world.fact(v.list).t};
  CovAnswer quit = world.cov(EventKind::app_force_quit, scope, span);
  if (quit.cov != Cov::yes) quit = world.cov(EventKind::daemon_force_quit_noticed, scope, span);
  return quit.cov == Cov::yes ? worst : quit;
}

void fire(const Judging& j, const Vanished& v, const AbsentAnswer& absent) {
  const World& world = j.world;
  const Fact& list = world.fact(v.list);
  Subject subject = task_subject(world, v.task);
  Draft draft(j, Severity::error, Confidence::likely, subject, list.t);
  const std::string name = task_name(world, v.task);
  draft.title(name + " disappeared from " + session_name(world, task_of(world, v.task).session));
  draft.explain(capitalised(name) + " was there " + format_duration(list.t - world.fact(v.sign).t) +
                " before, the session's complete list no longer has it, and no didCompleteWithError was delivered in " +
                format_duration(absent.waited) + " of run time after the list.");
  if (session_of(world, task_of(world, v.task).session).uuids.size() > 1) {
    draft.explain("The session's UUID changed in the capture: nsurlsessiond may have dropped the whole session.");
  }
  draft.evidence(v.sign, "the task is there").evidence(v.list, "complete list without the task", true);
  draft.missing(EventKind::task_did_complete, list.t, "an end of the task").compared("T_CB", absent.waited.seconds());
  draft.rests_on(absent).clears_if(
      "Any end of the task, a cancel, an invalidation of the session, or a force quit before the list.");
  j.verdicts.fired(draft.take());
}

void judge_task(const Judging& j, const TaskLists& lists, WorstCoverage& unseen, TaskId task) {
  const World& world = j.world;
  Vanished v{task, last_sign(world, lists, task), kNoFact};
  if (v.sign == kNoFact) return;
  v.list = list_without(world, lists, task, v.sign);
  if (v.list == kNoFact || lives_on(world, task, v.list) || is_explained(world, v)) {
    j.verdicts.cleared({});
    return;
  }
  const Subject subject = task_subject(world, task);
  const SessionId session = task_of(world, task).session;
  const EpochId epoch = world.fact(v.list).epoch;
  if (const CovAnswer blind = blind_spot(world, unseen, v); blind.cov != Cov::yes) {
    undetermined(j, subject, "the task is gone from the list, and may have ended unseen", blind);
    return;
  }
  const AbsentAnswer absent = absent_callback(j, task, epoch, std::max(own_begin(world, epoch), world.fact(v.sign).t),
                                              deliverable_from(world, session, epoch, world.fact(v.list).t));
  if (absent.answer == Absent::yes) {
    fire(j, v, absent);
  } else if (absent.answer == Absent::pending) {
    undetermined(j, subject,
                 "the task is gone from the list, and the capture ends too soon to exclude that its end is still told",
                 "capture 30 s longer with the app running");
  } else {
    undetermined(j, subject, "the task is gone from the list, and may have ended unseen", absent.coverage);
  }
}

}  // namespace

const RuleInfo& TaskVanished::info() const { return kInfo; }

void TaskVanished::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  const TaskLists lists(world);
  WorstCoverage unseen(world);
  for (const TaskId task : world.tasks()) {
    const SessionId session = task_of(world, task).session;
    if (session.valid() && !lists.of(session).empty() && is_background(world, session)) judge_task(j, lists, unseen, task);
  }
}

}  // namespace uptrail::analysis
