#include "collector/analysis/rules/task_lost_on_force_quit.h"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "collector/analysis/rules/spans_at.h"
#include "collector/analysis/rules/support.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "task-lost-on-force-quit",
    .title = "Task cancelled because the user closed the app",
    .severity = Severity::warning,
    .summary = "Closing the app in the app switcher cancels its background tasks, and the system does not wake the app for them.",
    .needs = "task.did-complete with -999 and cancelled-reason 0, or the force quit itself and what the next launch found.",
    .remedy = "At launch enqueue uploads again whose task ended with -999 and cancelled-reason 0, once, and tell the user.",
    .thresholds = {{"T_APPSTATE", 60, "s",
                    "run time after the next launch in which the app notices the loss (else severity error)"}},
};

constexpr std::int32_t kCancelled = -999;

struct Loss {
  TaskId task;
  FactIndex quit = kNoFact;  // the force quit; kNoFact: only its effect was seen
  FactIndex end = kNoFact;   // -999, or the complete list without the task
  Confidence confidence = Confidence::proven;
};

bool is_terminal(const Fact& fact) {
  return fact.kind == EventKind::task_did_complete || fact.kind == EventKind::task_cfn_finished ||
         (fact.kind == EventKind::daemon_task_finished && fact.has(kShared));
}

bool is_cancelled(const Fact& fact) { return fact.has(kHasCode) && fact.code == kCancelled; }

// A wake or background launch before the user's next launch contradicts a force quit: the line was wrong.
bool contradicted(const World& world, FactIndex quit) {
  FactIndex user = kNoFact;
  const auto launches = world.within(world.of_kind(EventKind::app_launch), {world.fact(quit).t, kTimeMax});
  for (const FactIndex i : launches) {
    const Word reason = world.fact(i).word;
    const bool by_user = reason != Word::bg_urlsession && reason != Word::bg_other && reason != Word::prewarm;
    if (by_user && surely_before(world, quit, i)) {
      user = i;
      break;
    }
  }
  const Interval until_user{world.fact(quit).t, user == kNoFact ? kTimeMax : world.fact(user).t};
  const auto against = [&](FactIndex i) {
    return surely_before(world, quit, i) && (user == kNoFact || surely_before(world, i, user));
  };
  for (const FactIndex i : world.within(launches, until_user)) {
    if (world.fact(i).word == Word::bg_urlsession && against(i)) return true;
  }
  for (const FactIndex i : world.within(world.of_kind(EventKind::daemon_wake_requested), until_user)) {
    if (against(i)) return true;
  }
  return false;
}

std::vector<FactIndex> force_quits(const World& world) {
  std::vector<FactIndex> out;
  for (const EventKind kind : {EventKind::app_force_quit, EventKind::daemon_force_quit_noticed}) {
    for (const FactIndex i : world.of_kind(kind)) {
      if (!contradicted(world, i)) out.push_back(i);
    }
  }
  return out;
}

bool listed(const World& world, FactIndex answer, TaskId task) {
  const auto tasks = world.listed_tasks(answer);
  return std::find(tasks.begin(), tasks.end(), task) != tasks.end();
}

// Between its last sign of life and then a complete list was without it: it was gone already.
bool gone_before(const World& world, TaskId task, FactIndex last, FactIndex at) {
  const SessionId session = task_of(world, task).session;
  const auto all = session.valid() ? world.of_session(session, EventKind::session_tasks_answered)
                                   : world.of_kind(EventKind::session_tasks_answered);
  const auto answers = world.within(all, {world.fact(last).t, world.fact(at).t});
  return std::any_of(answers.begin(), answers.end(), [&](FactIndex i) {
    const Fact& fact = world.fact(i);
    return fact.session == session && fact.has(kShared) && surely_before(world, last, i) && maybe_before(world, i, at) &&
           !listed(world, i, task);
  });
}

// Something happened to the task before, and nothing that may be its end.
bool alive_at(const World& world, TaskId task, FactIndex at) {
  FactIndex last = kNoFact;
  for (const FactIndex i : world.of_task(task)) {
    const Fact& fact = world.fact(i);
    if (is_terminal(fact) && maybe_before(world, i, at)) return false;
    if (fact.kind == EventKind::task_cancel && maybe_before(world, i, at)) return false;
    const bool belief = fact.kind == EventKind::store_entry || fact.kind == EventKind::upload_state;
    if (!belief && surely_before(world, i, at)) last = i;
  }
  return last != kNoFact && !gone_before(world, task, last, at);
}

