#include "collector/analysis/rules/system_cancelled_task.h"

#include "collector/analysis/rules/task_ends.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "system-cancelled-task",
    .title = "Cancelled by the system for lack of resources",
    .severity = Severity::warning,
    .summary = "iOS cancelled the task itself: battery, heat, data plan or disk left no room for it.",
    .needs = "task.did-complete with NSURLErrorBackgroundTaskCancelledReasonKey.",
    .remedy = "Create the task again later, with growing pauses.",
    .thresholds = {{"T_AROUND", 60, "s", "power and network events this near are shown with it"}},
};
constexpr int kLeastOwn = 2;  // NSURLErrorCancelledReasonInsufficientSystemResources; 0 and 1 have rules of their own

void fire(const Judging& j, TaskId task, FactIndex end, int reason) {
  const World& world = j.world;
  Draft draft(j, Severity::warning, Confidence::proven, task_subject(world, task), world.fact(end).t);
  const std::string name = task_name(world, task);
  const bool resources = reason == kLeastOwn;
  draft.title(capitalised(name) + (resources ? " cancelled by the system for lack of resources"
                                             : " cancelled by the system, reason " + std::to_string(reason)));
  draft.explain("iOS cancelled " + name + " with reason " + std::to_string(reason) +
                (resources ? ": insufficient system resources." : ", which this version does not know."));
  std::size_t shown = 0;
  for (const EventKind kind : {EventKind::device_power, EventKind::device_network}) {
    for (const FactIndex i : world.of_kind(kind)) {
      if (shown < kShownEvidence && near_in_time(world, i, end, j.thresholds.duration("T_AROUND"))) {
        draft.evidence(i, kind == EventKind::device_power ? "power" : "network");
        ++shown;
      }
    }
  }
  draft.evidence(end, "cancelled with reason " + std::to_string(reason), true).number("reason", reason);
  draft.clears_if("Nothing: the reason is the system's own.");
  j.verdicts.fired(draft.take());
}

}  // namespace

const RuleInfo& SystemCancelledTask::info() const { return kInfo; }

void SystemCancelledTask::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  for (const TaskId task : world.tasks()) {
    FactIndex end = kNoFact;
    const int reason = cancelled_reason(world, task, end);
    if (reason >= kLeastOwn) {
      fire(j, task, end, reason);
    } else if (end == kNoFact && reason_unseen(world, task)) {
      undetermined(j, task_subject(world, task), "the task was cancelled, and the app's error with the reason is not logged",
                   "log the error of didCompleteWithError with its userInfo reason");
    }
  }
}

}  // namespace uptrail::analysis
