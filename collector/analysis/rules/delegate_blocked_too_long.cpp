#include "collector/analysis/rules/delegate_blocked_too_long.h"

#include <algorithm>
#include <map>
#include <vector>

#include "collector/analysis/rules/wakes_seen.h"
#include "collector/base/text.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "delegate-blocked-too-long",
    .title = "A delegate callback blocked its queue",
    .severity = Severity::warning,
    .summary =
        "Delegate callbacks are serial: a long one keeps the others waiting; when the wake expires meanwhile, they are lost to "
        "this process.",
    .needs = "delegate.enter and delegate.exit, with the app's life-cycle.",
    .remedy = "In the callback, move the file or note the fact; do everything else elsewhere.",
    .thresholds = {{"T_DELEGATE_WARN", 2, "s", "run time inside one callback"},
                   {"T_DELEGATE_ERR", 10, "s", "run time inside one callback that is an error"},
                   {"T_DELEGATE_SUM", 20, "s", "run time inside the callbacks of one wake that is an error"}},
};

struct Call {
  FactIndex enter = kNoFact;
  FactIndex exit = kNoFact;
  DurationNs ran;
};

bool same_call(const World& world, FactIndex enter, FactIndex exit) {
  const Fact& a = world.fact(enter);
  const Fact& b = world.fact(exit);
  return (!a.task.valid() || !b.task.valid() || a.task == b.task) && world.method_of(enter) == world.method_of(exit);
}

std::vector<Call> calls_of(const World& world, EpochId epoch) {
  std::vector<Call> calls;
  std::vector<std::size_t> open;
  for (const FactIndex i : pick_in_epoch(world, epoch, {EventKind::delegate_enter, EventKind::delegate_exit})) {
    if (world.fact(i).kind == EventKind::delegate_enter) {
      open.push_back(calls.size());
      calls.push_back({i, kNoFact, {}});
      continue;
    }
    for (auto k = open.end(); k != open.begin();) {
      Call& call = calls[*--k];
      if (!same_call(world, call.enter, i)) continue;
      call.exit = i;
      call.ran = world.run_time(epoch, {world.fact(call.enter).t, world.fact(i).t});
      open.erase(k);
      break;
    }
  }
  return calls;
}

std::string method_of(const World& world, const Call& call) {
  const std::string method(world.method_of(call.enter));
  return method.empty() ? "a delegate callback" : "the callback " + quoted(method);
}

// Attached when the callback began, or before it returned: a breakpoint.
bool debugged(const World& world, EpochId epoch, const Call& call) {
  bool attached = false;
  for (const FactIndex i : pick_in_epoch(world, epoch, {EventKind::app_debugger})) {
    if (call.exit != kNoFact && surely_before(world, call.exit, i)) break;
    attached = world.fact(i).has(kShared) || (attached && !surely_before(world, i, call.enter));
  }
  return attached;
}

Draft begin(const Judging& j, EpochId epoch, const Call& call, Severity severity) {
  const World& world = j.world;
  Subject subject = epoch_subject(world, epoch);
  const Fact& enter = world.fact(call.enter);
  subject.session = enter.session;
  if (!subject.session.valid() && enter.task.valid()) subject.session = task_of(world, enter.task).session;
  return {j, debugged(world, epoch, call) ? Severity::info : severity, Confidence::proven, std::move(subject), enter.t};
}

void fire_long(const Judging& j, EpochId epoch, const Call& call) {
  const World& world = j.world;
  const bool grave = call.ran > j.thresholds.duration("T_DELEGATE_ERR");
  Draft draft = begin(j, epoch, call, grave ? Severity::error : Severity::warning);
  draft.title(capitalised(method_of(world, call)) + " blocked its queue for " + format_duration(call.ran));
  draft.explain("The app ran " + format_duration(call.ran) + " inside " + method_of(world, call) +
                "; callbacks of the session wait meanwhile.");
  draft.evidence(call.enter, "entered here", true).evidence(call.exit, "returned here");
  draft.compared("T_DELEGATE_WARN", call.ran.seconds()).compared("T_DELEGATE_ERR", call.ran.seconds());
  draft.clears_if("A suspension between the two lines that is not in the capture.");
  j.verdicts.fired(draft.take());
}

void fire_never(const Judging& j, EpochId epoch, const Call& call, FactIndex stop, const CovAnswer& known) {
  const World& world = j.world;
  Draft draft = begin(j, epoch, call, Severity::error);
  const DurationNs inside = world.fact(stop).t - world.fact(call.enter).t;
  draft.title(capitalised(method_of(world, call)) + " never returned before the process stopped");
  draft.explain("The app entered " + method_of(world, call) + " and had not returned " + format_duration(inside) +
                " later, when the process stopped; callbacks behind it were not delivered.");
  draft.evidence(call.enter, "entered here", true).evidence(stop, "the process stopped");
  draft.missing(EventKind::delegate_exit, world.fact(stop).t, "the callback returns");
  draft.number("inside the callback", inside.seconds(), "s").rests_on(known);
  draft.clears_if("A delegate.exit of this call before the process stopped.");
  j.verdicts.fired(draft.take());
}

