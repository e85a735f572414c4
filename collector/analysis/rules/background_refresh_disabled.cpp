#include "collector/analysis/rules/background_refresh_disabled.h"

#include "collector/analysis/rules/task_ends.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "background-refresh-disabled",
    .title = "Cancelled because Background App Refresh is off",
    .severity = Severity::warning,
    .summary = "The user, a profile or Low Power Mode has switched background updates off for the app; iOS cancels its tasks.",
    .needs = "task.did-complete with NSURLErrorBackgroundTaskCancelledReasonKey.",
    .remedy = "Tell the user, and upload in the foreground; UIApplication.backgroundRefreshStatus shows the setting.",
    .thresholds = {},
};
constexpr int kRefreshOff = 1;  // NSURLErrorCancelledReasonBackgroundUpdatesDisabled

void fire(const Judging& j, TaskId task, FactIndex end) {
  const World& world = j.world;
  Draft draft(j, Severity::warning, Confidence::proven, task_subject(world, task), world.fact(end).t);
  const std::string name = task_name(world, task);
  draft.title(capitalised(name) + " cancelled because Background App Refresh is off");
  draft.explain("iOS cancelled " + name + " with reason 1: background updates are disabled for this app.");
  const auto settings = world.within(world.of_kind(EventKind::app_refresh_setting), {kTimeMin, world.fact(end).t});
  std::size_t shown = 0;
  for (auto i = settings.rbegin(); i != settings.rend() && shown < kShownEvidence; ++i) {
    if (world.fact(*i).has(kShared) || !maybe_before(world, *i, end)) continue;
    draft.evidence(*i, "the setting is off");
    ++shown;
  }
  draft.evidence(end, "cancelled with reason 1", true).number("reason", kRefreshOff);
  draft.clears_if("Nothing: the reason is the system's own.");
  j.verdicts.fired(draft.take());
}

}  // namespace

const RuleInfo& BackgroundRefreshDisabled::info() const { return kInfo; }

void BackgroundRefreshDisabled::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  for (const TaskId task : world.tasks()) {
    FactIndex end = kNoFact;
    if (cancelled_reason(world, task, end) == kRefreshOff) {
      fire(j, task, end);
    } else if (end == kNoFact && reason_unseen(world, task)) {
      undetermined(j, task_subject(world, task), "the task was cancelled, and the app's error with the reason is not logged",
                   "log the error of didCompleteWithError with its userInfo reason");
    }
  }
}

}  // namespace uptrail::analysis
