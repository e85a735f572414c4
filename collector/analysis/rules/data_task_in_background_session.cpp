#include "collector/analysis/rules/data_task_in_background_session.h"

#include "collector/analysis/rules/task_ends.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "data-task-in-background-session",
    .title = "Data task in a background session",
    .severity = Severity::warning,
    .summary = "A data task in a background session lives only as long as the app is not suspended; then it ends with -997.",
    .needs = "task.create with its kind, task.did-complete.",
    .remedy = "Use uploadTask(with:fromFile:) or a download task.",
    .thresholds = {},
};

void judge_task(const Judging& j, TaskId task) {
  const World& world = j.world;
  const Task& t = task_of(world, task);
  if (t.kind != "data") return;
  const auto creates = pick_of_task(world, task, {}, {EventKind::task_create, EventKind::daemon_task_created});
  const FactIndex end = end_of_task(world, task);
  if (creates.empty() && end == kNoFact) return;
  if (!t.session.valid() || session_of(world, t.session).identifier.empty()) {
    undetermined(j, task_subject(world, task), "a data task was created in a session that may be no background session",
                 "log identifier and background with session.create");
    return;
  }
  if (!is_background(world, t.session)) return;
  const bool lost = end != kNoFact && world.fact(end).has(kHasCode) && world.fact(end).code == kDisconnected;
  const FactIndex at = creates.empty() ? end : creates.front();
  Draft draft(j, lost ? Severity::error : Severity::warning, Confidence::proven, task_subject(world, task), world.fact(at).t);
  const std::string name = task_name(world, task);
  draft.title(capitalised(name) + " is a data task in a background session" + (lost ? " and was lost (-997)" : ""));
  draft.explain(
      capitalised(name) + " was created as a data task in " + session_name(world, t.session) +
      (lost ? "; it ended with -997 when the app was suspended." : "; it will end with -997 when the app is suspended."));
  draft.evidence(creates.empty() ? kNoFact : creates.front(), "created as a data task", !lost);
  if (lost) draft.evidence(end, "ended with -997", true).number("error", kDisconnected);
  draft.clears_if("A kind other than data: an upload task is a subclass of the data task.");
  j.verdicts.fired(draft.take());
}

}  // namespace

const RuleInfo& DataTaskInBackgroundSession::info() const { return kInfo; }

void DataTaskInBackgroundSession::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  for (const TaskId task : world.tasks()) judge_task(j, task);
}

}  // namespace uptrail::analysis
