#include "collector/analysis/rules/task_identifier_collision.h"

#include <algorithm>
#include <map>
#include <set>

#include "collector/analysis/rules/support.h"
#include "collector/base/text.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "task-identifier-collision",
    .title = "Records keyed by taskIdentifier alone",
    .severity = Severity::warning,
    .summary =
        "A taskIdentifier is unique within its session only, and begins again when no task is left: an app that keys its records "
        "by it mixes up uploads.",
    .needs =
        "the app's store (store.entry with keyedBy), or upload.state that names the task by its number, and the tasks' UUIDs.",
    .remedy = "Key records by taskDescription, or by session identifier, taskIdentifier and time of creation together.",
    .thresholds = {},
};

constexpr std::size_t kMostRecords = 2000;  // uploads whose record is looked at; each takes a look into the case

// A record of the app's store: the first one of an upload.
struct Record {
  UploadId upload;
  FactIndex entry = kNoFact;
  std::string keyed_by;
};

bool by_number_alone(std::string_view keyed_by) {
  return keyed_by == "taskIdentifier" || keyed_by == "id" || keyed_by == "task-identifier";
}

bool is_settled(Word state) {
  return state == Word::succeeded || state == Word::failed || state == Word::cancelled || state == Word::completed;
}

// The app had not settled the upload when the other record was made.
bool unsettled_at(const World& world, const Record& record, FactIndex at) {
  FactIndex last = record.entry;
  for (const FactIndex i : world.of_upload(record.upload)) {
    const Fact& fact = world.fact(i);
    const bool says = fact.kind == EventKind::upload_state || (fact.kind == EventKind::store_entry && fact.also == Word::app);
    if (says && i != at && maybe_before(world, i, at)) last = i;
  }
  return !is_settled(world.fact(last).word);
}

// Whether a settlement between the two records would have been seen.
CovAnswer settlements_seen(const World& world, const Record& a, const Record& b) {
  const Fact& from = world.fact(a.entry);
  const Fact& to = world.fact(b.entry);
  Scope scope;
  scope.domain = to.domain;
  if (from.domain == to.domain)
    return world.cov(EventKind::upload_state, scope, {std::min(from.t, to.t), std::max(from.t, to.t)});
  CovAnswer no;
  no.reason = "the sources have no common clock";
  no.add = "place the sources on one clock";
  return no;
}

// By number: the records of uploads that the app has under it.
std::map<std::string, std::vector<Record>> records_by_number(const World& world) {
  std::map<std::string, std::vector<Record>> out;
  std::set<UploadId> seen;
  for (const FactIndex i : world.of_kind(EventKind::store_entry)) {
    const Fact& fact = world.fact(i);
    if (fact.also != Word::app || !fact.upload.valid() || !seen.insert(fact.upload).second) continue;
    if (seen.size() > kMostRecords) break;
    const std::string number = world.text_of(i, Field::id);
    const bool has_session = !world.text_of(i, Field::identifier).empty() || !world.text_of(i, Field::uuid).empty();
    if (!number.empty() && !has_session) out[number].push_back({fact.upload, i, world.text_of(i, Field::keyed_by)});
  }
  return out;
}

// A terminal upload.state that names a task by its number, which is another upload's.
struct Wrong {
  FactIndex state = kNoFact;
  UploadId credited;
  UploadId owner;  // whose description the task has
  TaskId task;
  TaskId own;  // the credited upload's own task
};

std::map<std::string_view, UploadId> uploads_by_name(const World& world) {
  std::map<std::string_view, UploadId> out;
  for (const UploadId id : world.uploads()) out.emplace(world.derived().uploads[id.value].name, id);
  return out;
}

std::vector<Wrong> wrong_credits(const World& world) {
  std::vector<Wrong> out;
  const auto by_name = uploads_by_name(world);
  std::map<std::string_view, TaskId> by_desc;  // the first task of each description
  for (const TaskId id : world.tasks()) {
    if (!task_of(world, id).desc.empty()) by_desc.emplace(task_of(world, id).desc, id);
  }
  for (const FactIndex i : world.of_kind(EventKind::upload_state)) {
    const Fact& fact = world.fact(i);
    if (!is_settled(fact.word) || !fact.task.valid() || !fact.upload.valid()) continue;
    const Task& task = task_of(world, fact.task);
    const std::string& name = world.derived().uploads[fact.upload.value].name;
    if (task.desc.empty() || task.desc == name) continue;
    const auto owner = by_name.find(task.desc);
    const auto own = by_desc.find(name);
    // The descriptions must be the uploads' names, or they tell nothing.
    if (owner == by_name.end() || own == by_desc.end() || own->second == fact.task) continue;
    const Task& mine = task_of(world, own->second);
    if (!mine.uuid || !task.uuid || *mine.uuid == *task.uuid || mine.identifier != task.identifier || !task.identifier) continue;
    out.push_back({i, fact.upload, owner->second, fact.task, own->second});
  }
  return out;
}

