#include "collector/analysis/rules/delegate_callback_before_state_rebuilt.h"

#include <algorithm>
#include <map>

#include "collector/analysis/rules/support.h"
#include "collector/analysis/rules/task_life.h"
#include "collector/analysis/rules/wakes_seen.h"
#include "collector/base/text.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "delegate-callback-before-state-rebuilt",
    .title = "Callback before the list of tasks",
    .severity = Severity::warning,
    .summary =
        "After a launch, callbacks of old tasks may come before getAllTasks has answered; an app that builds its state from the "
        "list alone drops them, or revives a finished upload.",
    .needs =
        "app.launch, session.tasks-requested and session.tasks-answered, the task callbacks, and for the severity "
        "delegate.dropped or upload.state.",
    .remedy =
        "Create the record of a task on first sight in every callback, and apply the list as a merge that never revives what is "
        "finished.",
    .thresholds = {{"T_REBUILD", 5, "s", "run time for the app to change its upload's state after the callback"}},
};

// From the creation of the session (or the request) to the answer, in one process.
struct Race {
  SessionId session;
  EpochId epoch;
  FactIndex from = kNoFact;
  FactIndex requested = kNoFact;
  FactIndex answered = kNoFact;  // kNoFact: not seen
};

enum class Harm : std::uint8_t { none, unclear, dropped, ignored, lost, revived };

// One task whose callback came in the race.
struct Early {
  TaskId task;
  FactIndex callback = kNoFact;  // didCompleteWithError, if any came, else the first
  Harm harm = Harm::none;
  FactIndex witness = kNoFact;  // delegate.dropped, or the upload.state that revives it
  AbsentAnswer absent;
};

constexpr DurationNs kDisorder = seconds(1);  // more than lines of one process are ever out of order

bool find_race(const World& world, SessionId session, EpochId epoch, Race& race) {
  race = {session, epoch, kNoFact, kNoFact, kNoFact};
  for (const FactIndex i : world.of_session(session, epoch)) {
    const Fact& fact = world.fact(i);
    if (fact.kind == EventKind::session_create && race.from == kNoFact && race.requested == kNoFact) race.from = i;
    if (fact.kind == EventKind::session_tasks_requested && race.requested == kNoFact) race.requested = i;
    if (fact.kind == EventKind::session_tasks_answered && race.requested != kNoFact && race.answered == kNoFact)
      race.answered = i;
  }
  if (race.from == kNoFact) race.from = race.requested;
  return race.requested != kNoFact;
}

// The app knew it already: it made it in this process, or its own records name it.
bool known_before(const World& world, TaskId task, const Race& race, FactIndex callback) {
  const auto knows = [&](FactIndex i) {
    const Fact& fact = world.fact(i);
    const bool created = fact.kind == EventKind::task_create && fact.epoch == race.epoch;
    const bool recorded = (fact.kind == EventKind::upload_state && fact.epoch == race.epoch) ||
                          (fact.kind == EventKind::store_entry && fact.also == Word::app);
    return (created || recorded) && maybe_before(world, i, callback);
  };
  const auto own = world.of_task(task);
  if (std::any_of(own.begin(), own.end(), knows)) return true;
  const UploadId upload = task_of(world, task).upload;
  const auto of_upload = upload.valid() ? world.of_upload(upload) : std::span<const FactIndex>();
  return std::any_of(of_upload.begin(), of_upload.end(), knows);
}

std::vector<Early> early_callbacks(const World& world, const Race& race) {
  std::map<TaskId, FactIndex> first;
  const TimeNs until = race.answered == kNoFact ? kTimeMax : world.fact(race.answered).t;
  for (const FactIndex i : world.within(world.of_epoch(race.epoch), {world.fact(race.from).t, until})) {
    const Fact& fact = world.fact(i);
    if (race.answered != kNoFact && fact.t > world.fact(race.answered).t + kDisorder) break;
    if (!fact.task.valid() || !is_delegate_callback(world, i) || task_of(world, fact.task).session != race.session) continue;
    if (!surely_before(world, race.from, i)) continue;
    if (race.answered != kNoFact && !surely_before(world, i, race.answered)) continue;
    const auto [it, fresh] = first.try_emplace(fact.task, i);
    if (!fresh && fact.kind == EventKind::task_did_complete && world.fact(it->second).kind != EventKind::task_did_complete) {
      it->second = i;
    }
  }
  std::vector<Early> out;
  for (const auto& [task, callback] : first) {
    if (known_before(world, task, race, callback)) continue;
    Early early;
    early.task = task;
    early.callback = callback;
    out.push_back(std::move(early));
  }
  return out;
}

FactIndex dropped_after(const World& world, const Race& race, const Early& early) {
  for (const FactIndex i : pick_of_task(world, early.task, race.epoch, {EventKind::delegate_dropped})) {
    if (surely_before(world, early.callback, i) && maybe_before(world, i, race.answered)) return i;
  }
  return kNoFact;
}

FactIndex revived_after(const World& world, const Race& race, const Early& early) {
  for (const FactIndex i : pick_of_task(world, early.task, race.epoch, {EventKind::upload_state})) {
    if (world.fact(i).word == Word::uploading && surely_before(world, race.answered, i)) return i;
  }
  return kNoFact;
}

