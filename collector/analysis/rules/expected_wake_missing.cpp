#include "collector/analysis/rules/expected_wake_missing.h"

#include <algorithm>
#include <optional>
#include <unordered_map>

#include "collector/analysis/rules/spans_at.h"
#include "collector/analysis/rules/support.h"
#include "collector/analysis/rules/task_life.h"
#include "collector/base/text.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "expected-wake-missing",
    .title = "All tasks finished, no wake requested",
    .severity = Severity::warning,
    .summary =
        "The last task of a session finished while the app was not connected, and nsurlsessiond did not ask for a wake: the "
        "results wait until the user opens the app.",
    .needs =
        "nsurlsessiond's log with the ends of the tasks, the disconnection of the client and daemon.wake-requested; a list of "
        "the session's tasks.",
    .remedy =
        "Look for other outstanding tasks, for sessionSendsLaunchEvents = false and for a force quit; settle finished tasks at "
        "the next launch in any case.",
    .thresholds = {{"T_WAKE_REQ", 900, "s", "wall time; a wake is requested within seconds, the rate limiter may add minutes"}},
};

// A stretch in which nsurlsessiond had no connection to the app for this session.
struct Apart {
  FactIndex from = kNoFact;
  FactIndex until = kNoFact;  // kNoFact: to the end of the capture
};

// Any sign that the app ran or was connected again.
bool revives(const World& world, const Fact& fact, SessionId session) {
  switch (fact.kind) {
    case EventKind::app_launch:
    case EventKind::app_resume:
    case EventKind::app_foreground:
    case EventKind::wake_handle_events:
      return true;
    case EventKind::daemon_client_connected:
    case EventKind::daemon_session_created:
    case EventKind::daemon_session_reconnected:
    case EventKind::daemon_callback_released:
      return !fact.session.valid() || fact.session == session;
    case EventKind::daemon_callback_acknowledged:
      return fact.session == session;
    case EventKind::session_create:
    case EventKind::session_tasks_requested:
    case EventKind::task_create:
    case EventKind::task_did_complete:
    case EventKind::app_heartbeat:
      return observer_of(world, fact) == Observer::app || observer_of(world, fact) == Observer::cfn;
    default:
      return false;
  }
}

// `unnamed`: lost connections that name no session: each may be the one.
std::vector<Apart> stretches_apart(const World& world, SessionId session, const std::vector<FactIndex>& unnamed) {
  std::vector<Apart> out;
  const auto named = world.of_session(session, EventKind::daemon_client_disconnected);
  std::vector<FactIndex> starts(unnamed);
  starts.insert(starts.end(), named.begin(), named.end());
  std::inplace_merge(starts.begin(), starts.begin() + static_cast<std::ptrdiff_t>(unnamed.size()), starts.end());
  std::erase_if(starts, [&](FactIndex i) { return world.fact(i).has(kNoTime); });
  for (const FactIndex start : starts) {
    if (!out.empty() && (out.back().until == kNoFact || start < out.back().until)) {
      if (world.fact(start).domain == world.fact(out.back().from).domain) continue;  // still apart
    }
    Apart apart{start, kNoFact};
    for (FactIndex i = start + 1; i < world.facts().size() && world.fact(i).domain == world.fact(start).domain; ++i) {
      if (revives(world, world.fact(i), session)) {
        apart.until = i;
        break;
      }
    }
    out.push_back(apart);
  }
  return out;
}

struct LastEnd {
  const TaskLife* life = nullptr;
  std::size_t ended = 0;
};

// The tasks of one session by their end in nsurlsessiond, and by when they may have been outstanding.
class TasksInTime {
 public:
  TasksInTime(const World& world, std::span<const TaskLife> lives) : world_(world), lives_(lives) {
    for (std::size_t k = 0; k < lives.size(); ++k) {
      const TaskLife& life = lives[k];
      if (life.finished != kNoFact) ends_.push_back(life.finished);
      TimeNs from = kTimeMin;
      TimeNs to = kTimeMax;
      if (world.one_clock()) {
        if (life.created != kNoFact) from = world.fact(life.created).t;
        for (const FactIndex end : {life.finished, life.told}) {
          if (end != kNoFact) to = std::min(to, world.fact(end).t);
        }
      }
      spans_.add(from, to, static_cast<std::uint32_t>(k));
    }
    spans_.finish();
    std::sort(ends_.begin(), ends_.end());
    for (std::size_t k = 0; k < lives.size(); ++k) {
      if (lives[k].finished != kNoFact) of_end_.emplace(lives[k].finished, k);
    }
  }

