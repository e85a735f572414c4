#include "collector/analysis/rules/session_not_recreated_after_relaunch.h"

#include <set>

#include "collector/analysis/rules/support.h"
#include "collector/analysis/rules/task_life.h"
#include "collector/analysis/rules/wakes_seen.h"
#include "collector/base/text.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "session-not-recreated-after-relaunch",
    .title = "Session not created again after a relaunch",
    .severity = Severity::error,
    .summary =
        "The app was launched for its session and did not create it: callbacks reach a session object only, so finished uploads "
        "stay undelivered and the wake was for nothing.",
    .needs =
        "app.launch, wake.handle-events and session.create from the app (nsurlsessiond's daemon.session-reconnected stands in "
        "for the last); for waiting results daemon.task-finished.",
    .remedy =
        "Create every known background session at launch, and in handleEventsForBackgroundURLSession create the session with the "
        "identifier that was passed.",
    .thresholds = {{"T_RECREATE", 10, "s", "run time after handle-events; creating the session lazily there is legal"},
                   {"T_WOKEN", 1, "s", "run time before a suspension; less gives the app no chance"},
                   {"T_RUN", 30, "s", "run time of a later process that counts as a chance to create it"},
                   {"N_LAUNCHES", 2, "", "such processes, for results that wait without a wake"}},
};

constexpr EventKind kReconnected = EventKind::daemon_session_reconnected;

// The creation in that process, or nsurlsessiond's word for it.
AbsentAnswer not_created(const World& world, SessionId session, EpochId epoch, TimeNs until, TimeNs run_from, DurationNs T) {
  World::AbsentQuery query;
  query.kinds = {EventKind::session_create, kReconnected, EventKind::daemon_client_connected};
  query.among = world.of_session(session);
  query.scope.session = session;
  query.scope.epoch = epoch;
  query.span = {own_begin(world, epoch), until};
  query.run_from = run_from;
  query.T = T;
  // nsurlsessiond's lines name a process only now and then: any in the span may be about this one.
  query.match = [epoch](const Fact& fact) { return !fact.epoch.valid() || fact.epoch == epoch; };
  AbsentAnswer both = world.absent(query);
  if (both.answer == Absent::no) return both;
  // A connection proves that the session is there; that none was logged proves nothing.
  query.kinds = {EventKind::session_create};
  AbsentAnswer own = world.absent(query);
  if (own.answer != Absent::unknown) return own;
  query.kinds = {kReconnected};
  return world.absent(query);
}

// Suspended, or the handler called: the wake was given up.
FactIndex given_up(const Judging& j, const WakeSeen& wake) {
  const World& world = j.world;
  FactIndex first = wake.called;
  for (const FactIndex i : pick_in_epoch(world, wake.epoch, {EventKind::app_suspend})) {
    if (!surely_before(world, wake.events, i)) continue;
    const DurationNs ran = world.run_time(wake.epoch, {world.fact(wake.events).t, world.fact(i).t});
    if (ran < j.thresholds.duration("T_WOKEN")) continue;
    if (first == kNoFact || world.fact(i).t < world.fact(first).t) first = i;
    break;
  }
  return first;
}

void describe_waiting(Draft& draft, const std::vector<FactIndex>& waiting) {
  for (std::size_t i = 0; i < waiting.size() && i < kShownEvidence; ++i) draft.evidence(waiting[i], "finished, not delivered");
  if (!waiting.empty()) {
    draft.explain(count_of(waiting.size(), "result") + (waiting.size() == 1 ? " was" : " were") + " waiting in nsurlsessiond.");
    draft.number("results waiting", static_cast<double>(waiting.size()));
  }
}

std::vector<FactIndex> waiting_at(const World& world, std::span<const TaskLife> lives, FactIndex at) {
  std::vector<FactIndex> out;
  for (const TaskLife& life : lives) {
    const bool finished = life.finished != kNoFact && surely_before(world, life.finished, at);
    if (finished && (life.told == kNoFact || surely_before(world, at, life.told))) out.push_back(life.finished);
  }
  return out;
}

void fire_wake(const Judging& j, const WakeSeen& wake, FactIndex stop, const AbsentAnswer& absent,
               const std::vector<FactIndex>& waiting) {
  const World& world = j.world;
  const std::string name = session_name(world, wake.session);
  Draft draft(j, Severity::error, stop != kNoFact ? Confidence::proven : Confidence::likely,
              session_subject(world, wake.session, wake.epoch), world.fact(wake.events).t);
  draft.title("Woken for " + name + ", which was not created again");
  draft.explain(capitalised(epoch_name(world, wake.epoch)) + " was launched and woken for " + name + ".");
  if (stop != kNoFact) {
    const DurationNs after = world.fact(stop).t - world.fact(wake.events).t;
    const bool called = world.fact(stop).kind == EventKind::wake_handler_called;
    draft.explain(std::string(called ? "It called the completion handler " : "It was suspended ") + format_duration(after) +
                  " later without having created that session.");
    draft.evidence(stop, called ? "the handler was called" : "suspended").number("given up after the wake", after.seconds(), "s");
  } else {
    draft.explain("It ran " + format_duration(absent.waited) + " after that and did not create the session.");
    draft.compared("T_RECREATE", absent.waited.seconds());
  }
  draft.evidence(launch_of(world, wake.epoch), "the process begins").evidence(wake.events, "woken for the session", true);
  const auto others = pick_in_epoch(world, wake.epoch, {EventKind::session_create});
  for (std::size_t i = 0; i < others.size() && i < kShownEvidence; ++i) {
    draft.evidence(others[i], "creates " + session_name(world, world.fact(others[i]).session) + " instead");
  }
  describe_waiting(draft, waiting);
  draft.missing(EventKind::session_create, world.fact(wake.events).t, "the session is created with the identifier of the wake");
  draft.rests_on(absent).clears_if("A session.create for that identifier in this process, or an event of its session object.");
  j.verdicts.fired(draft.take());
}

