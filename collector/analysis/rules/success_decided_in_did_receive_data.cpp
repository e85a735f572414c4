#include "collector/analysis/rules/success_decided_in_did_receive_data.h"

#include <algorithm>

#include "collector/analysis/rules/task_ends.h"
#include "collector/analysis/rules/task_life.h"
#include "collector/base/text.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "success-decided-in-did-receive-data",
    .title = "Outcome depends on a body that may never come",
    .severity = Severity::error,
    .summary =
        "The server accepted the upload with an empty body; the app decides in didReceive data, which is then not called, and "
        "counts a failure.",
    .needs = "task.did-complete without error, a good status, task.data, and upload.state.",
    .remedy = "Decide in didCompleteWithError by error and status; treat the body as optional.",
    .thresholds = {{"OK_FROM", 200, "", "first status that counts as success"},
                   {"OK_TO", 299, "", "last status that counts as success"},
                   {"T_REBUILD", 5, "s", "run time in which the app changes its upload's state"}},
};

enum class Made : std::uint8_t { nothing, success, failure, unsaid };

// One upload that the server accepted, and what the app made of it.
struct Accepted {
  TaskId task;
  FactIndex done = kNoFact;
  FactIndex said = kNoFact;
  bool body = false;
  Made made = Made::nothing;
};

int status_of(const World& world, TaskId task, FactIndex done) {
  const int told = world.fact(done).status;
  return told != 0 ? told : static_cast<int>(task_of(world, task).status.value_or(0));
}

FactIndex clean_end(const World& world, TaskId task) {
  for (const FactIndex i : world.of_task(task)) {
    const Fact& fact = world.fact(i);
    if (fact.kind == EventKind::task_did_complete && fact.has(kHasCode) && fact.code == 0) return i;
  }
  return kNoFact;
}

bool is_soon(const Judging& j, FactIndex from, FactIndex to) {
  const Fact& a = j.world.fact(from);
  const Fact& b = j.world.fact(to);
  const DurationNs limit = j.thresholds.duration("T_REBUILD");
  return a.domain == b.domain &&
         (b.t - a.t <= limit || (a.epoch.valid() && a.epoch == b.epoch && j.world.run_time(a.epoch, {a.t, b.t}) <= limit));
}

// A success at any time, before or after, or a failure right after the end.
void find_said(const Judging& j, Accepted& a) {
  const World& world = j.world;
  FactIndex last = kNoFact;
  for (const FactIndex i : world.of_upload(task_of(world, a.task).upload)) {
    const Fact& fact = world.fact(i);
    if (fact.kind != EventKind::upload_state) continue;
    const bool after = surely_before(world, a.done, i);
    if (fact.word == Word::succeeded) {
      a.made = Made::success;
      a.said = i;
      return;
    }
    if (after && fact.word == Word::failed && is_soon(j, a.done, i) && a.made == Made::nothing) {
      a.made = Made::failure;
      a.said = i;
    }
    last = i;
  }
  if (a.made == Made::nothing && last != kNoFact && world.fact(last).word == Word::uploading) {
    a.made = Made::unsaid;
    a.said = last;
  }
}

bool has_body(const World& world, TaskId task) {
  const auto facts = world.of_task(task);
  return std::any_of(facts.begin(), facts.end(), [&](FactIndex i) {
    const Fact& fact = world.fact(i);
    return fact.kind == EventKind::task_data && !(fact.has(kHasNumber) && fact.number == 0);
  });
}

// Every upload of the unit with a clean end and a good status.
std::vector<Accepted> accepted_uploads(const Judging& j) {
  const World& world = j.world;
  std::vector<Accepted> out;
  for (const TaskId task : world.tasks()) {
    Accepted a;
    a.task = task;
    a.done = clean_end(world, task);
    if (a.done == kNoFact || !task_of(world, task).upload.valid() || !in_background_session(world, task)) continue;
    const int status = status_of(world, task, a.done);
    if (status < j.thresholds.value("OK_FROM") || status > j.thresholds.value("OK_TO")) continue;
    a.body = has_body(world, task);
    find_said(j, a);
    out.push_back(a);
  }
  return out;
}

