#include "collector/analysis/rules/discretionary_demotion.h"

#include <algorithm>
#include <map>

#include "collector/analysis/rules/task_life.h"
#include "collector/analysis/store_facts.h"
#include "collector/model/system_unit.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "discretionary-demotion",
    .title = "Task created in the background is discretionary",
    .severity = Severity::info,
    .summary =
        "A task that is made while the app is in the background is discretionary, whatever the configuration says: the system "
        "sends it when it likes.",
    .needs =
        "nsurlsessiond's line about the task; or its store or Powerlog, with the session's configuration; or task.create and the "
        "app's state at that time.",
    .remedy = "Make tasks while the app is in the foreground.",
    .thresholds = {{"T_STALL_FG", 600, "s", "waiting this long with a network makes it a warning"}},
};

// discretionary = true was asked for when the session was made.
bool was_asked_for(const World& world, SessionId session, bool& said) {
  for (const FactIndex i : world.of_session(session, EventKind::session_create)) {
    const ObjectInfo* info = world.object_info(i);
    if (info == nullptr || info->config.find("discretionary=") == std::string::npos) continue;
    said = true;
    if (info->config.find("discretionary=true") != std::string::npos) return true;
  }
  for (const FactIndex i : world.of_session(session, EventKind::store_session)) {
    const std::string configured = world.text_of(i, Field::discretionary);
    said = said || !configured.empty();
    if (configured == "true") return true;
  }
  return false;
}

// A row of nsurlsessiond's store, or of Powerlog, that calls the task discretionary.
FactIndex stored_as_discretionary(const World& world, TaskId task) {
  const auto facts = world.of_task(task);
  const auto it = std::find_if(facts.begin(), facts.end(), [&](FactIndex i) { return world.fact(i).has(kDiscretionary); });
  return it == facts.end() ? kNoFact : *it;
}

bool is_transfer(const Fact& fact) {
  return fact.kind == EventKind::daemon_task_connection || fact.kind == EventKind::daemon_task_sent ||
         fact.kind == EventKind::daemon_task_response || fact.kind == EventKind::task_progress ||
         fact.kind == EventKind::task_response || is_end(fact);
}

struct Wait {
  TimeNs until;
  FactIndex ended_by = kNoFact;  // kNoFact: the capture ended
  bool network = false;          // there was one all the time, as far as logged
};

Wait wait_after(const World& world, TaskId task, FactIndex from) {
  const Fact& start = world.fact(from);
  Wait out{world.capture_end(start.domain), kNoFact, false};
  for (const FactIndex i : world.of_task(task)) {
    if (!is_transfer(world.fact(i)) || !surely_before(world, from, i)) continue;
    out.until = world.fact(i).t;
    out.ended_by = i;
    break;
  }
  bool before = false;
  bool lost = false;
  // What held when the wait began, and what changed since.
  const auto network = world.of_kind(EventKind::device_network);
  const FactIndex held = last_surely_before(world, network, from);
  const TimeNs since = held == kNoFact ? kTimeMin : world.fact(held).t;
  for (const FactIndex i : world.within(network, {since, out.until})) {
    const Fact& fact = world.fact(i);
    if (fact.domain != start.domain || fact.t >= out.until) continue;
    if (fact.t <= start.t) before = fact.has(kShared);
    if (fact.t > start.t && !fact.has(kShared)) lost = true;
  }
  Scope scope;
  scope.domain = start.domain;
  // A wait that only the end of the capture ends must have been recorded.
  const bool seen =
      out.ended_by != kNoFact || world.cov(EventKind::daemon_task_connection, scope, {start.t, out.until}).cov == Cov::yes;
  out.network = before && !lost && seen && world.cov(EventKind::device_network, scope, {start.t, out.until}).cov == Cov::yes;
  return out;
}

