#include "collector/analysis/rules/task_completed_without_callback.h"

#include <algorithm>
#include <map>

#include "collector/analysis/rules/callback_coverage.h"
#include "collector/analysis/rules/support.h"
#include "collector/analysis/rules/task_ends.h"
#include "collector/analysis/rules/task_life.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "task-completed-without-callback",
    .title = "Task finished, delegate never told",
    .severity = Severity::error,
    .summary =
        "A task finished, the app ran on with its session connected, and didCompleteWithError never came: the app cannot learn "
        "the outcome and the upload is stuck.",
    .needs =
        "the end of the task (nsurlsessiond, CFNetwork, a task listed as completed, or a persisted store), task.did-complete "
        "from the app in every process since then, and the app's life-cycle.",
    .remedy =
        "At launch settle every task that getAllTasks lists as completed (read task.response and task.error) instead of waiting "
        "for its callback; keep one delegate, and do not invalidate the session.",
    .thresholds = {{"T_CB", 30, "s",
                    "run time with the session connected; delivery takes milliseconds, a busy queue some seconds"}},
};

enum class Witness : std::uint8_t { daemon, cfnetwork, listed, stored };

struct Finish {
  FactIndex fact = kNoFact;
  Witness witness = Witness::daemon;
};

// Why no answer is possible, the most telling last.
enum class Doubt : std::uint8_t { no_process, other_clock, not_run, no_session, held, coverage, pending };

struct Trial {
  bool fired = false;
  bool later_gap = false;  // a later process is not recorded without gaps: no more than a hint
  Doubt doubt = Doubt::no_process;
  Finish finish;
  EpochId epoch;
  TimeNs deliverable;
  AbsentAnswer absent;
};

using Listings = std::map<TaskId, std::vector<FactIndex>>;  // answers that list the task as completed

Listings listings_of(const World& world) {
  Listings out;
  for (const FactIndex i : world.of_kind(EventKind::session_tasks_answered)) {
    const auto entries = world.listing(i);
    const auto tasks = world.listed_tasks(i);
    for (std::size_t k = 0; k < entries.size() && k < tasks.size(); ++k) {
      if (tasks[k].valid() && entries[k].state == Word::completed) out[tasks[k]].push_back(i);
    }
  }
  return out;
}

// A retry or a new begin after it: that was not the end.
bool went_on(const World& world, TaskId task, FactIndex finish) {
  for (const FactIndex i : world.of_task(task)) {
    const EventKind kind = world.fact(i).kind;
    const bool on =
        kind == EventKind::daemon_task_retry || kind == EventKind::daemon_task_begin || kind == EventKind::daemon_task_connection;
    if (on && maybe_before(world, finish, i)) return true;
  }
  return false;
}

std::vector<Finish> finishes_of(const World& world, TaskId task, const Listings& listings) {
  std::vector<Finish> out;
  for (const FactIndex i : world.of_task(task)) {
    const Fact& fact = world.fact(i);
    if (fact.kind == EventKind::daemon_task_finished && fact.has(kShared) && !went_on(world, task, i)) {
      out.push_back({i, Witness::daemon});
    } else if (fact.kind == EventKind::task_cfn_finished) {
      out.push_back({i, Witness::cfnetwork});
    } else if (fact.kind == EventKind::store_entry && fact.also != Word::app &&
               (fact.word == Word::completed || fact.has(kShared))) {
      out.push_back({i, Witness::stored});
    }
  }
  const auto listed = listings.find(task);
  if (listed != listings.end()) {
    for (const FactIndex i : listed->second) out.push_back({i, Witness::listed});
  }
  return out;
}

// Cancelled by the app, the user or the system: "may or may not" be told, and other rules tell why.
bool cancelled(const World& world, TaskId task) {
  for (const FactIndex i : world.of_task(task)) {
    const Fact& fact = world.fact(i);
    if (fact.kind == EventKind::task_cancel || fact.kind == EventKind::daemon_task_cancelled) return true;
    const bool end = fact.kind == EventKind::daemon_task_finished || fact.kind == EventKind::task_cfn_finished ||
                     (fact.kind == EventKind::store_entry && fact.also != Word::app);
    if (end && (fact.word == Word::cancelled || fact.reason_key >= 0 || (fact.has(kHasCode) && fact.code == -999))) return true;
  }
  return false;
}

bool is_sign_of_session(EventKind kind) {
  return kind == EventKind::session_create || kind == EventKind::session_tasks_answered || kind == EventKind::session_setup_ok ||
         kind == EventKind::session_tasks_requested || kind == EventKind::session_connection_restored;
}

