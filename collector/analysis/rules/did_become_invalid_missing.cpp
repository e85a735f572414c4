#include "collector/analysis/rules/did_become_invalid_missing.h"

#include <algorithm>

#include "collector/analysis/rules/support.h"
#include "collector/analysis/rules/task_life.h"
#include "collector/base/text.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "did-become-invalid-missing",
    .title = "Invalidation never confirmed",
    .severity = Severity::warning,
    .summary =
        "A session was invalidated, its tasks had ended, and didBecomeInvalidWithError never came; code that waits for it waits "
        "for ever.",
    .needs =
        "session.invalidate, session.did-become-invalid and task.did-complete from the app, its life-cycle, and for "
        "finishTasksAndInvalidate a list of the session's tasks.",
    .remedy =
        "Do not hang program logic on didBecomeInvalid: cancel tasks one by one and keep the background session instead of "
        "invalidating it.",
    .thresholds = {{"T_INVALID", 60, "s", "run time after the last task ended; no network is needed, only a message"}},
};

bool has_no_delegate(const World& world, const SessionLife& life, FactIndex invalidated) {
  for (const FactIndex i : life.creates) {
    const ObjectInfo* info = world.object_info(i);
    const bool mine = world.fact(i).object == world.fact(invalidated).object || !world.fact(invalidated).object.valid();
    if (mine && info != nullptr && info->delegate == "nil") return true;
  }
  return false;
}

bool confirmed(const World& world, const SessionLife& life, FactIndex invalidated) {
  return std::any_of(life.completions.begin(), life.completions.end(), [&](FactIndex i) {
    const ObjectId a = world.fact(i).object;
    const ObjectId b = world.fact(invalidated).object;
    return maybe_before(world, invalidated, i) && (!a.valid() || !b.valid() || a == b);
  });
}

// What keeps the invalidation open, or hides whether something does.
struct Ready {
  TimeNs since;                // all known tasks have ended
  FactIndex last = kNoFact;    // the last end
  bool running = false;        // a task is known not to have ended
  bool older_unknown = false;  // finishTasksAndInvalidate, and tasks of earlier runs may be there
};

// The tasks of one session in the order of their creation: what is known of all that were made before some moment.
class TasksMade {
 public:
  TasksMade(const World& world, std::span<const TaskLife> lives) : world_(world), lives_(lives) {
    for (std::size_t k = 0; k < lives.size(); ++k) {
      if (lives[k].first != kNoFact) order_.push_back(k);
    }
    const auto key = [&](std::size_t k) { return std::pair(lives[k].created != kNoFact, lives[k].created); };
    std::stable_sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) { return key(a) < key(b); });
    Ready sofar;
    sofar.since = kTimeMin;
    for (const std::size_t k : order_) {
      if (lives[k].created == kNoFact) {
        ++unseen_;  // they were there before the capture
      } else {
        created_.push_back(lives[k].created);
      }
      add(sofar, k);
      upto_.push_back(sofar);
    }
  }

  // Of the tasks that may have been there at the invalidation: does one run, and when did the last end?
  void ask(FactIndex invalidated, Ready& ready) const {
    const TimeNs t = world_.fact(invalidated).t;
    const auto near = world_.within(created_, {t, t});
    const std::size_t from = unseen_ + (world_.one_clock() ? static_cast<std::size_t>(near.data() - created_.data()) : 0);
    if (world_.one_clock() && from > 0) {
      ready.running = upto_[from - 1].running;
      if (upto_[from - 1].last != kNoFact && upto_[from - 1].since > ready.since) {
        ready.since = upto_[from - 1].since;
        ready.last = upto_[from - 1].last;
      }
    }
    const std::size_t first = world_.one_clock() ? from : 0;
    for (std::size_t k = first; k < unseen_ + near.size() + (from - unseen_); ++k) {
      const TaskLife& task = lives_[order_[k]];
      if (task.created != kNoFact && surely_before(world_, invalidated, task.created)) continue;
      const FactIndex end = task.told != kNoFact ? task.told : task.finished;
      if (end == kNoFact || world_.fact(end).domain == world_.fact(invalidated).domain) add(ready, order_[k]);
    }
  }

 private:
  void add(Ready& ready, std::size_t k) const {
    const FactIndex end = lives_[k].told != kNoFact ? lives_[k].told : lives_[k].finished;
    if (end == kNoFact) {
      ready.running = true;
    } else if (world_.fact(end).t > ready.since) {
      ready.since = world_.fact(end).t;
      ready.last = end;
    }
  }

  const World& world_;
  std::span<const TaskLife> lives_;
  std::vector<std::size_t> order_;  // positions in lives; those without a creation first
  std::size_t unseen_ = 0;
  std::vector<FactIndex> created_;  // of the others, ascending
  std::vector<Ready> upto_;         // of the first so many, by their number less one
};

Ready ready_since(const World& world, const SessionLife& life, FactIndex invalidated, const TasksMade& tasks) {
  Ready ready;
  ready.since = world.fact(invalidated).t;
  tasks.ask(invalidated, ready);
  if (world.fact(invalidated).word == Word::cancel) return ready;
  const auto lists = pick_in_session(world, life.session, life.epoch, {EventKind::session_tasks_answered});
  ready.older_unknown =
      std::none_of(lists.begin(), lists.end(), [&](FactIndex i) { return surely_before(world, i, invalidated); });
  return ready;
}

