#include "collector/analysis/rules/task_lives.h"

#include "collector/analysis/rules/task_ends.h"

namespace uptrail::analysis::rules {

namespace {

bool is_creation(EventKind kind) {
  return kind == EventKind::task_create || kind == EventKind::daemon_task_created || kind == EventKind::daemon_task_enqueued;
}

bool moves(EventKind kind) {
  switch (kind) {
    case EventKind::task_resume:
    case EventKind::task_progress:
    case EventKind::task_response:
    case EventKind::task_data:
    case EventKind::daemon_task_resumed:
    case EventKind::daemon_task_implicit_resume:
    case EventKind::daemon_task_begin:
    case EventKind::daemon_task_connection:
    case EventKind::daemon_task_sent:
    case EventKind::daemon_task_response:
    case EventKind::daemon_task_retry:
      return true;
    default:
      return false;
  }
}

bool is_sign(EventKind kind) {
  switch (kind) {
    case EventKind::session_create:
    case EventKind::session_exists_warning:
    case EventKind::session_setup_waiting:
    case EventKind::session_setup_ok:
    case EventKind::session_setup_failed:
    case EventKind::session_invalidate:
    case EventKind::session_did_become_invalid:
    case EventKind::session_connection_lost:
    case EventKind::session_connection_restored:
    case EventKind::session_tasks_requested:
    case EventKind::session_tasks_answered:
    case EventKind::session_did_finish_events:
      return true;
    default:
      return false;
  }
}

bool of_the_app(const World& world, const Fact& fact) {
  const Observer observer = observer_of(world, fact);
  return observer == Observer::app || observer == Observer::cfn;
}

}  // namespace

TaskLife life_of_task(const World& world, TaskId task) {
  TaskLife life;
  life.task = task;
  FactIndex in_daemon = kNoFact;
  FactIndex in_network = kNoFact;
  for (const FactIndex i : world.of_task(task)) {
    const Fact& fact = world.fact(i);
    if (life.first == kNoFact) life.first = i;
    if (life.resumed == kNoFact && moves(fact.kind)) life.resumed = i;
    if (fact.kind == EventKind::task_create && life.created == kNoFact) life.created = i;
    if (is_creation(fact.kind) && in_daemon == kNoFact) in_daemon = i;
    if (fact.kind == EventKind::task_did_complete && life.told == kNoFact) life.told = i;
    if (fact.kind == EventKind::task_cfn_finished && in_network == kNoFact) in_network = i;
    if (fact.kind == EventKind::daemon_task_finished && fact.has(kShared)) life.finished = i;
  }
  if (life.created == kNoFact) life.created = in_daemon;
  if (life.told == kNoFact) life.told = in_network;
  return life;
}

TaskLives task_lives(const World& world) {
  TaskLives out;
  for (const TaskId task : world.tasks()) {
    const SessionId session = task_of(world, task).session;
    if (session.valid()) out[session].push_back(life_of_task(world, task));
  }
  return out;
}

std::span<const TaskLife> lives_in(const TaskLives& lives, SessionId session) {
  const auto it = lives.find(session);
  return it == lives.end() ? std::span<const TaskLife>() : std::span<const TaskLife>(it->second);
}

bool maybe_outstanding(const World& world, const TaskLife& life, FactIndex at) {
  for (const FactIndex end : {life.finished, life.told}) {
    if (end != kNoFact && surely_before(world, end, at)) return false;
  }
  return life.created == kNoFact || life.created == at || maybe_before(world, life.created, at);
}

bool surely_outstanding(const World& world, const TaskLife& life, FactIndex at) {
  if (life.first == kNoFact || life.end() == kNoFact || !surely_before(world, life.first, at)) return false;
  return (life.finished == kNoFact || surely_before(world, at, life.finished)) &&
         (life.told == kNoFact || surely_before(world, at, life.told));
}

bool ended_cancelled(const World& world, const TaskLife& life) {
  for (const FactIndex end : {life.finished, life.told}) {
    if (end == kNoFact) continue;
    const Fact& fact = world.fact(end);
    if (fact.word == Word::cancelled || fact.reason_key >= 0 || (fact.has(kHasCode) && fact.code == kCancelled)) return true;
  }
  return false;
}

FactIndex sign_of_session(const World& world, SessionId session, EpochId epoch) {
  for (const FactIndex i : world.of_session(session)) {
    const Fact& fact = world.fact(i);
    if (fact.epoch == epoch && is_sign(fact.kind) && of_the_app(world, fact)) return i;
  }
  for (const FactIndex i : world.of_epoch(epoch)) {
    const Fact& fact = world.fact(i);
    const bool own = fact.kind != EventKind::upload_state && fact.kind != EventKind::file_op;
    if (fact.session == session && fact.task.valid() && own && of_the_app(world, fact)) return i;
  }
  return kNoFact;
}

}  // namespace uptrail::analysis::rules
