#include "collector/analysis/rules/task_created_in_invalidated_session.h"

#include <map>

#include "collector/analysis/rules/coarse_times.h"
#include "collector/analysis/rules/support.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "task-created-in-invalidated-session",
    .title = "Task created in an invalidated session",
    .severity = Severity::error,
    .summary =
        "Creating a task on an invalidated session raises an Objective-C exception (a crash unless it is caught); the upload "
        "is never queued.",
    .needs =
        "task.create-failed with reason invalidated, or session.invalidate and task.create with the session's object, or the "
        "crash with its exception text.",
    .remedy =
        "Keep the session and cancel its tasks instead of invalidating it; if it must be invalidated, remember that it was, "
        "and create tasks only on the new session, made in or after didBecomeInvalid.",
    .thresholds = {{"T_RESUME", 10, "s", "run time in which a created task is resumed or queued; normally the next statement"},
                   {"T_RACE", 0.005, "s", "calls of different threads that are closer than this have no certain order"}},
};

constexpr DurationNs kCrashSoon = seconds(5);
constexpr std::string_view kExceptionText = "session that has been invalidated";

struct Group {
  EpochId epoch;
  SessionId session;
  UploadId upload;
  friend auto operator<=>(const Group&, const Group&) = default;
};

Subject subject_of(const World& world, const Group& group) {
  Subject subject = session_subject(world, group.session, group.epoch);
  subject.upload = group.upload;
  if (group.upload.valid()) subject.label = upload_name(world, group.upload);
  return subject;
}

std::vector<FactIndex> invalidations_of(const World& world, const Group& group) {
  std::vector<FactIndex> out;
  const auto all = group.epoch.valid() ? world.of_epoch(group.epoch, EventKind::session_invalidate)
                                       : world.of_kind(EventKind::session_invalidate);
  for (const FactIndex i : all) {
    const Fact& fact = world.fact(i);
    if (fact.epoch != group.epoch) continue;
    const bool same = !group.session.valid() || !fact.session.valid() || fact.session == group.session;
    if (same && !fact.has(kShared)) out.push_back(i);
  }
  return out;
}

FactIndex crash_after(const World& world, EpochId epoch, FactIndex at) {
  const auto ends = epoch.valid() ? world.of_epoch(epoch, EventKind::app_terminate) : world.of_kind(EventKind::app_terminate);
  for (const FactIndex i : world.within(ends, {world.fact(at).t, world.fact(at).t + kCrashSoon})) {
    if (world.fact(i).word == Word::crash && surely_before(world, at, i) && near_in_time(world, at, i, kCrashSoon)) return i;
  }
  return kNoFact;
}

// `attempts`: the refused or vain creations, in order.
void fire(const Judging& j, const Group& group, const std::vector<FactIndex>& attempts, FactIndex invalidated,
          Confidence confidence, const AbsentAnswer* no_effect) {
  const World& world = j.world;
  const FactIndex first = attempts.front();
  Draft draft(j, Severity::error, confidence, subject_of(world, group), world.fact(first).t);
  const std::string name = group.session.valid() ? session_name(world, group.session) : "an invalidated session";
  draft.title("Task for " + subject_of(world, group).label + " created in an invalidated session");
  if (!group.upload.valid()) draft.title("Task created in " + name + ", which is invalidated");
  draft.evidence(invalidated, "the session was invalidated here");
  for (std::size_t i = 0; i < attempts.size() && i < kShownEvidence; ++i) {
    draft.evidence(attempts[i], confidence == Confidence::proven ? "refused: the session is invalidated" : "created here",
                   i == 0);
  }
  const FactIndex crash = crash_after(world, group.epoch, first);
  draft.evidence(crash, "the app crashed");
  draft.number("attempts", static_cast<double>(attempts.size()));
  if (invalidated != kNoFact) {
    const DurationNs after = world.fact(first).t - world.fact(invalidated).t;
    draft.number("created after invalidation", after.seconds(), "s");
    draft.explain("A task was created on " + name + " " + format_duration(after) + " after it was invalidated.");
  } else {
    draft.explain("A task was created on " + name + "; its invalidation is not in the capture.");
  }
  draft.explain(
      "That raises NSGenericException \"Task created in a session that has been invalidated\": the upload was not queued.");
  if (crash != kNoFact) draft.explain("The app crashed right after.");
  if (no_effect != nullptr) {
    draft.rests_on(*no_effect).compared("T_RESUME", no_effect->waited.seconds());
    draft.missing(EventKind::task_resume, world.fact(first).t, "a created task would have been resumed or queued");
    draft.explain("The task was neither resumed nor queued.");
  }
  draft.clears_if("A session.did-become-invalid and a new session.create before the task, or any sign of life of the task.");
  j.verdicts.fired(draft.take());
}

// Positive evidence: CFNetwork refused, or the crash report says so. Returns the groups that were reported.
std::map<Group, std::vector<FactIndex>> fire_refusals(const Judging& j) {
  const World& world = j.world;
  std::map<Group, std::vector<FactIndex>> groups;
  for (const FactIndex i : world.of_kind(EventKind::task_create_failed)) {
    const Fact& fact = world.fact(i);
    if (fact.word == Word::invalidated) groups[{fact.epoch, fact.session, fact.upload}].push_back(i);
  }
  for (const FactIndex i : world.of_kind(EventKind::app_terminate)) {
    const EpochId epoch = world.fact(i).epoch;
    const auto known = groups.lower_bound({epoch, SessionId{0}, UploadId{0}});
    if ((known != groups.end() && known->first.epoch == epoch) || world.fact(i).word != Word::crash) continue;
    if (world.text_of(i, Field::text).find(kExceptionText) != std::string::npos) groups[{epoch, {}, {}}].push_back(i);
  }
  for (const auto& [group, list] : groups) {
    fire(j, group, list, last_surely_before(world, invalidations_of(world, group), list.front()), Confidence::proven, nullptr);
  }
  return groups;
}

