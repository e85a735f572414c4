#include "collector/analysis/rules/session_invalidated_on_every_launch.h"

#include <algorithm>
#include <map>

#include "collector/analysis/rules/support.h"
#include "collector/analysis/rules/task_ends.h"
#include "collector/analysis/rules/task_life.h"
#include "collector/base/text.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "session-invalidated-on-every-launch",
    .title = "Session invalidated at start-up",
    .severity = Severity::warning,
    .summary =
        "The app begins with a clean slate: it invalidates its background session at launch, which cancels the uploads of the "
        "previous run and leaves the session unusable until the next launch.",
    .needs = "app.launch and session.invalidate from the app; the session's tasks for the severity.",
    .remedy = "Keep the session; at launch ask for its tasks and cancel the ones that are not wanted.",
    .thresholds = {{"T_LAUNCH", 10, "s", "after the launch: code that runs at start-up"},
                   {"N_LAUNCHES", 2, "", "launches in a row, when no task was hurt"}},
};

// One launch and what it did to the session.
struct Launch {
  EpochId epoch;
  FactIndex launch = kNoFact;
  FactIndex invalidated = kNoFact;  // at start-up, before the session was used
};

// Where tasks of the session were made and told of, by process.
std::map<EpochId, std::vector<FactIndex>> uses_of(const World& world, std::span<const TaskLife> lives) {
  std::map<EpochId, std::vector<FactIndex>> out;
  for (const TaskLife& life : lives) {
    for (const FactIndex i : {life.created, life.told}) {
      if (i != kNoFact) out[world.fact(i).epoch].push_back(i);
    }
  }
  return out;
}

// The session was used in this process before: what follows is no clean slate.
bool used_before(const World& world, SessionId session, EpochId epoch, FactIndex at, std::span<const FactIndex> uses) {
  const auto before = [&](FactIndex i) { return maybe_before(world, i, at); };
  const auto finished = pick_in_session(world, session, epoch, {EventKind::session_did_finish_events});
  return std::any_of(finished.begin(), finished.end(), before) || std::any_of(uses.begin(), uses.end(), before);
}

std::vector<Launch> launches_of(const Judging& j, SessionId session, std::span<const TaskLife> lives) {
  const World& world = j.world;
  const auto uses = uses_of(world, lives);
  std::vector<Launch> out;
  for (const EpochId epoch : world.epochs_of(session)) {
    Launch launch{epoch, launch_of(world, epoch), kNoFact};
    if (launch.launch == kNoFact) continue;
    const auto used = uses.find(epoch);
    const auto own = used == uses.end() ? std::span<const FactIndex>() : std::span<const FactIndex>(used->second);
    for (const FactIndex i : pick_in_session(world, session, epoch, {EventKind::session_invalidate})) {
      if (world.fact(i).has(kShared) || launch.invalidated != kNoFact) continue;
      const bool soon =
          maybe_before(world, launch.launch, i) && near_in_time(world, launch.launch, i, j.thresholds.duration("T_LAUNCH"));
      if (soon && !used_before(world, session, epoch, i, own)) launch.invalidated = i;
    }
    out.push_back(launch);
  }
  std::stable_sort(out.begin(), out.end(), [&](const Launch& a, const Launch& b) {
    const Fact& x = world.fact(a.launch);
    const Fact& y = world.fact(b.launch);
    return std::pair(x.domain, x.t) < std::pair(y.domain, y.t);
  });
  return out;
}

// Tasks of earlier runs that were outstanding, or finished and not delivered, when the session was invalidated.
std::vector<TaskId> hurt(const World& world, const Launch& launch, std::span<const TaskLife> lives) {
  std::vector<TaskId> out;
  if (world.fact(launch.invalidated).word == Word::finish) return out;  // running tasks go on
  for (const TaskLife& life : lives) {
    if (life.first == kNoFact || !surely_before(world, life.first, launch.launch)) continue;
    const bool waiting = life.finished != kNoFact && surely_before(world, life.finished, launch.invalidated) &&
                         (life.told == kNoFact || surely_before(world, launch.invalidated, life.told));
    const bool cancelled = ended_cancelled(world, life) && surely_outstanding(world, life, launch.invalidated);
    if (waiting || cancelled) out.push_back(life.task);
  }
  return out;
}

