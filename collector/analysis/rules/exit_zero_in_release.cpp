#include "collector/analysis/rules/exit_zero_in_release.h"

#include "collector/analysis/rules/support.h"
#include "collector/base/text.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "exit-zero-in-release",
    .title = "The app ends itself with exit(0)",
    .severity = Severity::warning,
    .summary =
        "exit(0) on entering the background is an aid for testing relaunches. In a release it looks like a crash and gives up "
        "the "
        "quick resume; transfers go on and the next events launch the app anew.",
    .needs = "app.terminate with its cause, app.background, and app.launch with the build's debug flag.",
    .remedy = "Put the call into #if DEBUG.",
    .thresholds = {{"T_EXIT", 5, "s", "so soon after entering the background it is meant"}},
};

void judge_exit(const Judging& j, FactIndex exit) {
  const World& world = j.world;
  const Fact& fact = world.fact(exit);
  const FactIndex launch = launch_telling(world, fact.epoch, Field::debug);
  const std::string debug = launch == kNoFact ? "" : world.text_of(launch, Field::debug);
  FactIndex background = kNoFact;
  if (fact.epoch.valid()) {
    background = last_surely_before(world, pick_in_epoch(world, fact.epoch, {EventKind::app_background}), exit);
  }
  const bool soon = background != kNoFact && near_in_time(world, background, exit, j.thresholds.duration("T_EXIT"));
  const bool release = soon && debug == "false";
  Draft draft(j, release ? Severity::warning : Severity::info, Confidence::proven, epoch_subject(world, fact.epoch), fact.t);
  draft.title("The app ended itself with exit(0)");
  std::string text = capitalised(epoch_name(world, fact.epoch)) + " called exit(0)";
  if (background != kNoFact) text += " " + format_duration(fact.t - world.fact(background).t) + " after entering the background";
  draft.explain(text + (debug == "true" ? ", in a debug build: an aid for testing."
                        : release       ? ", in a release build."
                                        : "; whether it is a debug build is not known."));
  draft.evidence(launch, "launched").evidence(background, "entered the background").evidence(exit, "ended itself", true);
  if (background != kNoFact) draft.compared("T_EXIT", (fact.t - world.fact(background).t).seconds());
  draft.clears_if("A crash report for this end of the process.");
  j.verdicts.fired(draft.take());
}

}  // namespace

const RuleInfo& ExitZeroInRelease::info() const { return kInfo; }

void ExitZeroInRelease::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  for (const FactIndex i : world.of_kind(EventKind::app_terminate)) {
    if (world.fact(i).word == Word::exit0) judge_exit(j, i);
  }
}

}  // namespace uptrail::analysis
