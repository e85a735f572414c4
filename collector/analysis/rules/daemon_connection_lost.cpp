#include "collector/analysis/rules/daemon_connection_lost.h"

#include <algorithm>
#include <map>
#include <set>

#include "collector/analysis/rules/session_holders.h"
#include "collector/analysis/rules/support.h"
#include "collector/analysis/rules/task_ends.h"
#include "collector/analysis/rules/task_life.h"
#include "collector/base/text.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "daemon-connection-lost",
    .title = "Connection to the background transfer service lost",
    .severity = Severity::error,
    .summary =
        "The app's connection to nsurlsessiond broke and was not restored, or could not be set up: tasks end with -997, and new "
        "ones fail at once.",
    .needs =
        "task.did-complete with -997, -996 or -1; or session.connection-lost and session.setup-failed, with "
        "session.connection-restored.",
    .remedy =
        "Retry with a new task in the same session once it is connected again, not in a loop; when the set-up keeps failing, try "
        "again in the next launch.",
    .thresholds = {{"T_FAIL", 5, "s", "a task that ends this soon after its creation was never taken over"},
                   {"N_FAIL", 2, "", "such tasks in one process"},
                   {"T_RESTORE", 30, "s", "run time in which a broken connection is normally restored"},
                   {"T_NEAR", 60, "s", "a break this close explains -997 of a task whose kind is not known"}},
};

constexpr std::int32_t kUnknown = -1;  // NSURLErrorUnknown: "remote session is unavailable"

using Where = std::pair<SessionId, EpochId>;  // a session in one process

struct Failed {
  TaskId task;
  FactIndex created = kNoFact;
  FactIndex end = kNoFact;
  bool at_once = false;  // made in this process and failed within T_FAIL
};

struct Trouble {
  std::vector<Failed> tasks;
  std::vector<FactIndex> refused;  // task.create-failed(daemon)
  std::vector<FactIndex> breaks;   // connection-lost and setup-failed
};

bool is_break(const Fact& fact) {
  if (fact.kind == EventKind::session_connection_lost) return true;
  return fact.kind == EventKind::session_setup_failed && fact.code != kNeedsContainer && fact.code != kInUse;
}

// Kinds that a disconnection ends by design.
bool dies_with_app(const Task& task) {
  return task.kind == "data" || task.kind == "stream" || task.kind == "websocket" || task.kind == "upload-stream";
}

bool is_failure(const Fact& fact) {
  return fact.has(kHasCode) && (fact.code == kDisconnected || fact.code == kInUse || fact.code == kUnknown);
}

std::map<Where, Trouble> troubles_of(const Judging& j, const TaskLives& lives) {
  const World& world = j.world;
  std::map<Where, Trouble> out;
  for (const auto& [session, own] : lives) {
    for (const TaskLife& life : own) {
      const FactIndex end = life.told != kNoFact ? life.told : life.finished;
      if (end == kNoFact || !is_failure(world.fact(end)) || dies_with_app(task_of(world, life.task))) continue;
      const EpochId epoch = world.fact(end).epoch;
      const bool here = life.created != kNoFact && epoch.valid() && world.fact(life.created).epoch == epoch;
      const bool at_once = here && near_in_time(world, life.created, end, j.thresholds.duration("T_FAIL"));
      out[{session, epoch}].tasks.push_back({life.task, life.created, end, at_once});
    }
  }
  for (const FactIndex i : world.of_kind(EventKind::task_create_failed)) {
    const Fact& fact = world.fact(i);
    if (fact.word == Word::daemon && fact.session.valid() && fact.epoch.valid())
      out[{fact.session, fact.epoch}].refused.push_back(i);
  }
  for (const EventKind kind : {EventKind::session_connection_lost, EventKind::session_setup_failed}) {
    for (const FactIndex i : world.of_kind(kind)) {
      const Fact& fact = world.fact(i);
      if (is_break(fact) && fact.session.valid() && fact.epoch.valid()) out[{fact.session, fact.epoch}].breaks.push_back(i);
    }
  }
  for (auto& [where, trouble] : out) std::sort(trouble.breaks.begin(), trouble.breaks.end());
  return out;
}

