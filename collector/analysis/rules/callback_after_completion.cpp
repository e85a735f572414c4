#include "collector/analysis/rules/callback_after_completion.h"

#include <algorithm>

#include "collector/analysis/rules/coarse_times.h"
#include "collector/analysis/rules/support.h"
#include "collector/analysis/rules/wakes_seen.h"
#include "collector/base/text.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "callback-after-completion",
    .title = "Callback after the end of its task",
    .severity = Severity::warning,
    .summary =
        "didCompleteWithError is the last callback of a task; one that comes later means a concurrent delegate queue, or records "
        "that mix up tasks.",
    .needs = "the task callbacks with the task's UUID.",
    .remedy = "Use a serial delegate queue, key records by more than the taskIdentifier, and make handling idempotent.",
    .thresholds = {{"T_SWAP", 0.05, "s", "lines of different threads may swap within this time"},
                   {"T_DOUBLE", 1, "s", "the same end logged twice this close is one end, seen by two loggers"}},
};

struct Late {
  FactIndex completed = kNoFact;
  FactIndex callback = kNoFact;
  std::size_t count = 0;
  bool redelivered = false;  // the end came again, in a later process
};

bool same_end(const Judging& j, FactIndex a, FactIndex b) {
  const Fact& x = j.world.fact(a);
  const Fact& y = j.world.fact(b);
  return x.kind == y.kind && x.code == y.code && near_in_time(j.world, a, b, j.thresholds.duration("T_DOUBLE"));
}

Late late_callbacks(const Judging& j, TaskId task) {
  const World& world = j.world;
  Late late;
  Late again;
  for (const FactIndex i : world.of_task(task)) {
    const Fact& fact = world.fact(i);
    if (!fact.epoch.valid() || !is_delegate_callback(world, i)) continue;
    const bool end = fact.kind == EventKind::task_did_complete;
    if (late.completed == kNoFact || world.fact(late.completed).epoch != fact.epoch) {
      if (end && late.completed != kNoFact && surely_before(world, late.completed, i) && again.callback == kNoFact) {
        again = {late.completed, i, 1, true};
      }
      if (end && late.count == 0) late.completed = i;
      continue;
    }
    const bool apart =
        surely_before(world, late.completed, i) && !maybe_near_in_time(world, late.completed, i, j.thresholds.duration("T_SWAP"));
    if (!apart || (end && same_end(j, late.completed, i))) continue;
    if (late.callback == kNoFact) late.callback = i;
    ++late.count;
  }
  return late.count > 0 ? late : again;
}

void fire(const Judging& j, TaskId task, const Late& late) {
  const World& world = j.world;
  const Fact& callback = world.fact(late.callback);
  Subject subject = task_subject(world, task);
  subject.epoch = callback.epoch;
  Draft draft(j, late.redelivered ? Severity::info : Severity::warning, Confidence::proven, subject, callback.t);
  const std::string name = task_name(world, task);
  const std::string after = format_duration(callback.t - world.fact(late.completed).t);
  if (late.redelivered) {
    draft.title("The end of " + name + " was delivered again in a later process");
    draft.explain("The end of " + name + " had been delivered " + after +
                  " before, to an earlier process. That is legal after a crash; handling must be idempotent.");
  } else {
    draft.title(std::string(kind_name(callback.kind)) + " for " + name + " came after its end");
    draft.explain(count_of(late.count, "callback") + " of " + name + " came after didCompleteWithError, the first one " + after +
                  " later.");
    draft.number("callbacks after the end", static_cast<double>(late.count));
  }
  draft.evidence(late.completed, "the task ended")
      .evidence(late.callback, late.redelivered ? "delivered again" : "came later", true);
  draft.compared("T_SWAP", (callback.t - world.fact(late.completed).t).seconds());
  draft.clears_if("Proof that the two callbacks belong to different tasks.");
  j.verdicts.fired(draft.take());
}

}  // namespace

const RuleInfo& CallbackAfterCompletion::info() const { return kInfo; }

void CallbackAfterCompletion::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  for (const TaskId task : world.tasks()) {
    const Late late = late_callbacks(j, task);
    if (late.callback == kNoFact) {
      verdicts.cleared({});
    } else if (!task_of(world, task).uuid) {
      undetermined(j, task_subject(world, task),
                   "a callback came after an end, but without UUID it may be of another task with the same number",
                   "log the task's UUID");
    } else {
      fire(j, task, late);
    }
  }
}

}  // namespace uptrail::analysis
