#include "collector/analysis/rules/session_reused_after_invalidation.h"

#include "collector/analysis/rules/support.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "session-reused-after-invalidation",
    .title = "Background session re-created before its invalidation was complete",
    .severity = Severity::error,
    .summary =
        "Creating a background session between invalidate and didBecomeInvalid hands back the old, dead object; nothing can "
        "be uploaded with it until the next launch.",
    .needs =
        "session.invalidate and session.create of one process, with session.did-become-invalid, the objects' addresses, or "
        "CFNetwork's line that the session already exists.",
    .remedy =
        "To clear old work, cancel the tasks of the session and keep it. If it must be invalidated, create the new session in "
        "or after urlSession(_:didBecomeInvalidWithError:), or in the next launch.",
    .thresholds = {},
};

// One attempt to create the session while an invalidation is under way.
struct Attempt {
  FactIndex invalidated = kNoFact;
  FactIndex create = kNoFact;   // kNoFact: only the warning was logged
  FactIndex warning = kNoFact;  // CFNetwork's
  FactIndex refusal = kNoFact;  // the task that could not be created
  bool same_object = false, other_object = false;
  CovAnswer completion;  // whether didBecomeInvalid would have been seen
  [[nodiscard]] FactIndex at() const { return create != kNoFact ? create : warning; }
};

enum class Answer : std::uint8_t { legal, unclear, other_process, likely, proven };

// didBecomeInvalid of another, older object does not end this invalidation.
bool concerns(const World& world, FactIndex completion, FactIndex invalidated) {
  const std::string a = object_text(world, completion);
  const std::string b = object_text(world, invalidated);
  return a.empty() || b.empty() || a == b;
}

// The invalidation that is surely under way at `at`; kNoFact: none.
FactIndex under_way(const World& world, const SessionLife& life, FactIndex at) {
  const FactIndex v = last_surely_before(world, life.invalidations, at);
  if (v == kNoFact) return kNoFact;
  for (const FactIndex d : life.completions) {
    if (concerns(world, d, v) && maybe_between(world, d, v, at)) return kNoFact;
  }
  return v;
}

std::size_t creates_between(const World& world, const SessionLife& life, FactIndex a, FactIndex b) {
  std::size_t n = 0;
  for (const FactIndex c : life.creates) n += maybe_between(world, c, a, b) ? 1 : 0;
  return n;
}

FactIndex refusal_after(const World& world, const SessionLife& life, FactIndex create) {
  for (const FactIndex f : world.of_epoch(life.epoch, EventKind::task_create_failed)) {
    const Fact& fact = world.fact(f);
    const bool here = !fact.session.valid() || fact.session == life.session;
    if (here && fact.word == Word::invalidated && surely_before(world, create, f) &&
        creates_between(world, life, create, f) == 0) {
      return f;
    }
  }
  return kNoFact;
}

Attempt attempt_of_create(const World& world, const SessionLife& life, FactIndex invalidated, FactIndex create) {
  Attempt a;
  a.invalidated = invalidated;
  a.create = create;
  const std::string old_object = object_text(world, invalidated);
  const std::string new_object = object_text(world, create);
  a.same_object = !old_object.empty() && old_object == new_object;
  a.other_object = !old_object.empty() && !new_object.empty() && old_object != new_object;
  for (const FactIndex w : life.warnings) {
    const bool beside = near_in_time(world, w, create, seconds(1)) && under_way(world, life, w) == invalidated;
    if (beside && a.warning == kNoFact) a.warning = w;
  }
  a.refusal = refusal_after(world, life, create);
  a.completion = coverage(world, EventKind::session_did_become_invalid, life.session, life.epoch, world.fact(invalidated).t,
                          world.fact(create).t);
  return a;
}

Attempt attempt_of_warning(const World& world, const SessionLife& life, FactIndex invalidated, FactIndex warning) {
  Attempt a;
  a.invalidated = invalidated;
  a.warning = warning;
  a.completion = coverage(world, EventKind::session_did_become_invalid, life.session, life.epoch, world.fact(invalidated).t,
                          world.fact(warning).t);
  return a;
}

std::vector<Attempt> attempts_of(const World& world, const SessionLife& life) {
  std::vector<Attempt> out;
  for (const FactIndex c : life.creates) {
    const FactIndex v = under_way(world, life, c);
    if (v != kNoFact) out.push_back(attempt_of_create(world, life, v, c));
  }
  for (const FactIndex w : life.warnings) {
    bool told = false;
    for (const Attempt& a : out) told = told || a.warning == w;
    const FactIndex v = told ? kNoFact : under_way(world, life, w);
    if (v != kNoFact) out.push_back(attempt_of_warning(world, life, v, w));
  }
  return out;
}

Answer answer_of(const World& world, const SessionLife& life, const Attempt& a) {
  const FactIndex at = a.at();
  if (!same_process(world, life.epoch, a.invalidated, at)) return Answer::other_process;
  const TimeNs from = world.fact(a.invalidated).t;
  const bool completion_seen = a.completion.cov == Cov::yes;
  if (a.warning != kNoFact) {
    // Without didBecomeInvalid the session may have been re-created unseen, and the warning may be about that one.
    const bool alone = creates_between(world, life, a.invalidated, a.warning) <= 1 &&
                       covered(world, EventKind::session_create, life.session, life.epoch, from, world.fact(a.warning).t);
    if (completion_seen || alone) return Answer::proven;
  }
  if (a.same_object) return completion_seen ? Answer::proven : Answer::likely;
  if (a.other_object) return Answer::legal;
  if (a.refusal != kNoFact) {
    // A task refused on a session that was created legally would need another, unseen invalidation.
    const bool no_other =
        covered(world, EventKind::session_invalidate, life.session, life.epoch, world.fact(at).t, world.fact(a.refusal).t);
    if (completion_seen || no_other) return Answer::proven;
  }
  return completion_seen && a.create != kNoFact ? Answer::likely : Answer::unclear;
}

