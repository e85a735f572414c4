#include "collector/analysis/rules/wakes_seen.h"

#include <algorithm>
#include <map>
#include <utility>

namespace uptrail::analysis::rules {

namespace {

FactIndex first_after(const World& world, std::span<const FactIndex> among, FactIndex from) {
  for (const FactIndex i : world.within(among, {world.fact(from).t, kTimeMax})) {
    if (surely_before(world, from, i)) return i;
  }
  return kNoFact;
}

// An ended process holds no handler: what nsurlsessiond releases later belongs to another wake.
constexpr DurationNs kLastWords = seconds(2);
bool after_the_end(const World& world, EpochId epoch, FactIndex call) {
  const auto before = [&](FactIndex end) {
    return surely_before(world, end, call) && world.fact(call).t - world.fact(end).t > kLastWords;
  };
  const auto ends = world.of_epoch(epoch, EventKind::app_terminate);
  const auto quits = world.of_epoch(epoch, EventKind::app_force_quit);
  return std::any_of(ends.begin(), ends.end(), before) || std::any_of(quits.begin(), quits.end(), before);
}

// The youngest open wake that each call may follow. What is closed is not looked at again.
void close_wakes(const World& world, std::vector<WakeSeen>& wakes, std::span<const FactIndex> calls,
                 FactIndex WakeSeen::*closed_by, bool same_epoch) {
  struct Row {
    std::vector<FactIndex> events;
    std::vector<std::size_t> wakes;  // which each of them is
    std::size_t begun = 0;           // so many of them may be before the call
    std::vector<std::size_t> open;   // of those, the youngest last
  };
  std::map<EpochId, Row> rows;  // by process, or all in one
  for (std::size_t k = 0; k < wakes.size(); ++k) {
    Row& row = rows[same_epoch ? wakes[k].epoch : EpochId{}];
    row.events.push_back(wakes[k].events);
    row.wakes.push_back(k);
  }
  for (const FactIndex call : calls) {
    const auto mine = rows.find(same_epoch ? world.fact(call).epoch : EpochId{});
    if (mine == rows.end()) continue;
    Row& row = mine->second;
    const std::size_t begun = world.within(row.events, {kTimeMin, world.fact(call).t}).size();
    for (; row.begun < begun; ++row.begun) row.open.push_back(row.wakes[row.begun]);
    for (auto k = row.open.end(); k != row.open.begin();) {
      const WakeSeen& wake = wakes[*--k];
      if (!same_epoch && after_the_end(world, wake.epoch, call)) {
        if (world.one_clock()) k = row.open.erase(k);  // nor will a later call be before the end
        continue;
      }
      if (!maybe_before(world, wake.events, call)) continue;
      wakes[*k].*closed_by = call;
      row.open.erase(k);
      break;
    }
  }
}

}  // namespace

std::vector<WakeSeen> wakes_of(const World& world, SessionId session) {
  std::vector<WakeSeen> wakes;
  for (const FactIndex i : world.of_session(session, EventKind::wake_handle_events)) {
    WakeSeen wake;
    wake.session = session;
    wake.epoch = world.fact(i).epoch;
    wake.events = i;
    if (wake.epoch.valid()) wakes.push_back(wake);
  }
  if (wakes.empty()) return wakes;
  close_wakes(world, wakes, world.of_session(session, EventKind::wake_handler_called), &WakeSeen::called, true);
  close_wakes(world, wakes, world.of_session(session, EventKind::daemon_assertion_released), &WakeSeen::released, false);
  std::map<EpochId, std::vector<FactIndex>> finishes;
  std::map<EpochId, std::vector<FactIndex>> stops;
  for (const FactIndex i : world.of_session(session, EventKind::session_did_finish_events)) {
    finishes[world.fact(i).epoch].push_back(i);
  }
  for (WakeSeen& wake : wakes) {
    const auto [own, fresh] = stops.try_emplace(wake.epoch);
    if (fresh) {
      own->second =
          pick_in_epoch(world, wake.epoch, {EventKind::app_suspend, EventKind::app_terminate, EventKind::app_force_quit});
    }
    wake.finished = first_after(world, finishes[wake.epoch], wake.events);
    wake.stopped = first_after(world, own->second, wake.finished != kNoFact ? wake.finished : wake.events);
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
  return epoch.valid() && state_at(world, epoch, t) == ProcessState::foreground;
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
  const auto calls = pick_in_epoch(world, epoch, {EventKind::delegate_enter, EventKind::delegate_exit});
  for (const FactIndex i : world.within(calls, {world.fact(from).t, world.fact(until).t})) {
    if (!maybe_before(world, from, i) || !maybe_before(world, i, until)) continue;
    if (world.fact(i).kind == EventKind::delegate_enter) ++inside;
    if (world.fact(i).kind == EventKind::delegate_exit && inside > 0) --inside;
  }
  return inside > 0;
}

bool Deliveries::is_undelivered(TaskId task, FactIndex until) const {
  bool finished = false;
  bool told = false;
  for (const FactIndex i : world_.of_task(task)) {
    const Fact& fact = world_.fact(i);
    finished = finished || (fact.kind == EventKind::daemon_task_finished && fact.has(kShared) && surely_before(world_, i, until));
    told = told || (fact.kind == EventKind::task_did_complete && maybe_before(world_, i, until));
  }
  return finished && !told;
}

std::vector<TaskId> Deliveries::undelivered(SessionId session, FactIndex until) {
  std::vector<TaskId> out;
  if (!world_.one_clock()) {
    for (const TaskId task : world_.tasks_of(session)) {
      if (is_undelivered(task, until)) out.push_back(task);
    }
    return out;
  }
  const auto [it, fresh] = of_.try_emplace(session);
  if (fresh) {
    for (const TaskId task : world_.tasks_of(session)) {
      TimeNs finished = kTimeMax;
      TimeNs told = kTimeMax;
      for (const FactIndex i : world_.of_task(task)) {
        const Fact& fact = world_.fact(i);
        if (fact.kind == EventKind::daemon_task_finished && fact.has(kShared)) finished = std::min(finished, fact.t);
        if (fact.kind == EventKind::task_did_complete) told = std::min(told, fact.t);
      }
      if (finished != kTimeMax) it->second.add(finished, told, task.value);
    }
    it->second.finish();
  }
  const TimeNs t = world_.fact(until).t;
  it->second.visit(t, t, [&](std::uint32_t id) {
    if (is_undelivered(TaskId{id}, until)) out.push_back(TaskId{id});
    return true;
  });
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace uptrail::analysis::rules