  // The last task that finished in the stretch; of several at one time the last in the order of the tasks.
  [[nodiscard]] LastEnd last_end(const Apart& apart) const {
    LastEnd last;
    const TimeNs until = apart.until == kNoFact ? kTimeMax : world_.fact(apart.until).t;
    for (const FactIndex end : world_.within(ends_, {world_.fact(apart.from).t, until})) {
      if (world_.fact(end).domain != world_.fact(apart.from).domain || !surely_before(world_, apart.from, end)) continue;
      if (apart.until != kNoFact && !surely_before(world_, end, apart.until)) continue;
      ++last.ended;
      const TaskLife& life = lives_[of_end_.find(end)->second];
      const bool later = last.life == nullptr || world_.fact(end).t > world_.fact(last.life->finished).t ||
                         (world_.fact(end).t == world_.fact(last.life->finished).t && &life > last.life);
      if (later) last.life = &life;
    }
    return last;
  }

  [[nodiscard]] bool others_outstanding(const TaskLife& last) const {
    const Interval around = world_.around(last.finished);
    return !spans_.visit(around.end, around.start, [&](std::uint32_t k) {
      const TaskLife& life = lives_[k];
      return life.task == last.task || life.finished == last.finished || !maybe_outstanding(world_, life, last.finished);
    });
  }

 private:
  const World& world_;
  std::span<const TaskLife> lives_;
  std::vector<FactIndex> ends_;                        // ascending
  std::unordered_map<FactIndex, std::size_t> of_end_;  // never iterated
  SpansAt spans_;
};

// The list of the session's tasks that makes sure that there is no older one. kNoFact: none, or it names tasks that cannot be
// followed.
FactIndex listed_before(const World& world, SessionId session, FactIndex before) {
  const FactIndex list = last_surely_before(world, world.of_session(session, EventKind::session_tasks_answered), before);
  if (list == kNoFact) return kNoFact;
  const auto tasks = world.listed_tasks(list);
  const auto& entries = world.listing(list);
  for (std::size_t k = 0; k < entries.size(); ++k) {
    const bool live = entries[k].state != "completed" && entries[k].state != "canceling";
    if (!live) continue;
    if (k >= tasks.size() || !tasks[k].valid()) return kNoFact;
    const TaskLife life = life_of_task(world, tasks[k]);
    if (life.end() == kNoFact || !(life.end() == before || surely_before(world, life.end(), before))) return kNoFact;
  }
  return list;
}

bool any_before(const World& world, EventKind kind, FactIndex before, const std::function<bool(const Fact&)>& match) {
  for (const FactIndex i : world.within(world.of_kind(kind), {kTimeMin, world.fact(before).t})) {
    if (maybe_before(world, i, before) && match(world.fact(i))) return true;
  }
  return false;
}

// As the object was configured that nsurlsessiond last heard of before `end`; when there is none, as any was.
bool launch_events_off(const World& world, SessionId session, FactIndex end) {
  std::optional<bool> last;
  bool any = false;
  for (const FactIndex i : world.of_session(session, EventKind::session_create)) {
    const ObjectInfo* info = world.object_info(i);
    if (info == nullptr || !info->sends_launch_events) continue;
    const bool off = !*info->sends_launch_events;
    any = any || off;
    if (surely_before(world, i, end)) {
      last = off;
    } else if (off && maybe_before(world, i, end)) {
      return true;
    }
  }
  return last.value_or(any);
}

