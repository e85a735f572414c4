#include "collector/analysis/rules/completion_handler_overwritten.h"

#include <algorithm>
#include <map>
#include <vector>

#include "collector/analysis/rules/wakes_seen.h"
#include "collector/base/text.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "completion-handler-overwritten",
    .title = "Saved completion handler overwritten by the next wake",
    .severity = Severity::error,
    .summary =
        "The app keeps one completion handler; a second wake replaces the first one's handler before it was called, so that it "
        "can never be called.",
    .needs = "Two wake.handle-events of one process, wake.handler-saved with its slot, and wake.handler-called.",
    .remedy = "Keep the handlers in a dictionary by session identifier.",
    .thresholds = {{"T_HANDLER_DUE", 10, "s", "run time after did-finish-events in which the first handler was still due"}},
};

struct Overlap {
  WakeSeen first, second;
  FactIndex saved_first = kNoFact, saved_second = kNoFact;  // in the same slot
};

FactIndex saved(const World& world, const WakeSeen& wake) {
  for (const FactIndex i : pick_in_session(world, wake.session, wake.epoch, {EventKind::wake_handler_saved})) {
    if (maybe_before(world, wake.events, i)) return i;
  }
  return kNoFact;
}

bool same_slot(const World& world, const Overlap& o) {
  if (o.saved_first == kNoFact || o.saved_second == kNoFact || o.saved_first == o.saved_second) return false;
  const std::string slot = world.text_of(o.saved_first, Field::slot);
  return !slot.empty() && slot == world.text_of(o.saved_second, Field::slot);
}

AbsentAnswer never_called(const Judging& j, const WakeSeen& wake) {
  World::AbsentQuery query;
  query.kinds = {EventKind::wake_handler_called};
  query.match = [](const Fact& fact) { return !fact.session.valid(); };
  query.among = j.world.of_session(wake.session);
  query.scope.session = wake.session;
  query.scope.epoch = wake.epoch;
  const FactIndex due = wake.finished != kNoFact ? wake.finished : wake.events;
  query.span = {j.world.fact(wake.events).t,
                wake.stopped != kNoFact ? j.world.fact(wake.stopped).t : life_end(j.world, wake.epoch)};
  query.run_from = j.world.fact(due).t;
  query.T = wake.stopped != kNoFact ? DurationNs{} : j.thresholds.duration("T_HANDLER_DUE");
  return j.world.absent(query);
}

void fire(const Judging& j, const Overlap& o, Confidence confidence, const AbsentAnswer& absent) {
  const World& world = j.world;
  Draft draft(j, Severity::error, confidence, session_subject(world, o.first.session, o.first.epoch),
              world.fact(o.second.events).t);
  const std::string lost = session_name(world, o.first.session);
  const std::string by = session_name(world, o.second.session);
  draft.title("Completion handler of " + lost + " overwritten by the wake for " + by);
  draft.explain("The app was woken for " + by + " " +
                format_duration(world.fact(o.second.events).t - world.fact(o.first.events).t) + " after the wake for " + lost +
                ", whose handler had not been called.");
  draft.explain(confidence == Confidence::proven ? "Both handlers were kept in the same place; the first is lost."
                                                 : "Only the second handler was called.");
  draft.evidence(o.first.events, "the first handler was given here").evidence(o.saved_first, "and saved");
  draft.evidence(o.second.events, "the second handler was given here", o.saved_second == kNoFact);
  draft.evidence(o.saved_second, "and saved in the same place", true).evidence(o.second.called, "the second handler was called");
  draft.missing(EventKind::wake_handler_called, world.fact(o.first.finished != kNoFact ? o.first.finished : o.first.events).t,
                "the first handler is called");
  draft.rests_on(absent).clears_if("A call of the first handler, for example from inside the second one.");
  j.verdicts.fired(draft.take());
}

void judge_pair(const Judging& j, Overlap o) {
  const World& world = j.world;
  const Subject subject = session_subject(world, o.first.session, o.first.epoch);
  o.saved_first = saved(world, o.first);
  o.saved_second = saved(world, o.second);
  if (o.first.closed()) {
    j.verdicts.cleared(subject);
    return;
  }
  const bool proven = same_slot(world, o);
  if (!proven && (o.saved_first != kNoFact || o.saved_second != kNoFact || !o.second.closed() || o.first.finished == kNoFact)) {
    undetermined(j, subject, "two wakes overlapped, but it is not known where their handlers were kept",
                 "log wake.handler-saved with its slot, and wake.handler-called");
    return;
  }
  const AbsentAnswer absent = never_called(j, o.first);
  if (absent.answer == Absent::yes) {
    fire(j, o, proven ? Confidence::proven : Confidence::likely, absent);
  } else if (absent.answer == Absent::no) {
    undetermined(j, subject, "a handler was called, but the call names no session",
                 "log the identifier with wake.handler-called");
  } else if (absent.answer == Absent::pending) {
    undetermined(j, subject, "the capture ends too soon after the first wake", "capture until the app is suspended again");
  } else {
    undetermined(j, subject, "cannot see whether the first handler was called", absent.coverage);
  }
}

}  // namespace

const RuleInfo& CompletionHandlerOverwritten::info() const { return kInfo; }

void CompletionHandlerOverwritten::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  std::vector<WakeSeen> wakes = all_wakes(world);
  std::erase_if(wakes, [&](const WakeSeen& wake) { return !is_uikit(world, wake); });
  std::map<EpochId, std::vector<std::size_t>> of_process;
  for (std::size_t k = 0; k < wakes.size(); ++k) of_process[wakes[k].epoch].push_back(k);
  for (const WakeSeen& first : wakes) {
    // The nearest later wake of the process is the one that replaced the handler.
    const WakeSeen* second = nullptr;
    for (const std::size_t k : of_process[first.epoch]) {
      const WakeSeen& other = wakes[k];
      const bool overlaps = surely_before(world, first.events, other.events) &&
                            (first.stopped == kNoFact || surely_before(world, other.events, first.stopped)) &&
                            (first.called == kNoFact || surely_before(world, other.events, first.called));
      if (overlaps && (second == nullptr || surely_before(world, other.events, second->events))) second = &other;
    }
    if (second != nullptr) judge_pair(j, {first, *second});
  }
}

}  // namespace uptrail::analysis
