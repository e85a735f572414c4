#include "collector/analysis/rules/wake_cut_short.h"

#include "collector/analysis/rules/wakes_seen.h"
#include "collector/base/text.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "wake-cut-short",
    .title = "Process stopped before the events of its wake were delivered",
    .severity = Severity::error,
    .summary = "The wake's budget ran out or the app died: undelivered callbacks come only in a later launch, or are lost.",
    .needs = "The wake's events and the end or suspension of the process, with its cause.",
    .remedy = "Do less in delegate callbacks, do not end the process, and call the handler in time.",
    .thresholds = {},
};

bool is_death(Word cause) {
  return cause == Word::watchdog || cause == Word::assertion_expired || cause == Word::jetsam || cause == Word::crash ||
         cause == Word::exit0;
}

std::string how(const Fact& stop) {
  if (stop.kind == EventKind::app_suspend) return "suspended";
  return "ended (" + std::string(word_text(stop.word)) + ")";
}

void fire(const Judging& j, const WakeSeen& wake, const std::vector<TaskId>& waiting, bool dead, const CovAnswer& rests) {
  const World& world = j.world;
  const Fact& stop = world.fact(wake.stopped);
  Draft draft(j, dead ? Severity::error : Severity::warning, dead ? Confidence::proven : Confidence::likely,
              session_subject(world, wake.session, wake.epoch), stop.t);
  const std::string name = session_name(world, wake.session);
  const DurationNs after = stop.t - world.fact(wake.events).t;
  draft.title("Wake for " + name + " cut short: the process was " + how(stop) + " after " + format_duration(after));
  draft.explain(capitalised(epoch_name(world, wake.epoch)) + " was woken for " + name + " and " + how(stop) + " " +
                format_duration(after) + " later, before its events had finished.");
  if (!waiting.empty()) {
    draft.explain(count_of(waiting.size(), "result") + " was not delivered.");
    draft.number("results not delivered", static_cast<double>(waiting.size()));
  }
  draft.evidence(wake.events, "woken here").evidence(wake.stopped, "stopped here", true);
  FactIndex last = kNoFact;
  for (const FactIndex i : world.within(world.of_epoch(wake.epoch), {world.fact(wake.events).t, stop.t})) {
    if (is_delegate_callback(world, i) && maybe_between(world, i, wake.events, wake.stopped)) last = i;
  }
  draft.evidence(last, "the last callback").number("stopped after the wake", after.seconds(), "s");
  draft.missing(EventKind::session_did_finish_events, stop.t, "the events of the wake finish before the process stops");
  draft.rests_on(rests).clears_if("A did-finish-events or a call of the handler before the process stopped.");
  j.verdicts.fired(draft.take());
}

void judge_wake(const Judging& j, Deliveries& deliveries, const WakeSeen& wake) {
  const World& world = j.world;
  const Subject subject = session_subject(world, wake.session, wake.epoch);
  const Fact& stop = world.fact(wake.stopped);
  const bool dead = stop.kind == EventKind::app_terminate && is_death(stop.word);
  if (!dead && stop.kind != EventKind::app_suspend) {
    j.verdicts.cleared(subject);  // by the user, by the system for reasons of its own
    return;
  }
  if (delegate_blocked(world, wake.epoch, wake.events, wake.stopped)) {
    undetermined(j, subject, "a delegate callback had not returned when the process stopped", "");
    return;
  }
  for (const EventKind kind : {EventKind::session_did_finish_events, EventKind::wake_handler_called}) {
    const CovAnswer known = coverage(world, kind, wake.session, wake.epoch, world.fact(wake.events).t, stop.t);
    if (known.cov != Cov::yes) {
      undetermined(j, subject, "cannot see whether the events of the wake finished before the process stopped", known);
      return;
    }
  }
  const CovAnswer finish =
      coverage(world, EventKind::session_did_finish_events, wake.session, wake.epoch, world.fact(wake.events).t, stop.t);
  const std::vector<TaskId> waiting = deliveries.undelivered(wake.session, wake.stopped);
  if (dead) {
    fire(j, wake, waiting, true, finish);
  } else if (waiting.empty()) {
    j.verdicts.cleared(subject);
  } else if (const CovAnswer told =
                 coverage(world, EventKind::task_did_complete, wake.session, wake.epoch, world.fact(wake.events).t, stop.t);
             told.cov == Cov::yes) {
    fire(j, wake, waiting, false, told);
  } else {
    undetermined(j, subject, "cannot see which results were delivered", told);
  }
}

}  // namespace

const RuleInfo& WakeCutShort::info() const { return kInfo; }

void WakeCutShort::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  Deliveries deliveries(world);
  for (const WakeSeen& wake : all_wakes(world)) {
    const bool open = wake.finished == kNoFact && !wake.closed();
    if (open && wake.stopped != kNoFact && has_wakes(world)) judge_wake(j, deliveries, wake);
  }
}

}  // namespace uptrail::analysis