// Another process has the session: that is told by session-identifier-in-two-processes.
bool taken_by_other(const World& world, const Holders& holders, SessionId session, EpochId epoch, FactIndex at) {
  const auto facts = world.of_session(session, EventKind::daemon_session_refused);
  const bool refused = std::any_of(facts.begin(), facts.end(), [&](FactIndex i) { return is_refusal(world.fact(i)); });
  return refused || holders.other(session, epoch, at).held != Held::no;
}

FactIndex break_near(const Judging& j, const Trouble& trouble, FactIndex end) {
  for (const FactIndex i : trouble.breaks) {
    if (near_in_time(j.world, i, end, j.thresholds.duration("T_NEAR"))) return i;
  }
  return kNoFact;
}

void describe_daemon(Draft& draft, const World& world, FactIndex at) {
  for (const EventKind kind : {EventKind::daemon_exit, EventKind::daemon_start}) {
    for (const FactIndex i : world.within(world.of_kind(kind), {world.fact(at).t - minutes(1), world.fact(at).t + minutes(1)})) {
      if (near_in_time(world, i, at, minutes(1)))
        draft.evidence(i, kind == EventKind::daemon_exit ? "nsurlsessiond ended" : "nsurlsessiond started");
    }
  }
}

void fire_task(const Judging& j, const Trouble& trouble, const Failed& failed, std::size_t at_once) {
  const World& world = j.world;
  const Fact& end = world.fact(failed.end);
  const bool known_kind = !task_of(world, failed.task).kind.empty();
  Subject subject = task_subject(world, failed.task);
  subject.epoch = end.epoch;
  const bool together = failed.at_once && at_once >= 2;
  Draft draft(j, Severity::error, known_kind || together ? Confidence::proven : Confidence::likely, subject, end.t);
  const std::string name = task_name(world, failed.task);
  draft.title("Connection to the transfer service lost: " + name + " ended with " + std::to_string(end.code));
  draft.explain(capitalised(name) + " ended with error " + std::to_string(end.code) + ".");
  if (together) {
    draft.explain(count_of(at_once, "task") + " of this process failed within seconds of their creation (new-tasks-fail).");
    draft.compared("N_FAIL", static_cast<double>(at_once));
  } else {
    draft.explain("nsurlsessiond no longer knew it (tasks-lost).");
  }
  const FactIndex cause = break_near(j, trouble, failed.end);
  draft.evidence(cause,
                 world.fact(cause == kNoFact ? failed.end : cause).kind == EventKind::session_setup_failed
                     ? "the session could not be set up"
                     : "the connection was lost",
                 true);
  draft.evidence(failed.created, "created").evidence(failed.end, "ended with " + std::to_string(end.code), cause == kNoFact);
  describe_daemon(draft, world, failed.end);
  draft.clears_if("Proof that it was a data task, which ends with the connection by design.");
  j.verdicts.fired(draft.take());
}

void fire_refused(const Judging& j, const Where& where, const Trouble& trouble) {
  const World& world = j.world;
  const FactIndex first = trouble.refused.front();
  Draft draft(j, Severity::error, Confidence::proven, session_subject(world, where.first, where.second), world.fact(first).t);
  draft.title("No task can be created in " + session_name(world, where.first) + ": the transfer service is unavailable");
  draft.explain(count_of(trouble.refused.size(), "task") +
                " could not be created: the remote session is unavailable (new-tasks-fail).");
  for (std::size_t i = 0; i < trouble.refused.size() && i < kShownEvidence; ++i) {
    draft.evidence(trouble.refused[i], "could not be created", i == 0);
  }
  for (const FactIndex i : trouble.breaks) draft.evidence(i, "the connection failed");
  describe_daemon(draft, world, first);
  draft.compared("N_FAIL", static_cast<double>(trouble.refused.size()));
  draft.clears_if("Another process that holds the session.");
  j.verdicts.fired(draft.take());
}