// The user closed the app, and has not opened it since.
bool closed_by_user(const World& world, FactIndex end) {
  const auto& launches = world.of_kind(EventKind::app_launch);
  const auto opened_since = [&](FactIndex quit) {
    return std::any_of(launches.begin(), launches.end(), [&](FactIndex i) {
      return field_is(world, i, Field::reason, "user") && surely_before(world, quit, i) && surely_before(world, i, end);
    });
  };
  for (const EventKind kind : {EventKind::app_force_quit, EventKind::daemon_force_quit_noticed}) {
    for (const FactIndex i : world.of_kind(kind)) {
      if (maybe_before(world, i, end) && !opened_since(i)) return true;
    }
  }
  return false;
}

bool refresh_off(const World& world, FactIndex end) {
  bool off = false;
  for (const FactIndex i : world.of_kind(EventKind::app_refresh_setting)) {
    if (surely_before(world, i, end)) {
      off = !world.fact(i).has(kShared);
    } else if (maybe_before(world, i, end)) {
      off = off || !world.fact(i).has(kShared);
    }
  }
  return off;
}

// Why no wake was due, as far as it was seen; "": nothing speaks against it.
std::string_view excused(const World& world, SessionId session, const TaskLife& last, const Apart& apart) {
  const FactIndex end = last.finished;
  const TimeNs t = world.fact(end).t;
  if (launch_events_off(world, session, end)) return "launch events are off";
  for (const FactIndex i : world.of_session(session, EventKind::daemon_wake_suppressed)) {
    if (maybe_before(world, apart.from, i) && (apart.until == kNoFact || maybe_before(world, i, apart.until)))
      return "suppressed";
  }
  if (closed_by_user(world, end)) return "force quit";
  if (refresh_off(world, end)) return "refresh off";
  if (ended_cancelled(world, last)) return "cancelled";
  if (any_before(world, EventKind::daemon_session_created, end,
                 [&](const Fact& f) { return f.session == session && f.has(kShared); }))
    return "extension";
  for (const FactIndex i : world.of_kind(EventKind::daemon_delay_set)) {
    const Fact& fact = world.fact(i);
    const bool mine = !fact.session.valid() || fact.session == session;
    if (mine && maybe_before(world, i, end) && fact.t + DurationNs{fact.number} >= t) return "delay";
  }
  FactIndex boot = kNoFact;
  for (const FactIndex i : world.of_kind(EventKind::device_boot)) {
    if (maybe_before(world, i, end)) boot = i;
  }
  if (boot == kNoFact) return "";
  const auto unlocks = world.of_kind(EventKind::device_first_unlock);
  const bool unlocked = std::any_of(unlocks.begin(), unlocks.end(), [&](FactIndex i) { return maybe_before(world, boot, i); });
  return unlocked ? "" : "locked";
}

bool in_low_power(const World& world, FactIndex at) {
  const FactIndex last = last_surely_before(world, world.of_kind(EventKind::device_power), at);
  return last != kNoFact && field_is(world, last, Field::low_power, "true");
}

// Would the creation of another task since the list have been seen?
CovAnswer creations_seen(const World& world, SessionId session, FactIndex list, FactIndex until) {
  CovAnswer best;
  for (const EventKind kind : {EventKind::daemon_task_enqueued, EventKind::daemon_task_created, EventKind::task_create}) {
    Scope scope;
    scope.session = session;
    scope.domain = world.fact(until).domain;
    CovAnswer answer = world.cov(kind, scope, {world.fact(list).t, world.fact(until).t});
    if (answer.cov == Cov::yes) return answer;
    if (best.reason.empty() || answer.cov < best.cov) best = std::move(answer);
  }
  return best;
}

AbsentAnswer no_wake(const Judging& j, SessionId session, const Apart& apart) {
  const World& world = j.world;
  const Fact& from = world.fact(apart.from);
  World::AbsentQuery query;
  query.kinds = {EventKind::daemon_wake_requested, EventKind::daemon_wake_launched, EventKind::daemon_wake_failed};
  query.match = [](const Fact&) { return true; };
  query.among = world.of_session(session);
  query.scope.session = session;
  query.scope.domain = from.domain;
  query.span = {from.t, apart.until == kNoFact ? world.capture_end(from.domain) : world.fact(apart.until).t};
  query.clock = Clock::wall;
  AbsentAnswer any = world.absent(query);
  if (any.answer == Absent::no) return any;
  query.kinds = {EventKind::daemon_wake_requested};  // the one that must have been recorded
  return world.absent(query);
}

