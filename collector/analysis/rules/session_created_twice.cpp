#include "collector/analysis/rules/session_created_twice.h"

#include <optional>

#include "collector/analysis/rules/support.h"
#include "collector/base/text.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "session-created-twice",
    .title = "Background session created twice in one process",
    .severity = Severity::info,
    .summary =
        "While a background session is alive, creating it again returns the existing object; a new delegate or "
        "configuration is silently ignored.",
    .needs = "session.create with object and delegate, session.invalidate, or CFNetwork's line that the session already exists.",
    .remedy =
        "Let one place own the session of an identifier (a singleton or a dictionary); in handleEvents look it up and create "
        "it only if it is missing.",
    .thresholds = {},
};

struct Again {
  FactIndex first = kNoFact, second = kNoFact;  // kNoFact: only the warning was logged
  FactIndex warning = kNoFact;
  bool other_delegate = false;
  std::string changed;  // configuration fields that differ
  [[nodiscard]] FactIndex at() const { return second != kNoFact ? second : warning; }
  [[nodiscard]] int gravity() const { return (other_delegate ? 2 : 0) + (changed.empty() ? 0 : 1); }
};

// No invalidation can be under way at `at`: each that may precede it was confirmed before `since`.
bool alive(const World& world, const SessionLife& life, FactIndex since, FactIndex at) {
  for (const FactIndex v : life.invalidations) {
    if (!maybe_before(world, v, at)) continue;
    bool confirmed = false;
    for (const FactIndex d : life.completions) {
      confirmed = confirmed || (surely_before(world, v, d) && surely_before(world, d, since));
    }
    if (!confirmed) return false;
  }
  return true;
}

std::string changed_fields(const World& world, FactIndex a, FactIndex b) {
  std::string changed;
  for (const Field field : {Field::discretionary, Field::sends_launch_events, Field::resource_timeout, Field::request_timeout,
                            Field::shared_container}) {
    const std::string x = world.text_of(a, field);
    const std::string y = world.text_of(b, field);
    if (x.empty() || y.empty() || x == y) continue;
    changed.append(changed.empty() ? "" : ", ").append(field_name(field)).append(" ").append(x).append(", then ").append(y);
  }
  return changed;
}

Again compare(const World& world, const SessionLife& life, FactIndex first, FactIndex second) {
  Again again;
  again.first = first;
  again.second = second;
  again.changed = changed_fields(world, first, second);
  for (const FactIndex w : life.warnings) {
    if (again.warning == kNoFact && near_in_time(world, w, second, seconds(1))) again.warning = w;
  }
  const ObjectInfo* a = world.object_info(first);
  const ObjectInfo* b = world.object_info(second);
  again.other_delegate = a && b && !a->delegate.empty() && !b->delegate.empty() && a->delegate != b->delegate;
  return again;
}

void fire(const Judging& j, const SessionLife& life, const Again& again, std::size_t times) {
  const World& world = j.world;
  const bool harmless = again.gravity() == 0;
  Draft draft(j, harmless ? Severity::info : Severity::warning, Confidence::proven,
              session_subject(world, life.session, life.epoch), world.fact(again.at()).t);
  const std::string name = capitalised(session_name(world, life.session));
  std::string title = session_name(world, life.session) + " created again while alive";
  if (again.other_delegate) {
    title += ": the second delegate is ignored";
  } else if (!harmless) {
    title += ": the changed configuration is ignored";
  }
  draft.title(std::move(title)).evidence(again.first, "created here");
  draft.evidence(again.second, "created again here", true).evidence(again.warning, "CFNetwork: it already exists", true);
  draft.explain(name + " was created again " + count_of(times, "time") + " in " + epoch_name(world, life.epoch) +
                " while it was alive; the existing object is returned.");
  if (again.other_delegate) {
    draft.explain("Variant second-delegate-ignored: callbacks go on to the delegate " +
                  std::string(world.object_info(again.first)->delegate) + ", never to " +
                  std::string(world.object_info(again.second)->delegate) + ".");
  }
  if (!again.changed.empty()) draft.explain("Variant changed-configuration-ignored: " + again.changed + ".");
  if (again.first != kNoFact) {
    draft.number("time since the creation before", (world.fact(again.at()).t - world.fact(again.first).t).seconds(), "s");
  }
  draft.number("further creations", static_cast<double>(times));
  draft.clears_if("A session.did-become-invalid between the two creations, or proof that they are of two processes.");
  j.verdicts.fired(draft.take());
}

struct Judgement {
  std::optional<Again> worst;
  std::size_t times = 0;
  std::optional<CovAnswer> doubt;
  bool other_process = false;
};

Judgement judge_pairs(const World& world, const SessionLife& life) {
  Judgement out;
  for (std::size_t k = 1; k < life.creates.size(); ++k) {
    const FactIndex a = life.creates[k - 1];
    const FactIndex b = life.creates[k];
    if (!alive(world, life, a, b)) continue;
    const Again again = compare(world, life, a, b);
    const CovAnswer cov =
        coverage(world, EventKind::session_invalidate, life.session, life.epoch, world.fact(a).t, world.fact(b).t);
    if (!same_process(world, life.epoch, a, b)) {
      out.other_process = true;
    } else if (cov.cov != Cov::yes && again.warning == kNoFact) {
      out.doubt = cov;
    } else {
      ++out.times;
      if (!out.worst || again.gravity() > out.worst->gravity()) out.worst = again;
    }
  }
  if (out.worst) return out;
  for (const FactIndex w : life.warnings) {
    if (!alive(world, life, w, w)) continue;
    ++out.times;
    out.worst = Again{kNoFact, kNoFact, w, false, ""};
  }
  return out;
}

void judge_life(const Judging& j, const SessionLife& life) {
  const World& world = j.world;
  const Judgement found = judge_pairs(world, life);
  const Subject subject = session_subject(world, life.session, life.epoch);
  if (found.worst) {
    fire(j, life, *found.worst, found.times);
    return;
  }
  if (found.other_process) {
    undetermined(j, subject, "two creations, but they may be of two processes", "log pid, app.launch and app.terminate");
    return;
  }
  if (found.doubt) {
    undetermined(j, subject, "two creations, but cannot see whether the session was invalidated between them", *found.doubt);
    return;
  }
  const CovAnswer cov = coverage(world, EventKind::session_create, life.session, life.epoch, own_begin(world, life.epoch),
                                 seen_end(world, life.epoch));
  if (cov.cov != Cov::yes) {
    undetermined(j, subject, "cannot see every creation of the session", cov);
  } else if (launch_of(world, life.epoch) == kNoFact) {
    undetermined(j, subject, "the start of the process, where the session may have been created, is not in the capture",
                 "start the capture before the app is launched");
  } else {
    j.verdicts.cleared(subject);
  }
}

}  // namespace

const RuleInfo& SessionCreatedTwice::info() const { return kInfo; }

void SessionCreatedTwice::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  for_each_life(j, [&](const SessionLife& life) { judge_life(j, life); });
}

}  // namespace uptrail::analysis