Subject upload_subject(const World& world, UploadId upload) {
  Subject subject = unit_subject(world);
  subject.upload = upload;
  subject.label = upload_name(world, upload);
  return subject;
}

void fire_wrong(const Judging& j, const Wrong& wrong) {
  const World& world = j.world;
  const Task& task = task_of(world, wrong.task);
  const Task& own = task_of(world, wrong.own);
  Subject subject = upload_subject(world, wrong.credited);
  subject.session = task.session;
  subject.task = wrong.own;
  Draft draft(j, Severity::error, Confidence::proven, subject, world.fact(wrong.state).t);
  const std::string number = std::to_string(*task.identifier);
  const std::string name = upload_name(world, wrong.credited);
  draft.title(capitalised(name) + " was credited with the result of " + upload_name(world, wrong.owner));
  draft.explain("Task number " + number + " was given twice: to " + name + " (" + own.uuid->text() + ") and to " +
                upload_name(world, wrong.owner) + " (" + task.uuid->text() +
                "). The app took the end of the second for the first.");
  for (const TaskId id : {wrong.own, wrong.task}) {
    for (const FactIndex i : pick_of_task(world, id, {}, {EventKind::task_create, EventKind::task_did_complete})) {
      const bool created = world.fact(i).kind == EventKind::task_create;
      draft.evidence(i,
                     std::string(created ? "creation" : "end") + " of " + (id == wrong.own ? "its own task" : "the other task"));
    }
  }
  draft.evidence(wrong.state, "settled by the number alone", true);
  draft.clears_if("A settlement that names the task's UUID or session.");
  j.verdicts.fired(draft.take());
}

void fire_records(const Judging& j, const std::string& number, const Record& a, const Record& b, const CovAnswer& seen) {
  const World& world = j.world;
  Subject subject = upload_subject(world, a.upload);
  Draft draft(j, Severity::warning, Confidence::likely, subject, world.fact(b.entry).t);
  draft.title("Two uploads are kept under task number " + number);
  draft.explain("The app's store has " + upload_name(world, a.upload) + " and " + upload_name(world, b.upload) +
                " under the same taskIdentifier " + number + ", without session, and the first was not settled.");
  draft.evidence(a.entry, "record of " + upload_name(world, a.upload))
      .evidence(b.entry, "record of " + upload_name(world, b.upload), true);
  draft.rests_on(seen).clears_if("A key that holds the session, too.");
  j.verdicts.fired(draft.take());
}

// True: they collide.
bool judge_records(const Judging& j, const std::string& number, const Record& a, const Record& b) {
  const World& world = j.world;
  const Subject subject = upload_subject(world, a.upload);
  const bool by_number = by_number_alone(a.keyed_by) && by_number_alone(b.keyed_by);
  const bool unknown = a.keyed_by.empty() || b.keyed_by.empty();
  if (!unsettled_at(world, a, b.entry) || (!by_number && !unknown)) {
    j.verdicts.cleared(subject);
  } else if (unknown) {
    undetermined(j, subject, "two records have the same task number; by what they are keyed is not known",
                 "add keyedBy to the store's entries");
  } else if (const CovAnswer seen = settlements_seen(world, a, b); seen.cov != Cov::yes) {
    undetermined(j, subject, "two records have the same task number; cannot see whether the first was settled", seen);
  } else {
    fire_records(j, number, a, b, seen);
    return true;
  }
  return false;
}

}  // namespace

const RuleInfo& TaskIdentifierCollision::info() const { return kInfo; }

void TaskIdentifierCollision::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  std::set<UploadId> told;
  for (const Wrong& wrong : wrong_credits(world)) {
    if (!told.insert(wrong.credited).second) continue;
    told.insert(wrong.owner);
    fire_wrong(j, wrong);
  }
  for (const auto& [number, records] : records_by_number(world)) {
    for (std::size_t k = 1; k < records.size(); ++k) {
      const Record& a = records[k - 1];
      const Record& b = records[k];
      if (told.contains(a.upload) || told.contains(b.upload)) continue;
      if (judge_records(j, number, a, b)) told.insert({a.upload, b.upload});
    }
  }
}

}  // namespace uptrail::analysis
