#include "collector/analysis/rules/completed_task_adopted.h"

#include <algorithm>
#include <set>

#include "collector/analysis/rules/support.h"
#include "collector/analysis/rules/task_ends.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "completed-task-adopted",
    .title = "Finished task adopted as the running upload",
    .severity = Severity::warning,
    .summary =
        "The app found a finished or cancelled task in the session's list and attached its upload to it; the task will never "
        "move again, and the upload hangs.",
    .needs = "session.tasks-answered with the tasks' states, upload.state, and task.did-complete from the app.",
    .remedy =
        "Treat a listed task in state completed as finished (read its response and error and settle the upload), one in state "
        "canceling as dead (start a new task after its end), and never take tasks[0] without matching it.",
    .thresholds = {{"T_REBUILD", 5, "s", "time for the app to change its upload's state after the list"},
                   {"T_CB", 30, "s", "run time in which a callback that is under way would arrive"},
                   {"T_APPSTATE", 60, "s", "run time after which the app's upload counts as stuck (severity error)"}},
};

struct Adoption {
  TaskId task;
  EpochId epoch;
  FactIndex listed = kNoFact;
  FactIndex state = kNoFact;  // the upload.state that names the task, or the last one before the list
  std::string listed_as;      // completed or canceling
  bool named = false;         // the state names the task; else the upload is pending and no new task was made
};

bool soon(const World& world, FactIndex from, FactIndex to, EpochId epoch, DurationNs limit) {
  const TimeNs a = world.fact(from).t;
  const TimeNs b = world.fact(to).t;
  return b - a <= limit || (covered(world, EventKind::app_suspend, {}, epoch, a, b) && world.run_time(epoch, {a, b}) <= limit);
}

bool find_named(const Judging& j, Adoption& a) {
  const World& world = j.world;
  for (const FactIndex i : world.of_task(a.task)) {
    const Fact& fact = world.fact(i);
    if (fact.kind != EventKind::upload_state || fact.epoch != a.epoch || fact.word != Word::uploading) continue;
    if (!surely_before(world, a.listed, i) || !soon(world, a.listed, i, a.epoch, j.thresholds.duration("T_REBUILD"))) continue;
    a.state = i;
    a.named = true;
    return true;
  }
  return false;
}

bool is_pending(Word state) { return state == Word::uploading || state == Word::queued || state == Word::waiting; }

// The upload was pending before the list and nothing was done for it afterwards: no other state, no new task.
bool find_pending(const World& world, Adoption& a) {
  const UploadId upload = task_of(world, a.task).upload;
  if (!upload.valid()) return false;
  FactIndex last = kNoFact;
  for (const FactIndex i : world.of_upload(upload)) {
    const Fact& fact = world.fact(i);
    if (fact.kind == EventKind::task_create && fact.task != a.task && maybe_before(world, a.listed, i)) return false;
    if (fact.kind != EventKind::upload_state) continue;
    if (!surely_before(world, i, a.listed)) return false;  // the app did something after the list
    last = i;
  }
  if (last == kNoFact || !is_pending(world.fact(last).word)) return false;
  const TimeNs end = life_end(world, a.epoch);
  const SessionId session = task_of(world, a.task).session;
  a.state = last;
  return covered(world, EventKind::upload_state, session, a.epoch, world.fact(last).t, end) &&
         covered(world, EventKind::task_create, session, a.epoch, world.fact(a.listed).t, end);
}

AbsentAnswer absent_after(const Judging& j, const Adoption& a, EventKind kind, std::span<const FactIndex> among, FactIndex from,
                          std::string_view threshold) {
  const World& world = j.world;
  const EventId anchor = world.fact(from).event;
  const TimeNs start = world.fact(from).t;
  World::AbsentQuery query;
  query.kinds = {kind};
  query.match = [anchor, start](const Fact& fact) { return fact.event != anchor && fact.t >= start; };
  query.among = among;
  query.scope.session = task_of(world, a.task).session;
  query.scope.epoch = a.epoch;
  query.span = {start, life_end(world, a.epoch)};
  query.run_from = start;
  query.T = j.thresholds.duration(threshold);
  return world.absent(query);
}

AbsentAnswer no_callback(const Judging& j, const Adoption& a) {
  const World& world = j.world;
  return absent_callback(j, a.task, a.epoch, own_begin(world, a.epoch), world.fact(a.listed).t);
}