// Its end would have been seen between its last sign of life and then. The app cannot vouch for that: a task may end while the
// app is suspended, or its callback may be lost. Only nsurlsessiond sees every end, and in a gap of its log one may hide.
bool known_alive(const World& world, TaskId task, FactIndex at) {
  FactIndex last = kNoFact;
  for (const FactIndex i : world.of_task(task)) {
    if (surely_before(world, i, at)) last = i;
  }
  const TimeNs until = world.fact(at).t;
  const TimeNs since = last == kNoFact ? until : world.fact(last).t;
  return covered(world, EventKind::daemon_task_finished, task_of(world, task).session, {}, since, until);
}

FactIndex listing_without(const World& world, TaskId task, FactIndex quit) {
  const SessionId session = task_of(world, task).session;
  const auto all = session.valid() ? world.of_session(session, EventKind::session_tasks_answered)
                                   : world.of_kind(EventKind::session_tasks_answered);
  for (const FactIndex i : world.within(all, {world.fact(quit).t, kTimeMax})) {
    const Fact& fact = world.fact(i);
    if (fact.session != session || !fact.has(kShared) || !fact.epoch.valid()) continue;
    if (surely_before(world, quit, i) && life_begin(world, fact.epoch) >= world.fact(quit).t && !listed(world, i, task)) return i;
  }
  return kNoFact;
}

// The -999 that names the user as its reason, or that followed the force quit.
FactIndex cancellation_of(const World& world, TaskId task, FactIndex quit) {
  FactIndex daemon = kNoFact;
  for (const FactIndex i : world.of_task(task)) {
    const Fact& fact = world.fact(i);
    if (!is_terminal(fact) || !is_cancelled(fact) || fact.reason_key > 0) continue;
    const bool by_reason = fact.reason_key == 0;
    const bool by_time = quit != kNoFact && surely_before(world, quit, i);
    if (!by_reason && !by_time) continue;
    if (fact.kind == EventKind::task_did_complete) return i;
    if (daemon == kNoFact) daemon = i;
  }
  return daemon;
}

bool ended_otherwise(const World& world, TaskId task) {
  const auto facts = world.of_task(task);
  return std::any_of(facts.begin(), facts.end(), [&](FactIndex i) {
    const Fact& fact = world.fact(i);
    return is_terminal(fact) && !(is_cancelled(fact) && fact.reason_key <= 0);
  });
}

// The process in which the loss could be noticed: where the end was seen, else the first that began after the quit.
EpochId next_process(const World& world, const Loss& loss) {
  if (loss.end != kNoFact && world.fact(loss.end).epoch.valid() && world.fact(loss.end).kind != EventKind::daemon_task_finished) {
    return world.fact(loss.end).epoch;
  }
  const FactIndex from = loss.quit != kNoFact ? loss.quit : loss.end;
  for (const EpochId id : world.epochs_in(world.fact(from).domain, {world.fact(from).t, kTimeMax})) {
    if (life_begin(world, id) > world.fact(from).t) return id;
  }
  return {};
}

AbsentAnswer absent_of_upload(const Judging& j, const Loss& loss, EpochId epoch, EventKind kind, FactIndex after, TimeNs start) {
  const World& world = j.world;
  const UploadId upload = task_of(world, loss.task).upload;
  const EventId anchor = world.fact(after).event;
  const TaskId lost = loss.task;
  World::AbsentQuery query;
  query.kinds = {kind};
  query.match = [=](const Fact& fact) {
    return fact.event != anchor && fact.t >= start && (fact.kind != EventKind::task_create || fact.task != lost);
  };
  query.among = world.of_upload(upload);
  query.scope.session = task_of(world, loss.task).session;
  query.scope.epoch = epoch;
  query.span = {start, life_end(world, epoch)};
  query.run_from = std::max(start, life_begin(world, epoch));
  query.T = j.thresholds.duration("T_APPSTATE");
  return world.absent(query);
}

