#include "collector/analysis/rules/session_created_before_first_unlock.h"

#include "collector/analysis/rules/support.h"
#include "collector/base/text.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "session-created-before-first-unlock",
    .title = "Background session created before the first unlock",
    .severity = Severity::warning,
    .summary =
        "After a boot, creating a background session waits until the device is unlocked for the first time; on the main thread "
        "that can end in a watchdog kill.",
    .needs = "CFNetwork's line, or the boot, the creation and the first unlock.",
    .remedy = "Create the session when protected data is available, and not on the main thread.",
    .thresholds = {},
};

FactIndex next_of(const World& world, EventKind kind, FactIndex from) {
  for (const FactIndex i : world.of_kind(kind)) {
    if (surely_before(world, from, i)) return i;
  }
  return kNoFact;
}

void fire(const Judging& j, FactIndex create, FactIndex boot, FactIndex unlock, Confidence confidence) {
  const World& world = j.world;
  const Fact& fact = world.fact(create);
  Draft draft(j, Severity::warning, confidence, session_subject(world, fact.session, fact.epoch), fact.t);
  draft.title("A background session was created before the first unlock");
  std::string text = capitalised(epoch_name(world, fact.epoch)) + " created a background session before the device was unlocked";
  if (unlock != kNoFact) text += ", which came " + format_duration(world.fact(unlock).t - fact.t) + " later";
  draft.explain(text + "; the creation waits until then.");
  draft.evidence(boot, "the device booted")
      .evidence(create, confidence == Confidence::proven ? "CFNetwork waits" : "created", true);
  draft.evidence(unlock, "first unlock");
  if (unlock != kNoFact) draft.number("waited", (world.fact(unlock).t - fact.t).seconds(), "s");
  draft.clears_if(confidence == Confidence::proven ? "Nothing: it is CFNetwork's own word."
                                                   : "An unlock between the boot and the creation.");
  j.verdicts.fired(draft.take());
}

void judge_boot(const Judging& j, FactIndex boot) {
  const World& world = j.world;
  const FactIndex unlock = next_of(world, EventKind::device_first_unlock, boot);
  const FactIndex create = next_of(world, EventKind::session_create, boot);
  if (create == kNoFact || (unlock != kNoFact && maybe_before(world, unlock, create))) return;
  const Subject subject = session_subject(world, world.fact(create).session, world.fact(create).epoch);
  if (unlock != kNoFact) {
    fire(j, create, boot, unlock, Confidence::likely);
    return;
  }
  undetermined(j, subject, "a session was created after a boot, and the first unlock is not in the capture",
               "record the system's log until the device is unlocked");
}

}  // namespace

const RuleInfo& SessionCreatedBeforeFirstUnlock::info() const { return kInfo; }

void SessionCreatedBeforeFirstUnlock::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  if (world.unit().platform == "macos") return;
  const auto lines = world.of_kind(EventKind::session_blocked_first_unlock);
  for (const FactIndex line : lines) {
    FactIndex boot = kNoFact;
    for (const FactIndex i : world.of_kind(EventKind::device_boot)) boot = surely_before(world, i, line) ? i : boot;
    fire(j, line, boot, next_of(world, EventKind::device_first_unlock, line), Confidence::proven);
  }
  if (!lines.empty()) return;
  for (const FactIndex boot : world.of_kind(EventKind::device_boot)) judge_boot(j, boot);
}

}  // namespace uptrail::analysis
