#include "collector/analysis/rules/resume_on_running_task.h"

#include <algorithm>

#include "collector/analysis/rules/support.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "resume-on-running-task",
    .title = "resume() on a task that runs already, or has ended",
    .severity = Severity::info,
    .summary = "The call has no effect: a running task needs none, a completed or canceling one cannot be brought back.",
    .needs = "task.resume with stateBefore; or every resume and suspend of the task from its creation on.",
    .remedy = "Leave the call out, or assert that the task is suspended.",
    .thresholds = {},
};

void fire(const Judging& j, TaskId task, FactIndex resume, std::string_view state) {
  const World& world = j.world;
  Draft draft(j, Severity::info, Confidence::proven, task_subject(world, task), world.fact(resume).t);
  const std::string name = task_name(world, task);
  draft.title("resume() on " + name + ", which was " + std::string(state));
  draft.explain("resume() was called on " + name + ", which was already " + std::string(state) + ": no effect.");
  for (const FactIndex i : pick_of_task(world, task, {}, {EventKind::task_create, EventKind::task_resume})) {
    if (i == resume) break;
    draft.evidence(i, world.fact(i).kind == EventKind::task_create ? "created" : "resumed before");
  }
  draft.evidence(resume, "resumed here", true).clears_if("A task.suspend of this task before the call.");
  j.verdicts.fired(draft.take());
}

bool is_state(Word word) { return word == Word::running || word == Word::completed || word == Word::canceling; }

// Without the state before: a second call in the app's own log, with no suspend between. CFNetwork's lines are not counted: it
// writes several for one call.
void judge_second(const Judging& j, TaskId task, const std::vector<FactIndex>& resumes) {
  const World& world = j.world;
  for (std::size_t k = 1; k < resumes.size(); ++k) {
    const Fact& before = world.fact(resumes[k - 1]);
    const Fact& again = world.fact(resumes[k]);
    const bool comparable = before.stream == again.stream && observer_of(world, again) == Observer::app &&
                            before.epoch == again.epoch && before.word == Word::none && again.word == Word::none &&
                            surely_before(world, resumes[k - 1], resumes[k]);
    const auto suspends = pick_of_task(world, task, {}, {EventKind::task_suspend});
    if (!comparable || any_maybe_between(world, suspends, resumes[k - 1], resumes[k])) continue;
    const CovAnswer known =
        coverage(world, EventKind::task_suspend, task_of(world, task).session, again.epoch, before.t, again.t);
    if (known.cov == Cov::yes && !known.declared_never_logged) {
      fire(j, task, resumes[k], "running");
    } else {
      undetermined(j, task_subject(world, task), "resumed twice, but it is not known whether it was suspended between", known);
    }
    return;
  }
}

void judge_task(const Judging& j, TaskId task) {
  const World& world = j.world;
  const auto resumes = pick_of_task(world, task, {}, {EventKind::task_resume});
  const auto bad = std::find_if(resumes.begin(), resumes.end(), [&](FactIndex i) { return is_state(world.fact(i).word); });
  if (bad != resumes.end()) {
    fire(j, task, *bad, word_text(world.fact(*bad).word));
  } else {
    judge_second(j, task, resumes);
  }
}

}  // namespace

const RuleInfo& ResumeOnRunningTask::info() const { return kInfo; }

void ResumeOnRunningTask::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  for (const TaskId task : world.tasks()) judge_task(j, task);
}

}  // namespace uptrail::analysis
