#include "collector/analysis/rules/wake_without_terminal_task.h"

#include <algorithm>

#include "collector/analysis/rules/wakes_seen.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "wake-without-terminal-task",
    .title = "Woken although no task ended",
    .severity = Severity::info,
    .summary =
        "The app was woken for something else than the end of a task: an authentication challenge, a delayed request. Its "
        "uploads "
        "go on.",
    .needs = "The wake, session.did-finish-events and task.did-complete.",
    .remedy = "Nothing to mend; be ready for wakes that end without a completion.",
    .thresholds = {},
};

// The wake's deliveries may begin at the launch or resume that it caused.
TimeNs begin_of(const World& world, const WakeSeen& wake) {
  FactIndex start = kNoFact;
  for (const EventKind kind : {EventKind::app_launch, EventKind::app_suspend, EventKind::app_background}) {
    const FactIndex last = last_surely_before(world, world.of_epoch(wake.epoch, kind), wake.events);
    if (start == kNoFact || (last != kNoFact && last > start)) start = last;
  }
  return start == kNoFact ? life_begin(world, wake.epoch) : world.fact(start).t;
}

std::vector<FactIndex> of_wake(const World& world, const WakeSeen& wake, TimeNs from, std::initializer_list<EventKind> kinds) {
  std::vector<FactIndex> out;
  for (const EventKind kind : kinds) {
    for (const FactIndex i : world.within(world.of_epoch(wake.epoch, kind), {from, world.fact(wake.finished).t})) {
      const Fact& fact = world.fact(i);
      const bool mine = !fact.task.valid() || task_of(world, fact.task).session == wake.session;
      if (mine && fact.t >= from && maybe_before(world, i, wake.finished)) out.push_back(i);
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

void judge_wake(const Judging& j, const WakeSeen& wake) {
  const World& world = j.world;
  const Subject subject = session_subject(world, wake.session, wake.epoch);
  const TimeNs from = begin_of(world, wake);
  if (!of_wake(world, wake, from, {EventKind::task_did_complete}).empty()) {
    j.verdicts.cleared(subject);
    return;
  }
  const CovAnswer known =
      coverage(world, EventKind::task_did_complete, wake.session, wake.epoch, from, world.fact(wake.finished).t);
  if (known.cov != Cov::yes) {
    undetermined(j, subject, "cannot see which tasks ended in the wake", known);
    return;
  }
  Draft draft(j, Severity::info, Confidence::likely, subject, world.fact(wake.events).t);
  const std::string name = session_name(world, wake.session);
  draft.title("Woken for " + name + " although no task ended");
  draft.explain("The events of the wake for " + name + " finished without a didCompleteWithError.");
  draft.evidence(wake.events, "woken here", true).evidence(wake.finished, "events finished");
  const auto causes = of_wake(world, wake, from, {EventKind::task_challenge, EventKind::task_delayed_request});
  for (std::size_t i = 0; i < causes.size() && i < kShownEvidence; ++i) draft.evidence(causes[i], "what the wake was for");
  if (!causes.empty()) draft.explain("It was for a challenge or a delayed request.");
  draft.rests_on(known).clears_if("A task.did-complete of this session between launch or resume and did-finish-events.");
  j.verdicts.fired(draft.take());
}

}  // namespace

const RuleInfo& WakeWithoutTerminalTask::info() const { return kInfo; }

void WakeWithoutTerminalTask::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  for (const WakeSeen& wake : all_wakes(world)) {
    if (wake.finished != kNoFact && wake.closed()) judge_wake(j, wake);
  }
}

}  // namespace uptrail::analysis
