#include "collector/analysis/rules/task_implicitly_resumed.h"

#include "collector/analysis/lifecycle/app_process.h"
#include "collector/analysis/lifecycle/history.h"
#include "collector/analysis/lifecycle/task_client.h"
#include "collector/analysis/rules/support.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "task-implicitly-resumed",
    .title = "The system resumed a task that the app never resumed",
    .severity = Severity::info,
    .summary =
        "When the app is suspended, nsurlsessiond starts tasks that were created and never resumed: a draft is sent by itself.",
    .needs = "nsurlsessiond's log.",
    .remedy = "Create a task only when it is to be sent; call suspend() on one that is to wait.",
    .thresholds = {},
};

void judge_task(const Judging& j, TaskId task) {
  const World& world = j.world;
  const auto lines = pick_of_task(world, task, {}, {EventKind::daemon_task_implicit_resume});
  if (lines.empty()) return;
  Draft draft(j, Severity::info, Confidence::proven, task_subject(world, task), world.fact(lines.front()).t);
  const std::string name = task_name(world, task);
  draft.title(capitalised(name) + " was started by the system, not by the app");
  draft.explain(capitalised(name) + " had never been resumed; the system started it when the app was suspended.");
  const auto created = pick_of_task(world, task, {}, {EventKind::task_create});
  if (!created.empty()) draft.evidence(created.front(), "created here");
  draft.evidence(lines.front(), "resumed by nsurlsessiond", true).clears_if("Nothing: it is what the system says.");
  j.verdicts.fired(draft.take());
}

// Created, never resumed, and the app went to sleep: whether the system started it, only nsurlsessiond's log can tell.
void judge_unseen(const Judging& j, TaskId task) {
  namespace client = lifecycle::task_client;
  namespace process = lifecycle::app_process;
  const World& world = j.world;
  const auto life = world.client_changes(task);
  const FactIndex created = lifecycle::first_into(life, {client::created});
  if (created == kNoFact || !world.fact(created).epoch.valid() ||
      lifecycle::was_ever(life, {client::running, client::canceling})) {
    return;
  }
  for (const lifecycle::Change& c : world.changes_of(world.fact(created).epoch)) {
    if ((c.to != process::suspended && c.to != process::not_running) || !surely_before(world, created, c.at)) continue;
    const CovAnswer known = coverage(world, EventKind::daemon_task_implicit_resume, task_of(world, task).session, {},
                                     world.fact(created).t, world.fact(c.at).t);
    if (known.cov != Cov::yes) {
      undetermined(j, task_subject(world, task), "a task that was never resumed may have been started by the system", known);
    }
    return;
  }
}

}  // namespace

const RuleInfo& TaskImplicitlyResumed::info() const { return kInfo; }

void TaskImplicitlyResumed::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  for (const TaskId task : world.tasks()) {
    judge_task(j, task);
    judge_unseen(j, task);
  }
}

}  // namespace uptrail::analysis