void judge_open(const Judging& j, EpochId epoch, const Call& call) {
  const World& world = j.world;
  FactIndex stop = kNoFact;
  for (const FactIndex i : pick_in_epoch(world, epoch, {EventKind::app_suspend, EventKind::app_terminate})) {
    if (stop == kNoFact && surely_before(world, call.enter, i)) stop = i;
  }
  const Subject subject = epoch_subject(world, epoch);
  if (stop == kNoFact) {
    undetermined(j, subject, "a delegate callback had not returned when the capture ended", "capture longer");
    return;
  }
  const CovAnswer known = coverage(world, EventKind::delegate_exit, {}, epoch, world.fact(call.enter).t, world.fact(stop).t);
  const DurationNs ran = world.run_time(epoch, {world.fact(call.enter).t, world.fact(stop).t});
  if (known.cov != Cov::yes) {
    undetermined(j, subject, "cannot see whether a delegate callback returned", known);
  } else if (ran > j.thresholds.duration("T_DELEGATE_WARN") || world.fact(stop).kind == EventKind::app_suspend) {
    fire_never(j, epoch, call, stop, known);
  } else {
    j.verdicts.cleared(subject);  // the process ended while it worked; that is no blocking
  }
}

// Many callbacks of middling length in one wake.
void judge_sums(const Judging& j, const std::vector<Call>& calls, std::span<const FactIndex> enters, const WakeSeen& wake) {
  const World& world = j.world;
  DurationNs sum;
  std::vector<const Call*> inside;
  const TimeNs until = wake.finished == kNoFact ? kTimeMax : world.fact(wake.finished).t;
  const auto near = world.within(enters, {world.fact(wake.events).t, until});
  const auto first = static_cast<std::size_t>(near.data() - enters.data());
  for (const Call& call : std::span(calls).subspan(near.empty() ? 0 : first, near.size())) {
    const bool mine = call.exit != kNoFact && maybe_before(world, wake.events, call.enter) &&
                      (wake.finished == kNoFact || maybe_before(world, call.exit, wake.finished)) &&
                      call.ran <= j.thresholds.duration("T_DELEGATE_ERR");
    if (!mine) continue;
    sum = sum + call.ran;
    inside.push_back(&call);
  }
  if (sum <= j.thresholds.duration("T_DELEGATE_SUM")) return;
  Draft draft = begin(j, wake.epoch, *inside.front(), Severity::error);
  draft.title("Delegate callbacks of one wake took " + format_duration(sum));
  draft.explain("In one wake the app ran " + format_duration(sum) + " inside " + count_of(inside.size(), "delegate callback") +
                ".");
  draft.evidence(wake.events, "woken here", true);
  for (std::size_t i = 0; i < inside.size() && i < kShownEvidence; ++i) {
    draft.evidence(inside[i]->enter, "took " + format_duration(inside[i]->ran));
  }
  draft.compared("T_DELEGATE_SUM", sum.seconds()).clears_if("A suspension inside a callback that is not in the capture.");
  j.verdicts.fired(draft.take());
}

void judge_epoch(const Judging& j, EpochId epoch, const std::vector<WakeSeen>& wakes) {
  const World& world = j.world;
  const std::vector<Call> calls = calls_of(world, epoch);
  for (const Call& call : calls) {
    if (call.exit == kNoFact) {
      judge_open(j, epoch, call);
    } else if (call.ran > j.thresholds.duration("T_DELEGATE_WARN")) {
      fire_long(j, epoch, call);
    } else {
      j.verdicts.cleared({});
    }
  }
  if (calls.empty()) {
    j.verdicts.not_applicable(epoch_subject(world, epoch));  // nobody asked: few apps log this
    return;
  }
  std::vector<FactIndex> enters;  // of each call: they are ascending
  enters.reserve(calls.size());
  for (const Call& call : calls) enters.push_back(call.enter);
  for (const WakeSeen& wake : wakes) judge_sums(j, calls, enters, wake);
}

}  // namespace

const RuleInfo& DelegateBlockedTooLong::info() const { return kInfo; }

void DelegateBlockedTooLong::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  std::map<EpochId, std::vector<WakeSeen>> wakes;
  for (const WakeSeen& wake : all_wakes(world)) wakes[wake.epoch].push_back(wake);
  for (const EpochId epoch : world.epochs()) judge_epoch(j, epoch, wakes[epoch]);
}

}  // namespace uptrail::analysis
