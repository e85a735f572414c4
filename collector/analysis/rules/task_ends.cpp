#include "collector/analysis/rules/task_ends.h"

#include <algorithm>

namespace uptrail::analysis::rules {

FactIndex told_end(const World& world, TaskId task) { return world.life_of(task).told; }

FactIndex end_of_task(const World& world, TaskId task) {
  if (const FactIndex told = told_end(world, task); told != kNoFact) return told;
  if (!has_any(world, task, {EventKind::daemon_task_finished})) return kNoFact;
  for (const FactIndex i : world.of_task(task)) {
    const Fact& fact = world.fact(i);
    if (fact.kind == EventKind::daemon_task_finished && fact.has(kShared)) return i;
  }
  return kNoFact;
}

AbsentAnswer absent_callback(const Judging& j, TaskId task, EpochId epoch, TimeNs from, TimeNs run_from) {
  const World& world = j.world;
  World::AbsentQuery query;
  query.kinds = {EventKind::task_did_complete};
  query.match = [](const Fact&) { return true; };
  query.among = world.of_task(task);
  query.scope.session = task_of(world, task).session;
  query.scope.epoch = epoch;
  query.span = {from, life_end(world, epoch)};
  query.run_from = run_from;
  query.T = j.thresholds.duration("T_CB");
  return world.absent(query);
}

int cancelled_reason(const World& world, TaskId task, FactIndex& where) {
  for (const FactIndex i : world.of_task(task)) {
    const Fact& fact = world.fact(i);
    const bool end = fact.kind == EventKind::task_did_complete || fact.kind == EventKind::task_cfn_finished ||
                     fact.kind == EventKind::daemon_task_finished;
    if (end && fact.code == kCancelled && fact.reason_key >= 0) {
      where = i;
      return fact.reason_key;
    }
  }
  return -1;
}

bool cancelled_by_app(const World& world, TaskId task) {
  if (has_any(world, task, {EventKind::task_cancel})) return true;
  const SessionId session = task_of(world, task).session;
  if (!session.valid()) return false;
  return !world.of_session(session, EventKind::session_invalidate).empty();
}

bool reason_unseen(const World& world, TaskId task) {
  const FactIndex end = end_of_task(world, task);
  if (end == kNoFact || world.fact(end).kind != EventKind::daemon_task_finished || cancelled_by_app(world, task)) return false;
  const Fact& fact = world.fact(end);
  return fact.reason_key < 0 && (fact.code == kCancelled || fact.word == Word::cancelled);
}

bool is_background(const World& world, SessionId session) { return session.valid() && !world.said_foreground(session); }

}  // namespace uptrail::analysis::rules
