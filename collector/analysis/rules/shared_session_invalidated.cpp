#include "collector/analysis/rules/shared_session_invalidated.h"

#include <map>

#include "collector/analysis/rules/support.h"
#include "collector/base/text.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "shared-session-invalidated",
    .title = "URLSession.shared was invalidated",
    .severity = Severity::warning,
    .summary = "Invalidating URLSession.shared has no effect, so the tasks it was meant to clear go on.",
    .needs = "session.invalidate with shared=true, or CFNetwork's line that the shared session may not be invalidated.",
    .remedy = "Call cancel() on the tasks of your background session; URLSession.shared cannot be invalidated.",
    .thresholds = {},
};

// The first list after the call in which the app still sees tasks.
FactIndex tasks_still_listed(const World& world, EpochId epoch, FactIndex call) {
  for (const FactIndex i : world.of_kind(EventKind::session_tasks_answered)) {
    if (world.fact(i).epoch == epoch && surely_before(world, call, i) && !world.listing(i).empty()) return i;
  }
  return kNoFact;
}

void fire(const Judging& j, EpochId epoch, const std::vector<FactIndex>& calls) {
  const World& world = j.world;
  const FactIndex first = calls.front();
  Draft draft(j, Severity::warning, Confidence::proven, epoch_subject(world, epoch), world.fact(first).t);
  draft.title("URLSession.shared invalidated by " + epoch_name(world, epoch) + ": no effect")
      .explain("invalidate was called on URLSession.shared " + count_of(calls.size(), "time") +
               ". The shared session cannot be invalidated; background uploads live in another session and were not touched.")
      .number("calls", static_cast<double>(calls.size()))
      .evidence(first, "invalidate on URLSession.shared", true);
  for (std::size_t i = 1; i < calls.size() && i < kShownEvidence; ++i) draft.evidence(calls[i], "again");
  const FactIndex listed = tasks_still_listed(world, epoch, first);
  if (listed != kNoFact) {
    const std::size_t n = world.listing(listed).size();
    draft.evidence(listed, "the background session still has tasks").number("tasks listed afterwards", static_cast<double>(n));
    draft.explain("Afterwards the app's background session still listed " + count_of(n, "task") + ".");
  }
  draft.clears_if("Nothing: the call itself is the fault.");
  j.verdicts.fired(draft.take());
}

}  // namespace

const RuleInfo& SharedSessionInvalidated::info() const { return kInfo; }

void SharedSessionInvalidated::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  std::map<EpochId, std::vector<FactIndex>> calls;
  for (const FactIndex i : world.of_kind(EventKind::session_invalidate)) {
    if (world.fact(i).has(kShared)) calls[world.fact(i).epoch].push_back(i);
  }
  for (const auto& [epoch, list] : calls) fire(j, epoch, list);
  if (world.sessions().empty() && world.tasks().empty()) return;
  constexpr std::string_view kQuestion = "cannot see whether URLSession.shared was invalidated";
  for (const EpochId epoch : world.epochs()) {
    if (calls.contains(epoch)) continue;
    const Subject subject = epoch_subject(world, epoch);
    const CovAnswer cov =
        coverage(world, EventKind::session_invalidate, {}, epoch, own_begin(world, epoch), seen_end(world, epoch));
    if (cov.cov == Cov::yes) {
      verdicts.cleared(subject);
    } else {
      undetermined(j, subject, kQuestion, cov);
    }
  }
  if (world.epochs().empty() && calls.empty()) {
    undetermined(j, unit_subject(world), std::string(kQuestion) + ": no app process is in the capture",
                 std::string(kLoggerAdvice));
  }
}

}  // namespace uptrail::analysis