// The app goes on showing the upload as running, with no new task for it.
bool stuck(const Judging& j, const Adoption& a, DurationNs& waited) {
  const World& world = j.world;
  const UploadId upload = task_of(world, a.task).upload.valid() ? task_of(world, a.task).upload : world.fact(a.state).upload;
  if (!upload.valid() || world.fact(a.state).word != Word::uploading) return false;
  const FactIndex from = a.named ? a.state : a.listed;
  const AbsentAnswer state = absent_after(j, a, EventKind::upload_state, world.of_upload(upload), from, "T_APPSTATE");
  const AbsentAnswer task = absent_after(j, a, EventKind::task_create, world.of_upload(upload), from, "T_APPSTATE");
  waited = state.waited;
  return state.answer == Absent::yes && task.answer == Absent::yes;
}

void fire(const Judging& j, const Adoption& a, const AbsentAnswer& absent) {
  const World& world = j.world;
  DurationNs shown{};
  const bool hangs = stuck(j, a, shown);
  Subject subject = task_subject(world, a.task);
  subject.epoch = a.epoch;
  if (!subject.upload.valid()) subject.upload = world.fact(a.state).upload;
  if (subject.upload.valid()) subject.label = upload_name(world, subject.upload);
  Draft draft(j, hangs ? Severity::error : Severity::warning, Confidence::likely, subject, world.fact(a.listed).t);
  const std::string state = a.listed_as == "completed" ? "already finished" : "being cancelled";
  draft.title(subject.label + " attached to a task that was " + state);
  draft.explain("getAllTasks listed the task as " + a.listed_as + ".");
  if (a.named) {
    draft.explain(format_duration(world.fact(a.state).t - world.fact(a.listed).t) + " later the app recorded " + subject.label +
                  " as uploading with this task.");
  } else {
    draft.explain("The app left " + subject.label + " pending and made no new task for it.");
  }
  draft.explain("In " + format_duration(absent.waited) + " of run time after the list no didCompleteWithError came for it.");
  draft.evidence(a.listed, "listed as " + a.listed_as, true);
  draft.evidence(a.state, a.named ? "taken for the running upload" : "the upload was pending");
  draft.missing(EventKind::task_did_complete, world.fact(a.listed).t, "or the upload is settled from the list");
  if (a.named) draft.compared("T_REBUILD", (world.fact(a.state).t - world.fact(a.listed).t).seconds());
  draft.compared("T_CB", absent.waited.seconds());
  if (hangs) {
    draft.compared("T_APPSTATE", shown.seconds());
    draft.explain("It was still shown as uploading " + format_duration(shown) + " of run time later.");
  }
  draft.rests_on(absent).clears_if("A task.did-complete for this task, or a new task for the upload.");
  j.verdicts.fired(draft.take());
}

void judge_listed(const Judging& j, Adoption a) {
  const World& world = j.world;
  const Subject subject = task_subject(world, a.task);
  const auto told = pick_of_task(world, a.task, {}, {EventKind::task_did_complete});
  if (!told.empty()) {
    j.verdicts.cleared(subject);
    return;
  }
  if (!find_named(j, a) && !find_pending(world, a)) {
    const TimeNs t = world.fact(a.listed).t;
    const CovAnswer cov = coverage(world, EventKind::upload_state, task_of(world, a.task).session, a.epoch, t,
                                   std::min(t + j.thresholds.duration("T_REBUILD"), life_end(world, a.epoch)));
    if (cov.cov == Cov::yes) {
      j.verdicts.cleared(subject);
    } else {
      undetermined(j, subject, "cannot see what the app made of a task that was listed as finished", cov);
    }
    return;
  }
  const AbsentAnswer absent = no_callback(j, a);
  if (absent.answer == Absent::yes) {
    fire(j, a, absent);
  } else if (absent.answer == Absent::pending) {
    undetermined(j, subject, "the capture ended too soon after the list of tasks", "capture 30 s longer with the app running");
  } else if (absent.answer == Absent::unknown) {
    undetermined(j, subject, "cannot see whether didCompleteWithError was called", absent.coverage);
  } else {
    j.verdicts.cleared(subject);
  }
}

}  // namespace

const RuleInfo& CompletedTaskAdopted::info() const { return kInfo; }

void CompletedTaskAdopted::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  std::set<TaskId> seen;
  for (const FactIndex i : world.of_kind(EventKind::session_tasks_answered)) {
    const auto entries = world.listing(i);
    const auto tasks = world.listed_tasks(i);
    for (std::size_t k = 0; k < entries.size() && k < tasks.size(); ++k) {
      const bool over = entries[k].state == Word::completed || entries[k].state == Word::canceling;
      if (!over || !tasks[k].valid() || !world.fact(i).epoch.valid() || !seen.insert(tasks[k]).second) continue;
      Adoption a;
      a.task = tasks[k];
      a.epoch = world.fact(i).epoch;
      a.listed = i;
      a.listed_as = word_text(entries[k].state);
      judge_listed(j, std::move(a));
    }
  }
}

}  // namespace uptrail::analysis