void judge_wake(const Judging& j, const WakeSeen& wake, std::span<const TaskLife> lives) {
  const World& world = j.world;
  const Subject subject = session_subject(world, wake.session, wake.epoch);
  const FactIndex sign = sign_of_session(world, wake.session, wake.epoch);
  const FactIndex stop = given_up(j, wake);
  // Made after the wake had been given up is too late for it; made before or during it is not.
  const bool late = sign != kNoFact && stop != kNoFact && surely_before(world, stop, sign);
  if (sign != kNoFact && !late) {
    j.verdicts.cleared(subject);
    return;
  }
  if (launch_of(world, wake.epoch) == kNoFact) {
    undetermined(j, subject, "the start of the process is not in the capture: the session may exist already",
                 "start the capture before the app is launched");
    return;
  }
  const auto blocked = pick_in_epoch(world, wake.epoch, {EventKind::session_blocked_first_unlock});
  if (!blocked.empty()) {
    undetermined(j, subject, "the creation of a session waits for the first unlock", "");
    return;
  }
  const TimeNs woken = world.fact(wake.events).t;
  const bool gave_up = stop != kNoFact;
  const AbsentAnswer absent =
      not_created(world, wake.session, wake.epoch, gave_up ? world.fact(stop).t : life_end(world, wake.epoch), woken,
                  gave_up ? DurationNs{} : j.thresholds.duration("T_RECREATE"));
  if (absent.answer == Absent::yes) {
    fire_wake(j, wake, stop, absent, waiting_at(world, lives, wake.events));
  } else if (absent.answer == Absent::pending) {
    undetermined(j, subject, "the process ended, or the capture, too soon after the wake", "capture longer");
  } else if (absent.answer == Absent::no) {
    j.verdicts.cleared(subject);
  } else {
    undetermined(j, subject, "cannot see whether the session was created", absent.coverage);
  }
}

// Processes that began after the result and had their chance.
struct Chance {
  EpochId epoch;
  AbsentAnswer absent;
};

std::vector<Chance> chances_missed(const Judging& j, SessionId session, FactIndex since, bool& created, CovAnswer& unclear) {
  const World& world = j.world;
  std::vector<Chance> out;
  for (const EpochId epoch : world.epochs()) {
    const FactIndex launch = launch_of(world, epoch);
    if (epoch_of(world, epoch).domain != world.fact(since).domain || life_begin(world, epoch) < world.fact(since).t) continue;
    if (sign_of_session(world, session, epoch) != kNoFact) created = true;
    if (launch == kNoFact || !surely_before(world, since, launch)) continue;
    AbsentAnswer absent =
        not_created(world, session, epoch, life_end(world, epoch), life_begin(world, epoch), j.thresholds.duration("T_RUN"));
    if (absent.answer == Absent::no) created = true;
    if (absent.answer == Absent::unknown) unclear = absent.coverage;
    if (absent.answer == Absent::yes) out.push_back({epoch, std::move(absent)});
  }
  return out;
}

bool acknowledged(const World& world, TaskId task) {
  return !pick_of_task(world, task, {}, {EventKind::daemon_callback_acknowledged}).empty();
}

// Results that wait although the app ran again and again, without any wake.
void judge_orphan(const Judging& j, SessionId session, std::span<const TaskLife> lives) {
  const World& world = j.world;
  std::vector<FactIndex> waiting;
  for (const TaskLife& life : lives) {
    const bool delivered = life.told != kNoFact || acknowledged(world, life.task);
    if (life.finished != kNoFact && !delivered && !ended_cancelled(world, life)) waiting.push_back(life.finished);
  }
  if (waiting.empty()) return;
  bool created = false;
  CovAnswer unclear;
  const std::vector<Chance> missed = chances_missed(j, session, waiting.front(), created, unclear);
  const Subject subject = session_subject(world, session, {});
  if (created || static_cast<double>(missed.size()) < j.thresholds.value("N_LAUNCHES")) {
    if (!created && !unclear.reason.empty()) undetermined(j, subject, "cannot see whether the session was created", unclear);
    return;
  }
  Draft draft(j, Severity::warning, Confidence::likely, subject, world.fact(waiting.front()).t);
  const std::string name = session_name(world, session);
  draft.title(capitalised(name) + " holds results, but no later launch created it");
  draft.explain("The app was launched " + count_of(missed.size(), "time") + " after " + name +
                " had finished work, ran, and never created it.");
  describe_waiting(draft, waiting);
  for (const Chance& chance : missed) draft.evidence(launch_of(world, chance.epoch), "launched, session not created");
  draft.missing(EventKind::session_create, life_begin(world, missed.front().epoch), "every known session is created at launch");
  draft.compared("N_LAUNCHES", static_cast<double>(missed.size()));
  for (const Chance& chance : missed) draft.rests_on(chance.absent);
  draft.clears_if("A session.create for that identifier in a later process.");
  j.verdicts.fired(draft.take());
}

}  // namespace

const RuleInfo& SessionNotRecreatedAfterRelaunch::info() const { return kInfo; }

void SessionNotRecreatedAfterRelaunch::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  const TaskLives lives = task_lives(world);
  for (const SessionId session : world.sessions()) {
    std::set<EpochId> judged;
    for (const WakeSeen& wake : wakes_of(world, session)) {
      if (has_wakes(world) && judged.insert(wake.epoch).second) judge_wake(j, wake, lives_in(lives, session));
    }
    if (judged.empty()) judge_orphan(j, session, lives_in(lives, session));
  }
}

}  // namespace uptrail::analysis