// True: something was said about the tasks.
bool judge_tasks(const Judging& j, const Holders& holders, const Where& where, const Trouble& trouble) {
  const World& world = j.world;
  const auto at_once = static_cast<std::size_t>(
      std::count_if(trouble.tasks.begin(), trouble.tasks.end(), [](const Failed& f) { return f.at_once; }));
  bool said = false;
  for (const Failed& failed : trouble.tasks) {
    const bool lost = world.fact(failed.end).code == kDisconnected;
    const bool all_fail = failed.at_once && static_cast<double>(at_once) >= j.thresholds.value("N_FAIL");
    if (!lost && !all_fail) continue;  // one -1 or -996 has other reasons, too
    if (!lost && taken_by_other(world, holders, where.first, where.second, failed.end)) continue;
    said = true;
    if (task_of(world, failed.task).kind.empty() && !all_fail && break_near(j, trouble, failed.end) == kNoFact) {
      undetermined(j, task_subject(world, failed.task),
                   "a task ended with -997, but its kind is not known: data tasks end so by design",
                   "log the kind in task.create");
    } else {
      fire_task(j, trouble, failed, all_fail ? at_once : 0);
    }
  }
  if (static_cast<double>(trouble.refused.size()) >= j.thresholds.value("N_FAIL") &&
      !taken_by_other(world, holders, where.first, where.second, trouble.refused.front())) {
    fire_refused(j, where, trouble);
    said = true;
  }
  return said;
}

// Work that shows the connections of sessions alive, or that they were given up on purpose; from the first question about a
// session on.
class SignsOfWork {
 public:
  SignsOfWork(const World& world, const TaskLives& lives) : world_(world), lives_(lives) {}

  bool works_again(const Where& where, FactIndex broken) {
    if (looked_at_.insert(where.first).second) look_at(where.first);
    const auto any = [&](const Where& here) {
      const auto signs = signs_.find(here);
      if (given_up_.contains(here)) return true;
      if (signs == signs_.end()) return false;
      const auto later = world_.within(signs->second, {world_.fact(broken).t, kTimeMax});
      return std::any_of(later.begin(), later.end(), [&](FactIndex i) { return maybe_before(world_, broken, i); });
    };
    return any(where) || any({where.first, EpochId{}});
  }

 private:
  static bool connects(EventKind kind) {
    return kind == EventKind::session_connection_restored || kind == EventKind::session_setup_ok ||
           kind == EventKind::session_create || kind == EventKind::daemon_client_connected ||
           kind == EventKind::daemon_session_reconnected || kind == EventKind::daemon_session_created;
  }
  static bool moves(const Fact& fact) {
    return fact.kind == EventKind::task_progress || fact.kind == EventKind::task_response || fact.kind == EventKind::task_data ||
           fact.kind == EventKind::daemon_callback_acknowledged || fact.kind == EventKind::daemon_task_enqueued ||
           (fact.kind == EventKind::task_did_complete && !is_failure(fact));
  }

  void look_at(SessionId session) {
    for (const FactIndex i : world_.of_session(session)) {
      const Fact& fact = world_.fact(i);
      const Where where{session, fact.epoch};
      if (fact.kind == EventKind::session_invalidate || fact.kind == EventKind::session_did_become_invalid) {
        given_up_.insert(where);
      } else if (connects(fact.kind)) {
        signs_[where].push_back(i);
      }
    }
    for (const TaskLife& life : lives_in(lives_, session)) {
      for (const FactIndex i : world_.of_task(life.task)) {
        const Fact& fact = world_.fact(i);
        if (moves(fact)) signs_[{session, fact.epoch}].push_back(i);
      }
    }
    for (auto it = signs_.lower_bound({session, EpochId{0}}); it != signs_.end() && it->first.first == session; ++it) {
      std::sort(it->second.begin(), it->second.end());
    }
  }

  const World& world_;
  const TaskLives& lives_;
  std::set<SessionId> looked_at_;
  std::set<Where> given_up_;
  std::map<Where, std::vector<FactIndex>> signs_;  // ascending; in no process: nsurlsessiond's
};

