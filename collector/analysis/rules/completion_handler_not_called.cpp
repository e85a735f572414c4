#include "collector/analysis/rules/completion_handler_not_called.h"

#include <algorithm>

#include "collector/analysis/rules/support.h"
#include "collector/analysis/rules/wakes_seen.h"
#include "collector/base/text.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "completion-handler-not-called",
    .title = "Wake completion handler never called",
    .severity = Severity::error,
    .summary =
        "The app was woken for its session and did not call the completion handler: the system holds the app's assertion until "
        "it expires, may kill the app, and gives it less background time later.",
    .needs =
        "wake.handle-events, session.did-finish-events and wake.handler-called from the app, with its life-cycle; or UIKit's "
        "line that the handler was never called.",
    .remedy =
        "Keep the handler per session identifier and call it on the main thread in "
        "urlSessionDidFinishEvents(forBackgroundURLSession:).",
    .thresholds = {{"T_HANDLER_DUE", 10, "s", "run time after did-finish-events; allows a last database save"},
                   {"T_WAKE", 25, "s", "run time after handle-events; about the whole background budget of one wake"}},
};

void describe(Draft& draft, const World& world, const WakeSeen& wake) {
  draft.evidence(wake.events, "woken here", wake.finished == kNoFact);
  draft.evidence(wake.finished, "events finished: the handler is due here", true);
  draft.evidence(wake.stopped, "stopped without the call");
  draft.clears_if("A wake.handler-called or daemon.assertion-released for this wake.");
  const TimeNs due = world.fact(wake.finished != kNoFact ? wake.finished : wake.events).t;
  draft.missing(EventKind::wake_handler_called, due, "the completion handler is called in urlSessionDidFinishEvents");
}

std::string title_of(const World& world, const WakeSeen& wake) {
  return "Completion handler of " + session_name(world, wake.session) + " never called after a wake";
}

std::string woken_text(const World& world, const WakeSeen& wake) {
  std::string text = capitalised(epoch_name(world, wake.epoch)) + " was woken for " + session_name(world, wake.session);
  if (wake.finished == kNoFact) return text + "; its events did not finish.";
  return text + "; its events finished " + format_duration(world.fact(wake.finished).t - world.fact(wake.events).t) + " later.";
}

void fire_warned(const Judging& j, const WakeSeen& wake, FactIndex warning) {
  const World& world = j.world;
  Draft draft(j, Severity::error, Confidence::proven, session_subject(world, wake.session, wake.epoch),
              world.fact(wake.events).t);
  draft.title(title_of(world, wake)).explain(woken_text(world, wake));
  draft.explain("UIKit reports that the completion handler was never called.");
  draft.evidence(warning, "UIKit: the completion handler was never called", true);
  describe(draft, world, wake);
  if (world.fact(warning).domain == world.fact(wake.events).domain) {
    draft.number("warned after the wake", (world.fact(warning).t - world.fact(wake.events).t).seconds(), "s");
  }
  j.verdicts.fired(draft.take());
}

// The line names no session. With several open wakes, or none that was seen, it is told of the process.
void fire_unattributed(const Judging& j, FactIndex warning, const std::vector<const WakeSeen*>& open) {
  const World& world = j.world;
  Draft draft(j, Severity::error, Confidence::proven, epoch_subject(world, world.fact(warning).epoch), world.fact(warning).t);
  draft.title(open.empty() ? "Completion handler of a wake never called"
                           : "Completion handler of one of " + count_of(open.size(), "open wake") + " never called");
  draft.evidence(warning, "UIKit: the completion handler was never called", true);
  for (const WakeSeen* wake : open) draft.evidence(wake->events, "an open wake of " + session_name(world, wake->session));
  draft.explain("UIKit reports that a completion handler was never called; the line does not name the session.");
  draft.number("open wakes", static_cast<double>(open.size()));
  draft.clears_if("Nothing: UIKit's line is proof.");
  j.verdicts.fired(draft.take());
}

void judge_warnings(const Judging& j, std::vector<WakeSeen>& wakes) {
  const World& world = j.world;
  for (const FactIndex w : world.of_kind(EventKind::wake_never_called_warning)) {
    const Fact& warning = world.fact(w);
    std::vector<WakeSeen*> open;
    for (WakeSeen& wake : wakes) {
      const bool fits = (!warning.session.valid() || warning.session == wake.session) &&
                        (!warning.epoch.valid() || warning.epoch == wake.epoch);
      if (fits && !wake.closed() && !wake.warned && is_uikit(world, wake) && maybe_before(world, wake.events, w)) {
        open.push_back(&wake);
      }
    }
    if (open.size() == 1) {
      open.front()->warned = true;
      fire_warned(j, *open.front(), w);
    } else {
      fire_unattributed(j, w, {open.begin(), open.end()});
    }
  }
}

