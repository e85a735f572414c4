#include "collector/analysis/rules/orphan_task.h"

#include <algorithm>
#include <set>

#include "collector/analysis/rules/task_ends.h"
#include "collector/analysis/rules/task_life.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "orphan-task",
    .title = "Session has a task that the app has forgotten",
    .severity = Severity::warning,
    .summary =
        "The session still runs a task that the app has no record of: its result will be dropped, or the upload sent twice.",
    .needs = "A list of the session's tasks, and the app's own store (a complete snapshot, and its changes).",
    .remedy = "Adopt such a task by its taskDescription, or cancel it.",
    .thresholds = {{"T_APPSTATE", 60, "s", "run time in which the app would make a record"}},
};

std::vector<FactIndex> snapshots(const World& world) {
  std::vector<FactIndex> out;
  for (const FactIndex i : world.of_kind(EventKind::store_snapshot)) {
    if (world.fact(i).word == Word::app && world.fact(i).has(kShared)) out.push_back(i);
  }
  return out;
}

struct Orphan {
  TaskId task;
  FactIndex listed = kNoFact;
  FactIndex snapshot = kNoFact;
};

// A complete store that was read after the list tells what the app still knows.
bool read_after(const World& world, const Orphan& o) {
  return o.snapshot != kNoFact && surely_before(world, o.listed, o.snapshot);
}

// A word of the app about the task or its upload. What an earlier process had recorded as open may be forgotten since.
bool has_record(const World& world, const Orphan& o) {
  const EpochId epoch = world.fact(o.listed).epoch;
  const TimeNs began = life_begin(world, epoch);
  const auto knows = [&](FactIndex i) {
    const Fact& fact = world.fact(i);
    if (!is_belief(fact)) return false;
    const bool old = fact.domain == world.fact(o.listed).domain && fact.epoch != epoch && fact.t < began;
    const bool open = fact.word == Word::uploading || fact.word == Word::queued || fact.word == Word::waiting;
    return !old || !read_after(world, o) || !open;
  };
  const auto own = world.of_task(o.task);
  if (std::any_of(own.begin(), own.end(), knows)) return true;
  const UploadId upload = task_of(world, o.task).upload;
  if (!upload.valid()) return false;
  const auto facts = world.of_upload(upload);
  return std::any_of(facts.begin(), facts.end(), knows);
}

bool is_over(const World& world, const Orphan& o) {
  const auto facts = world.of_task(o.task);
  return std::any_of(facts.begin(), facts.end(), [&](FactIndex i) {
    const bool end = is_end(world.fact(i)) || world.fact(i).kind == EventKind::task_cancel;
    return end && !(read_after(world, o) && surely_before(world, o.snapshot, i));
  });
}

// The store was complete when the task was already there.
FactIndex snapshot_for(const World& world, const std::vector<FactIndex>& all, TaskId task) {
  const FactIndex created = first_of(world, task, {EventKind::task_create});
  if (all.empty() || created == kNoFact || surely_before(world, created, all.back())) return all.empty() ? kNoFact : all.back();
  const auto last = std::find_if(all.rbegin(), all.rend(), [&](FactIndex i) { return surely_before(world, created, i); });
  return last == all.rend() ? kNoFact : *last;
}

AbsentAnswer no_record(const Judging& j, const Orphan& o, EventKind kind, TimeNs from) {
  const World& world = j.world;
  const EpochId epoch = world.fact(o.listed).epoch;
  const UploadId upload = task_of(world, o.task).upload;
  World::AbsentQuery query;
  query.kinds = {kind};
  query.match = [task = o.task, upload](const Fact& fact) {
    return is_belief(fact) && (fact.task == task || (upload.valid() && fact.upload == upload));
  };
  query.among = world.of_kind(kind);
  query.scope.epoch = epoch;
  query.span = {from, life_end(world, epoch)};
  query.run_from = world.fact(o.listed).t;
  query.T = j.thresholds.duration("T_APPSTATE");
  return world.absent(query);
}