void judge_break(const Judging& j, SignsOfWork& signs, const Where& where, FactIndex broken, std::span<const TaskLife> lives) {
  const World& world = j.world;
  const Subject subject = session_subject(world, where.first, where.second);
  const auto needs = [&](const TaskLife& life) { return life.first != kNoFact && life.end() == kNoFact; };
  if (signs.works_again(where, broken) || std::none_of(lives.begin(), lives.end(), needs)) {
    j.verdicts.cleared(subject);
    return;
  }
  World::AbsentQuery query;
  query.kinds = {EventKind::session_connection_restored};
  query.match = [](const Fact&) { return true; };
  query.among = world.of_session(where.first);
  query.scope.session = where.first;
  query.scope.epoch = where.second;
  query.span = {world.fact(broken).t, life_end(world, where.second)};
  query.run_from = query.span.start;
  query.T = j.thresholds.duration("T_RESTORE");
  const AbsentAnswer absent = world.absent(query);
  if (absent.answer == Absent::unknown) {
    undetermined(j, subject, "cannot see whether the connection was restored", absent.coverage);
  } else if (absent.answer == Absent::pending) {
    undetermined(j, subject, "the capture ends too soon after the connection was lost",
                 "capture 30 s longer with the app running");
  } else if (absent.answer == Absent::yes) {
    Draft draft(j, Severity::warning, Confidence::likely, subject, world.fact(broken).t);
    const std::string name = session_name(world, where.first);
    const bool setup = world.fact(broken).kind == EventKind::session_setup_failed;
    draft.title(setup ? capitalised(name) + " could not be connected to the transfer service"
                      : "The transfer service's connection to " + name + " was lost and not restored");
    draft.explain("In " + format_duration(absent.waited) + " of run time the connection was not restored; tasks of " + name +
                  " are outstanding.");
    draft.evidence(broken, setup ? "the set-up failed" : "the connection was lost", true);
    describe_daemon(draft, world, broken);
    draft.missing(EventKind::session_connection_restored, world.fact(broken).t, "CFNetwork connects again");
    draft.compared("T_RESTORE", absent.waited.seconds()).rests_on(absent);
    draft.clears_if("A session.connection-restored, or any progress of a task of the session.");
    j.verdicts.fired(draft.take());
  } else {
    j.verdicts.cleared(subject);
  }
}

// -996 with no other process in sight: nobody is blamed.
void judge_in_use(const Judging& j, const Holders& holders, SessionId session) {
  const World& world = j.world;
  for (const FactIndex i : world.of_session(session)) {
    const Fact& fact = world.fact(i);
    const bool error = fact.kind == EventKind::session_setup_failed || fact.kind == EventKind::session_did_become_invalid;
    if (!error || fact.code != kInUse || !fact.epoch.valid()) continue;
    if (!taken_by_other(world, holders, session, fact.epoch, i)) {
      Draft draft(j, Severity::warning, Confidence::hint, session_subject(world, session, fact.epoch), fact.t);
      draft.title(capitalised(session_name(world, session)) + " could not be connected (-996)");
      draft.explain("The error says that another process uses the session; none is in the capture.");
      draft.evidence(i, "error -996", true).clears_if("The other process, in the system's log or the extension's.");
      j.verdicts.fired(draft.take());
    }
    return;
  }
}

}  // namespace

const RuleInfo& DaemonConnectionLost::info() const { return kInfo; }

void DaemonConnectionLost::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  const TaskLives lives = task_lives(world);
  const Holders holders(world);
  SignsOfWork signs(world, lives);
  for (const auto& [where, trouble] : troubles_of(j, lives)) {
    if (!is_background(world, where.first)) continue;
    const bool said = judge_tasks(j, holders, where, trouble);
    if (!said && !trouble.breaks.empty()) judge_break(j, signs, where, trouble.breaks.back(), lives_in(lives, where.first));
  }
  for (const SessionId session : world.sessions()) judge_in_use(j, holders, session);
}

}  // namespace uptrail::analysis
