#include "collector/analysis/rules/session_state_dropped.h"

#include <algorithm>
#include <set>

#include "collector/analysis/rules/task_ends.h"
#include "collector/analysis/rules/task_life.h"
#include "collector/base/text.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "session-state-dropped",
    .title = "Session state lost by restore, reinstallation or clean-up",
    .severity = Severity::warning,
    .summary = "The app's own records came back, the system's tasks did not: uploads that were under way are in nobody's hands.",
    .needs = "The restore or reinstallation, the app's record of uploads, and the first list of tasks after it.",
    .remedy = "At every launch compare your own uploads with getAllTasks, and enqueue again what has no task.",
    .thresholds = {},
};

// Restored from a backup, installed anew, or nsurlsessiond's own store emptied. An update keeps tasks.
std::vector<FactIndex> drops(const World& world) {
  std::vector<FactIndex> out;
  for (const FactIndex i : world.of_kind(EventKind::device_restore)) out.push_back(i);
  for (const FactIndex i : world.of_kind(EventKind::app_install)) {
    const Word kind = world.fact(i).word;
    if (kind == Word::install_restore || kind == Word::install_reinstall) out.push_back(i);
  }
  for (const FactIndex i : world.of_kind(EventKind::store_snapshot)) {
    if (world.fact(i).word != Word::app && field_is(world, i, Field::reset, "true")) out.push_back(i);
  }
  std::sort(out.begin(), out.end());
  return out;
}

// The first list of the session that a process gave which began after the event. An app that tells of a restore tells of what
// happened before its launch.
TaskList list_after(const World& world, const TaskLists& lists, SessionId session, FactIndex drop) {
  for (const TaskList& list : lists.of(session)) {
    const Fact& fact = world.fact(list.answered);
    const bool told = observer_of(world, world.fact(drop)) == Observer::app;
    if (fact.epoch.valid() && surely_before(world, drop, list.answered) &&
        (told || life_begin(world, fact.epoch) >= world.fact(drop).t)) {
      return list;
    }
  }
  return {};
}

bool is_listed(const World& world, FactIndex list, const Upload& upload) {
  const auto tasks = world.listed_tasks(list);
  return std::any_of(tasks.begin(), tasks.end(), [&](TaskId task) {
    return std::find(upload.tasks.begin(), upload.tasks.end(), task) != upload.tasks.end();
  });
}

// All its tasks had ended, and the app was told, before the event: it had nothing left to lose.
bool had_ended(const World& world, const Upload& upload, FactIndex drop) {
  const auto ended = [&](TaskId task) {
    const auto own = world.of_task(task);
    return std::any_of(own.begin(), own.end(), [&](FactIndex i) {
      return world.fact(i).kind == EventKind::task_did_complete && surely_before(world, i, drop);
    });
  };
  return !upload.tasks.empty() && std::all_of(upload.tasks.begin(), upload.tasks.end(), ended);
}

// The app recorded the upload as running, and no task of it was seen after the event.
bool is_lost(const World& world, const Upload& upload, FactIndex drop, FactIndex list) {
  if (had_ended(world, upload, drop)) return false;
  Word state = Word::none;
  bool here = false;  // by the clock of the list; by others it is not known what came first
  for (const FactIndex i : world.of_upload(upload.id)) {
    const Fact& fact = world.fact(i);
    const bool comparable = fact.domain == world.fact(list).domain;
    if (is_state(fact) && maybe_before(world, i, list) && (comparable || !here)) {
      state = fact.word;
      here = comparable;
    }
    if (!is_belief(fact) && fact.task.valid() && surely_before(world, drop, i)) return false;
  }
  return state == Word::uploading && !is_listed(world, list, upload);
}

// Where the app kept the upload: its tasks' session, or the one its records name.
SessionId session_of_upload(const World& world, const Upload& upload) {
  if (!upload.tasks.empty() && task_of(world, upload.tasks.back()).session.valid()) {
    return task_of(world, upload.tasks.back()).session;
  }
  for (const FactIndex i : world.of_upload(upload.id)) {
    if (world.fact(i).session.valid()) return world.fact(i).session;
  }
  return world.sessions().size() == 1 ? world.sessions().front() : SessionId{};
}

std::string cause_text(const World& world, FactIndex drop) {
  switch (world.fact(drop).kind) {
    case EventKind::device_restore:
      return "the device was restored";
    case EventKind::app_install:
      return world.fact(drop).word == Word::install_restore ? "the app was restored" : "the app was installed anew";
    default:
      return "nsurlsessiond's store was emptied";
  }
}

void fire(const Judging& j, SessionId session, FactIndex drop, FactIndex list, const std::vector<UploadId>& lost) {
  const World& world = j.world;
  Subject subject = session_subject(world, session, {});
  if (lost.size() == 1) subject.upload = lost.front();
  Draft draft(j, Severity::warning, Confidence::likely, subject, world.fact(list).t);
  const std::string cause = cause_text(world, drop);
  draft.title(capitalised(session_name(world, session)) + " lost its tasks: " + cause);
  draft.explain(cause.substr(0, 1) == "t" ? "T" + cause.substr(1) + "." : cause + ".");
  draft.explain("The app's record shows " + count_of(lost.size(), "upload") +
                " as running, and the session's list no longer has a task for " + (lost.size() == 1 ? "it." : "them."));
  draft.evidence(drop, cause, true).evidence(list, "the first list after it");
  for (std::size_t i = 0; i < lost.size() && i < kShownEvidence; ++i) {
    draft.evidence(last_state_of(world, lost[i]), upload_name(world, lost[i]) + " as the app has it");
  }
  draft.number("uploads", static_cast<double>(lost.size()));
  draft.clears_if("A task of the upload after the event.");
  j.verdicts.fired(draft.take());
}

void judge_session(const Judging& j, const TaskLists& lists, SessionId session, FactIndex drop,
                   const std::vector<UploadId>& uploads) {
  const World& world = j.world;
  const TaskList list = list_after(world, lists, session, drop);
  const Subject subject = session_subject(world, session, {});
  if (list.answered == kNoFact) {
    undetermined(j, subject, "the app's data came back, and what its session still had is not in the capture",
                 "log the answer of getAllTasks at launch");
    return;
  }
  std::vector<UploadId> lost;
  for (const UploadId id : uploads) {
    if (is_lost(world, world.derived().uploads[id.value], drop, list.answered)) lost.push_back(id);
  }
  if (lost.empty()) {
    j.verdicts.cleared(subject);
  } else if (list.kind == ListKind::partial) {
    undetermined(j, subject, "the app's data came back, and the list of its session's tasks is not complete",
                 "log the whole answer of getAllTasks at launch");
  } else {
    fire(j, session, drop, list.answered, lost);
  }
}

}  // namespace

const RuleInfo& SessionStateDropped::info() const { return kInfo; }

void SessionStateDropped::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  const std::vector<FactIndex> events = drops(world);
  if (events.empty()) return;
  const TaskLists lists(world);
  std::map<SessionId, std::vector<UploadId>> uploads;
  for (const UploadId id : world.uploads()) {
    const SessionId session = session_of_upload(world, world.derived().uploads[id.value]);
    if (session.valid() && last_state_of(world, id) != kNoFact) uploads[session].push_back(id);
  }
  for (const FactIndex drop : events) {
    for (const auto& [session, own] : uploads) judge_session(j, lists, session, drop, own);
  }
}

}  // namespace uptrail::analysis
