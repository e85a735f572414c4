#include "collector/analysis/rules/completion_handler_called_early.h"

#include <algorithm>

#include "collector/analysis/rules/coarse_times.h"
#include "collector/analysis/rules/wakes_seen.h"
#include "collector/base/text.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "completion-handler-called-early",
    .title = "Wake completion handler called before the events were delivered",
    .severity = Severity::error,
    .summary =
        "Calling the handler tells the system that the app is done: it may be suspended before the remaining callbacks arrive.",
    .needs = "wake.handle-events, wake.handler-called, session.did-finish-events, the delegate callbacks and task.create.",
    .remedy =
        "Keep the handler and call it in urlSessionDidFinishEvents(forBackgroundURLSession:), not in handleEvents or in the "
        "answer of getAllTasks.",
    .thresholds = {{"T_SWAP", 0.05, "s", "lines of different threads may swap when they are closer than this"},
                   {"T_BUDGET", 20, "s",
                    "a call after this run time, with an expired assertion, gives the time back on purpose"}},
};

// One wake whose handler was called, and what came after the call.
struct Early {
  WakeSeen wake;
  FactIndex next = kNoFact;      // the following wake of the session in the process
  std::vector<FactIndex> later;  // delegate callbacks after the call
  FactIndex finished = kNoFact;  // did-finish-events after the call
  std::vector<TaskId> waiting;   // finished by nsurlsessiond, not delivered when the process stopped
};

bool after_call(const Judging& j, const Early& e, FactIndex i) {
  const World& world = j.world;
  return surely_before(world, e.wake.called, i) &&
         !maybe_near_in_time(world, e.wake.called, i, j.thresholds.duration("T_SWAP")) &&
         (e.next == kNoFact || surely_before(world, i, e.next));
}

// Behind the call, but the times are too coarse to say by how much.
bool too_coarse(const Judging& j, const Early& e) {
  const World& world = j.world;
  const FactIndex i = e.wake.finished;
  return i != kNoFact && surely_before(world, e.wake.called, i) && !after_call(j, e, i) &&
         coarseness(world, e.wake.called, i) > j.thresholds.duration("T_SWAP");
}

bool created_in_wake(const World& world, const WakeSeen& wake, TaskId task) {
  const auto created = pick_of_task(world, task, wake.epoch, {EventKind::task_create});
  return std::any_of(created.begin(), created.end(), [&](FactIndex i) { return maybe_before(world, wake.events, i); });
}

// What follows the next wake belongs to that one.
void end_at(const World& world, FactIndex& i, FactIndex next) {
  if (i != kNoFact && !surely_before(world, i, next)) i = kNoFact;
}

void find_later(const Judging& j, Deliveries& deliveries, Early& e) {
  const World& world = j.world;
  const TimeNs until = e.next == kNoFact ? kTimeMax : world.fact(e.next).t;
  for (const FactIndex i : world.within(world.of_epoch(e.wake.epoch), {world.fact(e.wake.called).t, until})) {
    const Fact& fact = world.fact(i);
    const bool mine = fact.task.valid() && task_of(world, fact.task).session == e.wake.session;
    if (mine && is_delegate_callback(world, i) && after_call(j, e, i) && !created_in_wake(world, e.wake, fact.task)) {
      e.later.push_back(i);
    }
  }
  if (e.wake.finished != kNoFact && after_call(j, e, e.wake.finished)) e.finished = e.wake.finished;
  if (e.wake.stopped != kNoFact && e.finished == kNoFact) e.waiting = deliveries.undelivered(e.wake.session, e.wake.stopped);
}

bool gave_time_back(const Judging& j, const WakeSeen& wake) {
  const World& world = j.world;
  const Interval open{world.fact(wake.events).t, world.fact(wake.called).t};
  if (world.run_time(wake.epoch, open) < j.thresholds.duration("T_BUDGET")) return false;
  const auto marks = pick_in_epoch(world, wake.epoch, {EventKind::app_assertion});
  return std::any_of(marks.begin(), marks.end(), [&](FactIndex i) {
    return field_is(world, i, Field::op, "expire") && maybe_between(world, i, wake.events, wake.called);
  });
}

// The kinds that would explain the order otherwise must be covered; nullopt: they are.
std::optional<CovAnswer> not_covered(const World& world, const WakeSeen& wake, TimeNs until) {
  for (const EventKind kind : {EventKind::wake_handle_events, EventKind::session_did_finish_events, EventKind::task_create}) {
    const CovAnswer known = coverage(world, kind, wake.session, wake.epoch, world.fact(wake.events).t, until);
    if (known.cov != Cov::yes) return known;
  }
  return std::nullopt;
}

