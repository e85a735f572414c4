#include "collector/analysis/rules/app_thinks_uploading.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <vector>

#include "collector/analysis/rules/app_thinks_uploading_stores.h"
#include "collector/analysis/rules/task_ends.h"
#include "collector/analysis/rules/task_life.h"
#include "collector/analysis/rules/worst_coverage.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "app-thinks-uploading",
    .title = "App shows \"uploading\" with no task behind it",
    .severity = Severity::error,
    .summary =
        "The app goes on showing the upload as running, although its last task has ended and no other was made: it hangs for "
        "ever.",
    .needs =
        "The app's own state of the upload (upload.state, or its store), and the end of its last task or a list of the session's "
        "tasks; where no callbacks are recorded, nsurlsessiond's store, too.",
    .remedy =
        "At launch and in the foreground compare the app's uploads with getAllTasks: what has no task has failed, or is enqueued "
        "again.",
    .thresholds = {{"T_APPSTATE", 60, "s", "run time in which the app would correct its state"}},
};

enum class Fate : std::uint8_t { alive, told, listed, gone, untold };

struct Case {
  UploadId upload;
  FactIndex state = kNoFact;  // the app's last word
  FactIndex ended = kNoFact;  // how the last task ended, or the list that has none
  TaskId task;                // the last task
  Fate fate = Fate::gone;
  TimeNs from;           // since when there is no task, and the app says uploading
  bool settles = false;  // the app is known to log how uploads end
  bool before = false;   // there was something before the state: a task, an earlier state
};

// What is known of one task, and by which event.
Fate fate_of(const World& world, const TaskLists& lists, TaskId task, FactIndex& by) {
  by = first_of(world, task, {EventKind::task_did_complete});
  if (by != kNoFact) return Fate::told;
  FactIndex last = kNoFact;
  for (const FactIndex i : world.of_task(task)) {
    if (!is_belief(world.fact(i)) && world.fact(i).epoch.valid()) last = i;
  }
  Word listed = Word::none;
  for (const TaskLists::Entry& entry : lists.with(task)) {
    if (last != kNoFact && !surely_before(world, last, entry.answered)) continue;
    last = entry.answered;
    listed = lists.entry(entry).state;
  }
  by = last;
  if (listed == Word::completed) return Fate::listed;
  const auto facts = world.of_task(task);
  if (std::any_of(facts.begin(), facts.end(), [&](FactIndex i) { return is_end(world.fact(i)); })) return Fate::untold;
  if (last == kNoFact) return Fate::alive;
  for (const TaskList& list : lists.after(task_of(world, task).session, last)) {
    if (list.kind == ListKind::partial || !surely_before(world, last, list.answered)) continue;
    by = list.answered;
    return Fate::gone;
  }
  return Fate::alive;
}

// The last list of every session that the process has; kNoFact: one has none, or only a part.
FactIndex empty_handed(const World& world, const TaskLists& lists, EpochId epoch) {
  FactIndex last = kNoFact;
  std::set<SessionId> unlisted;
  for (const FactIndex i : world.of_epoch(epoch, EventKind::session_create)) {
    const Fact& fact = world.fact(i);
    if (fact.session.valid() && is_background(world, fact.session)) {
      unlisted.insert(fact.session);
    }
  }
  for (const SessionId session : std::set<SessionId>(unlisted)) {
    const auto own = world.of_session(session, epoch);
    if (own.empty()) continue;
    for (const TaskList& list : lists.after(session, own.front())) {
      if (world.one_clock() && list.answered > own.back()) break;
      if (world.fact(list.answered).epoch != epoch || list.kind == ListKind::partial) continue;
      unlisted.erase(session);
      last = last == kNoFact ? list.answered : std::max(last, list.answered);
    }
  }
  return unlisted.empty() ? last : kNoFact;
}

// Tasks that carry the name of an upload, whichever upload the app credited them to.
using Named = std::map<std::string_view, std::vector<TaskId>>;

Named tasks_by_name(const World& world) {
  Named out;
  for (const TaskId id : world.tasks()) {
    const Task& task = task_of(world, id);
    if (!task.desc.empty()) out[task.desc].push_back(id);
  }
  return out;
}

std::vector<TaskId> tasks_of_upload(const World& world, const Named& named_tasks, const Case& c) {
  const Upload& upload = world.derived().uploads[c.upload.value];
  std::vector<TaskId> out = upload.tasks;
  if (const auto it = named_tasks.find(upload.name); it != named_tasks.end()) {
    for (const TaskId id : it->second) {
      if (task_of(world, id).upload != c.upload) out.push_back(id);
    }
  }
  const TaskId named = world.fact(c.state).task;
  if (named.valid() && std::find(out.begin(), out.end(), named) == out.end()) out.push_back(named);
  return out;
}

enum class Found : std::uint8_t { nothing, alive, untold, unknown, dead };