// After the end of the task the app did nothing about its upload.
AbsentAnswer not_settled(const Judging& j, const Race& race, const Early& early, UploadId upload) {
  const World& world = j.world;
  const Fact& callback = world.fact(early.callback);
  World::AbsentQuery query;
  query.kinds = {EventKind::upload_state, EventKind::task_create};
  const TimeNs from = callback.t;
  query.match = [from](const Fact& fact) { return fact.t >= from; };
  query.among = world.of_upload(upload);
  query.scope.epoch = race.epoch;
  query.span = {from, life_end(world, race.epoch)};
  query.run_from = from;
  query.T = j.thresholds.duration("T_REBUILD");
  AbsentAnswer any = world.absent(query);
  if (any.answer == Absent::no) return any;
  query.kinds = {EventKind::upload_state};
  return world.absent(query);
}

void weigh(const Judging& j, const Race& race, Early& early) {
  const World& world = j.world;
  const bool ended = world.fact(early.callback).kind == EventKind::task_did_complete;
  if (ended) early.witness = revived_after(world, race, early);
  if (early.witness != kNoFact) {
    early.harm = Harm::revived;
    return;
  }
  early.witness = dropped_after(world, race, early);
  if (early.witness != kNoFact) {
    early.harm = ended ? Harm::dropped : Harm::ignored;
    return;
  }
  const UploadId upload = task_of(world, early.task).upload;
  if (!ended || !upload.valid()) return;
  early.absent = not_settled(j, race, early, upload);
  if (early.absent.answer == Absent::yes) early.harm = Harm::lost;
  if (early.absent.answer == Absent::unknown || early.absent.answer == Absent::pending) early.harm = Harm::unclear;
}

void describe(Draft& draft, const World& world, const Race& race) {
  draft.evidence(race.requested, "the list of tasks is asked for").evidence(race.answered, "the list arrives");
  draft.number("the list took", (world.fact(race.answered).t - world.fact(race.requested).t).seconds(), "s");
}

void fire_harm(const Judging& j, const Race& race, const Early& early) {
  const World& world = j.world;
  const bool error = early.harm != Harm::ignored;
  Subject subject = task_subject(world, early.task);
  subject.epoch = race.epoch;
  Draft draft(j, error ? Severity::error : Severity::warning, early.harm == Harm::lost ? Confidence::likely : Confidence::proven,
              subject, world.fact(early.callback).t);
  const std::string name = task_name(world, early.task);
  const std::string before = format_duration(world.fact(race.answered).t - world.fact(early.callback).t);
  draft.explain("The callback of " + name + " arrived " + before + " before the list of tasks.");
  switch (early.harm) {
    case Harm::revived:
      draft.title("Finished upload revived: " + name + " marked as uploading after its end");
      draft.explain("After the list the app marked it as uploading with the same, finished task.");
      draft.evidence(early.witness, "marked as uploading again", true);
      break;
    case Harm::lost:
      draft.title("The end of " + name + " came before the list of tasks and was lost");
      draft.explain("In " + format_duration(early.absent.waited) +
                    " of run time the app did not change the state of its upload.");
      draft.missing(EventKind::upload_state, world.fact(early.callback).t, "the upload is settled");
      draft.compared("T_REBUILD", early.absent.waited.seconds()).rests_on(early.absent);
      break;
    default:
      draft.title("A callback of " + name + " came before the list of tasks and was dropped");
      draft.explain("The app did not know the task and dropped it.");
      draft.evidence(early.witness, "dropped here", true);
      break;
  }
  draft.evidence(early.callback, "the callback", early.harm == Harm::lost);
  describe(draft, world, race);
  draft.clears_if("A record of the task, in the app or its store, before the callback.");
  j.verdicts.fired(draft.take());
}

void fire_info(const Judging& j, const Race& race, const std::vector<Early>& early) {
  const World& world = j.world;
  Draft draft(j, Severity::info, Confidence::proven, session_subject(world, race.session, race.epoch),
              world.fact(early.front().callback).t);
  draft.title("Callbacks of " + session_name(world, race.session) + " came before the list of tasks");
  draft.explain("Callbacks of " + count_of(early.size(), "task") +
                " came before getAllTasks had answered, which is legal. No harm was seen.");
  for (std::size_t i = 0; i < early.size() && i < kShownEvidence; ++i)
    draft.evidence(early[i].callback, "before the list", i == 0);
  describe(draft, world, race);
  draft.clears_if("A record of the tasks, in the app or its store, before the callbacks.");
  j.verdicts.fired(draft.take());
}

void judge_race(const Judging& j, const Race& race) {
  const World& world = j.world;
  const Subject subject = session_subject(world, race.session, race.epoch);
  std::vector<Early> early = early_callbacks(world, race);
  if (early.empty()) {
    j.verdicts.cleared(subject);
    return;
  }
  if (race.answered == kNoFact) {
    undetermined(j, subject, "callbacks came, but the answer of getAllTasks is not in the capture", "log session.tasks-answered");
    return;
  }
  std::vector<Early> harmless;
  for (Early& one : early) {
    weigh(j, race, one);
    if (one.harm == Harm::unclear) {
      undetermined(j, task_subject(world, one.task), "cannot see whether the app settled an upload whose callback came early",
                   one.absent.coverage);
    }
    if (one.harm == Harm::none || one.harm == Harm::unclear) {
      harmless.push_back(std::move(one));
    } else {
      fire_harm(j, race, one);
    }
  }
  if (!harmless.empty()) fire_info(j, race, harmless);
}

}  // namespace

const RuleInfo& DelegateCallbackBeforeStateRebuilt::info() const { return kInfo; }

void DelegateCallbackBeforeStateRebuilt::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  for (const SessionId session : world.sessions()) {
    for (const EpochId epoch : world.epochs_of(session)) {
      Race race;
      if (launch_of(world, epoch) != kNoFact && find_race(world, session, epoch, race)) judge_race(j, race);
    }
  }
}

}  // namespace uptrail::analysis