// The app still shows the upload as running long after its next launch, and has made no new task for it.
bool unnoticed(const Judging& j, const Loss& loss, AbsentAnswer& answer) {
  const World& world = j.world;
  const UploadId upload = task_of(world, loss.task).upload;
  const EpochId epoch = next_process(world, loss);
  if (!upload.valid() || !epoch.valid()) return false;
  FactIndex state = kNoFact;
  for (const FactIndex i : world.of_upload(upload)) {
    if (world.fact(i).kind == EventKind::upload_state) state = i;
  }
  if (state == kNoFact || world.fact(state).word != Word::uploading) return false;
  answer = absent_of_upload(j, loss, epoch, EventKind::upload_state, state, world.fact(state).t);
  const AbsentAnswer created = absent_of_upload(j, loss, epoch, EventKind::task_create, state, own_begin(world, epoch));
  return answer.answer == Absent::yes && created.answer == Absent::yes;
}

// What the losses of one force quit have in common: the quit; when it was not logged, the end of the process before the one in
// which the app was told, or the launch of that one.
FactIndex common_event(const World& world, const Loss& loss) {
  if (loss.quit != kNoFact) return loss.quit;
  const EpochId told = world.fact(loss.end).epoch;
  if (!told.valid()) return kNoFact;
  const FactIndex launch = launch_of(world, told);
  const FactIndex from = launch != kNoFact ? launch : loss.end;
  const auto ends = world.within(world.of_kind(EventKind::app_terminate), {kTimeMin, world.fact(from).t});
  const auto ended = std::find_if(ends.rbegin(), ends.rend(), [&](FactIndex i) {
    const bool same_app =
        world.fact(i).epoch.valid() && epoch_of(world, world.fact(i).epoch).process == epoch_of(world, told).process;
    return same_app && surely_before(world, i, from);
  });
  return ended != ends.rend() ? *ended : launch;
}

std::string common_note(const World& world, const Loss& loss) {
  const FactIndex i = common_event(world, loss);
  if (i == kNoFact || loss.quit != kNoFact) return "closed by the user";
  return world.fact(i).kind == EventKind::app_launch ? "the next launch, in which the app is told" : "the process ended here";
}

// How many tasks the same force quit ended. Counted once for each, and only over the tasks that were there.
class LostTogether {
 public:
  explicit LostTogether(const World& world) : world_(world) {
    for (const TaskId task : world.tasks()) {
      const auto facts = world.of_task(task);
      if (facts.empty()) continue;
      TimeNs end = kTimeMax;
      for (const FactIndex i : facts) {
        const Fact& fact = world.fact(i);
        if (is_terminal(fact) || fact.kind == EventKind::task_cancel) end = std::min(end, fact.t);
      }
      lives_.add(world.one_clock() ? world.fact(facts.front()).t : kTimeMin, world.one_clock() ? end : kTimeMax, task.value);
      if (const FactIndex i = cancellation_of(world, task, kNoFact); i != kNoFact) ++cancelled_[world.fact(i).epoch];
    }
    lives_.finish();
  }
  // Tasks that may have been alive then: calls use(task) for each.
  template <class Use>
  void around(FactIndex at, Use use) const {
    lives_.visit(world_.fact(at).t, world_.fact(at).t, [&](std::uint32_t id) {
      use(TaskId{id});
      return true;
    });
  }
  std::size_t count(const Loss& loss) {
    if (loss.quit == kNoFact) return std::max<std::size_t>(loss.end == kNoFact ? 0 : cancelled_[world_.fact(loss.end).epoch], 1);
    const auto known = at_quit_.find(loss.quit);
    if (known != at_quit_.end()) return known->second;
    std::size_t alive = 0;
    around(loss.quit, [&](TaskId task) { alive += alive_at(world_, task, loss.quit) ? 1 : 0; });
    return at_quit_[loss.quit] = std::max<std::size_t>(alive, 1);
  }

 private:
  const World& world_;
  SpansAt lives_;
  std::map<EpochId, std::size_t> cancelled_;
  std::map<FactIndex, std::size_t> at_quit_;
};

