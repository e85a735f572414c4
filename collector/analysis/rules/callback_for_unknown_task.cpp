#include "collector/analysis/rules/callback_for_unknown_task.h"

#include "collector/analysis/rules/support.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "callback-for-unknown-task",
    .title = "The app dropped a callback that it could not attribute",
    .severity = Severity::warning,
    .summary = "A delegate callback came for a task of which the app has no record: its state or the task's description is lost.",
    .needs = "delegate.dropped, and session.tasks-requested and -answered to keep the race at launch apart.",
    .remedy = "Store the upload's id in taskDescription, and create the record on first sight in every callback.",
    .thresholds = {},
};

// The race between the request for the session's tasks and its answer has a rule of its own.
bool in_race(const World& world, FactIndex dropped, bool& unknown) {
  const Fact& fact = world.fact(dropped);
  const SessionId session = fact.task.valid() ? task_of(world, fact.task).session : fact.session;
  if (!session.valid() || !fact.epoch.valid()) return false;
  const auto asked = pick_in_session(world, session, fact.epoch, {EventKind::session_tasks_requested});
  const auto answered = pick_in_session(world, session, fact.epoch, {EventKind::session_tasks_answered});
  if (asked.empty() && answered.empty()) return false;
  if (asked.empty() || answered.empty()) {
    unknown = answered.empty();
    return false;
  }
  return maybe_before(world, dropped, answered.front());
}

void fire(const Judging& j, FactIndex dropped) {
  const World& world = j.world;
  const Fact& fact = world.fact(dropped);
  const std::string why = world.text_of(dropped, Field::why);
  const bool settled = why.find("settled") != std::string::npos || why.find("already") != std::string::npos;
  Draft draft(j, settled ? Severity::info : Severity::warning, Confidence::proven,
              fact.task.valid() ? task_subject(world, fact.task) : epoch_subject(world, fact.epoch), fact.t);
  const std::string name = task_name(world, fact.task);
  draft.title("A callback for " + name + " was dropped" + (why.empty() ? "" : ": " + why));
  draft.explain("A delegate callback for " + name + " could not be matched to an upload and was dropped" +
                (why.empty() ? "." : " (" + why + ")."));
  if (fact.task.valid() && fact.epoch.valid()) {
    const FactIndex call =
        last_surely_before(world, pick_of_task(world, fact.task, fact.epoch, {EventKind::task_did_complete}), dropped);
    draft.evidence(call, "the callback");
  }
  draft.evidence(dropped, "dropped here", true);
  draft.clears_if("A task of another component that shares the session on purpose.");
  j.verdicts.fired(draft.take());
}

}  // namespace

const RuleInfo& CallbackForUnknownTask::info() const { return kInfo; }

void CallbackForUnknownTask::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  for (const FactIndex i : world.of_kind(EventKind::delegate_dropped)) {
    bool unknown = false;
    const Fact& fact = world.fact(i);
    const Subject subject = fact.task.valid() ? task_subject(world, fact.task) : epoch_subject(world, fact.epoch);
    if (in_race(world, i, unknown)) {
      verdicts.cleared(subject);
    } else if (unknown) {
      undetermined(j, subject, "a callback was dropped, perhaps because the list of tasks was still to come",
                   "log session.tasks-answered");
    } else {
      fire(j, i);
    }
  }
}

}  // namespace uptrail::analysis