void fire(const Judging& j, TaskId task, FactIndex from, FactIndex line, Confidence confidence) {
  const World& world = j.world;
  const Wait wait = wait_after(world, task, from);
  const DurationNs waited = wait.until - world.fact(from).t;
  const bool long_wait = line != kNoFact && wait.network && waited >= j.thresholds.duration("T_STALL_FG");
  Draft draft(j, long_wait ? Severity::warning : Severity::info, confidence, task_subject(world, task), world.fact(from).t);
  const std::string name = task_name(world, task);
  draft.title(capitalised(name) + (long_wait ? " waited " + format_duration(waited) + ": it is discretionary"
                                             : " is discretionary: made in the background"));
  draft.explain(capitalised(name) +
                (line != kNoFact ? " is discretionary, and the app did not ask for it."
                                 : " was made while the app was in the background.") +
                " The system may hold it until there is Wi-Fi and power.");
  if (long_wait) draft.explain("It waited " + format_duration(waited) + " although there was a network.");
  draft.evidence(first_of(world, task, {EventKind::task_create}), "made here", line == kNoFact);
  const bool stored = line != kNoFact && world.fact(line).kind != EventKind::daemon_discretionary;
  draft.evidence(line, stored ? "stored as discretionary" : "discretionary, opt-in 0", true)
      .evidence(wait.ended_by, "the next sign of the transfer");
  draft.compared("T_STALL_FG", waited.seconds());
  draft.clears_if("discretionary in the session's configuration, or nsurlsessiond's line that the task is not discretionary.");
  j.verdicts.fired(draft.take());
}

// nsurlsessiond says nothing of the task: what is known is where it was made. A state that is not known is no question: it would
// be asked of every task of an app without life-cycle events, about what is by design.
void judge_creation(const Judging& j, TaskId task, FactIndex created) {
  const World& world = j.world;
  const EpochId epoch = world.fact(created).epoch;
  const ProcessState state = epoch.valid() ? state_at(world, epoch, world.fact(created).t) : ProcessState::unknown;
  if (state == ProcessState::background) {
    fire(j, task, created, kNoFact, Confidence::hint);
  } else {
    j.verdicts.cleared({});
  }
}

struct Asked {
  bool asked = false, said = false;
};
using AskedOf = std::map<SessionId, Asked>;

void judge_task(const Judging& j, AskedOf& sessions, TaskId task) {
  const World& world = j.world;
  if (!in_background_session(world, task)) return;
  FactIndex line = kNoFact;
  bool said_otherwise = false;
  bool opted = false;
  for (const FactIndex i : world.of_task(task)) {
    const Fact& fact = world.fact(i);
    if (fact.kind != EventKind::daemon_discretionary) continue;
    opted = opted || (fact.has(kHasNumber) && fact.number != 0);
    said_otherwise = said_otherwise || !fact.has(kShared);
    if (line == kNoFact && fact.has(kShared)) line = i;
  }
  const auto [it, fresh] = sessions.try_emplace(task_of(world, task).session);
  if (fresh) it->second.asked = was_asked_for(world, it->first, it->second.said);
  const bool known = it->second.said;
  const bool asked = opted || it->second.asked;
  // What a store says counts when it is known that the app did not ask for it.
  if (line == kNoFact && known && !asked) line = stored_as_discretionary(world, task);
  const FactIndex created = first_of(world, task, {EventKind::task_create});
  if (asked || (line == kNoFact && (created == kNoFact || said_otherwise))) {
    j.verdicts.cleared({});
  } else if (line == kNoFact) {
    judge_creation(j, task, created);
  } else if (world.fact(line).has(kHasNumber) || known) {
    fire(j, task, line, line, world.fact(line).has(kHasNumber) ? Confidence::proven : Confidence::likely);
  } else {
    undetermined(j, task_subject(world, task), "the task is discretionary, and whether the app asked for it is not known",
                 "log isDiscretionary with session.create");
  }
}

}  // namespace

const RuleInfo& DiscretionaryDemotion::info() const { return kInfo; }

void DiscretionaryDemotion::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  if (is_system_unit(world.unit()) || !has_wakes(world)) return;
  const Judging j{world, thresholds, verdicts, kInfo};
  AskedOf sessions;
  for (const TaskId task : world.tasks()) judge_task(j, sessions, task);
}

}  // namespace uptrail::analysis
