#include "collector/analysis/rules/unbalanced_suspend.h"

#include <algorithm>

#include "collector/analysis/lifecycle/history.h"
#include "collector/analysis/lifecycle/task_client.h"
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

struct Call {
  FactIndex fact = kNoFact;
  int count = 0;  // how often the task is suspended after it
};
struct Balance {
  FactIndex created = kNoFact;
  std::vector<Call> calls;  // suspend and resume of the app that had an effect, in order
  std::size_t suspends = 0, resumes = 0;
  FactIndex last_resume = kNoFact;  // when it left the task suspended, and nothing followed
  [[nodiscard]] int count() const { return calls.back().count; }
};

Balance balance_of(const World& world, TaskId task) {
  Balance b;
  b.created = lifecycle::first_into(world.client_changes(task), {lifecycle::task_client::created});
  for (const lifecycle::Change& c : world.client_changes(task)) {
    const EventKind kind = world.fact(c.at).kind;
    if (kind != EventKind::task_suspend && kind != EventKind::task_resume) continue;
    b.calls.push_back({c.at, c.count});
    const bool suspend = kind == EventKind::task_suspend;
    ++(suspend ? b.suspends : b.resumes);
    // Without its creation in the capture it may have been suspended once more than is seen.
    const bool left = c.count > 0 || (b.created == kNoFact && b.resumes <= b.suspends);
    b.last_resume = !suspend && left ? c.at : kNoFact;
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
  for (std::size_t i = b.calls.size() - std::min(kShownEvidence, b.calls.size()); i < b.calls.size(); ++i) {
    const bool suspend = world.fact(b.calls[i].fact).kind == EventKind::task_suspend;
    draft.evidence(b.calls[i].fact,
                   std::string(suspend ? "suspend" : "resume") + ": suspended " +
                       count_of(static_cast<std::uint64_t>(b.calls[i].count), "time"),
                   b.calls[i].fact == b.last_resume);
  }
  draft.number("suspends left", b.count()).compared("T_RESUME", absent.waited.seconds()).rests_on(absent);
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
                    std::all_of(b.calls.begin(), b.calls.end(), [&](const Call& c) {
                      return world.fact(c.fact).epoch == world.fact(b.created).epoch && surely_before(world, b.created, c.fact);
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
  std::vector<FactIndex> calls;  // not those that another logger wrote down as well
  for (const Call& c : b.calls) calls.push_back(c.fact);
  query.among = calls;
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
    const auto own = pick_of_task(world, task, {}, {EventKind::task_suspend});
    if (own.front() == i) judge_task(j, task, balance_of(world, task));
  }
}

}  // namespace uptrail::analysis