// From when on the session existed in the process; kNoFact: it was not seen there.
FactIndex session_alive(const World& world, SessionId session, EpochId epoch) {
  if (!session.valid()) return kNoFact;
  for (const FactIndex i : world.of_session(session, epoch)) {
    if (is_sign_of_session(world.fact(i).kind)) return i;
  }
  return world.first_of_tasks(session, epoch, false);
}

// Where a callback that was delivered unseen could lie: a list or a store only says "completed by now".
TimeNs search_start(const World& world, const Finish& finish) {
  const Fact& fact = world.fact(finish.fact);
  const bool exact = finish.witness == Witness::daemon || finish.witness == Witness::cfnetwork;
  return exact || !fact.epoch.valid() ? fact.t : own_begin(world, fact.epoch);
}

// What is the same for all tasks, kept from the first that asks.
struct Kept {
  explicit Kept(const World& world) : callbacks(world) {}
  CallbackCoverage callbacks;
  std::vector<bool> ran_enough;                     // by position of the epoch: at least T_CB in all
  std::map<SessionId, std::vector<EpochId>> alive;  // where each session was seen; ascending
};

Trial try_epoch(const Judging& j, Kept& kept, TaskId task, const Finish& finish, EpochId epoch) {
  const World& world = j.world;
  const Fact& fact = world.fact(finish.fact);
  const SessionId session = task_of(world, task).session;
  Trial trial;
  trial.finish = finish;
  trial.epoch = epoch;
  trial.doubt = Doubt::other_clock;
  if (fact.domain != epoch_of(world, epoch).domain) return trial;
  trial.doubt = Doubt::not_run;
  const TimeNs begin = life_begin(world, epoch);
  if (life_end(world, epoch) <= fact.t) return trial;
  if (finish.witness == Witness::stored && begin > fact.t) return trial;  // copied before this process ran
  trial.doubt = Doubt::no_session;
  const FactIndex alive = session_alive(world, session, epoch);
  if (alive == kNoFact) return trial;
  trial.doubt = Doubt::held;
  trial.deliverable = deliverable_from(world, session, epoch, std::max({fact.t, begin, world.fact(alive).t}));
  if (trial.deliverable == kTimeMax) return trial;
  trial.absent = absent_callback(j, task, epoch, search_start(world, finish), trial.deliverable);
  const CovAnswer later = kept.callbacks.later(session, epoch);
  trial.fired = trial.absent.answer == Absent::yes && later.cov != Cov::no;
  trial.later_gap = later.cov == Cov::partial;
  if (trial.absent.answer == Absent::yes && !trial.fired) trial.absent.coverage = later;
  const bool slept = trial.absent.answer == Absent::pending && trial.absent.waited.ns == 0;
  trial.doubt = slept ? Doubt::not_run : (trial.absent.answer == Absent::pending ? Doubt::pending : Doubt::coverage);
  return trial;
}