CovAnswer body_coverage(const World& world, const Accepted& a) {
  const Fact& done = world.fact(a.done);
  if (!done.epoch.valid()) return {};
  const FactIndex begin = start_of(world, a.task);
  TimeNs from = own_begin(world, done.epoch);
  if (begin != kNoFact && world.fact(begin).domain == done.domain) from = std::max(from, world.fact(begin).t);
  return coverage(world, EventKind::task_data, task_of(world, a.task).session, done.epoch, from, done.t);
}

// With a body always a success, without one always a failure: that is the app's rule.
struct Pattern {
  std::size_t with = 0, without = 0;
  bool broken = false;
  [[nodiscard]] bool holds() const { return !broken && with > 0 && without > 0 && with + without >= 3; }
};

Pattern pattern_of(const std::vector<Accepted>& all) {
  Pattern p;
  for (const Accepted& a : all) {
    if (a.made != Made::success && a.made != Made::failure) continue;
    p.with += a.body ? 1 : 0;
    p.without += a.body ? 0 : 1;
    p.broken = p.broken || a.body != (a.made == Made::success);
  }
  return p;
}

void fire(const Judging& j, const Accepted& a, const CovAnswer& bodies, const Pattern& pattern) {
  const World& world = j.world;
  const bool failed = a.made == Made::failure;
  const Confidence confidence = failed ? Confidence::likely : Confidence::hint;
  Draft draft(j, failed ? Severity::error : Severity::warning, confidence, task_subject(world, a.task), world.fact(a.done).t);
  const std::string name = task_name(world, a.task);
  const std::string status = "HTTP " + std::to_string(status_of(world, a.task, a.done));
  draft.title(name + (failed ? " counted as a failure in spite of " : " not settled after ") + status);
  draft.explain("The server accepted " + name + " with " + status + " and an empty body; the app " +
                (failed ? "recorded a failure." : "left it at uploading.") + " It seems to decide from the body.");
  if (pattern.holds()) {
    draft.explain("Of the accepted uploads " + std::to_string(pattern.with) + " with a body count as successes, " +
                  std::to_string(pattern.without) + " without one as failures.");
    draft.number("with a body", static_cast<double>(pattern.with)).number("without a body", static_cast<double>(pattern.without));
  }
  draft.evidence(a.done, "completed without error, " + status, true).evidence(a.said, "what the app made of it");
  draft.missing(EventKind::task_data, world.fact(a.done).t, "no body came, and none has to");
  if (failed) draft.compared("T_REBUILD", (world.fact(a.said).t - world.fact(a.done).t).seconds());
  draft.number("status", status_of(world, a.task, a.done)).rests_on(bodies);
  draft.clears_if("A body (task.data) of the task, or a contract of the API that demands one.");
  j.verdicts.fired(draft.take());
}

// The state stayed at uploading for as long as a change takes.
bool stays_unsaid(const Judging& j, const Accepted& a) {
  const World& world = j.world;
  const Fact& done = world.fact(a.done);
  if (!done.epoch.valid()) return false;
  const UploadId upload = task_of(world, a.task).upload;
  for (const FactIndex i : world.of_upload(upload)) {
    if (world.fact(i).kind == EventKind::task_create && world.fact(i).task != a.task && maybe_before(world, a.done, i))
      return false;
  }
  World::AbsentQuery query;
  query.kinds = {EventKind::upload_state};
  query.match = [t = done.t](const Fact& fact) { return fact.t > t; };
  query.among = world.of_upload(upload);
  query.scope.epoch = done.epoch;
  query.span = {done.t, life_end(world, done.epoch)};
  query.run_from = done.t;
  query.T = j.thresholds.duration("T_REBUILD");
  return world.absent(query).answer == Absent::yes;
}

}  // namespace

const RuleInfo& SuccessDecidedInDidReceiveData::info() const { return kInfo; }

void SuccessDecidedInDidReceiveData::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  const std::vector<Accepted> all = accepted_uploads(j);
  const Pattern pattern = pattern_of(all);
  for (const Accepted& a : all) {
    const bool suspicious = a.made == Made::failure || (a.made == Made::unsaid && stays_unsaid(j, a));
    if (a.body || !suspicious) {
      j.verdicts.cleared({});
      continue;
    }
    const CovAnswer bodies = body_coverage(world, a);
    if (bodies.cov == Cov::yes) {
      fire(j, a, bodies, pattern);
    } else {
      undetermined(j, task_subject(world, a.task),
                   "the server accepted an upload that the app did not; cannot see whether a body came", bodies);
    }
  }
}

}  // namespace uptrail::analysis
