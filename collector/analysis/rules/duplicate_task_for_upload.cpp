#include "collector/analysis/rules/duplicate_task_for_upload.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "collector/analysis/rules/daemon_stores.h"
#include "collector/analysis/rules/support.h"
#include "collector/analysis/rules/task_ends.h"
#include "collector/analysis/rules/task_life.h"
#include "collector/base/text.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "duplicate-task-for-upload",
    .title = "Two live tasks for one upload",
    .severity = Severity::error,
    .summary =
        "The app made a second task for an upload while the first one was still alive: the data is sent twice and the server may "
        "hold it twice.",
    .needs =
        "task.create with the upload's id (or taskDescription), the tasks' ends and cancellations; for tasks of earlier runs the "
        "list from session.tasks-answered; or two rows of nsurlsessiond's store.",
    .remedy = "At launch wait for getAllTasks, match its tasks by taskDescription, and make tasks only for what is missing.",
    .thresholds = {{"T_RACE", 2, "s", "a first task that fails this soon after the second was made had failed before"}},
};

// A task of an upload, and how it was seen to be alive.
struct Candidate {
  TaskId task;
  TaskLife life;
  FactIndex listed = kNoFact;  // listed as running or suspended
  std::string listed_as;
};

struct Pair {
  const Candidate* first = nullptr;
  const Candidate* second = nullptr;
  bool replaced = false;  // the first was cancelled before, and both succeeded
  bool strong = true;     // by the upload's id; else by method, URL, file and size
  std::size_t tasks = 2;
};

enum class Answer : std::uint8_t { apart, unclear, alive, both_succeeded };

using Listed = std::map<TaskId, std::pair<FactIndex, std::string>>;

Listed listed_alive(const World& world) {
  Listed out;
  for (const FactIndex i : world.of_kind(EventKind::session_tasks_answered)) {
    const auto entries = world.listing(i);
    const auto tasks = world.listed_tasks(i);
    for (std::size_t k = 0; k < entries.size() && k < tasks.size(); ++k) {
      const bool alive = entries[k].state == Word::running || entries[k].state == Word::suspended;
      if (alive && tasks[k].valid()) out.try_emplace(tasks[k], i, word_text(entries[k].state));
    }
  }
  return out;
}

Candidate candidate_of(const World& world, TaskId task, const Listed& listed) {
  Candidate c;
  c.task = task;
  c.life = world.life_of(task);
  if (const auto it = listed.find(task); it != listed.end()) {
    c.listed = it->second.first;
    c.listed_as = it->second.second;
  }
  return c;
}

std::string_view without_query(std::string_view url) { return url.substr(0, std::min(url.size(), url.find_first_of("?#"))); }

bool may_upload(const Task& task) {
  if (task.kind == "data" || task.kind == "download" || task.kind == "stream" || task.kind == "websocket") return false;
  return task.method != "GET" && task.method != "HEAD";
}

// Parts of one upload, or a mirror: known to differ in what is sent, or where to.
bool differ(const Task& a, const Task& b) {
  if (!a.file.empty() && !b.file.empty() && a.file != b.file) return true;
  if (!a.url.empty() && !b.url.empty()) {
    if (without_query(a.url) != without_query(b.url)) return true;
    const bool same_file = !a.file.empty() && a.file == b.file;
    if (a.url != b.url && !same_file) return true;  // a part number may be in the query
  }
  return a.bytes_expected && b.bytes_expected && *a.bytes_expected != *b.bytes_expected;
}

FactIndex cancel_of(const World& world, TaskId task) {
  const auto cancels = pick_of_task(world, task, {}, {EventKind::task_cancel, EventKind::daemon_task_cancelled});
  return cancels.empty() ? kNoFact : cancels.front();
}

bool succeeded(const World& world, const TaskLife& life) {
  if (life.end() == kNoFact) return false;
  const Fact& end = world.fact(life.told != kNoFact ? life.told : life.finished);
  const auto status = task_of(world, life.task).status;
  return end.has(kHasCode) && end.code == 0 && (!status || (*status >= 200 && *status < 300));
}

