#include "collector/analysis/rules/completion_handler_tied_to_invalidation.h"

#include <algorithm>
#include <map>
#include <set>

#include "collector/analysis/rules/support.h"
#include "collector/analysis/rules/task_life.h"
#include "collector/analysis/rules/wakes_seen.h"
#include "collector/base/text.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "completion-handler-tied-to-invalidation",
    .title = "Outcome or wake handler depends on didBecomeInvalid",
    .severity = Severity::warning,
    .summary =
        "The app reports results, or calls the wake's completion handler, only after the session has become invalid: one more "
        "asynchronous step, and one that is known to get lost.",
    .needs =
        "session.did-become-invalid, task.did-complete and session.did-finish-events from the app, with upload.state or "
        "wake.handler-called.",
    .remedy =
        "Decide about an upload in didCompleteWithError, and call the completion handler in "
        "urlSessionDidFinishEvents(forBackgroundURLSession:).",
    .thresholds = {{"T_TRIGGER", 2, "s", "what comes later after a callback is not taken for its consequence"},
                   {"N_SAMPLES", 2, "", "such reports, after different invalidations, and no other ones"}},
};

// One report of the app, and the callback just before it.
struct Sample {
  FactIndex report = kNoFact;   // upload.state or handler-called
  FactIndex trigger = kNoFact;  // the nearest callback of the session before it
  SessionId session;
};

bool is_trigger(EventKind kind) {
  return kind == EventKind::task_did_complete || kind == EventKind::session_did_finish_events ||
         kind == EventKind::session_did_become_invalid;
}

bool is_report(const Fact& fact) {
  if (fact.kind == EventKind::wake_handler_called) return true;
  return fact.kind == EventKind::upload_state && (fact.word == Word::succeeded || fact.word == Word::failed);
}

SessionId session_of_report(const World& world, const Fact& fact) {
  if (fact.session.valid()) return fact.session;
  if (!fact.upload.valid()) return {};
  const auto& tasks = world.derived().uploads[fact.upload.value].tasks;
  return tasks.empty() ? SessionId{} : task_of(world, tasks.back()).session;
}

// In one pass over each process: the last trigger of each session, in the order of the log.
std::vector<Sample> samples_of(const Judging& j) {
  const World& world = j.world;
  std::vector<Sample> out;
  for (const EpochId epoch : world.epochs()) {
    std::map<SessionId, FactIndex> last;
    for (const FactIndex i : world.of_epoch(epoch)) {
      const Fact& fact = world.fact(i);
      if (is_trigger(fact.kind) && fact.session.valid()) last[fact.session] = i;
      if (!is_report(fact)) continue;
      const SessionId session = session_of_report(world, fact);
      const auto it = last.find(session);
      if (it == last.end() || !surely_before(world, it->second, i)) continue;
      if (near_in_time(world, it->second, i, j.thresholds.duration("T_TRIGGER"))) out.push_back({i, it->second, session});
    }
  }
  return out;
}

bool by_invalidation(const World& world, const Sample& sample) {
  return world.fact(sample.trigger).kind == EventKind::session_did_become_invalid;
}

// No other callback can lie unseen between the invalidation and the report.
CovAnswer callbacks_seen(const World& world, const Sample& sample) {
  const Fact& from = world.fact(sample.trigger);
  for (const EventKind kind : {EventKind::task_did_complete, EventKind::session_did_finish_events}) {
    CovAnswer cov = coverage(world, kind, sample.session, from.epoch, from.t, world.fact(sample.report).t);
    // Every wake and every task has its own: a kind that this capture never shows has not been in use.
    if (cov.cov != Cov::yes && (kind == EventKind::task_did_complete || !world.of_kind(kind).empty())) return cov;
  }
  CovAnswer yes;
  yes.cov = Cov::yes;
  return yes;
}

// A wake whose events finished, whose session was being invalidated, and whose handler was not called before the suspension.
FactIndex waits_in_wake(const World& world, const WakeSeen& wake) {
  if (wake.finished == kNoFact || wake.closed() || wake.stopped == kNoFact || !is_uikit(world, wake)) return kNoFact;
  if (world.fact(wake.stopped).kind != EventKind::app_suspend) return kNoFact;
  const SessionLife life = life_of_session(world, wake.session, wake.epoch);
  const auto between = [&](FactIndex i) { return surely_before(world, wake.events, i) && surely_before(world, i, wake.stopped); };
  if (std::any_of(life.completions.begin(), life.completions.end(), between)) return kNoFact;
  for (const FactIndex i : life.invalidations) {
    if (!between(i)) continue;
    const TimeNs from = world.fact(wake.events).t;
    const TimeNs to = world.fact(wake.stopped).t;
    const bool seen = covered(world, EventKind::session_did_become_invalid, wake.session, wake.epoch, from, to) &&
                      covered(world, EventKind::wake_handler_called, wake.session, wake.epoch, from, to);
    return seen ? i : kNoFact;
  }
  return kNoFact;
}

