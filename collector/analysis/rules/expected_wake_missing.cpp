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
  const auto entries = world.listing(list);
  for (std::size_t k = 0; k < entries.size(); ++k) {
    const bool live = entries[k].state != Word::completed && entries[k].state != Word::canceling;
    if (!live) continue;
    if (k >= tasks.size() || !tasks[k].valid()) return kNoFact;
    const TaskLife life = world.life_of(tasks[k]);
    if (life.end() == kNoFact || !(life.end() == before || surely_before(world, life.end(), before))) return kNoFact;
  }
  return list;
}

// The user closed the app, and has not opened it since.
bool closed_by_user(const World& world, FactIndex end) {
  const auto launches = world.within(world.of_kind(EventKind::app_launch), {kTimeMin, world.fact(end).t});
  const auto opened = [&](FactIndex i) { return world.fact(i).word == Word::user && surely_before(world, i, end); };
  const auto last = std::find_if(launches.rbegin(), launches.rend(), opened);
  // Whatever was closed long before the last time that the user opened it was opened since.
  const TimeNs from = last == launches.rend() ? kTimeMin : world.fact(*last).t;
  const auto opened_since = [&](FactIndex quit) {
    const auto later = world.within(launches, {world.fact(quit).t, kTimeMax});
    return std::any_of(later.begin(), later.end(), [&](FactIndex i) { return surely_before(world, quit, i) && opened(i); });
  };
  for (const EventKind kind : {EventKind::app_force_quit, EventKind::daemon_force_quit_noticed}) {
    for (const FactIndex i : world.within(world.of_kind(kind), {from, world.fact(end).t})) {
      if (maybe_before(world, i, end) && !opened_since(i)) return true;
    }
  }
  return false;
}

bool refresh_off(const World& world, FactIndex end) {
  const auto all = world.of_kind(EventKind::app_refresh_setting);
  const auto near = world.within(all, {world.fact(end).t, world.fact(end).t});
  const auto before = static_cast<std::size_t>(near.data() - all.data());
  bool off = before > 0 && !world.fact(all[before - 1]).has(kShared);
  for (const FactIndex i : near) {
    if (surely_before(world, i, end)) {
      off = !world.fact(i).has(kShared);
    } else if (maybe_before(world, i, end)) {
      off = off || !world.fact(i).has(kShared);
    }
  }
  return off;
}

bool locked(const World& world, FactIndex end) {
  const auto boots = world.within(world.of_kind(EventKind::device_boot), {kTimeMin, world.fact(end).t});
  const auto boot = std::find_if(boots.rbegin(), boots.rend(), [&](FactIndex i) { return maybe_before(world, i, end); });
  if (boot == boots.rend()) return false;
  const auto unlocks = world.within(world.of_kind(EventKind::device_first_unlock), {world.fact(*boot).t, kTimeMax});
  return std::none_of(unlocks.begin(), unlocks.end(), [&](FactIndex i) { return maybe_before(world, *boot, i); });
}

// Delays that nsurlsessiond has set, by the time for which they hold.
class Delays {
 public:
  explicit Delays(const World& world) : world_(world) {
    for (const FactIndex i : world.of_kind(EventKind::daemon_delay_set)) {
      const TimeNs from = world.one_clock() ? world.around(i).start : kTimeMin;
      spans_.add(from, world.fact(i).t + DurationNs{world.fact(i).number}, i);
    }
    spans_.finish();
  }
  [[nodiscard]] bool any(SessionId session, FactIndex end) const {
    const TimeNs t = world_.fact(end).t;
    return !spans_.visit(t, t, [&](FactIndex i) {
      const bool mine = !world_.fact(i).session.valid() || world_.fact(i).session == session;
      return !mine || !maybe_before(world_, i, end);
    });
  }

 private:
  const World& world_;
  SpansAt spans_;
};

// What is known of one session, whenever its tasks end.
struct Configured {
  SessionId session;
  std::vector<FactIndex> creates;       // that tell whether launch events are sent
  bool any_off = false;                 // one tells that they are not
  std::vector<FactIndex> of_extension;  // nsurlsessiond's creations for an extension
};

Configured configured(const World& world, SessionId session) {
  Configured out{session, {}, false, {}};
  for (const FactIndex i : world.of_session(session, EventKind::session_create)) {
    const ObjectInfo* info = world.object_info(i);
    if (info == nullptr || !info->sends_launch_events) continue;
    out.creates.push_back(i);
    out.any_off = out.any_off || !*info->sends_launch_events;
  }
  for (const FactIndex i : world.of_session(session, EventKind::daemon_session_created)) {
    if (world.fact(i).has(kShared)) out.of_extension.push_back(i);
  }
  return out;
}

// As the object was configured that nsurlsessiond last heard of before `end`; when there is none, as any was.
bool launch_events_off(const World& world, const Configured& c, FactIndex end) {
  const TimeNs t = world.fact(end).t;
  const auto off = [&](FactIndex i) { return !*world.object_info(i)->sends_launch_events; };
  const auto near = world.within(c.creates, {t, t});
  const auto unsure = [&](FactIndex i) { return !surely_before(world, i, end) && maybe_before(world, i, end) && off(i); };
  if (std::any_of(near.begin(), near.end(), unsure)) return true;
  const FactIndex last = last_surely_before(world, c.creates, end);
  return last == kNoFact ? c.any_off : off(last);
}

// Why no wake was due, as far as it was seen; "": nothing speaks against it.
std::string_view excused(const World& world, const Configured& c, const Delays& delays, const TaskLife& last,
                         const Apart& apart) {
  const FactIndex end = last.finished;
  if (launch_events_off(world, c, end)) return "launch events are off";
  const Interval meanwhile{world.fact(apart.from).t, apart.until == kNoFact ? kTimeMax : world.fact(apart.until).t};
  for (const FactIndex i : world.within(world.of_session(c.session, EventKind::daemon_wake_suppressed), meanwhile)) {
    if (maybe_before(world, apart.from, i) && (apart.until == kNoFact || maybe_before(world, i, apart.until)))
      return "suppressed";
  }
  if (closed_by_user(world, end)) return "force quit";
  if (refresh_off(world, end)) return "refresh off";
  if (ended_cancelled(world, last)) return "cancelled";
  const auto before = [&](FactIndex i) { return maybe_before(world, i, end); };
  if (std::any_of(c.of_extension.begin(), c.of_extension.end(), before)) return "extension";
  if (delays.any(c.session, end)) return "delay";
  return locked(world, end) ? "locked" : "";
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

void judge_stretch(const Judging& j, const Configured& c, const Delays& delays, const TasksInTime& tasks, const Apart& apart) {
  const World& world = j.world;
  const SessionId session = c.session;
  const LastEnd last = tasks.last_end(apart);
  if (last.life == nullptr) return;
  const FactIndex end = last.life->finished;
  const Subject subject = session_subject(world, session, {});
  if (tasks.others_outstanding(*last.life) || !excused(world, c, delays, *last.life, apart).empty()) {
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
  const Delays delays(world);
  std::vector<FactIndex> unnamed;
  for (const FactIndex i : world.of_kind(EventKind::daemon_client_disconnected)) {
    if (!world.fact(i).session.valid()) unnamed.push_back(i);
  }
  for (const auto& [session, own] : lives) {
    const TasksInTime tasks(world, own);
    const Configured c = configured(world, session);
    for (const Apart& apart : stretches_apart(world, session, unnamed)) judge_stretch(j, c, delays, tasks, apart);
  }
}

}  // namespace uptrail::analysis