// Is there a task behind the upload? Fills in what became of the last one.
Found find_tasks(const World& world, const TaskLists& lists, const Named& named, Case& c) {
  bool seen = false;
  for (const TaskId task : tasks_of_upload(world, named, c)) {
    if (!was_seen(world, task) && lists.with(task).empty()) continue;
    FactIndex by = kNoFact;
    const Fate fate = fate_of(world, lists, task, by);
    if (fate == Fate::alive) return Found::alive;
    if (fate == Fate::untold) return Found::untold;
    if (world.fact(by).domain != world.fact(c.state).domain) return Found::unknown;
    if (!seen || maybe_before(world, c.ended, by)) {
      c.ended = by;
      c.task = task;
      c.fate = fate;
    }
    seen = true;
  }
  if (seen) return Found::dead;
  const EpochId epoch = world.fact(c.state).epoch;
  c.ended = epoch.valid() ? empty_handed(world, lists, epoch) : kNoFact;
  c.fate = Fate::gone;
  return c.ended == kNoFact ? Found::unknown : Found::dead;
}

AbsentAnswer unchanged(const Judging& j, const Case& c, EpochId epoch, EventKind kind) {
  const World& world = j.world;
  const EventId said = world.fact(c.state).event;
  const TimeNs from = c.from;
  World::AbsentQuery query;
  query.kinds = {kind};
  query.match = [said, from](const Fact& fact) { return fact.event != said && fact.t >= from; };
  // Logs of whole seconds give an earlier state the time of the last one: then the order of the lines tells.
  std::vector<FactIndex> later(world.of_upload(c.upload).begin(), world.of_upload(c.upload).end());
  std::erase_if(later, [&](FactIndex i) { return surely_before(world, i, c.state); });
  query.among = later;
  query.scope.epoch = epoch;
  query.span = {std::max(from, own_begin(world, epoch)), life_end(world, epoch)};
  query.run_from = query.span.start;
  // A finished task is not listed any more: the app cannot know of its end before callbacks are delivered.
  if (c.fate == Fate::gone && c.task.valid()) {
    query.run_from = deliverable_from(world, task_of(world, c.task).session, epoch, query.span.start);
  }
  query.T = j.thresholds.duration("T_APPSTATE");
  return world.absent(query);
}

bool dropped_callback(const World& world, EpochId epoch) { return !world.of_epoch(epoch, EventKind::delegate_dropped).empty(); }

std::string fate_text(const World& world, const Case& c) {
  if (!c.task.valid()) return "the session has no task for it";
  const Fact& end = world.fact(c.ended);
  switch (c.fate) {
    case Fate::told:
      return end.has(kHasCode) && end.code != 0 ? "its task ended with " + std::to_string(end.code) : "its task has ended";
    case Fate::listed:
      return "its task was listed as completed";
    default:
      return "its task is not in the session's list any more";
  }
}

// An app that logs only how uploads begin looks as if all of them hung.
bool logs_ends(const World& world) {
  for (const EventKind kind : {EventKind::upload_state, EventKind::store_entry}) {
    for (const FactIndex i : world.of_kind(kind)) {
      const Word word = world.fact(i).word;
      if (is_belief(world.fact(i)) && (word == Word::succeeded || word == Word::failed || word == Word::cancelled)) return true;
    }
  }
  return false;
}

Confidence confidence_of(const World& world, const Case& c, EpochId epoch) {
  if (!c.settles) return Confidence::hint;
  const bool returned = c.fate == Fate::told && c.task.valid() && first_of(world, c.task, {EventKind::delegate_exit}) != kNoFact;
  if (returned) return Confidence::proven;
  // Uploading from the first word on, without any task: it may still be preparing its body.
  return c.task.valid() || c.before || dropped_callback(world, epoch) ? Confidence::likely : Confidence::hint;
}

void fire(const Judging& j, const Case& c, EpochId epoch, const AbsentAnswer& state, const AbsentAnswer& create) {
  const World& world = j.world;
  Subject subject = c.task.valid() ? task_subject(world, c.task) : unit_subject(world);
  subject.upload = c.upload;
  subject.label = upload_name(world, c.upload);
  if (!subject.session.valid()) subject.session = world.fact(c.ended).session;
  Draft draft(j, Severity::error, confidence_of(world, c, epoch), subject, c.from);
  draft.title(subject.label + " shown as uploading, but " + fate_text(world, c));
  draft.explain("The app shows " + subject.label + " as uploading; " + fate_text(world, c) + ". In " +
                format_duration(state.waited) + " of run time it neither changed that nor made a new task.");
  if (!c.settles) draft.explain("No upload of the app ever reached another state: check that it logs how they end.");
  // One list may leave many uploads without a task: it is what they have in common.
  draft.evidence(c.state, "the app says uploading", c.fate != Fate::gone);
  draft.evidence(c.ended, c.fate == Fate::told ? "the end of its last task" : "the list of tasks", c.fate == Fate::gone);
  draft.missing(EventKind::task_create, c.from, "a new task for the upload, or its state set to failed");
  draft.compared("T_APPSTATE", state.waited.seconds()).rests_on(state).rests_on(create);
  draft.clears_if("Another state of the upload, or a task for it.");
  j.verdicts.fired(draft.take());
}

