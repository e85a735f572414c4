#include "collector/analysis/rules/completion_handler_off_main_thread.h"

#include "collector/analysis/rules/wakes_seen.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "completion-handler-off-main-thread",
    .title = "Wake completion handler called off the main thread",
    .severity = Severity::warning,
    .summary =
        "UIKit's completion handler must be called on the main thread; urlSessionDidFinishEvents arrives on the delegate queue.",
    .needs = "wake.handler-called with its thread.",
    .remedy = "Call the handler in DispatchQueue.main.async.",
    .thresholds = {},
};

void fire(const Judging& j, const WakeSeen& wake) {
  const World& world = j.world;
  Draft draft(j, Severity::warning, Confidence::proven, session_subject(world, wake.session, wake.epoch),
              world.fact(wake.called).t);
  const std::string name = session_name(world, wake.session);
  draft.title("Completion handler of " + name + " called off the main thread");
  draft.explain("The handler of " + name + " was called on another thread; UIKit requires the main thread.");
  draft.evidence(wake.events, "the handler was given here").evidence(wake.finished, "events finished");
  draft.evidence(wake.called, "called off the main thread", true);
  draft.clears_if("A log of the call site that shows the main thread: the line may tell of the request, not of the call.");
  j.verdicts.fired(draft.take());
}

void judge_call(const Judging& j, const WakeSeen& wake) {
  const Subject subject = session_subject(j.world, wake.session, wake.epoch);
  const Fact& call = j.world.fact(wake.called);
  if (!is_uikit(j.world, wake) || (call.also != Word::none && call.also != Word::uikit)) {
    j.verdicts.not_applicable(subject);
  } else if (call.word == Word::main) {
    j.verdicts.cleared(subject);
  } else if (call.word == Word::none) {
    undetermined(j, subject, "the thread of the call is not logged", "log the thread with wake.handler-called");
  } else {
    fire(j, wake);
  }
}

}  // namespace

const RuleInfo& CompletionHandlerOffMainThread::info() const { return kInfo; }

void CompletionHandlerOffMainThread::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  for (const WakeSeen& wake : all_wakes(world)) {
    if (wake.called != kNoFact) {
      judge_call(j, wake);
    } else if (wake.released != kNoFact && is_uikit(world, wake)) {
      undetermined(j, session_subject(world, wake.session, wake.epoch),
                   "the handler was called, but the app did not log the call and its thread",
                   "wrap the handler and log wake.handler-called with its thread");
    }
  }
}

}  // namespace uptrail::analysis
