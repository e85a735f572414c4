#include "collector/analysis/rules/app_thinks_uploading_stores.h"

#include <algorithm>

#include "collector/analysis/rules/task_ends.h"
#include "collector/analysis/rules/task_life.h"

namespace uptrail::analysis::rules {

namespace {

// What is in the way of saying that nobody will tell the app any more; the most telling last.
enum class Doubt : std::uint8_t { no_store, incomplete, stranger, shared_name, too_early, has_row, written_after, none };

struct Witness {
  Doubt doubt = Doubt::no_store;
  FactIndex snapshot = kNoFact;  // nsurlsessiond's store without the task, long enough before the app's was written
};

bool of_a_store(const World& world, FactIndex i) {
  const StreamId stream = world.fact(i).stream;
  return stream.valid() && world.streams()[stream.value].observer == Observer::store;
}

// The last sign of the task in a log.
FactIndex last_sign(const World& world, TaskId task) {
  FactIndex last = kNoFact;
  for (const FactIndex i : world.of_task(task)) {
    if (is_belief(world.fact(i)) || of_a_store(world, i)) continue;
    if (last == kNoFact || world.fact(i).t >= world.fact(last).t) last = i;
  }
  return last;
}

// Numbers begin again: a record that was left over may name the task of another one.
bool named_by_another(const World& world, const StoredClaim& claim) {
  const auto facts = world.of_task(claim.task);
  return std::any_of(facts.begin(), facts.end(), [&](FactIndex i) {
    const Fact& fact = world.fact(i);
    return fact.kind == EventKind::store_entry && is_belief(fact) && fact.upload.valid() && fact.upload != claim.upload;
  });
}

bool known_to_daemon(const World& world, TaskId task) {
  const auto facts = world.of_task(task);
  return std::any_of(facts.begin(), facts.end(), [&](FactIndex i) {
    const Fact& fact = world.fact(i);
    return is_daemon_row(fact) || kind_name(fact.kind).starts_with("daemon.");
  });
}

Doubt doubt_of(const Judging& j, const DaemonStores& stores, const StoredClaim& claim, FactIndex since,
               const DaemonStores::Copy& copy) {
  const World& world = j.world;
  if (!copy.complete) return Doubt::incomplete;
  if (!copy.knows_app) return Doubt::stranger;
  if (stores.shared_name(task_of(world, claim.task).session)) return Doubt::shared_name;
  if (const FactIndex row = stores.row(copy, claim.task); row != kNoFact) {
    return is_live_state(world.fact(row).word) ? Doubt::too_early : Doubt::has_row;
  }
  if (stores.may_have(copy, claim.task)) return Doubt::has_row;
  if (!later_by(world, since, copy.snapshot)) return Doubt::too_early;
  const auto rows = stores.rows_of(claim.task);
  const bool later_row = std::any_of(rows.begin(), rows.end(), [&](FactIndex i) { return !later_by(world, i, copy.snapshot); });
  if (later_row) return Doubt::has_row;
  const auto written = later_by(world, copy.snapshot, claim.state);
  return written && *written >= j.thresholds.duration("T_APPSTATE") ? Doubt::none : Doubt::written_after;
}

Witness witness_of(const Judging& j, const DaemonStores& stores, const StoredClaim& claim, FactIndex since) {
  Witness best;
  for (const DaemonStores::Copy& copy : stores.copies()) {
    const Doubt doubt = doubt_of(j, stores, claim, since, copy);
    if (doubt == Doubt::none) return {doubt, copy.snapshot};
    best.doubt = std::max(best.doubt, doubt);
  }
  return best;
}

// Would a new task of the upload have been seen until the app wrote its store?
CovAnswer creations_seen(const World& world, const StoredClaim& claim, FactIndex since) {
  Scope scope;
  scope.session = task_of(world, claim.task).session;
  scope.domain = world.fact(since).domain;
  const Interval span{world.fact(since).t, world.fact(claim.state).t + spare_between(world, claim.state, scope.domain)};
  CovAnswer best;
  for (const EventKind kind : {EventKind::task_create, EventKind::daemon_task_created, EventKind::daemon_task_enqueued}) {
    CovAnswer cov = world.cov(kind, scope, span);
    const bool better = cov.cov < best.cov || (cov.cov == best.cov && best.declared_never_logged);
    if (better || best.reason.empty()) best = std::move(cov);
    if (best.cov == Cov::yes && !best.declared_never_logged) break;
  }
  return best;
}

// Known run time of the app after nsurlsessiond's store was written and before its own was.
DurationNs ran_between(const World& world, FactIndex snapshot, FactIndex state, DomainId domain) {
  const Interval span{world.fact(snapshot).t + spare_between(world, snapshot, domain),
                      world.fact(state).t - spare_between(world, state, domain)};
  DurationNs sum;
  if (span.empty()) return sum;
  for (const EpochId epoch : world.epochs_in(domain, span)) sum = sum + world.run_time(epoch, span);
  return sum;
}

std::string result_text(const World& world, TaskId task, FactIndex end) {
  const Fact& fact = world.fact(end);
  if (fact.has(kHasCode) && fact.code != 0) return " (error " + std::to_string(fact.code) + ")";
  const auto status = task_of(world, task).status;
  return status ? " (HTTP " + std::to_string(*status) + ")" : "";
}

void fire(const Judging& j, const StoredClaim& claim, FactIndex snapshot, FactIndex since, DurationNs ran,
          const CovAnswer& creations) {
  const World& world = j.world;
  const TimeNs written = world.fact(claim.state).t;
  Subject subject = task_subject(world, claim.task);
  subject.upload = claim.upload;
  subject.label = upload_name(world, claim.upload);
  Draft draft(j, Severity::error, Confidence::likely, subject, written);
  const bool ended = claim.end != kNoFact;
  const std::string who = ended && of_a_store(world, claim.end) ? "Powerlog" : "the log";
  const std::string result = ended ? result_text(world, claim.task, claim.end) : "";
  draft.title(subject.label + " uploading in the app's store, but " +
              (ended ? "its task has ended" : "nsurlsessiond lost its task"));
  draft.explain("The app's store calls " + subject.label + " uploading.");
  if (ended) {
    draft.explain(capitalised(who) + " shows the end of its task" + result + " " +
                  format_duration(written - world.fact(claim.end).t) +
                  " before that store was last written; nsurlsessiond's store, last written " +
                  format_duration(written - world.fact(snapshot).t) +
                  " before it, no longer has the task: there is nothing left to tell the app.");
  } else {
    draft.explain("nsurlsessiond's store, last written " + format_duration(written - world.fact(snapshot).t) +
                  " before the app's, has no such task any more, and no log shows how it ended.");
  }
  draft.explain("The app ran for " + format_duration(ran) + " in between and did not settle the upload.");
  draft.evidence(claim.state, "the app's store, as last written: uploading");
  draft.evidence(since, ended ? who + ": the task's end" + result : "the last sign of the task");
  draft.evidence(snapshot, "nsurlsessiond's store, complete: the task is not in it", true);
  draft.missing(EventKind::task_create, world.fact(snapshot).t, "a new task for the upload, or an end of it in the app's store");
  draft.compared("T_APPSTATE", ran.seconds()).rests_on(creations);
  draft.clears_if("A later copy of the app's store with another state, a task for the upload, or a row of the task.");
  j.verdicts.fired(draft.take());
}

struct Words {
  std::string_view reason, add;
};

Words words_of(Doubt doubt) {
  switch (doubt) {
    case Doubt::no_store:
      return {"the upload's task has finished, and nsurlsessiond may still have its end to tell",
              "add nsurlsessiond's tasks.sqlite with its -wal"};
    case Doubt::incomplete:
      return {"the upload's task has finished, and nsurlsessiond's store is not complete",
              "copy tasks.sqlite together with its -wal"};
    case Doubt::stranger:
      return {"the upload's task has finished, and nsurlsessiond's store does not know the app",
              "add the tasks.sqlite of the same device"};
    case Doubt::shared_name:
      return {"the upload's task has finished, and another app has a session of the same name: their rows replace each other",
              ""};
    case Doubt::too_early:
      return {"the upload's task has finished, and nsurlsessiond's store was written before that",
              "copy nsurlsessiond's store again"};
    case Doubt::has_row:
      return {"the upload's task has finished, and nsurlsessiond's store still has it: the app may be told yet",
              "launch the app once more while recording"};
    case Doubt::written_after:
    case Doubt::none:
      break;
  }
  return {"the upload's task has finished, and the app's store was not written long enough after nsurlsessiond's",
          "copy the app's store once more, after the app has run for some minutes"};
}

}  // namespace

bool judge_stored_claim(const Judging& j, const DaemonStores& stores, const StoredClaim& claim) {
  const World& world = j.world;
  Subject subject = unit_subject(world);
  subject.upload = claim.upload;
  subject.label = upload_name(world, claim.upload);
  const bool ended = claim.end != kNoFact;
  const FactIndex since = ended ? claim.end : last_sign(world, claim.task);
  if (since == kNoFact || !in_background_session(world, claim.task) || !known_to_daemon(world, claim.task)) {
    if (ended) undetermined(j, subject, "the upload's task has finished, and the app was not told: it cannot know", "");
    return ended;
  }
  if (named_by_another(world, claim)) {
    if (ended) undetermined(j, subject, "two records of the app's store name the same task", "");
    return ended;
  }
  const Witness witness = witness_of(j, stores, claim, since);
  if (witness.doubt != Doubt::none) {
    const Words words = words_of(witness.doubt);
    if (ended) undetermined(j, subject, std::string(words.reason), std::string(words.add));
    return ended;
  }
  const CovAnswer creations = creations_seen(world, claim, since);
  const DurationNs ran = ran_between(world, witness.snapshot, claim.state, world.fact(since).domain);
  if (creations.cov != Cov::yes) {
    undetermined(j, subject, "cannot see whether the app made a new task for the upload", creations);
  } else if (ran < j.thresholds.duration("T_APPSTATE")) {
    undetermined(j, subject, "nsurlsessiond no longer has the upload's task, and how long the app ran after that is not known",
                 "record the system's log, too: it shows when the app runs");
  } else {
    fire(j, claim, witness.snapshot, since, ran, creations);
  }
  return true;
}

}  // namespace uptrail::analysis::rules