FactIndex interruption(const World& world, const SessionLife& life, FactIndex invalidated) {
  const auto breaks =
      pick_in_epoch(world, life.epoch, {EventKind::app_suspend, EventKind::session_connection_lost, EventKind::app_background});
  for (const FactIndex i : breaks) {
    if (surely_before(world, invalidated, i)) return i;
  }
  return kNoFact;
}

void fire(const Judging& j, const SessionLife& life, FactIndex invalidated, const Ready& ready, const AbsentAnswer& absent) {
  const World& world = j.world;
  Subject subject = session_subject(world, life.session, life.epoch);
  subject.object = world.fact(invalidated).object;
  Draft draft(j, Severity::warning, Confidence::likely, subject, world.fact(invalidated).t);
  const std::string name = session_name(world, life.session);
  draft.title("Invalidation of " + name + " never confirmed");
  draft.explain(capitalised(name) + " was invalidated. The app ran " + format_duration(absent.waited) +
                " with all its tasks ended, and didBecomeInvalidWithError was not called.");
  const FactIndex slept = interruption(world, life, invalidated);
  if (slept != kNoFact) {
    const Fact& fact = world.fact(slept);
    const bool lost = fact.kind == EventKind::session_connection_lost;
    draft.explain(lost ? "The connection to nsurlsessiond was lost in between: the confirmation can be lost with it."
                       : "The app went to the background in between: the confirmation is known to be lost then.");
    draft.evidence(slept, lost ? "connection lost" : "to the background");
  }
  draft.evidence(invalidated, "invalidated here", true).evidence(ready.last, "the last task ended");
  draft.missing(EventKind::session_did_become_invalid, ready.since, "urlSession(_:didBecomeInvalidWithError:)");
  draft.compared("T_INVALID", absent.waited.seconds()).rests_on(absent);
  draft.clears_if("A session.did-become-invalid of that object in this process.");
  j.verdicts.fired(draft.take());
}

void judge_invalidation(const Judging& j, const SessionLife& life, FactIndex invalidated, const TasksMade& tasks) {
  const World& world = j.world;
  const Subject subject = session_subject(world, life.session, life.epoch);
  if (has_no_delegate(world, life, invalidated)) {
    j.verdicts.not_applicable(subject);
    return;
  }
  const Ready ready = ready_since(world, life, invalidated, tasks);
  if (confirmed(world, life, invalidated)) {
    j.verdicts.cleared(subject);
    return;
  }
  World::AbsentQuery query;
  query.kinds = {EventKind::session_did_become_invalid};
  const TimeNs from = world.fact(invalidated).t;
  query.match = [from](const Fact& fact) { return fact.t >= from && !fact.session.valid(); };
  query.among = life.completions;
  query.scope.session = life.session;
  query.scope.epoch = life.epoch;
  query.span = {from, life_end(world, life.epoch)};
  query.run_from = ready.since;
  query.T = j.thresholds.duration("T_INVALID");
  const AbsentAnswer absent = world.absent(query);
  const bool over =
      epoch_of(world, life.epoch).end || life_end(world, life.epoch) < world.capture_end(epoch_of(world, life.epoch).domain);
  if (absent.answer == Absent::pending && over) {
    j.verdicts.cleared(subject);  // the object died with its process
  } else if (absent.answer == Absent::pending) {
    undetermined(j, subject, "the capture ends too soon after the invalidation", "capture 60 s longer with the app running");
  } else if (absent.answer == Absent::unknown) {
    undetermined(j, subject, "cannot see whether didBecomeInvalid was called", absent.coverage);
  } else if (ready.running) {
    undetermined(j, subject, "a task of the invalidated session has not ended", "capture until all tasks have ended");
  } else if (ready.older_unknown) {
    undetermined(j, subject, "tasks of earlier runs may keep the invalidated session busy",
                 "log session.tasks-answered at launch");
  } else if (absent.answer == Absent::yes) {
    fire(j, life, invalidated, ready, absent);
  }
}

}  // namespace

const RuleInfo& DidBecomeInvalidMissing::info() const { return kInfo; }

void DidBecomeInvalidMissing::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  const TaskLives lives = task_lives(world);
  for (const SessionId session : world.sessions()) {
    if (world.of_session(session, EventKind::session_invalidate).empty()) continue;
    const TasksMade tasks(world, lives_in(lives, session));
    for (const EpochId epoch : world.epochs_of(session)) {
      const SessionLife life = life_of_session(world, session, epoch);
      std::vector<ObjectId> judged;
      for (const FactIndex i : life.invalidations) {
        const ObjectId object = world.fact(i).object;
        if (std::find(judged.begin(), judged.end(), object) != judged.end()) continue;  // invalidating again is harmless
        judged.push_back(object);
        judge_invalidation(j, life, i, tasks);
      }
    }
  }
}

}  // namespace uptrail::analysis