void fire(const Judging& j, SessionId session, const std::vector<Launch>& hits, const std::vector<TaskId>& tasks, bool woken) {
  const World& world = j.world;
  const bool grave = woken || !tasks.empty();
  const Launch& first = hits.front();
  Draft draft(j, grave ? Severity::error : Severity::warning, Confidence::proven, session_subject(world, session, first.epoch),
              world.fact(first.invalidated).t);
  const std::string name = session_name(world, session);
  draft.title(hits.size() > 1 ? capitalised(name) + " is invalidated at every launch"
                              : capitalised(name) + " was invalidated at launch");
  draft.explain(capitalised(name) + " was invalidated " +
                format_duration(world.fact(first.invalidated).t - world.fact(first.launch).t) + " after " +
                (hits.size() > 1 ? "the launch, in " + count_of(hits.size(), "launch", "launches") + "." : "the launch."));
  if (woken) draft.explain("The process had been launched for this session's events.");
  if (!tasks.empty()) {
    draft.explain(count_of(tasks.size(), "upload task") + " of the previous run was lost with it.");
    draft.number("tasks lost", static_cast<double>(tasks.size()));
    for (std::size_t i = 0; i < tasks.size() && i < kShownEvidence; ++i) {
      draft.evidence(world.life_of(tasks[i]).end(), task_name(world, tasks[i]) + " ended");
    }
  }
  for (std::size_t i = 0; i < hits.size() && i < kShownEvidence; ++i) {
    draft.evidence(hits[i].launch, "launched").evidence(hits[i].invalidated, "invalidated", i == 0);
  }
  draft.compared("T_LAUNCH", (world.fact(first.invalidated).t - world.fact(first.launch).t).seconds());
  draft.compared("N_LAUNCHES", static_cast<double>(hits.size()));
  draft.clears_if("Use of the session before its invalidation: then it was no start-up code.");
  j.verdicts.fired(draft.take());
}

bool for_session_events(const World& world, const Launch& launch) {
  return world.fact(launch.launch).word == Word::bg_urlsession && world.fact(launch.invalidated).word != Word::finish;
}

void judge_session(const Judging& j, SessionId session, std::span<const TaskLife> lives) {
  const World& world = j.world;
  const std::vector<Launch> launches = launches_of(j, session, lives);
  std::vector<Launch> run;  // hits in a row, the longest
  std::vector<Launch> now;
  bool woken = false;
  std::vector<TaskId> lost;
  for (const Launch& launch : launches) {
    if (launch.invalidated == kNoFact) {
      now.clear();
      continue;
    }
    now.push_back(launch);
    if (now.size() > run.size()) run = now;
    woken = woken || for_session_events(world, launch);
    for (const TaskId task : hurt(world, launch, lives)) lost.push_back(task);
  }
  if (!run.empty() && (woken || !lost.empty() || static_cast<double>(run.size()) >= j.thresholds.value("N_LAUNCHES"))) {
    fire(j, session, run, lost, woken);
  } else if (!launches.empty()) {
    j.verdicts.cleared({});
  } else if (const auto all = pick_in_session(world, session, {}, {EventKind::session_invalidate});
             std::any_of(all.begin(), all.end(), [&](FactIndex i) { return !world.fact(i).has(kShared); })) {
    undetermined(j, session_subject(world, session, world.fact(all.front()).epoch),
                 "the session was invalidated, but the launch of the process is not in the capture",
                 "start the capture before the app is launched");
  }
}

}  // namespace

const RuleInfo& SessionInvalidatedOnEveryLaunch::info() const { return kInfo; }

void SessionInvalidatedOnEveryLaunch::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  const TaskLives lives = task_lives(world);
  for (const SessionId session : world.sessions()) {
    if (is_background(world, session)) judge_session(j, session, lives_in(lives, session));
  }
}

}  // namespace uptrail::analysis
