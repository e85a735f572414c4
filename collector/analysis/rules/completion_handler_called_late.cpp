#include "collector/analysis/rules/completion_handler_called_late.h"

#include <algorithm>

#include "collector/analysis/rules/wakes_seen.h"
#include "collector/base/text.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "completion-handler-called-late",
    .title = "Wake completion handler called late",
    .severity = Severity::warning,
    .summary =
        "The handler is called long after did-finish-events: the system holds the app's assertion and a stale snapshot that "
        "long, "
        "and gives the app less background time later.",
    .needs = "session.did-finish-events and wake.handler-called, with the app's life-cycle.",
    .remedy =
        "Call the handler in urlSessionDidFinishEvents(forBackgroundURLSession:); finish longer work under a background task "
        "assertion of its own.",
    .thresholds = {{"T_HANDLER_LATE", 5, "s", "run time after did-finish-events"},
                   {"T_WAKE", 25, "s", "a call within this time after handle-events, while the app works, is told as info"}},
};

// Delegate methods or the app's own words about its uploads between the two: it was working, not forgetting.
bool at_work(const World& world, const WakeSeen& wake) {
  const Interval between{world.fact(wake.finished).t, world.fact(wake.called).t};
  for (const EventKind kind : {EventKind::delegate_enter, EventKind::delegate_exit, EventKind::upload_state, EventKind::file_op,
                               EventKind::app_assertion}) {
    const auto near = world.within(world.of_kind(kind), between);
    const bool works = std::any_of(near.begin(), near.end(), [&](FactIndex i) {
      return world.fact(i).domain == world.fact(wake.events).domain && surely_before(world, wake.finished, i) &&
             surely_before(world, i, wake.called);
    });
    if (works) return true;
  }
  return false;
}

void fire(const Judging& j, const WakeSeen& wake, DurationNs ran) {
  const World& world = j.world;
  const DurationNs whole = world.run_time(wake.epoch, {world.fact(wake.events).t, world.fact(wake.called).t});
  const bool excused = whole < j.thresholds.duration("T_WAKE") && at_work(world, wake);
  Draft draft(j, excused ? Severity::info : Severity::warning, Confidence::proven,
              session_subject(world, wake.session, wake.epoch), world.fact(wake.finished).t);
  const std::string name = session_name(world, wake.session);
  draft.title("Completion handler of " + name + " called " + format_duration(ran) + " after its events finished");
  draft.explain("Between did-finish-events and the call of the handler of " + name + " the app ran " + format_duration(ran) +
                ".");
  if (excused) draft.explain("The app was working on its results meanwhile.");
  draft.evidence(wake.events, "woken here").evidence(wake.finished, "events finished: the handler is due here", true);
  draft.evidence(wake.called, "called").compared("T_HANDLER_LATE", ran.seconds());
  draft.clears_if("A suspension between the two that is not in the capture.");
  j.verdicts.fired(draft.take());
}

void judge_wake(const Judging& j, const WakeSeen& wake) {
  const World& world = j.world;
  const Subject subject = session_subject(world, wake.session, wake.epoch);
  if (wake.called == kNoFact || wake.finished == kNoFact) {
    if (wake.closed() || wake.finished != kNoFact) {
      undetermined(j, subject, "the end of the events and the call of the handler are not both in the capture",
                   std::string(kLoggerAdvice));
    }
    return;
  }
  const Interval between{world.fact(wake.finished).t, world.fact(wake.called).t};
  const DurationNs limit = j.thresholds.duration("T_HANDLER_LATE");
  if (!is_uikit(world, wake)) {
    j.verdicts.not_applicable(subject);
  } else if (!surely_before(world, wake.finished, wake.called) || between.end - between.start <= limit) {
    j.verdicts.cleared(subject);
  } else if (const DurationNs ran = world.run_time(wake.epoch, between); ran > limit) {
    fire(j, wake, ran);
  } else if (const CovAnswer known = coverage(world, EventKind::app_suspend, {}, wake.epoch, between.start, between.end);
             known.cov == Cov::yes) {
    j.verdicts.cleared(subject);
  } else {
    undetermined(j, subject, "the handler came late, but the app may have been suspended meanwhile", known);
  }
}

}  // namespace

const RuleInfo& CompletionHandlerCalledLate::info() const { return kInfo; }

void CompletionHandlerCalledLate::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  for (const WakeSeen& wake : all_wakes(world)) judge_wake(j, wake);
}

}  // namespace uptrail::analysis