void fire_samples(const Judging& j, const std::vector<Sample>& samples) {
  const World& world = j.world;
  const Sample& first = samples.front();
  Draft draft(j, Severity::warning, Confidence::likely, session_subject(world, first.session, world.fact(first.report).epoch),
              world.fact(first.report).t);
  draft.title("Results are reported only after the session has become invalid");
  draft.explain("Each of " + count_of(samples.size(), "report") + " of the app (upload state or wake handler) came right after " +
                "didBecomeInvalidWithError, none after didCompleteWithError or urlSessionDidFinishEvents.");
  draft.explain("That callback can be lost, and the upload then stays open for ever.");
  for (std::size_t i = 0; i < samples.size() && i < kShownEvidence; ++i) {
    const Sample& sample = samples[i];
    const DurationNs after = world.fact(sample.report).t - world.fact(sample.trigger).t;
    draft.evidence(sample.trigger, "the session became invalid")
        .evidence(sample.report, "reported " + format_duration(after) + " later", i == 0);
  }
  draft.compared("N_SAMPLES", static_cast<double>(samples.size()));
  draft.compared("T_TRIGGER", (world.fact(first.report).t - world.fact(first.trigger).t).seconds());
  draft.clears_if("A report that follows didCompleteWithError or urlSessionDidFinishEvents.");
  j.verdicts.fired(draft.take());
}

void fire_wake(const Judging& j, const WakeSeen& wake, FactIndex invalidated, const std::vector<Sample>& samples) {
  const World& world = j.world;
  Draft draft(j, Severity::error, samples.empty() ? Confidence::likely : Confidence::proven,
              session_subject(world, wake.session, wake.epoch), world.fact(wake.events).t);
  const std::string name = session_name(world, wake.session);
  draft.title("Completion handler of " + name + " waits for didBecomeInvalid");
  draft.explain("The app was woken for " + name +
                " and invalidated it; its events finished, didBecomeInvalidWithError did not "
                "come, and the app was suspended without calling the completion handler.");
  if (!samples.empty()) draft.explain("Elsewhere it reports right after that callback.");
  draft.evidence(wake.events, "woken here").evidence(invalidated, "invalidated", true);
  draft.evidence(wake.finished, "events finished: the handler is due").evidence(wake.stopped, "suspended without the call");
  for (std::size_t i = 0; i < samples.size() && i < 2; ++i) draft.evidence(samples[i].report, "reported after an invalidation");
  draft.missing(EventKind::wake_handler_called, world.fact(wake.finished).t, "the completion handler is called");
  draft.clears_if("A wake.handler-called in this wake.");
  j.verdicts.fired(draft.take());
}

}  // namespace

const RuleInfo& CompletionHandlerTiedToInvalidation::info() const { return kInfo; }

void CompletionHandlerTiedToInvalidation::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  if (world.of_kind(EventKind::session_did_become_invalid).empty() && world.of_kind(EventKind::session_invalidate).empty())
    return;
  const std::vector<Sample> all = samples_of(j);
  std::vector<Sample> tied;
  std::set<FactIndex> triggers;
  CovAnswer unclear;
  for (const Sample& sample : all) {
    if (!by_invalidation(world, sample)) continue;
    if (CovAnswer seen = callbacks_seen(world, sample); seen.cov != Cov::yes) {
      unclear = std::move(seen);
      continue;
    }
    tied.push_back(sample);
    triggers.insert(sample.trigger);
  }
  bool woken = false;
  for (const WakeSeen& wake : all_wakes(world)) {
    const FactIndex invalidated = waits_in_wake(world, wake);
    if (invalidated == kNoFact) continue;
    const bool usual = !tied.empty() && tied.size() == all.size();
    fire_wake(j, wake, invalidated, usual ? tied : std::vector<Sample>{});
    woken = true;
  }
  if (woken) return;
  if (tied.size() == all.size() && static_cast<double>(triggers.size()) >= thresholds.value("N_SAMPLES")) {
    fire_samples(j, tied);
  } else if (!unclear.reason.empty()) {
    undetermined(j, unit_subject(world), "cannot see which callback the app's reports follow", unclear);
  } else if (!all.empty()) {
    verdicts.cleared(unit_subject(world));
  }
}

}  // namespace uptrail::analysis