FactIndex completion_after(const World& world, const SessionLife& life, const Attempt& a) {
  for (const FactIndex d : life.completions) {
    if (concerns(world, d, a.invalidated) && surely_before(world, a.at(), d)) return d;
  }
  return kNoFact;
}

void explain(Draft& draft, const World& world, const SessionLife& life, const Attempt& a, FactIndex later) {
  const DurationNs after = world.fact(a.at()).t - world.fact(a.invalidated).t;
  draft.explain(capitalised(session_name(world, life.session)) + " was created again " + format_duration(after) +
                " after it was invalidated, before didBecomeInvalid arrived.");
  if (a.same_object) {
    draft.explain("The system handed back the same, dead object (" + object_text(world, a.create) + ").");
  } else {
    draft.explain("In this window the system hands back the old, dead object.");
  }
  if (a.same_object && a.completion.cov != Cov::yes && a.warning == kNoFact) {
    draft.explain("didBecomeInvalid is not recorded here, so a new object at the old address cannot be excluded.");
  }
  draft.explain(
      "Tasks created on it raise \"Task created in a session that has been invalidated\": no upload can start in this "
      "process.");
  if (later == kNoFact) draft.explain("didBecomeInvalid was not seen afterwards.");
}

void fire(const Judging& j, const SessionLife& life, const Attempt& a, Confidence confidence, std::size_t times) {
  const World& world = j.world;
  const FactIndex at = a.at();
  const DurationNs after = world.fact(at).t - world.fact(a.invalidated).t;
  Subject subject = session_subject(world, life.session, life.epoch);
  subject.object = world.fact(a.invalidated).object;
  Draft draft(j, Severity::error, confidence, subject, world.fact(at).t);
  draft.title(session_name(world, life.session) + " re-created " + format_duration(after) + " after it was invalidated");
  draft.evidence(a.invalidated, "invalidated here")
      .evidence(a.create, a.same_object ? "created again: the same object" : "created again here", true)
      .evidence(a.warning, "CFNetwork: it already exists", true)
      .evidence(a.refusal, "a task could not be created on it");
  const FactIndex later = completion_after(world, life, a);
  explain(draft, world, life, a, later);
  draft.number("created after invalidation", after.seconds(), "s");
  if (later != kNoFact) {
    draft.evidence(later, "only here the invalidation was complete")
        .number("created before didBecomeInvalid", (world.fact(later).t - world.fact(at).t).seconds(), "s");
  }
  draft.missing(EventKind::session_did_become_invalid, world.fact(at).t, "due before the session may be created again");
  if (times > 1) draft.number("creations in the window", static_cast<double>(times));
  if (confidence == Confidence::likely && a.completion.cov == Cov::yes) draft.rests_on(a.completion);
  draft.clears_if("A session.did-become-invalid between the two, or proof that they are of two processes.");
  j.verdicts.fired(draft.take());
}

// Nothing was created while an invalidation was seen under way: is that certain?
void judge_quiet(const Judging& j, const SessionLife& life) {
  const World& world = j.world;
  const Subject subject = session_subject(world, life.session, life.epoch);
  const bool from_start = launch_of(world, life.epoch) != kNoFact;
  const TimeNs begin = own_begin(world, life.epoch);
  const TimeNs last = life.creates.empty() ? seen_end(world, life.epoch) : world.fact(life.creates.back()).t;
  const bool only_one = life.creates.size() <= 1 && life.warnings.empty() &&
                        covered(world, EventKind::session_create, life.session, life.epoch, begin, last);
  const CovAnswer cov = coverage(world, EventKind::session_invalidate, life.session, life.epoch, begin, last);
  if (from_start && (only_one || cov.cov == Cov::yes)) {
    j.verdicts.cleared(subject);
  } else if (!life.invalidations.empty()) {
    j.verdicts.cleared(subject);
  } else if (!from_start) {
    undetermined(j, subject, "no invalidation was seen, but the start of the process is not in the capture",
                 "start the capture before the app is launched");
  } else {
    undetermined(j, subject, "cannot see whether the session had been invalidated before it was created", cov);
  }
}

void judge_life(const Judging& j, const SessionLife& life) {
  const World& world = j.world;
  const std::vector<Attempt> attempts = attempts_of(world, life);
  const Attempt* worst = nullptr;
  Answer answer = Answer::legal;
  for (const Attempt& a : attempts) {
    const Answer mine = answer_of(world, life, a);
    if (mine > answer) {
      worst = &a;
      answer = mine;
    }
  }
  const Subject subject = session_subject(world, life.session, life.epoch);
  switch (answer) {
    case Answer::legal:
      judge_quiet(j, life);
      return;
    case Answer::unclear:
      undetermined(j, subject, "cannot see whether the invalidation had completed", worst->completion);
      return;
    case Answer::other_process:
      undetermined(j, subject, "invalidation and creation may be of two processes", "log pid, app.launch and app.terminate");
      return;
    case Answer::likely:
    case Answer::proven:
      fire(j, life, *worst, answer == Answer::proven ? Confidence::proven : Confidence::likely, attempts.size());
      return;
  }
}

}  // namespace

const RuleInfo& SessionReusedAfterInvalidation::info() const { return kInfo; }

void SessionReusedAfterInvalidation::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  for_each_life(j, [&](const SessionLife& life) { judge_life(j, life); });
}

}  // namespace uptrail::analysis