// Would the end or the cancellation of the first task have been seen until then?
CovAnswer ends_seen(const World& world, const Candidate& first, FactIndex from, FactIndex until) {
  const EpochId a = world.fact(from).epoch;
  const EpochId b = world.fact(until).epoch;
  const SessionId session = task_of(world, first.task).session;
  Scope scope;
  scope.session = session;
  scope.domain = world.fact(until).domain;
  if (a == b) scope.epoch = a;
  const Interval span{std::min(world.fact(from).t, world.fact(until).t), std::max(world.fact(from).t, world.fact(until).t)};
  std::vector<EventKind> kinds = {EventKind::task_cancel, EventKind::task_did_complete};
  if (a != b || !a.valid()) kinds.push_back(EventKind::app_force_quit);  // one process is not force-quit and goes on
  CovAnswer worst;
  worst.cov = Cov::yes;
  for (const EventKind kind : kinds) {
    CovAnswer cov = world.cov(kind, scope, span);
    if (cov.cov > worst.cov) worst = std::move(cov);
  }
  return worst;
}

// Alive before the second was made, because a later list shows it and this process did not make it.
Answer by_list(const World& world, const Candidate& first, FactIndex second, CovAnswer& known) {
  if (first.listed == kNoFact || first.life.created != kNoFact || world.fact(first.listed).domain != world.fact(second).domain) {
    return Answer::unclear;
  }
  const EpochId epoch = world.fact(first.listed).epoch;
  if (epoch != world.fact(second).epoch || !epoch.valid()) return Answer::unclear;
  known = coverage(world, EventKind::task_create, task_of(world, first.task).session, epoch, own_begin(world, epoch),
                   world.fact(first.listed).t);
  const bool from_start = launch_of(world, epoch) != kNoFact;
  return from_start && known.cov == Cov::yes ? Answer::alive : Answer::unclear;
}

Answer overlap(const Judging& j, const Candidate& first, const Candidate& second, CovAnswer& known) {
  const World& world = j.world;
  const FactIndex at = second.life.created;
  for (const FactIndex end : {first.life.finished, first.life.told}) {
    if (end == kNoFact) continue;
    if (maybe_before(world, end, at)) return Answer::apart;
    const bool failed = world.fact(end).has(kHasCode) && world.fact(end).code != 0;
    if (failed && near_in_time(world, end, at, j.thresholds.duration("T_RACE"))) return Answer::apart;
  }
  const FactIndex cancel = cancel_of(world, first.task);
  if (cancel != kNoFact && maybe_before(world, cancel, at)) {
    return succeeded(world, first.life) && succeeded(world, second.life) ? Answer::both_succeeded : Answer::apart;
  }
  if (ended_cancelled(world, first.life)) return Answer::apart;  // by the user or the system, it may have been before
  if (first.listed != kNoFact && surely_before(world, at, first.listed)) {
    if (first.life.created != kNoFact && surely_before(world, first.life.created, at)) return Answer::alive;
    return by_list(world, first, at, known);
  }
  const FactIndex from =
      first.listed != kNoFact && (first.life.created == kNoFact || surely_before(world, first.life.created, first.listed))
          ? first.listed
          : first.life.created;
  if (from == kNoFact || !surely_before(world, from, at)) return Answer::unclear;
  known = ends_seen(world, first, from, at);
  // In another process life the first may have failed unseen; only its later success, or a list, shows that it was alive.
  const bool other_life = world.fact(from).epoch != world.fact(at).epoch;
  const bool ended_well = first.life.end() != kNoFact && succeeded(world, first.life);
  if (known.cov != Cov::yes && !ended_well) return Answer::unclear;
  return other_life && first.life.end() != kNoFact && !ended_well ? Answer::unclear : Answer::alive;
}

// A list that came later in the process that made the second task: it was made before the tasks were known.
FactIndex list_after(const World& world, const Candidate& second) {
  const Fact& at = world.fact(second.life.created);
  FactIndex later = kNoFact;
  for (const FactIndex i :
       pick_in_session(world, task_of(world, second.task).session, at.epoch, {EventKind::session_tasks_answered})) {
    if (maybe_before(world, i, second.life.created)) return kNoFact;
    if (later == kNoFact) later = i;
  }
  return later;
}