// A session of which the store never speaks, while it speaks of others, may be another component's.
bool may_be_foreign(const World& world, SessionId session) {
  bool others = false;
  for (const FactIndex i : world.of_kind(EventKind::store_entry)) {
    const Fact& fact = world.fact(i);
    if (fact.also != Word::app) continue;
    if (fact.session == session) return false;
    others = true;
  }
  return others;
}

void fire(const Judging& j, const Orphan& o, const AbsentAnswer& state, const AbsentAnswer& entry) {
  const World& world = j.world;
  const bool foreign = may_be_foreign(world, task_of(world, o.task).session);
  Draft draft(j, Severity::warning, foreign ? Confidence::hint : Confidence::likely, task_subject(world, o.task),
              world.fact(o.listed).t);
  const std::string name = task_name(world, o.task);
  draft.title(capitalised(session_name(world, task_of(world, o.task).session)) + " runs " + name +
              ", of which the app has no record");
  draft.explain("The session lists " + name + ", and in " + format_duration(state.waited) +
                " of run time after the list the app's store got no record of it.");
  if (foreign) draft.explain("The store has no record of this session at all: it may belong to another component.");
  draft.evidence(o.snapshot, "the app's store, complete").evidence(o.listed, "the session has the task", true);
  draft.missing(EventKind::upload_state, world.fact(o.listed).t, "a record of the task");
  draft.compared("T_APPSTATE", state.waited.seconds()).rests_on(state).rests_on(entry);
  draft.clears_if("A record of the task or of its upload in the app's store.");
  j.verdicts.fired(draft.take());
}

void judge_listed(const Judging& j, const Orphan& o) {
  const World& world = j.world;
  const Subject subject = task_subject(world, o.task);
  if (o.snapshot == kNoFact || world.fact(o.snapshot).domain != world.fact(o.listed).domain) {
    undetermined(j, subject, "the app's own records are not in the capture", "add the app's store, or log upload.state");
    return;
  }
  const TimeNs from = std::min(world.fact(o.snapshot).t, world.fact(o.listed).t);
  const TimeNs began = own_begin(world, world.fact(o.listed).epoch);
  const AbsentAnswer state = no_record(j, o, EventKind::upload_state, std::max(from, began));
  const AbsentAnswer entry = no_record(j, o, EventKind::store_entry, from);
  // A complete store that was read long enough after the list needs no record of its changes.
  const DurationNs later = world.run_time(world.fact(o.listed).epoch, {world.fact(o.listed).t, world.fact(o.snapshot).t});
  const bool read_later = later >= j.thresholds.duration("T_APPSTATE") && entry.answer != Absent::no;
  if (state.answer == Absent::yes && (entry.answer == Absent::yes || read_later)) {
    fire(j, o, state, entry);
  } else if (state.answer == Absent::pending || (state.answer == Absent::yes && entry.answer == Absent::pending)) {
    undetermined(j, subject, "the capture ended too soon to see whether the app makes a record of the task",
                 "capture a minute longer with the app running");
  } else if (state.answer == Absent::unknown || entry.answer == Absent::unknown) {
    undetermined(j, subject, "cannot see whether the app has a record of the task",
                 state.answer == Absent::unknown ? state.coverage : entry.coverage);
  }
}

}  // namespace

const RuleInfo& OrphanTask::info() const { return kInfo; }

void OrphanTask::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  const std::vector<FactIndex> stores = snapshots(world);
  const TaskLists lists(world);
  for (const TaskId task : world.tasks()) {
    const auto& listed = lists.with(task);
    if (listed.empty() || !is_live_state(lists.entry(listed.back()).state)) continue;
    const Orphan o{task, listed.back().answered, snapshot_for(world, stores, task)};
    if (!world.fact(o.listed).epoch.valid() || has_record(world, o) || is_over(world, o)) continue;
    if (!is_background(world, task_of(world, task).session)) continue;
    // Without a store, a task that the capture saw being made is nobody's question.
    if (stores.empty() && first_of(world, task, {EventKind::task_create}) != kNoFact) continue;
    judge_listed(j, o);
  }
}

}  // namespace uptrail::analysis
