#include "collector/analysis/rules/scene_background_hook_not_called.h"

#include <algorithm>

#include "collector/analysis/rules/support.h"
#include "collector/base/text.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "scene-background-hook-not-called",
    .title = "applicationDidEnterBackground not called in a scene app",
    .severity = Severity::warning,
    .summary =
        "An app with scenes gets no applicationDidEnterBackground: what its delegate does there (saving, scheduling uploads) "
        "never runs.",
    .needs = "app.hook-registered for the delegate's method, and app.background with the hook that told of it.",
    .remedy = "Move the code to sceneDidEnterBackground(_:), or observe UIApplication.didEnterBackgroundNotification.",
    .thresholds = {{"T_HOOK", 1, "s", "run time in which the delegate's method would have been called"}},
};

struct Hooks {
  EpochId epoch;
  FactIndex registered = kNoFact;
  FactIndex scene = kNoFact;           // a sign that the app has scenes
  std::vector<FactIndex> backgrounds;  // told by anything but the delegate
  bool by_delegate = false;
};

Hooks hooks_of(const World& world, EpochId epoch) {
  Hooks h;
  h.epoch = epoch;
  for (const FactIndex i :
       pick_in_epoch(world, epoch, {EventKind::app_background, EventKind::app_foreground, EventKind::app_hook_registered})) {
    const Fact& fact = world.fact(i);
    const bool background = fact.kind == EventKind::app_background;
    if (fact.kind == EventKind::app_hook_registered && fact.word == Word::hook_delegate && h.registered == kNoFact)
      h.registered = i;
    if (fact.word == Word::hook_scene && h.scene == kNoFact) h.scene = i;
    if (background && fact.word == Word::hook_delegate) h.by_delegate = true;
    if (background && (fact.word == Word::hook_scene || fact.word == Word::hook_notification)) h.backgrounds.push_back(i);
  }
  return h;
}

// One transition is told by the notification and by every scene.
std::size_t transitions(const World& world, const std::vector<FactIndex>& backgrounds) {
  std::size_t n = 0;
  FactIndex last = kNoFact;
  for (const FactIndex i : backgrounds) {
    if (last == kNoFact || world.fact(i).t - world.fact(last).t > seconds(1)) ++n;
    last = i;
  }
  return n;
}

void fire(const Judging& j, const Hooks& h, const AbsentAnswer& absent) {
  const World& world = j.world;
  const FactIndex first = h.backgrounds.front();
  Draft draft(j, Severity::warning, Confidence::likely, epoch_subject(world, h.epoch), world.fact(first).t);
  const std::size_t n = transitions(world, h.backgrounds);
  draft.title("applicationDidEnterBackground of " + epoch_name(world, h.epoch) + " was not called");
  draft.explain("The app uses scenes, so UIKit does not call applicationDidEnterBackground; the code in it did not run in " +
                count_of(n, "background transition") + ".");
  draft.evidence(h.registered, "the delegate implements it", true).evidence(h.scene, "the app has scenes");
  for (std::size_t i = 0; i < h.backgrounds.size() && i < kShownEvidence; ++i) {
    draft.evidence(h.backgrounds[i], "went to the background");
  }
  draft.missing(EventKind::app_background, world.fact(first).t, "the call of the delegate's method");
  draft.number("background transitions", static_cast<double>(n)).compared("T_HOOK", absent.waited.seconds()).rests_on(absent);
  draft.clears_if("An app.background with hook=delegate.");
  j.verdicts.fired(draft.take());
}

// true: the question is settled for this build.
bool judge_epoch(const Judging& j, EpochId epoch) {
  const World& world = j.world;
  const Hooks h = hooks_of(world, epoch);
  if (h.backgrounds.empty()) return false;
  const Subject subject = epoch_subject(world, epoch);
  if (h.by_delegate) {
    j.verdicts.cleared(subject);
    return true;
  }
  // Nothing tells of scenes, or of a delegate that would wait for the call: there is no question.
  if (h.scene == kNoFact || h.registered == kNoFact) return false;
  World::AbsentQuery query;
  query.kinds = {EventKind::app_background};
  query.match = [](const Fact& fact) { return fact.word == Word::hook_delegate; };
  query.among = world.of_epoch(epoch);
  query.scope.epoch = epoch;
  query.span = {world.fact(h.backgrounds.front()).t, life_end(world, epoch)};
  query.run_from = query.span.start;
  query.T = j.thresholds.duration("T_HOOK");
  const AbsentAnswer absent = world.absent(query);
  if (absent.answer == Absent::yes) {
    fire(j, h, absent);
    return true;
  }
  if (absent.answer == Absent::pending) {
    undetermined(j, subject, "the capture, or the process, ended too soon after the transition", "capture longer");
  } else if (absent.answer == Absent::unknown) {
    undetermined(j, subject, "cannot see whether the delegate's method was called", absent.coverage);
  }
  return false;
}

}  // namespace

const RuleInfo& SceneBackgroundHookNotCalled::info() const { return kInfo; }

void SceneBackgroundHookNotCalled::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  std::vector<std::string> settled;  // builds: what one process shows holds for all of its build
  for (const EpochId epoch : world.epochs()) {
    const std::string& build = epoch_of(world, epoch).build;
    if (std::find(settled.begin(), settled.end(), build) != settled.end()) continue;
    if (judge_epoch(j, epoch)) settled.push_back(build);
  }
}

}  // namespace uptrail::analysis