void fire(const Judging& j, SessionId session, const Apart& apart, const LastEnd& last, DurationNs waited,
          const AbsentAnswer& absent) {
  const World& world = j.world;
  const FactIndex end = last.life->finished;
  const bool low_power = in_low_power(world, end);
  Draft draft(j, low_power ? Severity::info : Severity::warning, Confidence::likely, session_subject(world, session, {}),
              world.fact(end).t);
  const std::string name = session_name(world, session);
  draft.title("All tasks of " + name + " finished, no wake requested");
  draft.explain("The last task of " + name + " finished while the app was not connected. For " + format_duration(waited) +
                " nsurlsessiond asked for no wake.");
  if (low_power) draft.explain("The device was in Low Power Mode, which may explain it.");
  draft.evidence(apart.from, "the app's connection is gone").evidence(end, "the last task finished", true);
  draft.evidence(apart.until, "only here the app runs again");
  draft.number("tasks that finished meanwhile", static_cast<double>(last.ended)).compared("T_WAKE_REQ", waited.seconds());
  draft.missing(EventKind::daemon_wake_requested, world.fact(end).t, "a wake is requested when the last task has finished");
  draft.rests_on(absent).clears_if("A daemon.wake-requested, another outstanding task of the session, or a connected client.");
  j.verdicts.fired(draft.take());
}

void judge_stretch(const Judging& j, SessionId session, const TasksInTime& tasks, const Apart& apart) {
  const World& world = j.world;
  const LastEnd last = tasks.last_end(apart);
  if (last.life == nullptr) return;
  const FactIndex end = last.life->finished;
  const Subject subject = session_subject(world, session, {});
  if (tasks.others_outstanding(*last.life) || !excused(world, session, *last.life, apart).empty()) {
    j.verdicts.cleared(subject);
    return;
  }
  const AbsentAnswer absent = no_wake(j, session, apart);
  const TimeNs until = apart.until == kNoFact ? world.capture_end(world.fact(end).domain) : world.fact(apart.until).t;
  const DurationNs waited = until - world.fact(end).t;
  const FactIndex list = listed_before(world, session, end);
  if (absent.answer == Absent::no) {
    j.verdicts.cleared(subject);
  } else if (waited < j.thresholds.duration("T_WAKE_REQ")) {
    if (apart.until == kNoFact) {
      undetermined(j, subject, "the capture ends too soon after the last task", "capture 15 min longer");
    } else {
      j.verdicts.cleared(subject);
    }
  } else if (absent.answer != Absent::yes) {
    undetermined(j, subject, "cannot see whether a wake was requested", absent.coverage);
  } else if (list == kNoFact) {
    undetermined(j, subject, "older tasks of the session may still have been outstanding",
                 "log session.tasks-answered at launch");
  } else if (const CovAnswer seen = creations_seen(world, session, list, end); seen.cov != Cov::yes) {
    undetermined(j, subject, "cannot see whether other tasks of the session were outstanding", seen);
  } else {
    fire(j, session, apart, last, waited, absent);
  }
}

}  // namespace

const RuleInfo& ExpectedWakeMissing::info() const { return kInfo; }

void ExpectedWakeMissing::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  if (!has_wakes(world)) {
    verdicts.not_applicable(unit_subject(world));
    return;
  }
  const TaskLives lives = task_lives(world);
  if (lives.empty()) return;
  const auto streams = world.streams();
  if (std::none_of(streams.begin(), streams.end(), [](const Stream& s) { return s.observer == Observer::daemon; })) {
    undetermined(j, unit_subject(world), "nsurlsessiond's requests for wakes are not recorded", "record the system's log");
    return;
  }
  std::vector<FactIndex> unnamed;
  for (const FactIndex i : world.of_kind(EventKind::daemon_client_disconnected)) {
    if (!world.fact(i).session.valid()) unnamed.push_back(i);
  }
  for (const auto& [session, own] : lives) {
    const TasksInTime tasks(world, own);
    for (const Apart& apart : stretches_apart(world, session, unnamed)) judge_stretch(j, session, tasks, apart);
  }
}

}  // namespace uptrail::analysis