void fire(const Judging& j, LostTogether& together, const Loss& loss) {
  const World& world = j.world;
  const FactIndex common = common_event(world, loss);
  const FactIndex at = loss.quit != kNoFact ? loss.quit : loss.end;
  AbsentAnswer noticed;
  const bool blind = unnoticed(j, loss, noticed);
  Draft draft(j, blind ? Severity::error : Severity::warning, loss.confidence, task_subject(world, loss.task), world.fact(at).t);
  const std::string name = task_name(world, loss.task);
  const bool list = world.fact(loss.end).kind == EventKind::session_tasks_answered;
  draft.title(name + " lost: the user closed the app" + (blind ? ", and the app has not noticed" : ""));
  draft.explain("The user closed the app in the app switcher; iOS cancelled " + name + " and will not wake the app for it.");
  if (list) {
    draft.explain("In the next launch the session's complete list no longer has the task.");
  } else {
    draft.explain("The task ended with -999" +
                  std::string(world.fact(loss.end).reason_key == 0 ? " and cancelled-reason 0 (closed by the user)." : "."));
  }
  draft.evidence(common, common_note(world, loss), true);
  draft.evidence(loss.end, list ? "complete list without the task" : "cancelled", common == kNoFact);
  draft.number("tasks lost together", static_cast<double>(together.count(loss)));
  if (world.fact(loss.end).has(kHasCode)) draft.number("error code", world.fact(loss.end).code);
  if (blind) {
    draft.compared("T_APPSTATE", noticed.waited.seconds()).searched(noticed.searched);
    draft.explain("The app still shows it as uploading after " + format_duration(noticed.waited) +
                  " of run time, and has made no new task.");
    draft.missing(EventKind::task_create, world.fact(loss.end).t, "a new task for the upload, or its state set to failed");
  }
  draft.clears_if("A task.cancel by the app before it, or a cancelled-reason other than 0.");
  j.verdicts.fired(draft.take());
}

void judge_forced(const Judging& j, LostTogether& together, TaskId task, FactIndex quit) {
  const World& world = j.world;
  const Subject subject = task_subject(world, task);
  Loss loss{task, quit, listing_without(world, task, quit), Confidence::likely};
  if (ended_otherwise(world, task)) {
    j.verdicts.cleared(subject);
  } else if (loss.end != kNoFact && !known_alive(world, task, quit)) {
    undetermined(j, subject, "the task may have ended unseen before the user closed the app",
                 "record nsurlsessiond's log without gaps");
  } else if (loss.end != kNoFact) {
    fire(j, together, loss);
  } else {
    const EpochId next = next_process(world, loss);
    if (!next.valid()) {
      undetermined(j, subject, "the user closed the app while the task was under way, and it has not been launched since",
                   "launch the app once more while recording");
      return;
    }
    const CovAnswer cov = coverage(world, EventKind::task_did_complete, task_of(world, task).session, next,
                                   own_begin(world, next), seen_end(world, next));
    const bool seen = cov.cov == Cov::yes;
    undetermined(
        j, subject,
        seen ? "the user closed the app while the task was under way; what the next launch found is not in the capture"
             : "the user closed the app while the task was under way; cannot see what the next launch was told: " + cov.reason,
        seen ? "log the answer of getAllTasks at launch" : cov.add);
  }
}

void judge_task(const Judging& j, LostTogether& together, TaskId task, FactIndex quit) {
  const World& world = j.world;
  const FactIndex end = cancellation_of(world, task, quit);
  const bool by_app = !pick_of_task(world, task, {}, {EventKind::task_cancel}).empty();
  if (end != kNoFact && (world.fact(end).reason_key == 0 || !by_app)) {
    const bool daemon_only = world.fact(end).kind == EventKind::daemon_task_finished && world.fact(end).reason_key != 0;
    fire(j, together, {task, quit, end, daemon_only ? Confidence::likely : Confidence::proven});
  } else if (quit != kNoFact) {
    judge_forced(j, together, task, quit);
  } else {
    j.verdicts.cleared({});
  }
}

}  // namespace

const RuleInfo& TaskLostOnForceQuit::info() const { return kInfo; }

void TaskLostOnForceQuit::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  LostTogether together(world);
  // The first force quit that met each task alive.
  std::unordered_map<TaskId, FactIndex> met;  // never iterated
  for (const FactIndex quit : force_quits(world)) {
    together.around(quit, [&](TaskId task) {
      if (met.find(task) == met.end() && alive_at(world, task, quit)) met.emplace(task, quit);
    });
  }
  for (const TaskId task : world.tasks()) {
    const auto quit = met.find(task);
    judge_task(j, together, task, quit == met.end() ? kNoFact : quit->second);
  }
}

}  // namespace uptrail::analysis