// A test runner often stops the app right after did-finish-events; that proves nothing.
bool stopped_by_harness(const Judging& j, const WakeSeen& wake) {
  const World& world = j.world;
  const Fact& stop = world.fact(wake.stopped);
  if (stop.kind != EventKind::app_terminate) return false;
  const FactIndex launch = launch_telling(world, wake.epoch, Field::simulator);
  const bool simulator = launch != kNoFact && field_is(world, launch, Field::simulator, "true");
  const bool unknown = stop.word == Word::unknown || stop.word == Word::none;
  if (stop.word != Word::test_harness && !(unknown && simulator)) return false;
  const DurationNs ran = world.run_time(wake.epoch, {world.fact(wake.finished).t, stop.t});
  return ran < j.thresholds.duration("T_HANDLER_DUE");
}

void fire_stopped(const Judging& j, const WakeSeen& wake, const AbsentAnswer& absent) {
  const World& world = j.world;
  const Fact& stop = world.fact(wake.stopped);
  const DurationNs after = stop.t - world.fact(wake.finished).t;
  Draft draft(j, Severity::error, Confidence::proven, session_subject(world, wake.session, wake.epoch),
              world.fact(wake.events).t);
  const std::string how = stop.kind == EventKind::app_suspend ? "was suspended" : "ended";
  draft.title(title_of(world, wake)).explain(woken_text(world, wake));
  draft.explain("The process " + how + " " + format_duration(after) + " after that, and the completion handler was not called.");
  describe(draft, world, wake);
  draft.number("stopped after did-finish-events", after.seconds(), "s").rests_on(absent);
  j.verdicts.fired(draft.take());
}

void fire_waited(const Judging& j, const WakeSeen& wake, const AbsentAnswer& absent) {
  const World& world = j.world;
  Draft draft(j, Severity::error, Confidence::likely, session_subject(world, wake.session, wake.epoch),
              world.fact(wake.events).t);
  draft.title(title_of(world, wake)).explain(woken_text(world, wake));
  draft.explain("The app ran " + format_duration(absent.waited) + " after that, and the completion handler was not called.");
  describe(draft, world, wake);
  draft.compared(wake.finished != kNoFact ? "T_HANDLER_DUE" : "T_WAKE", absent.waited.seconds()).rests_on(absent);
  j.verdicts.fired(draft.take());
}

// `until`: where to stop looking; `T`: how long the app must have run.
AbsentAnswer not_called(const Judging& j, const WakeSeen& wake, TimeNs until, DurationNs T) {
  const World& world = j.world;
  const bool due = wake.finished != kNoFact;
  const TimeNs from = world.fact(due ? wake.finished : wake.events).t;
  World::AbsentQuery query;
  query.kinds = {EventKind::wake_handler_called};
  // The session's calls have been given to its wakes; one that names no session may be this wake's.
  query.match = [](const Fact& fact) { return !fact.session.valid(); };
  query.among = world.of_session(wake.session);
  query.scope.session = wake.session;
  query.scope.epoch = wake.epoch;
  query.span = {world.fact(wake.events).t, until};
  query.run_from = from;
  query.T = T;
  return world.absent(query);
}

// Other faults explain a wake whose events never finish: they are told instead.
std::string_view explained_otherwise(const World& world, const WakeSeen& wake) {
  if (wake.stopped != kNoFact) return "the process stopped before the events of the wake had finished";
  const auto creates = pick_in_session(world, wake.session, wake.epoch, {EventKind::session_create});
  if (creates.empty()) return "the session of the wake was not seen to be created in the process";
  std::size_t entered = 0;
  for (const FactIndex i : pick_in_epoch(world, wake.epoch, {EventKind::delegate_enter, EventKind::delegate_exit})) {
    const EventKind kind = world.fact(i).kind;
    if (kind == EventKind::delegate_enter) ++entered;
    if (kind == EventKind::delegate_exit && entered > 0) --entered;
  }
  return entered > 0 ? "a delegate callback has not returned, so the events of the wake could not finish" : "";
}

