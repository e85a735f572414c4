#include "collector/analysis/rules/unbalanced_suspend.h"

#include <algorithm>

#include "collector/analysis/rules/support.h"
#include "collector/base/text.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "unbalanced-suspend",
    .title = "More suspends than resumes",
    .severity = Severity::warning,
    .summary = "suspend() and resume() nest: one resume after two suspends leaves the task suspended, and nothing is sent.",
    .needs = "task.create, task.suspend and task.resume from the app, all in one process, and its life-cycle.",
    .remedy = "Keep a paused flag and call suspend() and resume() only when it changes.",
    .thresholds = {{"T_RESUME", 10, "s", "run time after the last resume in which a further one would come"}},
};

struct Balance {
  FactIndex created = kNoFact;
  std::vector<FactIndex> calls;  // suspend and resume of the app, in order
  int count = 0;                 // how often it is suspended now
  std::size_t suspends = 0, resumes = 0;
  FactIndex last_resume = kNoFact;  // when it left the task suspended, and nothing followed
};

// When both the app and CFNetwork log the calls, one of the two is counted.
std::vector<FactIndex> calls_of(const World& world, TaskId task) {
  std::vector<FactIndex> app;
  std::vector<FactIndex> network;
  for (const FactIndex i : pick(world, world.of_task(task), {}, {EventKind::task_suspend, EventKind::task_resume})) {
    (observer_of(world, world.fact(i)) == Observer::app ? app : network).push_back(i);
  }
  return app.empty() ? network : app;
}

Balance balance_of(const World& world, TaskId task) {
  Balance b;
  const auto creates = pick(world, world.of_task(task), {}, {EventKind::task_create});
  if (!creates.empty()) b.created = creates.front();
  b.calls = calls_of(world, task);
  b.count = 1;  // tasks are created suspended
  for (const FactIndex i : b.calls) {
    if (world.fact(i).kind == EventKind::task_suspend) {
      ++b.count;
      ++b.suspends;
      b.last_resume = kNoFact;
    } else {
      b.count = std::max(0, b.count - 1);
      ++b.resumes;
      b.last_resume = b.count > 0 ? i : kNoFact;
    }
  }
  return b;
}

bool moved_after(const World& world, TaskId task, FactIndex from) {
  const auto own = world.of_task(task);
  return std::any_of(own.begin(), own.end(), [&](FactIndex i) {
    switch (world.fact(i).kind) {
      case EventKind::task_progress:
      case EventKind::task_response:
      case EventKind::task_data:
      case EventKind::task_did_complete:
      case EventKind::task_cfn_finished:
      case EventKind::task_cancel:
      case EventKind::daemon_task_resumed:
      case EventKind::daemon_task_implicit_resume:
      case EventKind::daemon_task_begin:
      case EventKind::daemon_task_connection:
      case EventKind::daemon_task_sent:
      case EventKind::daemon_task_response:
      case EventKind::daemon_task_cancelled:
      case EventKind::daemon_task_finished:
        return maybe_before(world, from, i);
      default:
        return false;
    }
  });
}

void fire(const Judging& j, TaskId task, const Balance& b, const AbsentAnswer& absent) {
  const World& world = j.world;
  Subject subject = task_subject(world, task);
  subject.epoch = world.fact(b.created).epoch;
  Draft draft(j, Severity::warning, Confidence::likely, subject, world.fact(b.last_resume).t);
  const std::string name = task_name(world, task);
  draft.title(capitalised(name) + " is still suspended: " + count_of(b.suspends, "suspend") + ", " +
              count_of(b.resumes, "resume"));
  draft.explain(capitalised(name) + " was suspended " + count_of(b.suspends, "time") +
                " after its creation, which counts as one more, and resumed " + count_of(b.resumes, "time") +
                "; it is still suspended. In " + format_duration(absent.waited) + " of run time no further resume came.");
  draft.evidence(b.created, "created, suspended once");
  int count = 1;
  for (std::size_t i = 0; i < b.calls.size(); ++i) {
    const bool suspend = world.fact(b.calls[i]).kind == EventKind::task_suspend;
    count = suspend ? count + 1 : std::max(0, count - 1);
    const bool shown = i + kShownEvidence >= b.calls.size();
    if (shown) {
      draft.evidence(
          b.calls[i],
          std::string(suspend ? "suspend" : "resume") + ": suspended " + count_of(static_cast<std::uint64_t>(count), "time"),
          b.calls[i] == b.last_resume);
    }
  }
  draft.number("suspends left", b.count).compared("T_RESUME", absent.waited.seconds()).rests_on(absent);
  draft.missing(EventKind::task_resume, world.fact(b.last_resume).t, "one resume for each suspend");
  draft.clears_if("A further task.resume, or any progress of the task.");
  j.verdicts.fired(draft.take());
}

void judge_task(const Judging& j, TaskId task, const Balance& b) {
  const World& world = j.world;
  const Subject subject = task_subject(world, task);
  if (b.last_resume == kNoFact || moved_after(world, task, b.last_resume)) {
    j.verdicts.cleared(subject);
    return;
  }
  const bool here = b.created != kNoFact && world.fact(b.created).epoch.valid() &&
                    std::all_of(b.calls.begin(), b.calls.end(), [&](FactIndex i) {
                      return world.fact(i).epoch == world.fact(b.created).epoch && surely_before(world, b.created, i);
                    });
  if (!here) {
    undetermined(j, subject, "the suspends and resumes cannot be counted from the creation of the task on",
                 "start the capture before the task is created");
    return;
  }
  const Fact& created = world.fact(b.created);
  const TimeNs last = world.fact(b.last_resume).t;
  World::AbsentQuery query;
  query.kinds = {EventKind::task_resume};
  query.match = [last](const Fact& fact) { return fact.t > last; };
  query.among = b.calls;
  query.scope.session = task_of(world, task).session;
  query.scope.epoch = created.epoch;
  query.span = {created.t, life_end(world, created.epoch)};
  query.run_from = last;
  query.T = j.thresholds.duration("T_RESUME");
  const AbsentAnswer absent = world.absent(query);
  if (absent.answer == Absent::yes) {
    fire(j, task, b, absent);
  } else if (absent.answer == Absent::pending) {
    undetermined(j, subject, "the process was stopped, or the capture ended, too soon after the last resume", "capture longer");
  } else if (absent.answer == Absent::unknown) {
    undetermined(j, subject, "cannot see whether all resumes were recorded", absent.coverage);
  } else {
    j.verdicts.cleared(subject);
  }
}

}  // namespace

const RuleInfo& UnbalancedSuspend::info() const { return kInfo; }

void UnbalancedSuspend::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  TaskId last;
  for (const FactIndex i : world.of_kind(EventKind::task_suspend)) {
    const TaskId task = world.fact(i).task;
    if (!task.valid() || task == last) continue;
    last = task;
    const auto own = pick(world, world.of_task(task), {}, {EventKind::task_suspend});
    if (own.front() == i) judge_task(j, task, balance_of(world, task));
  }
}

}  // namespace uptrail::analysis
