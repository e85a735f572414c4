#include "collector/analysis/rules/cancel_without_terminal.h"

#include <algorithm>

#include "collector/analysis/rules/support.h"
#include "collector/analysis/rules/task_ends.h"
#include "collector/analysis/rules/task_life.h"
#include "collector/base/text.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "cancel-without-terminal",
    .title = "Cancelled task goes on or never ends",
    .severity = Severity::warning,
    .summary =
        "The app cancelled a task, and it went on sending, or no didCompleteWithError followed: a lost connection, or cancel() "
        "on an object of another process life.",
    .needs = "task.cancel, task.did-complete and task.progress from the app, and its life-cycle.",
    .remedy =
        "Do not wait for the callback to update the user interface; ignore a late success; cancel the task that getAllTasks "
        "gives.",
    .thresholds = {{"T_CB", 30, "s", "run time in which the end of a cancelled task would arrive"}},
};

// Bytes that went out long after the call.
FactIndex grown(const Judging& j, TaskId task, FactIndex cancel, std::int64_t& more) {
  const World& world = j.world;
  std::int64_t before = 0;
  FactIndex last = kNoFact;
  for (const FactIndex i : pick_of_task(world, task, {}, {EventKind::task_progress})) {
    const Fact& fact = world.fact(i);
    if (fact.epoch != world.fact(cancel).epoch || fact.domain != world.fact(cancel).domain) continue;
    // Run time: callbacks that waited for a suspended process tell of the time before.
    if (world.run_time(fact.epoch, {world.fact(cancel).t, fact.t}) <= j.thresholds.duration("T_CB")) {
      before = std::max(before, fact.number);
    } else if (fact.number > before) {
      last = i;
      more = fact.number - before;
    }
  }
  return last;
}

void fire(const Judging& j, TaskId task, FactIndex cancel, FactIndex progress, std::int64_t more, const AbsentAnswer& absent) {
  const World& world = j.world;
  Subject subject = task_subject(world, task);
  subject.epoch = world.fact(cancel).epoch;
  const bool goes_on = progress != kNoFact;
  Draft draft(j, Severity::warning, goes_on ? Confidence::proven : Confidence::likely, subject, world.fact(cancel).t);
  const std::string name = task_name(world, task);
  draft.title(capitalised(name) + (goes_on ? " was cancelled and goes on sending" : " was cancelled and has not ended"));
  draft.explain(capitalised(name) + " was cancelled.");
  if (goes_on) {
    draft.explain(std::to_string(more) + " bytes were sent more than " + format_duration(j.thresholds.duration("T_CB")) +
                  " later.");
    draft.number("bytes sent later", static_cast<double>(more), "bytes");
    draft.compared("T_CB", world.run_time(world.fact(cancel).epoch, {world.fact(cancel).t, world.fact(progress).t}).seconds());
  } else {
    draft.explain("In " + format_duration(absent.waited) + " of run time after that no didCompleteWithError came.");
    draft.compared("T_CB", absent.waited.seconds()).rests_on(absent);
  }
  draft.evidence(cancel, "cancelled here", true).evidence(progress, "still sending");
  draft.missing(EventKind::task_did_complete, world.fact(cancel).t, "didCompleteWithError, normally with -999");
  draft.clears_if("An end of the task in the app or in nsurlsessiond.");
  j.verdicts.fired(draft.take());
}

void judge_cancel(const Judging& j, TaskId task, FactIndex cancel) {
  const World& world = j.world;
  const Subject subject = task_subject(world, task);
  const TaskLife life = world.life_of(task);
  if (life.end() != kNoFact) {
    j.verdicts.cleared(subject);
    return;
  }
  const EpochId epoch = world.fact(cancel).epoch;
  if (!epoch.valid()) return;
  std::int64_t more = 0;
  const FactIndex progress = grown(j, task, cancel, more);
  const TimeNs at = world.fact(cancel).t;
  const AbsentAnswer absent = absent_callback(j, task, epoch, at, at);
  const bool over = life_end(world, epoch) < world.capture_end(epoch_of(world, epoch).domain) || epoch_of(world, epoch).end;
  if (progress != kNoFact || absent.answer == Absent::yes) {
    fire(j, task, cancel, progress, more, absent);
  } else if (absent.answer == Absent::pending && over) {
    j.verdicts.cleared(subject);  // it may end in a later process, or has no one to tell
  } else if (absent.answer == Absent::pending) {
    undetermined(j, subject, "the capture ends, or the app is suspended, too soon after the task was cancelled",
                 "capture 30 s longer with the app running");
  } else {
    undetermined(j, subject, "cannot see whether the cancelled task ended", absent.coverage);
  }
}

}  // namespace

const RuleInfo& CancelWithoutTerminal::info() const { return kInfo; }

void CancelWithoutTerminal::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  for (const FactIndex i : world.of_kind(EventKind::task_cancel)) {
    const TaskId task = world.fact(i).task;
    if (!task.valid()) continue;
    const auto own = pick_of_task(world, task, {}, {EventKind::task_cancel});
    if (own.front() == i) judge_cancel(j, task, i);
  }
}

}  // namespace uptrail::analysis