// The processes in which session_alive() is a fact.
const std::vector<EpochId>& alive_in(const World& world, Kept& kept, SessionId session) {
  const auto [it, fresh] = kept.alive.try_emplace(session);
  std::vector<EpochId>& out = it->second;
  if (fresh && session.valid()) {
    out = world.epochs_of_tasks(session);
    for (const EpochId epoch : world.epochs_of(session)) {
      if (session_alive(world, session, epoch) != kNoFact) out.push_back(epoch);
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
  }
  return out;
}

// The first of them that is among the others, too; both are ascending.
template <class It>
It first_common(It at, It end, const std::vector<EpochId>& others) {
  while (at != end) {
    const auto next = std::lower_bound(others.begin(), others.end(), *at);
    if (next == others.end()) return end;
    if (*next == *at) return at;
    at = std::lower_bound(at, end, *next);
  }
  return end;
}

// The first process in which the callback is missing; else the trial with the most telling doubt.
Trial best_trial(const Judging& j, Kept& kept, TaskId task, const std::vector<Finish>& finishes) {
  Trial best;
  const std::vector<EpochId>& alive = alive_in(j.world, kept, task_of(j.world, task).session);
  for (const Finish& finish : finishes) {
    const Fact& fact = j.world.fact(finish.fact);
    const auto after = j.world.epochs_in(fact.domain, {fact.t, kTimeMax});
    if (after.size() < j.world.epochs().size()) {
      // The others ended before, or nobody knows.
      const bool before = !j.world.epochs_in(fact.domain, {kTimeMin, fact.t}).empty();
      best.doubt = std::max(best.doubt, before ? Doubt::not_run : Doubt::other_clock);
    }
    for (auto epoch = after.begin();; ++epoch) {
      // Of no use: what it could tell is known.
      if (best.doubt >= Doubt::no_session) epoch = first_common(epoch, after.end(), alive);
      if (epoch == after.end()) break;
      // … and it cannot prove anything.
      const bool settled = best.fired || best.doubt == Doubt::pending;
      if (settled && !kept.ran_enough[epoch->value - j.world.epochs().front().value]) continue;
      Trial trial = try_epoch(j, kept, task, finish, *epoch);
      if (trial.fired && !trial.later_gap) return trial;
      if (trial.fired && !best.fired) best = trial;
      if (!best.fired && trial.doubt > best.doubt) best = std::move(trial);
    }
  }
  return best;
}

bool acknowledged(const World& world, TaskId task) {
  const auto acks = pick_of_task(world, task, {}, {EventKind::daemon_callback_acknowledged});
  return !acks.empty();
}

FactIndex adopted_by(const World& world, TaskId task, const Trial& trial) {
  for (const FactIndex i :
       world.within(world.of_epoch(trial.epoch, EventKind::upload_state), {world.fact(trial.finish.fact).t, kTimeMax})) {
    const Fact& fact = world.fact(i);
    if (fact.task == task && fact.word == Word::uploading && surely_before(world, trial.finish.fact, i)) return i;
  }
  return kNoFact;
}

FactIndex other_delegate(const World& world, SessionId session, EpochId epoch) {
  std::string first;
  for (const FactIndex i : pick_in_session(world, session, epoch, {EventKind::session_create})) {
    const ObjectInfo* info = world.object_info(i);
    if (info == nullptr || info->delegate.empty()) continue;
    if (!first.empty() && info->delegate != first) return i;
    first = info->delegate;
  }
  return kNoFact;
}

FactIndex stuck_delegate(const World& world, EpochId epoch) {
  const auto enters = world.of_epoch(epoch, EventKind::delegate_enter);
  const auto exits = world.of_epoch(epoch, EventKind::delegate_exit);
  const bool open = !enters.empty() && (exits.empty() || exits.back() < enters.back());
  return open ? enters.back() : kNoFact;
}

struct LikelyCause {
  std::string text;  // "": unknown
  FactIndex fact = kNoFact;
  bool invalid = false;  // the session object can deliver nothing any more
};

LikelyCause cause_of(const Judging& j, TaskId task, const Trial& trial) {
  const World& world = j.world;
  const SessionId session = task_of(world, task).session;
  const TimeNs limit = trial.deliverable + j.thresholds.duration("T_CB");
  for (const FactIndex i : pick_in_session(world, session, trial.epoch, {EventKind::session_invalidate})) {
    if (world.fact(i).has(kShared) || world.fact(i).t > limit) continue;
    const auto ends = pick_in_session(world, session, trial.epoch, {EventKind::session_did_become_invalid});
    const bool gone = !ends.empty() && world.fact(ends.front()).t <= trial.deliverable;
    return {"the session was invalidated", i, gone};
  }
  if (const FactIndex i = other_delegate(world, session, trial.epoch); i != kNoFact) {
    return {"the session was created again with another delegate, which is ignored", i, false};
  }
  if (const FactIndex i = stuck_delegate(world, trial.epoch); i != kNoFact) {
    return {"a delegate callback blocks the delegate queue", i, false};
  }
  for (const FactIndex i : pick_in_session(world, session, trial.epoch, {EventKind::session_create})) {
    const ObjectInfo* info = world.object_info(i);
    if (info != nullptr && info->delegate == "nil") return {"the session has no delegate", i, false};
  }
  if (const FactIndex i = adopted_by(world, task, trial); i != kNoFact) {
    return {"the app adopted an already finished task", i, false};
  }
  return {};
}

std::string_view witness_text(Witness witness) {
  switch (witness) {
    case Witness::daemon:
      return "finished in nsurlsessiond";
    case Witness::cfnetwork:
      return "finished in CFNetwork of the app";
    case Witness::listed:
      return "was listed as completed";
    case Witness::stored:
      return "is completed in a persisted store";
  }
  return {};
}

std::string result_text(const World& world, TaskId task, FactIndex finish) {
  const Fact& fact = world.fact(finish);
  const Task& entity = task_of(world, task);
  if (fact.has(kHasCode) && fact.code != 0) return " (error " + std::to_string(fact.code) + ")";
  return entity.status ? " (HTTP " + std::to_string(*entity.status) + ")" : "";
}

void fire(const Judging& j, TaskId task, const Trial& trial) {
  const World& world = j.world;
  const FactIndex finish = trial.finish.fact;
  const SessionId session = task_of(world, task).session;
  const LikelyCause cause = cause_of(j, task, trial);
  const bool proven = cause.invalid || (trial.finish.witness == Witness::daemon && acknowledged(world, task));
  Subject subject = task_subject(world, task);
  subject.epoch = trial.epoch;
  const Confidence sure = proven ? Confidence::proven : Confidence::likely;
  Draft draft(j, Severity::error, trial.later_gap ? Confidence::hint : sure, subject, world.fact(finish).t);
  const std::string name = capitalised(task_name(world, task));
  const std::string how = std::string(witness_text(trial.finish.witness)) + result_text(world, task, finish);
  draft.title(task_name(world, task) + " " + std::string(witness_text(trial.finish.witness)) +
              ", but its delegate was never told");
  draft.explain(name + " " + how + ". " + capitalised(epoch_name(world, trial.epoch)) + " ran " +
                format_duration(trial.absent.waited) + " afterwards with " + session_name(world, session) +
                " connected, and no didCompleteWithError was delivered.");
  if (!cause.text.empty()) draft.explain("Likely cause: " + cause.text + ".");
  if (trial.later_gap) draft.explain("It may have come in a later process, whose log has gaps.");
  draft.evidence(finish, std::string(witness_text(trial.finish.witness)), true);
  draft.evidence(session_alive(world, session, trial.epoch), "the session is alive in the process");
  draft.evidence(cause.fact, cause.text);
  for (const FactIndex i : pick_of_task(world, task, {}, {EventKind::daemon_callback_acknowledged})) {
    draft.evidence(i, "the app process took the end of the task");
  }
  const auto told = pick_in_epoch(world, trial.epoch, {EventKind::task_did_complete});
  for (std::size_t i = 0; i < told.size() && i < kShownEvidence; ++i) {
    if (world.fact(told[i]).session == session) draft.evidence(told[i], "another task's callback, which did come");
  }
  draft.missing(EventKind::task_did_complete, trial.deliverable, "didCompleteWithError for " + task_name(world, task));
  draft.compared("T_CB", trial.absent.waited.seconds()).rests_on(trial.absent);
  draft.clears_if("A task.did-complete for this task, in this process or a later one.");
  j.verdicts.fired(draft.take());
}

void explain_doubt(const Judging& j, TaskId task, const Trial& trial) {
  const Subject subject = task_subject(j.world, task);
  const SessionId session = task_of(j.world, task).session;
  switch (trial.doubt) {
    case Doubt::no_process: {
      undetermined(j, subject, "this capture has no app-side callbacks", std::string(kLoggerAdvice));
      return;
    }
    case Doubt::other_clock:
      undetermined(j, subject, "the clocks of the app's log and of the task's end cannot be compared",
                   "record both logs with one tool, or give the date of the file");
      return;
    case Doubt::not_run:
      undetermined(j, subject, "the app has not run since the task finished", "launch the app once more while recording");
      return;
    case Doubt::no_session:
      undetermined(j, subject,
                   session.valid() ? "the session was not seen in the app since the task finished"
                                   : "the session of the task is not known",
                   "log session.create in the app");
      return;
    case Doubt::held:
      undetermined(j, subject, "nsurlsessiond held the callbacks to the end of the capture", "capture longer");
      return;
    case Doubt::coverage:
      undetermined(j, subject, "cannot see whether didCompleteWithError was called", trial.absent.coverage);
      return;
    case Doubt::pending:
      undetermined(j, subject, "the capture ended too soon after the task finished", "capture 30 s longer with the app running");
      return;
  }
}

void judge_task(const Judging& j, Kept& kept, TaskId task, const Listings& listings) {
  const World& world = j.world;
  const std::vector<Finish> finishes = finishes_of(world, task, listings);
  if (finishes.empty()) return;
  if (first_of(world, task, {EventKind::task_did_complete}) != kNoFact) {
    j.verdicts.cleared({});
    return;
  }
  const Subject subject = task_subject(world, task);
  if (cancelled(world, task)) {
    undetermined(j, subject, "the task was cancelled: its callback is no certainty", "");
    return;
  }
  // In-app callbacks are asked for first: without them nothing else matters.
  if (!kept.callbacks.recorded(task_of(world, task).session)) {
    undetermined(j, subject, "this capture has no app-side callbacks", std::string(kLoggerAdvice));
    return;
  }
  const Trial trial = best_trial(j, kept, task, finishes);
  if (trial.fired) {
    fire(j, task, trial);
  } else {
    explain_doubt(j, task, trial);
  }
}

}  // namespace

const RuleInfo& TaskCompletedWithoutCallback::info() const { return kInfo; }

void TaskCompletedWithoutCallback::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  const Listings listings = listings_of(world);
  Kept kept(world);
  for (const EpochId epoch : world.epochs()) {
    kept.ran_enough.push_back(world.run_time(epoch, {kTimeMin, kTimeMax}) >= thresholds.duration("T_CB"));
  }
  for (const TaskId task : world.tasks()) judge_task(j, kept, task, listings);
}

}  // namespace uptrail::analysis