void fire(const Judging& j, const Pair& pair, const CovAnswer& known) {
  const World& world = j.world;
  const Candidate& a = *pair.first;
  const Candidate& b = *pair.second;
  Subject subject = task_subject(world, b.task);
  Confidence confidence = pair.strong && !pair.replaced ? Confidence::proven : Confidence::likely;
  Draft draft(j, pair.strong && !pair.replaced ? Severity::error : Severity::warning, confidence, subject,
              world.fact(b.life.created).t);
  const std::string name = pair.strong ? upload_name(world, task_of(world, b.task).upload) : "one file";
  draft.title((pair.strong ? capitalised(name) : "One file") + (pair.replaced ? " was sent twice" : " is being sent twice"));
  if (pair.replaced) {
    draft.explain("The first task was cancelled before the second was made, but both succeeded.");
  } else {
    draft.explain("A second task was made for " + name + " while the first one was alive.");
  }
  if (!pair.strong) draft.explain("The two tasks have the same method, URL, file and size.");
  if (pair.tasks > 2) draft.explain(count_of(pair.tasks, "task") + " were made for it in all.");
  const FactIndex list = list_after(world, b);
  if (list != kNoFact) {
    draft.explain("It was enqueued before the session's tasks were known.");
    draft.evidence(list, "only here the session's tasks are known");
  }
  draft.evidence(a.life.created, "the first task is created").evidence(a.listed, "the first task is listed as " + a.listed_as);
  draft.evidence(b.life.created, "the second task is created", true);
  draft.evidence(a.life.end(), "the first task ends").evidence(b.life.end(), "the second task ends");
  for (const Candidate* c : {&a, &b}) {
    const auto sent = task_of(world, c->task).bytes_sent;
    if (sent) draft.number(c == &a ? "sent by the first" : "sent by the second", static_cast<double>(*sent), "bytes");
  }
  draft.rests_on(known).clears_if("An end or a cancellation of the first task before the second was made, or different parts.");
  j.verdicts.fired(draft.take());
}

// Tasks that send the same: of one file. In the order of their creation only neighbours that are alive matter.
// True: it fired.
bool judge_group(const Judging& j, std::vector<Candidate>& group, bool strong) {
  const World& world = j.world;
  std::stable_sort(group.begin(), group.end(), [&](const Candidate& a, const Candidate& b) {
    const auto begin = [&](const Candidate& c) { return c.life.created == kNoFact ? kTimeMin : world.fact(c.life.created).t; };
    return begin(a) < begin(b);
  });
  const Candidate* open = nullptr;  // the latest one that may be alive
  CovAnswer unclear;
  bool cleared = false;
  for (const Candidate& next : group) {
    if (open != nullptr && next.life.created != kNoFact && !differ(task_of(world, open->task), task_of(world, next.task))) {
      CovAnswer known;
      const Answer answer = overlap(j, *open, next, known);
      if (answer == Answer::alive || answer == Answer::both_succeeded) {
        fire(j, {open, &next, answer == Answer::both_succeeded, strong, group.size()}, known);
        return true;
      }
      cleared = true;
      if (answer == Answer::unclear) {
        unclear = known;
        if (unclear.reason.empty()) unclear.reason = "the first task was not seen before";
      }
    }
    open = &next;
  }
  if (!unclear.reason.empty()) {
    undetermined(j, task_subject(world, group.back().task), "cannot see whether the upload's first task was still alive",
                 unclear);
  } else if (cleared) {
    j.verdicts.cleared({});
  }
  return false;
}

bool judge_upload(const Judging& j, UploadId upload, const Listed& listed) {
  const World& world = j.world;
  std::map<std::string, std::vector<Candidate>> by_file;
  for (const TaskId task : world.derived().uploads[upload.value].tasks) {
    if (may_upload(task_of(world, task))) by_file[task_of(world, task).file].push_back(candidate_of(world, task, listed));
  }
  // A task whose file is not known may send any of them; with one file only it belongs there.
  if (by_file.size() == 2 && by_file.begin()->first.empty()) {
    auto unnamed = std::move(by_file.begin()->second);
    by_file.erase(by_file.begin());
    auto& named = by_file.begin()->second;
    named.insert(named.end(), std::make_move_iterator(unnamed.begin()), std::make_move_iterator(unnamed.end()));
  }
  bool fired = false;
  for (auto& [file, group] : by_file) fired = (group.size() > 1 && judge_group(j, group, true)) || fired;
  return fired;
}

