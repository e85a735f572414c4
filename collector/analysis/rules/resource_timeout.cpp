#include "collector/analysis/rules/resource_timeout.h"

#include <set>

#include "collector/analysis/rules/task_ends.h"
#include "collector/analysis/rules/task_life.h"
#include "collector/analysis/rules/timeouts.h"
#include "collector/model/system_unit.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "resource-timeout",
    .title = "Task exceeded timeoutIntervalForResource",
    .severity = Severity::error,
    .summary =
        "Background tasks try again silently until timeoutIntervalForResource is over, counted from resume(); then the upload "
        "fails.",
    .needs = "The end with -1001, the resume of the task, and the configured timeout (7 days when it is not logged).",
    .remedy = "Allow more time, send smaller files, and enqueue the upload again when it ends with -1001.",
    .thresholds = {{"T_RESOURCE", 604800, "s", "timeoutIntervalForResource when it is not logged: the documented default"},
                   {"T_SHORT", 3600, "s", "a configured limit below this is mentioned (info)"},
                   {"ABOUT_TO_EXPIRE", 0.8, "", "share of the limit after which a running task is mentioned (info)"}},
};

struct Limit {
  double seconds = 0;
  bool configured = false;
};

std::string limit_text(const Limit& limit) {
  return format_duration(from_seconds(limit.seconds)) +
         (limit.configured ? "" : " (the default; the configuration is not logged)");
}

void add_waits(Draft& draft, const World& world, TaskId task) {
  std::size_t shown = 0;
  for (const FactIndex i : world.of_task(task)) {
    const EventKind kind = world.fact(i).kind;
    if ((kind == EventKind::daemon_task_waiting || kind == EventKind::task_waiting) && shown++ < kShownEvidence) {
      draft.evidence(i, "waiting");
    }
  }
}

void fire(const Judging& j, TaskId task, FactIndex end, const Waited& waited, const Limit& limit) {
  const World& world = j.world;
  Draft draft(j, Severity::error, limit.configured ? Confidence::proven : Confidence::likely, task_subject(world, task),
              world.fact(end).t);
  const std::string name = task_name(world, task);
  draft.title(name + " ran out of time after " + format_duration(waited.time));
  draft.explain(capitalised(name) + " was under way for " + format_duration(waited.time) + " of " + limit_text(limit) +
                " and ended with -1001 (timed out).");
  draft.evidence(waited.start, "resumed: the clock starts").evidence(end, "timed out", true);
  add_waits(draft, world, task);
  draft.number("waited", waited.time.seconds(), "s");
  if (limit.configured) {
    draft.number("timeoutIntervalForResource", limit.seconds, "s");
  } else {
    draft.compared("T_RESOURCE", waited.time.seconds());
  }
  draft.clears_if("A longer timeoutIntervalForResource than the one assumed.");
  j.verdicts.fired(draft.take());
}

void mention_old(const Judging& j, TaskId task, const Limit& limit) {
  const World& world = j.world;
  const FactIndex start = start_of(world, task);
  if (start == kNoFact) return;
  const DomainId domain = world.fact(start).domain;
  const TimeNs now = world.capture_end(domain);
  const Waited waited = waited_until(world, task, now, domain);
  if (!waited.comparable || waited.time.seconds() < j.thresholds.value("ABOUT_TO_EXPIRE") * limit.seconds) return;
  World::AbsentQuery query;
  query.kinds = {EventKind::task_did_complete, EventKind::daemon_task_finished};
  query.match = [](const Fact& fact) { return is_end(fact); };
  query.among = world.of_task(task);
  query.scope.session = task_of(world, task).session;
  query.scope.domain = domain;
  query.span = {world.fact(start).t, now};
  query.clock = Clock::wall;
  query.T = DurationNs{};
  const AbsentAnswer absent = world.absent(query);
  if (absent.answer != Absent::yes) return;
  Draft draft(j, Severity::info, Confidence::likely, task_subject(world, task), now);
  draft.title(capitalised(task_name(world, task)) + " is about to run out of time");
  draft.explain("It has been under way for " + format_duration(waited.time) + " of " + limit_text(limit) + ".");
  draft.evidence(start, "resumed: the clock starts", true).compared("ABOUT_TO_EXPIRE", waited.time.seconds() / limit.seconds);
  draft.rests_on(absent).clears_if("The end of the task.");
  j.verdicts.fired(draft.take());
}

void judge_task(const Judging& j, const ResourceLimits& limits, TaskId task) {
  const World& world = j.world;
  if (!in_background_session(world, task)) return;
  const std::optional<double> configured = limits.of(task);
  const Limit limit{configured.value_or(j.thresholds.value("T_RESOURCE")), configured.has_value()};
  const FactIndex end = end_of_task(world, task);
  if (end == kNoFact) {
    mention_old(j, task, limit);
    return;
  }
  if (world.fact(end).code != kTimedOut) return;
  const Waited waited = waited_until(world, task, world.fact(end).t, world.fact(end).domain);
  const bool over = waited.comparable && waited.time.seconds() >= kExceeded * limit.seconds;
  if (over) {
    fire(j, task, end, waited, limit);
  } else if (waited.start == kNoFact || !waited.comparable) {
    undetermined(j, task_subject(world, task), "the task timed out, and when it was resumed is not in the capture",
                 "start recording before the task is made");
  } else {
    j.verdicts.cleared({});  // a request's timeout: terminal-transport-error
  }
}

void mention_short(const Judging& j, const ResourceLimits& limits) {
  const World& world = j.world;
  std::set<SessionId> said;
  for (const auto& [i, limit] : limits.configured()) {
    const Fact& fact = world.fact(i);
    if (limit >= j.thresholds.value("T_SHORT") || !is_background(world, fact.session) || !said.insert(fact.session).second)
      continue;
    Draft draft(j, Severity::info, Confidence::proven, session_subject(world, fact.session, {}), fact.t);
    draft.title(capitalised(session_name(world, fact.session)) + " gives its tasks only " + format_duration(from_seconds(limit)));
    draft.explain(
        "timeoutIntervalForResource counts from resume(), waiting included; in the background the system may wait for hours.");
    draft.evidence(i, "configured here", true).compared("T_SHORT", limit).clears_if("A longer timeout when the session is made.");
    j.verdicts.fired(draft.take());
  }
}

}  // namespace

const RuleInfo& ResourceTimeout::info() const { return kInfo; }

void ResourceTimeout::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  if (is_system_unit(world.unit())) return;
  const Judging j{world, thresholds, verdicts, kInfo};
  const ResourceLimits limits(world);
  mention_short(j, limits);
  for (const TaskId task : world.tasks()) judge_task(j, limits, task);
}

}  // namespace uptrail::analysis
