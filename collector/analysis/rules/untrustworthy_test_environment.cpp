#include "collector/analysis/rules/untrustworthy_test_environment.h"

#include "collector/analysis/rules/support.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "untrustworthy-test-environment",
    .title = "Recorded under a debugger or in the Simulator",
    .severity = Severity::info,
    .summary =
        "A debugger prevents suspension, and the Simulator does not model background behaviour: what is seen about suspension, "
        "wakes and delays need not happen on a user's device.",
    .needs = "app.debugger, app.launch with its simulator flag, or nsurlsessiond's line that the app is being debugged.",
    .remedy = "Start the app from the Home screen of a device and read the logs afterwards.",
    .thresholds = {},
};

struct Sign {
  FactIndex fact = kNoFact;
  std::string_view note;
};

std::vector<Sign> signs(const World& world) {
  std::vector<Sign> out;
  for (const FactIndex i : world.of_kind(EventKind::app_debugger)) {
    if (world.fact(i).has(kShared)) out.push_back({i, "a debugger is attached"});
  }
  for (const FactIndex i : world.of_kind(EventKind::app_launch)) {
    if (field_is(world, i, Field::simulator, "true")) out.push_back({i, "launched in the Simulator"});
  }
  for (const FactIndex i : world.of_kind(EventKind::daemon_discretionary)) {
    if (world.text_of(i, Field::why).find("debugg") != std::string::npos) out.push_back({i, "nsurlsessiond sees a debugger"});
  }
  return out;
}

}  // namespace

const RuleInfo& UntrustworthyTestEnvironment::info() const { return kInfo; }

void UntrustworthyTestEnvironment::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  const std::vector<Sign> found = signs(world);
  if (found.empty()) return;
  Draft draft(j, Severity::info, Confidence::proven, unit_subject(world), world.fact(found.front().fact).t);
  draft.title("Recorded under test conditions: " + std::string(found.front().note));
  draft.explain("Suspension, wakes and delays may go differently on a user's device: " + std::string(found.front().note) + ".");
  for (std::size_t i = 0; i < found.size() && i < kShownEvidence; ++i) {
    draft.evidence(found[i].fact, std::string(found[i].note), i == 0);
  }
  draft.clears_if("A capture of the same behaviour from a device, without a debugger.");
  j.verdicts.fired(draft.take());
}

}  // namespace uptrail::analysis
