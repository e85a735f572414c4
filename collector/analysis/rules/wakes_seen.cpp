#include "collector/analysis/rules/wakes_seen.h"

#include <algorithm>
#include <map>

namespace uptrail::analysis::rules {

namespace {

FactIndex first_after(const World& world, const std::vector<FactIndex>& among, FactIndex from) {
  for (const FactIndex i : among) {
    if (surely_before(world, from, i)) return i;
  }
  return kNoFact;
}

// An ended process holds no handler: what nsurlsessiond releases later belongs to another wake.
constexpr DurationNs kLastWords = seconds(2);
bool after_the_end(const World& world, EpochId epoch, FactIndex call) {
  const auto ends = pick(world, world.of_epoch(epoch), epoch, {EventKind::app_terminate, EventKind::app_force_quit});
  return std::any_of(ends.begin(), ends.end(), [&](FactIndex end) {
    return surely_before(world, end, call) && world.fact(call).t - world.fact(end).t > kLastWords;
  });
}

void close_wakes(const World& world, std::vector<WakeSeen>& wakes, const std::vector<FactIndex>& calls,
                 FactIndex WakeSeen::*closed_by, bool same_epoch) {
  for (const FactIndex call : calls) {
    for (std::size_t k = wakes.size(); k-- > 0;) {
      const bool mine = same_epoch ? world.fact(call).epoch == wakes[k].epoch : !after_the_end(world, wakes[k].epoch, call);
      if (wakes[k].*closed_by != kNoFact || !mine || !maybe_before(world, wakes[k].events, call)) continue;
      wakes[k].*closed_by = call;
      break;
    }
  }
}

}  // namespace

std::vector<WakeSeen> wakes_of(const World& world, SessionId session) {
  std::vector<WakeSeen> wakes;
  const auto facts = world.of_session(session);
  for (const FactIndex i : pick(world, facts, {}, {EventKind::wake_handle_events})) {
    WakeSeen wake;
    wake.session = session;
    wake.epoch = world.fact(i).epoch;
    wake.events = i;
    if (wake.epoch.valid()) wakes.push_back(wake);
  }
  close_wakes(world, wakes, pick(world, facts, {}, {EventKind::wake_handler_called}), &WakeSeen::called, true);
  close_wakes(world, wakes, pick(world, facts, {}, {EventKind::daemon_assertion_released}), &WakeSeen::released, false);
  for (WakeSeen& wake : wakes) {
    wake.finished = first_after(world, pick(world, facts, wake.epoch, {EventKind::session_did_finish_events}), wake.events);
    const auto stops = pick(world, world.of_epoch(wake.epoch), wake.epoch,
                            {EventKind::app_suspend, EventKind::app_terminate, EventKind::app_force_quit});
    wake.stopped = first_after(world, stops, wake.finished != kNoFact ? wake.finished : wake.events);
  }
  return wakes;
}

std::vector<WakeSeen> all_wakes(const World& world) {
  std::vector<WakeSeen> all;
  for (const SessionId session : world.sessions()) {
    const std::vector<WakeSeen> own = wakes_of(world, session);
    all.insert(all.end(), own.begin(), own.end());
  }
  return all;
}

bool is_uikit(const World& world, const WakeSeen& wake) {
  const Word via = world.fact(wake.events).word;
  return via != Word::swiftui && via != Word::watch && via != Word::widget;
}

bool in_foreground(const World& world, EpochId epoch, TimeNs t) {
  if (!epoch.valid()) return false;
  const auto& states = epoch_of(world, epoch).states;
  return std::any_of(states.begin(), states.end(), [&](const ProcessSpan& s) {
    return s.state == ProcessState::foreground && s.span.start <= t && t < s.span.end;
  });
}

bool is_delegate_callback(const World& world, FactIndex i) {
  const Fact& fact = world.fact(i);
  switch (fact.kind) {
    case EventKind::task_did_complete:
    case EventKind::task_progress:
    case EventKind::task_response:
    case EventKind::task_data:
    case EventKind::task_challenge:
    case EventKind::task_delayed_request:
    case EventKind::task_redirect:
    case EventKind::task_waiting:
      return observer_of(world, fact) == Observer::app;
    default:
      return false;
  }
}

bool delegate_blocked(const World& world, EpochId epoch, FactIndex from, FactIndex until) {
  std::size_t inside = 0;
  for (const FactIndex i : world.of_epoch(epoch)) {
    if (!maybe_before(world, from, i) || !maybe_before(world, i, until)) continue;
    if (world.fact(i).kind == EventKind::delegate_enter) ++inside;
    if (world.fact(i).kind == EventKind::delegate_exit && inside > 0) --inside;
  }
  return inside > 0;
}

std::vector<TaskId> undelivered(const World& world, SessionId session, FactIndex until) {
  std::vector<TaskId> out;
  for (const TaskId task : world.tasks()) {
    if (task_of(world, task).session != session) continue;
    bool finished = false;
    bool told = false;
    for (const FactIndex i : world.of_task(task)) {
      const Fact& fact = world.fact(i);
      finished =
          finished || (fact.kind == EventKind::daemon_task_finished && fact.has(kShared) && surely_before(world, i, until));
      told = told || (fact.kind == EventKind::task_did_complete && maybe_before(world, i, until));
    }
    if (finished && !told) out.push_back(task);
  }
  return out;
}

}  // namespace uptrail::analysis::rules
