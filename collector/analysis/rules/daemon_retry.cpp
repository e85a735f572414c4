#include "collector/analysis/rules/daemon_retry.h"

#include "collector/analysis/rules/support.h"
#include "collector/base/text.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "daemon-retry",
    .title = "The system retried after a recoverable error",
    .severity = Severity::info,
    .summary = "nsurlsessiond starts the transfer again after an error that it can recover from; the task goes on.",
    .needs = "nsurlsessiond's log.",
    .remedy = "Nothing to mend; when it repeats, see retry-loop.",
    .thresholds = {},
};

void judge_task(const Judging& j, TaskId task) {
  const World& world = j.world;
  const auto retries = pick_of_task(world, task, {}, {EventKind::daemon_task_retry});
  if (retries.empty()) return;
  Draft draft(j, Severity::info, Confidence::proven, task_subject(world, task), world.fact(retries.front()).t);
  const std::string name = task_name(world, task);
  const Fact& last = world.fact(retries.back());
  const std::string code = last.has(kHasCode) ? " (code " + std::to_string(last.code) + ")" : "";
  draft.title(capitalised(name) + " retried by the system" +
              (retries.size() > 1 ? " " + count_of(retries.size(), "time") : std::string()) + code);
  draft.explain("nsurlsessiond met a recoverable error in " + name + code + " and started it again. That is no end.");
  for (std::size_t i = 0; i < retries.size() && i < kShownEvidence; ++i) draft.evidence(retries[i], "retried", i == 0);
  draft.number("retries", static_cast<double>(retries.size())).clears_if("Nothing: it is what the system says.");
  j.verdicts.fired(draft.take());
}

}  // namespace

const RuleInfo& DaemonRetry::info() const { return kInfo; }

void DaemonRetry::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  if (world.of_kind(EventKind::daemon_task_retry).empty()) return;
  for (const TaskId task : world.tasks()) judge_task(j, task);
}

}  // namespace uptrail::analysis