// The invalidation of the object on which `create` was called, if no legal re-creation may lie between.
FactIndex invalidation_before(const Judging& j, const SessionLife& life, FactIndex create) {
  const World& world = j.world;
  const std::string object = object_text(world, create);
  for (auto v = life.invalidations.rbegin(); v != life.invalidations.rend(); ++v) {
    if (!surely_before(world, *v, create) || object.empty() || object_text(world, *v) != object) continue;
    if (maybe_near_in_time(world, *v, create, j.thresholds.duration("T_RACE"))) return kNoFact;
    for (const FactIndex again : life.creates) {
      if (maybe_between(world, again, *v, create) && any_maybe_between(world, life.completions, *v, again)) return kNoFact;
    }
    return *v;
  }
  return kNoFact;
}

// Anything the task did later. Its creation alone is not a sign of life.
bool has_effect(const World& world, TaskId task) {
  for (const FactIndex i : world.of_task(task)) {
    const EventKind kind = world.fact(i).kind;
    if (kind != EventKind::task_create && kind != EventKind::task_create_failed && kind != EventKind::upload_state) return true;
  }
  return false;
}

AbsentAnswer no_sign_of_life(const Judging& j, const SessionLife& life, FactIndex create) {
  const World& world = j.world;
  const Fact& fact = world.fact(create);
  World::AbsentQuery query;
  query.kinds = {EventKind::task_resume};
  query.match = [](const Fact&) { return true; };
  query.among = world.of_task(fact.task);
  query.scope.session = life.session;
  query.scope.epoch = life.epoch;
  query.span = {fact.t, life_end(world, life.epoch)};
  query.run_from = fact.t;
  query.T = j.thresholds.duration("T_RESUME");
  return world.absent(query);
}

struct Vain {
  std::map<Group, std::vector<FactIndex>> creations;
  std::map<Group, AbsentAnswer> answers;
  std::string doubt;
  std::string add;
};

Vain vain_creations(const Judging& j, const SessionLife& life) {
  const World& world = j.world;
  Vain out;
  if (life.invalidations.empty()) return out;
  for (const FactIndex c : world.of_epoch(life.epoch, EventKind::task_create)) {
    const Fact& fact = world.fact(c);
    if (fact.session != life.session || !fact.task.valid()) continue;
    if (invalidation_before(j, life, c) == kNoFact || has_effect(world, fact.task)) continue;
    AbsentAnswer answer = no_sign_of_life(j, life, c);
    const bool crashed = crash_after(world, life.epoch, c) != kNoFact && answer.coverage.cov == Cov::yes;
    const Group group{life.epoch, life.session, fact.upload};
    if (answer.answer == Absent::yes || (answer.answer == Absent::pending && crashed)) {
      out.creations[group].push_back(c);
      out.answers.try_emplace(group, std::move(answer));
    } else {
      out.doubt =
          answer.answer == Absent::pending
              ? "a task was created on an invalidated session, but the capture ends too soon to see whether it lives"
              : "a task was created on an invalidated session, but cannot see whether it lives: " + answer.coverage.reason;
      out.add = answer.answer == Absent::pending ? "capture longer" : answer.coverage.add;
    }
  }
  return out;
}

void judge_life(const Judging& j, const SessionLife& life, const std::map<Group, std::vector<FactIndex>>& refused) {
  const World& world = j.world;
  for (auto it = refused.lower_bound({life.epoch, SessionId{0}, UploadId{0}}); it != refused.end(); ++it) {
    const Group& group = it->first;
    if (group.epoch != life.epoch) break;
    if (group.session == life.session || !group.session.valid()) return;
  }
  const Vain vain = vain_creations(j, life);
  for (const auto& [group, list] : vain.creations) {
    fire(j, group, list, invalidation_before(j, life, list.front()), Confidence::likely, &vain.answers.at(group));
  }
  const Subject subject = session_subject(world, life.session, life.epoch);
  if (!vain.doubt.empty()) undetermined(j, subject, vain.doubt, vain.add);
  if (!vain.creations.empty() || !vain.doubt.empty()) return;
  const TimeNs from = own_begin(world, life.epoch);
  const TimeNs to = seen_end(world, life.epoch);
  const bool never_invalidated =
      life.invalidations.empty() && covered(world, EventKind::session_invalidate, life.session, life.epoch, from, to);
  const CovAnswer cov = coverage(world, EventKind::task_create_failed, life.session, life.epoch, from, to);
  if (never_invalidated || cov.cov == Cov::yes) {
    j.verdicts.cleared(subject);
  } else {
    undetermined(j, subject, "cannot see whether a task was refused", cov);
  }
}

}  // namespace

const RuleInfo& TaskCreatedInInvalidatedSession::info() const { return kInfo; }

void TaskCreatedInInvalidatedSession::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  const auto refused = fire_refusals(j);
  for_each_life(j, [&](const SessionLife& life) { judge_life(j, life, refused); });
}

}  // namespace uptrail::analysis