void judge_open(const Judging& j, const WakeSeen& wake, const Subject& subject) {
  const World& world = j.world;
  const std::string_view otherwise = explained_otherwise(world, wake);
  if (!otherwise.empty()) {
    undetermined(j, subject, std::string(otherwise), "");
    return;
  }
  const AbsentAnswer absent = not_called(j, wake, life_end(world, wake.epoch), j.thresholds.duration("T_WAKE"));
  const CovAnswer finish = coverage(world, EventKind::session_did_finish_events, wake.session, wake.epoch,
                                    world.fact(wake.events).t, seen_end(world, wake.epoch));
  if (absent.answer == Absent::yes && finish.cov == Cov::yes) {
    fire_waited(j, wake, absent);
  } else if (absent.answer == Absent::pending) {
    undetermined(j, subject, "the capture ends too soon after the wake", "capture until the app is suspended again");
  } else if (absent.answer == Absent::yes) {
    undetermined(j, subject, "cannot see whether the events of the wake finished", finish);
  } else {
    undetermined(j, subject, "cannot see whether the completion handler was called", absent.coverage);
  }
}

void judge_due(const Judging& j, const WakeSeen& wake, const Subject& subject) {
  const World& world = j.world;
  if (wake.stopped != kNoFact) {
    const AbsentAnswer absent = not_called(j, wake, world.fact(wake.stopped).t, {});
    if (stopped_by_harness(j, wake)) {
      undetermined(j, subject, "the process was ended, perhaps by the test harness, too soon after did-finish-events",
                   "let the app run on after the events have finished");
    } else if (absent.answer == Absent::yes) {
      fire_stopped(j, wake, absent);
    } else {
      undetermined(j, subject, "cannot see whether the completion handler was called", absent.coverage);
    }
    return;
  }
  const AbsentAnswer absent = not_called(j, wake, life_end(world, wake.epoch), j.thresholds.duration("T_HANDLER_DUE"));
  if (absent.answer == Absent::yes) {
    fire_waited(j, wake, absent);
  } else if (absent.answer == Absent::pending) {
    undetermined(j, subject, "the capture ends too soon after did-finish-events", "capture until the app is suspended again");
  } else {
    undetermined(j, subject, "cannot see whether the completion handler was called", absent.coverage);
  }
}

void judge_wake(const Judging& j, const WakeSeen& wake) {
  const Subject subject = session_subject(j.world, wake.session, wake.epoch);
  if (!is_uikit(j.world, wake)) {
    j.verdicts.not_applicable(subject);
  } else if (wake.closed()) {
    j.verdicts.cleared(subject);
  } else if (wake.finished != kNoFact) {
    judge_due(j, wake, subject);
  } else {
    judge_open(j, wake, subject);
  }
}

// A session without a wake: none happened, or none could be seen.
void judge_unwoken(const Judging& j, SessionId session) {
  const World& world = j.world;
  const auto epochs = world.epochs_of(session);
  if (epochs.empty()) {
    undetermined(j, session_subject(world, session, {}), "wakes are not recorded: the app's own calls are not in the capture",
                 std::string(kLoggerAdvice));
    return;
  }
  CovAnswer worst;
  worst.cov = Cov::yes;
  for (const EpochId epoch : epochs) {
    const CovAnswer cov =
        coverage(world, EventKind::wake_handle_events, session, epoch, own_begin(world, epoch), seen_end(world, epoch));
    if (cov.cov > worst.cov) worst = cov;  // yes < partial < no
  }
  if (worst.cov == Cov::yes) {
    j.verdicts.cleared({});
  } else {
    undetermined(j, session_subject(world, session, epochs.front()), "wakes are not recorded", worst);
  }
}

}  // namespace

const RuleInfo& CompletionHandlerNotCalled::info() const { return kInfo; }

void CompletionHandlerNotCalled::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  std::vector<WakeSeen> wakes;
  for (const SessionId session : world.sessions()) {
    if (!has_wakes(world)) {
      verdicts.not_applicable(session_subject(world, session, {}));
      continue;
    }
    const std::vector<WakeSeen> own = wakes_of(world, session);
    if (own.empty()) judge_unwoken(j, session);
    wakes.insert(wakes.end(), own.begin(), own.end());
  }
  judge_warnings(j, wakes);
  for (const WakeSeen& wake : wakes) {
    if (!wake.warned) judge_wake(j, wake);
  }
}

}  // namespace uptrail::analysis