void fire(const Judging& j, const Early& e, Severity severity, Confidence confidence, const CovAnswer& rests) {
  const World& world = j.world;
  const WakeSeen& wake = e.wake;
  const bool harmless = in_foreground(world, wake.epoch, world.fact(wake.called).t) || gave_time_back(j, wake);
  Draft draft(j, harmless ? Severity::info : severity, confidence, session_subject(world, wake.session, wake.epoch),
              world.fact(wake.called).t);
  const std::string name = session_name(world, wake.session);
  draft.title("Completion handler of " + name + " called before its events were delivered");
  draft.explain("The handler of " + name + " was called " +
                format_duration(world.fact(wake.called).t - world.fact(wake.events).t) + " after the wake.");
  if (!e.later.empty()) {
    draft.explain(count_of(e.later.size(), "delegate callback") + " arrived after the call.");
    draft.number("callbacks after the call", static_cast<double>(e.later.size()));
    draft.compared("T_SWAP", (world.fact(e.later.front()).t - world.fact(wake.called).t).seconds());
  } else if (!e.waiting.empty()) {
    draft.explain(count_of(e.waiting.size(), "result") + " was still to be delivered when the process stopped.");
  }
  if (e.finished != kNoFact) {
    draft.explain("did-finish-events came " + format_duration(world.fact(e.finished).t - world.fact(wake.called).t) +
                  " after the call.");
  } else {
    draft.missing(EventKind::session_did_finish_events, world.fact(wake.called).t, "all events are delivered before the call");
  }
  if (harmless) draft.explain("The app was in the foreground, or gave its time back on purpose.");
  draft.evidence(wake.events, "woken here").evidence(wake.called, "called here", true);
  for (std::size_t i = 0; i < e.later.size() && i < kShownEvidence; ++i) draft.evidence(e.later[i], "a callback after the call");
  draft.evidence(e.finished, "events finished only here").evidence(wake.stopped, "the process stopped");
  draft.rests_on(rests).clears_if("A did-finish-events of this wake before the call.");
  j.verdicts.fired(draft.take());
}

void judge_order(const Judging& j, const Early& e) {
  const World& world = j.world;
  const WakeSeen& wake = e.wake;
  const Subject subject = session_subject(world, wake.session, wake.epoch);
  const FactIndex stopped = wake.stopped != kNoFact ? wake.stopped : e.next;
  const FactIndex last = !e.later.empty() ? e.later.front() : (e.finished != kNoFact ? e.finished : stopped);
  if (last == kNoFact) {
    undetermined(j, subject, "the handler was called, and the capture ends before the events of the wake had finished",
                 "capture until the app is suspended again");
    return;
  }
  if (const auto gap = not_covered(world, wake, world.fact(last).t)) {
    undetermined(j, subject, "cannot see the whole wake", *gap);
    return;
  }
  if (!e.later.empty()) {
    fire(j, e, Severity::error, Confidence::proven, {});
  } else if (e.finished != kNoFact) {
    fire(j, e, Severity::warning, Confidence::proven, {});
  } else if (!e.waiting.empty()) {
    const CovAnswer told = coverage(world, EventKind::task_did_complete, wake.session, wake.epoch, world.fact(wake.events).t,
                                    world.fact(wake.stopped).t);
    if (told.cov == Cov::yes) {
      fire(j, e, Severity::error, Confidence::proven, told);
    } else {
      undetermined(j, subject, "cannot see which results were delivered", told);
    }
  } else {
    fire(j, e, Severity::warning, Confidence::likely,
         coverage(world, EventKind::session_did_finish_events, wake.session, wake.epoch, world.fact(wake.events).t,
                  world.fact(last).t));
  }
}

void judge_wake(const Judging& j, Deliveries& deliveries, Early e) {
  const World& world = j.world;
  const Subject subject = session_subject(world, e.wake.session, e.wake.epoch);
  if (!is_uikit(world, e.wake)) {
    j.verdicts.not_applicable(subject);
    return;
  }
  find_later(j, deliveries, e);
  if (e.later.empty() && too_coarse(j, e)) {
    undetermined(j, subject, "the times of the log are too coarse to tell whether the events came after the call",
                 "record a log with fractions of a second");
  } else if (e.wake.finished != kNoFact && e.later.empty() && !after_call(j, e, e.wake.finished)) {
    j.verdicts.cleared(subject);
  } else if (e.wake.finished != kNoFact && maybe_before(world, e.wake.finished, e.wake.called)) {
    j.verdicts.cleared(subject);  // what came later is another delivery
  } else {
    judge_order(j, e);
  }
}

}  // namespace

const RuleInfo& CompletionHandlerCalledEarly::info() const { return kInfo; }

void CompletionHandlerCalledEarly::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  const std::vector<WakeSeen> wakes = all_wakes(world);
  Deliveries deliveries(world);
  for (std::size_t k = 0; k < wakes.size(); ++k) {
    Early e;
    e.wake = wakes[k];
    const bool followed = k + 1 < wakes.size() && wakes[k + 1].session == e.wake.session && wakes[k + 1].epoch == e.wake.epoch;
    if (followed) {
      e.next = wakes[k + 1].events;
      end_at(world, e.wake.finished, e.next);
      end_at(world, e.wake.stopped, e.next);
    }
    if (e.wake.called != kNoFact) judge_wake(j, deliveries, e);
  }
}

}  // namespace uptrail::analysis