// A change that no source would show, in any process since the app said so.
CovAnswer blind_spot(const World& world, WorstCoverage& unseen, const Case& c, EpochId epoch) {
  CovAnswer worst;
  worst.cov = Cov::yes;
  for (const EventKind kind : {EventKind::upload_state, EventKind::task_create}) {
    if (kind == EventKind::upload_state && world.fact(c.state).kind == EventKind::store_entry) continue;
    CovAnswer cov = unseen.since(kind, {}, epoch, world.fact(c.state).t);
    if (cov.cov > worst.cov) worst = std::move(cov);
  }
  return worst;
}

void judge_waiting(const Judging& j, WorstCoverage& unseen, const Case& c) {
  const World& world = j.world;
  const Subject subject = [&] {
    Subject s = unit_subject(world);
    s.upload = c.upload;
    s.label = upload_name(world, c.upload);
    return s;
  }();
  AbsentAnswer best;
  best.answer = Absent::pending;
  bool asked = false;
  const EpochId teller = world.fact(c.state).epoch;
  const DomainId domain = teller.valid() ? epoch_of(world, teller).domain : world.fact(c.state).domain;
  for (const EpochId epoch : world.epochs_in(domain, {c.from, kTimeMax})) {
    const EpochId said = world.fact(c.state).epoch;
    const bool other =
        said.valid() ? !same_process_name(world, epoch, said) : epoch_of(world, epoch).domain != world.fact(c.state).domain;
    if (other || life_end(world, epoch) <= c.from) continue;
    if (!asked) {
      asked = true;
      if (const CovAnswer blind = blind_spot(world, unseen, c, epoch); blind.cov != Cov::yes) {
        undetermined(j, subject, "cannot see whether the app still shows the upload as running", blind);
        return;
      }
    }
    const AbsentAnswer state = unchanged(j, c, epoch, world.fact(c.state).kind);
    const AbsentAnswer create = unchanged(j, c, epoch, EventKind::task_create);
    if (state.answer == Absent::yes && create.answer == Absent::yes) {
      fire(j, c, epoch, state, create);
      return;
    }
    best = state.answer != Absent::yes ? state : create;
    if (best.answer == Absent::unknown) break;
  }
  if (best.answer == Absent::pending) {
    undetermined(j, subject, "the capture ended too soon to see whether the app corrects the upload's state",
                 "capture a minute longer with the app running");
  } else if (best.answer == Absent::unknown) {
    undetermined(j, subject, "cannot see whether the app still shows the upload as running", best.coverage);
  }
}

struct Known {
  TaskLists lists;
  Named named;
  WorstCoverage unseen;
  DaemonStores stores;
  bool settles = false;
};

// The app's store is the last word, and the task that it names is the only one that may be under way.
bool ask_stores(const Judging& j, const Known& known, const Case& c) {
  const World& world = j.world;
  const Fact& state = world.fact(c.state);
  if (state.kind != EventKind::store_entry || !state.task.valid()) return false;
  const StoredClaim claim{c.upload, c.state, state.task, world.life_of(state.task).end()};
  for (const TaskId task : tasks_of_upload(world, known.named, c)) {
    if (task != state.task && was_seen(world, task) && world.life_of(task).end() == kNoFact) return false;
  }
  return judge_stored_claim(j, known.stores, claim);
}

void judge_upload(const Judging& j, Known& known, UploadId upload) {
  const World& world = j.world;
  Case c;
  c.settles = known.settles;
  c.upload = upload;
  c.state = last_state_of(world, upload);
  if (c.state == kNoFact) return;
  Subject subject = unit_subject(world);
  subject.upload = upload;
  subject.label = upload_name(world, upload);
  if (world.fact(c.state).word != Word::uploading) {
    j.verdicts.cleared(subject);
    return;
  }
  const auto facts = world.of_upload(upload);
  c.before = std::any_of(facts.begin(), facts.end(), [&](FactIndex i) { return surely_before(world, i, c.state); });
  const Found found = find_tasks(world, known.lists, known.named, c);
  if ((found == Found::alive || found == Found::untold) && ask_stores(j, known, c)) return;
  if (found == Found::alive) {
    j.verdicts.cleared(subject);
  } else if (found == Found::untold) {
    undetermined(j, subject, "the upload's task has finished, and the app was not told: it cannot know", "");
  } else if (found != Found::dead) {
    undetermined(j, subject, "what became of the upload's task is not in the capture", "log the answer of getAllTasks at launch");
  } else {
    c.from = std::max(world.fact(c.state).t, world.fact(c.ended).t);
    judge_waiting(j, known.unseen, c);
  }
}

}  // namespace

const RuleInfo& AppThinksUploading::info() const { return kInfo; }

void AppThinksUploading::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  Known known{TaskLists(world), tasks_by_name(world), WorstCoverage(world), DaemonStores(world), logs_ends(world)};
  for (const UploadId upload : world.uploads()) judge_upload(j, known, upload);
}

}  // namespace uptrail::analysis
