#include "collector/analysis/rules/task_vanished.h"

#include <algorithm>
#include <array>
#include <utility>

#include "collector/analysis/rules/daemon_stores.h"
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
        "A sign of the live task, a complete answer of getAllTasks (or nsurlsessiond's store) without it, and everything that "
        "could explain it in between.",
    .remedy =
        "Keep a list of uploads of your own, compare it with getAllTasks at every launch, and enqueue again what is missing.",
    .thresholds = {{"T_CB", 30, "s",
                    "run time after the list in which an end that is under way would be told; until a store is written"}},
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

// -- nsurlsessiond's own store as the list: no process of the app need be known.

// The last thing that anybody saw of the live task. kNoFact: it ended, was cancelled, or was never seen live in nsurlsessiond.
FactIndex last_sign_anywhere(const World& world, TaskId task) {
  FactIndex last = kNoFact;
  bool in_daemon = false;
  for (const FactIndex i : world.of_task(task)) {
    const Fact& fact = world.fact(i);
    const bool row = is_daemon_row(fact);
    if (is_end(fact) || fact.kind == EventKind::task_cancel || fact.kind == EventKind::daemon_task_cancelled ||
        (row && !is_live_state(fact.word))) {
      return kNoFact;
    }
    if (is_belief(fact)) continue;
    in_daemon = in_daemon || row || moves_in_daemon(fact.kind) || fact.kind == EventKind::daemon_task_enqueued;
    if (last == kNoFact || fact.t >= world.fact(last).t) last = i;
  }
  return in_daemon ? last : kNoFact;
}

// Rows may be written a while after what they tell of.
FactIndex copy_without(const Judging& j, const DaemonStores& stores, TaskId task, FactIndex sign) {
  const World& world = j.world;
  if (stores.shared_name(task_of(world, task).session)) return kNoFact;
  for (const DaemonStores::Copy& copy : stores.copies()) {
    if (!copy.complete || !copy.knows_app || stores.may_have(copy, task)) continue;
    const auto later = later_by(world, sign, copy.snapshot);
    if (later && *later >= j.thresholds.duration("T_CB")) return copy.snapshot;
  }
  return kNoFact;
}

// Two witnesses of one fact: one is enough.
CovAnswer best_of(const World& world, EventKind a, EventKind b, Scope scope, Interval span) {
  CovAnswer first = world.cov(a, scope, span);
  if (first.cov == Cov::yes && !first.declared_never_logged) return first;
  CovAnswer second = world.cov(b, scope, span);
  const bool better = second.cov < first.cov || (second.cov == first.cov && !second.declared_never_logged);
  return better ? second : first;
}

// What could have ended it, unseen by the app and by nsurlsessiond's log. Only ends themselves must have been logged once.
CovAnswer blind_to_stores(const World& world, const Vanished& v) {
  using K = EventKind;
  constexpr std::array<std::pair<K, K>, 3> kOthers = {{{K::daemon_task_cancelled, K::task_cancel},
                                                       {K::daemon_session_invalidating, K::session_invalidate},
                                                       {K::daemon_force_quit_noticed, K::app_force_quit}}};
  Scope scope;
  scope.session = task_of(world, v.task).session;
  scope.domain = world.fact(v.sign).domain;
  const Interval span{world.fact(v.sign).t, world.fact(v.list).t + spare_between(world, v.list, scope.domain)};
  CovAnswer worst = best_of(world, K::daemon_task_finished, K::task_did_complete, scope, span);
  for (const auto& [a, b] : kOthers) {
    CovAnswer cov = best_of(world, a, b, scope, span);
    cov.declared_never_logged = worst.declared_never_logged;
    if (cov.cov > worst.cov) worst = std::move(cov);
  }
  return worst;
}

void fire_by_store(const Judging& j, const Vanished& v, const CovAnswer& ends) {
  const World& world = j.world;
  const Fact& copy = world.fact(v.list);
  Draft draft(j, Severity::error, Confidence::likely, task_subject(world, v.task), copy.t);
  const std::string name = task_name(world, v.task);
  draft.title(name + " disappeared from nsurlsessiond's store");
  draft.explain(
      capitalised(name) + " was there " + format_duration(copy.t - world.fact(v.sign).t) +
      " before nsurlsessiond's store was last written; the store has no row of it any more, and no end of it was logged.");
  draft.evidence(v.sign, "the task is there").evidence(v.list, "nsurlsessiond's store, complete: the task is not in it", true);
  draft.missing(EventKind::daemon_task_finished, world.fact(v.sign).t, "an end of the task").rests_on(ends);
  draft.clears_if("Any end of the task, a cancel, an invalidation of the session, or a force quit before the store was written.");
  j.verdicts.fired(draft.take());
}

void judge_by_store(const Judging& j, const DaemonStores& stores, TaskId task) {
  const World& world = j.world;
  Vanished v{task, last_sign_anywhere(world, task), kNoFact};
  if (v.sign == kNoFact) return;
  v.list = copy_without(j, stores, task, v.sign);
  if (v.list == kNoFact) return;
  const auto own = world.of_task(task);
  const bool goes_on =
      std::any_of(own.begin(), own.end(), [&](FactIndex i) { return !is_belief(world.fact(i)) && !later_by(world, i, v.list); });
  if (goes_on || is_explained(world, v)) {
    j.verdicts.cleared({});
    return;
  }
  if (const CovAnswer blind = blind_to_stores(world, v); blind.cov != Cov::yes) {
    undetermined(j, task_subject(world, task), "the task is gone from nsurlsessiond's store, and may have ended unseen", blind);
  } else {
    fire_by_store(j, v, blind);
  }
}

// False: no list lacks it, or it is known to have ended.
bool judge_task(const Judging& j, const TaskLists& lists, WorstCoverage& unseen, TaskId task) {
  const World& world = j.world;
  Vanished v{task, last_sign(world, lists, task), kNoFact};
  if (v.sign == kNoFact) return false;
  v.list = list_without(world, lists, task, v.sign);
  if (v.list == kNoFact) {
    j.verdicts.cleared({});
    return false;
  }
  if (lives_on(world, task, v.list) || is_explained(world, v)) {
    j.verdicts.cleared({});
    return true;
  }
  const Subject subject = task_subject(world, task);
  const SessionId session = task_of(world, task).session;
  const EpochId epoch = world.fact(v.list).epoch;
  if (const CovAnswer blind = blind_spot(world, unseen, v); blind.cov != Cov::yes) {
    undetermined(j, subject, "the task is gone from the list, and may have ended unseen", blind);
    return true;
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
  return true;
}

}  // namespace

const RuleInfo& TaskVanished::info() const { return kInfo; }

void TaskVanished::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  const TaskLists lists(world);
  const DaemonStores stores(world);
  WorstCoverage unseen(world);
  for (const TaskId task : world.tasks()) {
    const SessionId session = task_of(world, task).session;
    if (!session.valid() || !is_background(world, session)) continue;
    const bool by_list = !lists.of(session).empty() && judge_task(j, lists, unseen, task);
    if (!by_list && !stores.copies().empty()) judge_by_store(j, stores, task);
  }
}

}  // namespace uptrail::analysis