// Both send one file, as far as is known to one address. An address alone says nothing: the parts of an upload may share it.
bool send_the_same(const Task& a, const Task& b) {
  return !a.file.empty() && a.file == b.file && a.kind.starts_with("upload") && b.kind.starts_with("upload") && !differ(a, b);
}

void fire_rows(const Judging& j, UploadId upload, FactIndex a, FactIndex b) {
  const World& world = j.world;
  Draft draft(j, Severity::error, Confidence::likely, task_subject(world, world.fact(b).task), world.fact(b).t);
  const std::string name = upload_name(world, upload);
  draft.title(capitalised(name) + " is being sent twice");
  draft.explain("nsurlsessiond's store has two running tasks for " + name + " that send the same.");
  draft.evidence(a, "a running task of the upload").evidence(b, "another one", true);
  draft.clears_if("Different files or addresses of the two tasks.");
  j.verdicts.fired(draft.take());
}

// Two running tasks of one upload in one copy of nsurlsessiond's store were alive at once, whoever saw them being made.
void judge_rows(const Judging& j, const DaemonStores& stores, const std::set<UploadId>& said) {
  const World& world = j.world;
  std::set<UploadId> told = said;
  for (const DaemonStores::Copy& copy : stores.copies()) {
    std::map<UploadId, std::vector<FactIndex>> running;
    for (const FactIndex i : copy.rows) {
      const Fact& fact = world.fact(i);
      const UploadId upload = fact.task.valid() ? task_of(world, fact.task).upload : UploadId{};
      if (fact.word == Word::running && upload.valid() && !told.contains(upload)) running[upload].push_back(i);
    }
    for (const auto& [upload, rows] : running) {
      for (std::size_t k = 1; k < rows.size(); ++k) {
        const Task& before = task_of(world, world.fact(rows[k - 1]).task);
        const Task& task = task_of(world, world.fact(rows[k]).task);
        if (before.id == task.id || !send_the_same(before, task)) continue;
        fire_rows(j, upload, rows[k - 1], rows[k]);
        told.insert(upload);
        break;
      }
    }
  }
}

using WeakKey = std::tuple<std::string, std::string, std::string, std::int64_t>;

void judge_weak(const Judging& j, const Listed& listed) {
  const World& world = j.world;
  std::map<WeakKey, std::vector<TaskId>> by_key;
  std::size_t unnamed = 0;
  for (const TaskId task : world.tasks()) {
    const Task& t = task_of(world, task);
    if (t.upload.valid() || !may_upload(t)) continue;
    if (t.url.empty() || t.file.empty() || !t.bytes_expected) {
      ++unnamed;
    } else {
      by_key[{t.method, t.url, t.file, *t.bytes_expected}].push_back(task);
    }
  }
  for (const auto& [key, tasks] : by_key) {
    if (tasks.size() < 2) continue;
    std::vector<Candidate> group;
    for (const TaskId task : tasks) group.push_back(candidate_of(world, task, listed));
    judge_group(j, group, false);
  }
  if (unnamed > 1) {
    undetermined(j, unit_subject(world), "tasks name neither their upload nor their file",
                 "set taskDescription, and log task.create in the app");
  }
}

}  // namespace

const RuleInfo& DuplicateTaskForUpload::info() const { return kInfo; }

void DuplicateTaskForUpload::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  const Listed listed = listed_alive(world);
  std::set<UploadId> said;
  for (const UploadId upload : world.uploads()) {
    const bool several = world.derived().uploads[upload.value].tasks.size() > 1;
    if (several && judge_upload(j, upload, listed)) said.insert(upload);
  }
  judge_rows(j, DaemonStores(world), said);
  judge_weak(j, listed);
}

}  // namespace uptrail::analysis
