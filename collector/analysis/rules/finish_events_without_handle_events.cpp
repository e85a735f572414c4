#include "collector/analysis/rules/finish_events_without_handle_events.h"

#include <algorithm>

#include "collector/analysis/rules/wakes_seen.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "finish-events-without-handle-events",
    .title = "did-finish-events without handleEvents",
    .severity = Severity::info,
    .summary = "Events finished for a session without a wake before; harmless unless the code unwraps a missing handler.",
    .needs = "session.did-finish-events and wake.handle-events from the launch of the process on.",
    .remedy = "Treat the saved completion handler as optional.",
    .thresholds = {},
};

void fire(const Judging& j, SessionId session, EpochId epoch, FactIndex finish, const CovAnswer& known) {
  const World& world = j.world;
  Draft draft(j, Severity::info, Confidence::proven, session_subject(world, session, epoch), world.fact(finish).t);
  const std::string name = session_name(world, session);
  draft.title("Events of " + name + " finished without a wake");
  draft.explain("urlSessionDidFinishEvents was called for " + name + ", but the app was not given a completion handler in " +
                epoch_name(world, epoch) + ".");
  draft.evidence(launch_of(world, epoch), "the process began here").evidence(finish, "events finished", true);
  draft.missing(EventKind::wake_handle_events, world.fact(finish).t, "handleEvents comes before its events finish");
  draft.rests_on(known).clears_if("A wake.handle-events of this session in this process before.");
  j.verdicts.fired(draft.take());
}

void judge_process(const Judging& j, SessionId session, EpochId epoch) {
  const World& world = j.world;
  const auto wakes = pick_in_session(world, session, epoch, {EventKind::wake_handle_events});
  const auto finishes = pick_in_session(world, session, epoch, {EventKind::session_did_finish_events});
  const Subject subject = session_subject(world, session, epoch);
  for (const FactIndex finish : finishes) {
    const bool woken = std::any_of(wakes.begin(), wakes.end(), [&](FactIndex w) { return maybe_before(world, w, finish); });
    if (woken) {
      j.verdicts.cleared(subject);
      continue;
    }
    const CovAnswer known =
        coverage(world, EventKind::wake_handle_events, session, epoch, own_begin(world, epoch), world.fact(finish).t);
    if (launch_of(world, epoch) != kNoFact && known.cov == Cov::yes) {
      fire(j, session, epoch, finish, known);
    } else if (known.cov == Cov::yes) {
      undetermined(j, subject, "events finished, but the start of the process is not in the capture", "start before the launch");
    } else {
      undetermined(j, subject, "cannot see whether the app was woken before its events finished", known);
    }
    return;
  }
}

}  // namespace

const RuleInfo& FinishEventsWithoutHandleEvents::info() const { return kInfo; }

void FinishEventsWithoutHandleEvents::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  if (!has_wakes(world)) return;
  for (const SessionId session : world.sessions()) {
    for (const EpochId epoch : world.epochs_of(session)) judge_process(j, session, epoch);
  }
}

}  // namespace uptrail::analysis
