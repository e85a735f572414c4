#include "collector/analysis/life_of_task.h"

namespace uptrail::analysis {

bool moves_in_daemon(EventKind kind) {
  switch (kind) {
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
      return true;
    default:
      return moves_in_daemon(kind);
  }
}

}  // namespace

TaskLife life_of_task(std::span<const Fact> facts, std::span<const FactIndex> own, TaskId task) {
  TaskLife life;
  life.task = task;
  FactIndex in_daemon = kNoFact;
  FactIndex in_network = kNoFact;
  for (const FactIndex i : own) {
    const Fact& fact = facts[i];
    // What a store tells of it was written down later, by a clock of its own.
    const bool stored = life.first != kNoFact && facts[life.first].kind == EventKind::store_entry;
    if (life.first == kNoFact || (stored && fact.kind != EventKind::store_entry)) {
      life.first = i;
    }
    if (life.resumed == kNoFact && moves(fact.kind)) {
      life.resumed = i;
    }
    if (fact.kind == EventKind::task_create && life.created == kNoFact) {
      life.created = i;
    }
    if (is_creation(fact.kind) && in_daemon == kNoFact) {
      in_daemon = i;
    }
    if (fact.kind == EventKind::task_did_complete && life.told == kNoFact) {
      life.told = i;
    }
    if (fact.kind == EventKind::task_cfn_finished && in_network == kNoFact) {
      in_network = i;
    }
    if (fact.kind == EventKind::daemon_task_finished && fact.has(kShared)) {
      life.finished = i;
    }
  }
  if (life.created == kNoFact) {
    life.created = in_daemon;
  }
  if (life.told == kNoFact) {
    life.told = in_network;
  }
  return life;
}

}  // namespace uptrail::analysis
