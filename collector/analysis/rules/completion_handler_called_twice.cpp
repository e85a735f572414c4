#include "collector/analysis/rules/completion_handler_called_twice.h"

#include "collector/analysis/rules/support.h"
#include "collector/base/text.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "completion-handler-called-twice",
    .title = "Wake completion handler called more than once",
    .severity = Severity::error,
    .summary = "The app calls the completion handler of a wake again; UIKit asserts on the second call and the app crashes.",
    .needs = "wake.handler-called and wake.handle-events from the launch of the process on, or the crash with its text.",
    .remedy = "Set the stored handler to nil before calling it, and let one place call it.",
    .thresholds = {{"T_CRASH", 5, "s", "a crash that tells of a second call follows it at once"}},
};

struct Calls {
  EpochId epoch;
  SessionId session;
  std::vector<FactIndex> wakes, calls;
};

// The first call for which no wake is left; calls.size() when every call has its own.
std::size_t first_surplus(const World& world, const Calls& c) {
  for (std::size_t k = 0; k < c.calls.size(); ++k) {
    std::size_t handlers = 0;
    for (const FactIndex wake : c.wakes) handlers += maybe_before(world, wake, c.calls[k]) ? 1 : 0;
    if (handlers < k + 1) return k;
  }
  return c.calls.size();
}

void fire(const Judging& j, const Calls& c, std::size_t surplus) {
  const World& world = j.world;
  const FactIndex again = c.calls[surplus];
  Draft draft(j, Severity::error, Confidence::proven, session_subject(world, c.session, c.epoch), world.fact(again).t);
  const std::string name = session_name(world, c.session);
  draft.title("Completion handler of " + name + " called " + count_of(c.calls.size(), "time") + " for " +
              count_of(c.wakes.size(), "wake"));
  for (std::size_t i = 0; i < c.wakes.size() && i < kShownEvidence; ++i) draft.evidence(c.wakes[i], "the handler was given here");
  for (std::size_t i = 0; i < c.calls.size() && i < kShownEvidence; ++i) {
    draft.evidence(c.calls[i], i < surplus ? "called" : "called again", i == surplus);
  }
  for (const FactIndex i : pick_in_epoch(world, c.epoch, {EventKind::app_terminate})) {
    const bool soon = near_in_time(world, again, i, j.thresholds.duration("T_CRASH"));
    if (soon && world.fact(i).word == Word::crash && surely_before(world, again, i)) draft.evidence(i, "the app crashed");
  }
  draft.explain("The completion handler of " + name + " was called " + count_of(c.calls.size(), "time") +
                ", but the app was given " + count_of(c.wakes.size(), "handler") +
                " since its launch. UIKit asserts on a second call.");
  draft.number("handlers given", static_cast<double>(c.wakes.size())).number("calls", static_cast<double>(c.calls.size()));
  if (surplus > 0) {
    draft.number("time between the calls", (world.fact(again).t - world.fact(c.calls[surplus - 1]).t).seconds(), "s");
  }
  draft.clears_if("A wake.handle-events of this session before the surplus call.");
  j.verdicts.fired(draft.take());
}

void judge_calls(const Judging& j, const Calls& c) {
  const World& world = j.world;
  const Subject subject = session_subject(world, c.session, c.epoch);
  const TimeNs begin = own_begin(world, c.epoch);
  const std::size_t surplus = first_surplus(world, c);
  if (surplus == c.calls.size()) {
    const CovAnswer cov = coverage(world, EventKind::wake_handler_called, c.session, c.epoch, begin, seen_end(world, c.epoch));
    if (cov.cov == Cov::yes) {
      j.verdicts.cleared(subject);
    } else {
      undetermined(j, subject, "cannot see every call of the completion handler", cov);
    }
    return;
  }
  // A wake that was not seen would have given the handler that seems to be called again.
  const CovAnswer cov = coverage(world, EventKind::wake_handle_events, c.session, c.epoch, begin, world.fact(c.calls[surplus]).t);
  if (launch_of(world, c.epoch) == kNoFact) {
    undetermined(j, subject, "more calls than wakes, but the start of the process is not in the capture",
                 "start the capture before the app is launched");
  } else if (cov.cov != Cov::yes) {
    undetermined(j, subject, "more calls than wakes, but cannot see every wake", cov);
  } else {
    fire(j, c, surplus);
  }
}

bool tells_of_second_call(const World& world, FactIndex crash) {
  const std::string text = world.text_of(crash, Field::text);
  const auto has = [&](std::string_view part) { return text.find(part) != std::string::npos; };
  return (has("sendResponse:") && has("twice")) || (has("ompletion handler") && (has("twice") || has("more than once")));
}

// The crash report alone, when the calls themselves are not logged.
bool fire_crash(const Judging& j, const Calls& c, FactIndex crash) {
  const World& world = j.world;
  FactIndex before = last_surely_before(world, c.calls, crash);
  if (before == kNoFact) before = last_surely_before(world, c.wakes, crash);
  const DurationNs limit = j.thresholds.duration("T_CRASH");
  if (before == kNoFact || !near_in_time(world, before, crash, limit)) return false;
  Draft draft(j, Severity::error, Confidence::likely, session_subject(world, c.session, c.epoch), world.fact(crash).t);
  draft.title("Completion handler of " + session_name(world, c.session) + " called twice: the app crashed")
      .explain("The app crashed " + format_duration(world.fact(crash).t - world.fact(before).t) + " after " +
               (c.calls.empty() ? "it was woken" : "its handler was called") + ", with UIKit's text on a second call.")
      .evidence(before, c.calls.empty() ? "the handler was given here" : "called here")
      .evidence(crash, "crash: a completion handler was called twice", true)
      .compared("T_CRASH", (world.fact(crash).t - world.fact(before).t).seconds())
      .clears_if("The crash report's stack, when it names another handler.");
  j.verdicts.fired(draft.take());
  return true;
}

void judge_process(const Judging& j, SessionId session, EpochId epoch) {
  const World& world = j.world;
  Calls c{epoch, session, {}, {}};
  c.wakes = pick_in_session(world, session, epoch, {EventKind::wake_handle_events});
  c.calls = pick_in_session(world, session, epoch, {EventKind::wake_handler_called});
  if (first_surplus(world, c) == c.calls.size()) {
    for (const FactIndex i : pick_in_epoch(world, epoch, {EventKind::app_terminate})) {
      if (world.fact(i).word == Word::crash && tells_of_second_call(world, i) && fire_crash(j, c, i)) return;
    }
  }
  judge_calls(j, c);
}

}  // namespace

const RuleInfo& CompletionHandlerCalledTwice::info() const { return kInfo; }

void CompletionHandlerCalledTwice::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  for (const SessionId session : world.sessions()) {
    if (!has_wakes(world)) {
      verdicts.not_applicable(session_subject(world, session, {}));
      continue;
    }
    const auto epochs = world.epochs_of(session);
    for (const EpochId epoch : epochs) judge_process(j, session, epoch);
    if (epochs.empty()) {
      undetermined(j, session_subject(world, session, {}), "the app's own calls are not in the capture",
                   std::string(kLoggerAdvice));
    }
  }
}

}  // namespace uptrail::analysis
