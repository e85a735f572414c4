#include "collector/analysis/rules/session_identifier_in_two_processes.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "collector/analysis/rules/session_holders.h"
#include "collector/analysis/rules/support.h"
#include "collector/analysis/rules/task_ends.h"
#include "collector/base/text.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "session-identifier-in-two-processes",
    .title = "Session identifier in use by another process",
    .severity = Severity::error,
    .summary =
        "One process at a time may be connected to a background session; the second one is refused (-996), and its session is "
        "dead from the start.",
    .needs =
        "nsurlsessiond's refusal, or NSURLErrorBackgroundSessionInUseByAnotherProcess (-996) in one process while another one is "
        "known to run with the same session identifier.",
    .remedy =
        "Give the app and each extension an identifier of their own; or use the same one strictly by turns, and on -996 wait and "
        "try again later.",
    .thresholds = {{"T_TEARDOWN", 2, "s", "an old process of the same app may still be torn down"},
                   {"T_SAME", 2, "s", "a refusal and an error -996 this close are one"}},
};

// One refusal: nsurlsessiond's line, the error in the process, or both.
struct Refusal {
  SessionId session;
  EpochId epoch;               // who was refused; invalid: not known
  FactIndex line = kNoFact;    // nsurlsessiond's
  FactIndex error = kNoFact;   // -996 in the process
  FactIndex create = kNoFact;  // its session.create
  [[nodiscard]] FactIndex at() const { return line != kNoFact ? line : error; }
};

bool is_error(const Fact& fact) {
  const bool kind = fact.kind == EventKind::session_setup_failed || fact.kind == EventKind::session_did_become_invalid;
  return kind && fact.has(kHasCode) && fact.code == kInUse;
}

// The first refusal of each process; one whose process is not known is named by an invalid epoch.
class Refusals {
 public:
  explicit Refusals(SessionId session) : session_(session) {}
  void add_line(const World& world, FactIndex line) {
    const EpochId epoch = world.fact(line).epoch;
    if (first_.try_emplace(epoch, all_.size()).second) all_.push_back({session_, epoch, line, kNoFact, kNoFact});
  }
  // An error belongs to the refusal of its process, or to a near one of nobody knows whom; else it is one of its own.
  void add_error(const World& world, FactIndex error, DurationNs near) {
    const EpochId epoch = world.fact(error).epoch;
    const auto unnamed = first_.find(EpochId{});
    const bool meant = unnamed != first_.end() && near_in_time(world, all_[unnamed->second].line, error, near);
    const auto own = first_.find(epoch);
    if (meant && (own == first_.end() || unnamed->second < own->second)) {
      take(unnamed->second, epoch, error);
      first_.erase(EpochId{});
    } else if (own != first_.end()) {
      take(own->second, epoch, error);
    } else {
      first_.emplace(epoch, all_.size());
      all_.push_back({session_, epoch, kNoFact, error, kNoFact});
    }
  }
  std::vector<Refusal>& all() { return all_; }

 private:
  void take(std::size_t i, EpochId epoch, FactIndex error) {
    all_[i].epoch = epoch;
    if (all_[i].error == kNoFact) all_[i].error = error;
    const auto [own, fresh] = first_.try_emplace(epoch, i);
    if (!fresh) own->second = std::min(own->second, i);
  }

  SessionId session_;
  std::vector<Refusal> all_;
  std::map<EpochId, std::size_t> first_;  // positions in all_
};

std::vector<Refusal> refusals_of(const Judging& j, SessionId session) {
  const World& world = j.world;
  Refusals refusals(session);
  for (const FactIndex i : world.of_session(session, EventKind::daemon_session_refused)) {
    if (is_refusal(world.fact(i))) refusals.add_line(world, i);
  }
  const DurationNs near = j.thresholds.duration("T_SAME");
  for (const FactIndex i :
       pick_in_session(world, session, {}, {EventKind::session_setup_failed, EventKind::session_did_become_invalid})) {
    if (is_error(world.fact(i)) && world.fact(i).epoch.valid()) refusals.add_error(world, i, near);
  }
  for (Refusal& refusal : refusals.all()) {
    if (!refusal.epoch.valid()) continue;
    for (const FactIndex i : pick_in_session(world, session, refusal.epoch, {EventKind::session_create})) {
      if (maybe_before(world, i, refusal.at())) refusal.create = i;
    }
  }
  return std::move(refusals.all());
}

// The client that nsurlsessiond had connected before; 0: not known.
std::int64_t connected_pid(const World& world, const Refusal& refusal) {
  if (refusal.line == kNoFact) return 0;
  FactIndex last = kNoFact;
  for (const EventKind kind : {EventKind::daemon_client_connected, EventKind::daemon_session_created,
                               EventKind::daemon_session_reconnected, EventKind::daemon_client_disconnected}) {
    const auto facts = world.within(world.of_session(refusal.session, kind), {kTimeMin, world.fact(refusal.line).t});
    const auto it = std::find_if(facts.rbegin(), facts.rend(), [&](FactIndex i) {
      const bool says = kind == EventKind::daemon_client_disconnected || world.fact(i).number != 0;
      return says && surely_before(world, i, refusal.line);
    });
    if (it != facts.rend()) last = last == kNoFact ? *it : std::max(last, *it);
  }
  const bool gone = last == kNoFact || world.fact(last).kind == EventKind::daemon_client_disconnected;
  return gone ? 0 : world.fact(last).number;
}

// An earlier process of the same app ended, or was replaced, just before: its connection may still have been there.
bool being_torn_down(const Judging& j, const Refusal& refusal) {
  const World& world = j.world;
  const Fact& at = world.fact(refusal.at());
  const DurationNs limit = j.thresholds.duration("T_TEARDOWN");
  const Interval around{at.t - limit - nanoseconds(1), at.t + limit + nanoseconds(1)};
  for (const EpochId id : world.epochs_in(at.domain, around)) {
    const ProcessEpoch& epoch = epoch_of(world, id);
    if (id == refusal.epoch) continue;
    const TimeNs end = life_end(world, id);
    const bool same_name = !refusal.epoch.valid() || epoch.process == epoch_of(world, refusal.epoch).process;
    const bool ended = epoch.end.has_value() || end < world.capture_end(at.domain);
    if (same_name && ended && end <= at.t + limit && end + limit >= at.t) return true;
  }
  return false;
}

void fire(const Judging& j, const Refusal& refusal, const Holder& holder, Confidence confidence) {
  const World& world = j.world;
  const FactIndex at = refusal.at();
  Draft draft(j, Severity::error, confidence, session_subject(world, refusal.session, refusal.epoch), world.fact(at).t);
  const std::string name = session_name(world, refusal.session);
  const std::string by = holder.held == Held::no ? "another process" : holder.name;
  const std::string refused = refusal.epoch.valid() ? capitalised(epoch_name(world, refusal.epoch)) : "A process";
  draft.title(capitalised(name) + " is in use by " + by +
              (refusal.epoch.valid() ? "; " + epoch_name(world, refusal.epoch) : "; a process") + " was refused");
  draft.explain(refused + " asked for " + name + " while " + by + (confidence == Confidence::hint ? " may have been" : " was") +
                " connected to it, and was refused.");
  draft.explain("Nothing can be uploaded with its session object.");
  draft.evidence(holder.fact, "created by " + by).evidence(refusal.create, "created by the refused process");
  draft.evidence(refusal.line, "nsurlsessiond: already has a connected client", true);
  draft.evidence(refusal.error, "error -996: in use by another process", true);
  draft.clears_if("Proof that the other connection was of an earlier life of the same process.");
  j.verdicts.fired(draft.take());
}

void judge_refusal(const Judging& j, const Holders& holders, const Refusal& refusal) {
  const World& world = j.world;
  const Subject subject = session_subject(world, refusal.session, refusal.epoch);
  const Holder holder = holders.other(refusal.session, refusal.epoch, refusal.at());
  if (refusal.line == kNoFact) {
    if (holder.held == Held::running) {
      fire(j, refusal, holder, Confidence::proven);
    } else if (holder.held == Held::suspected) {
      fire(j, refusal, holder, Confidence::hint);
    } else {
      undetermined(j, subject, "the session was refused (-996), but no other process with its identifier is in the capture",
                   "record the system's log, and the extension's");
    }
    return;
  }
  const std::int64_t pid = connected_pid(world, refusal);
  const std::int64_t refused = world.fact(refusal.line).number;
  if (pid != 0 && pid == refused) {
    j.verdicts.cleared(subject);  // the same process, connecting again
  } else if (holder.held == Held::running || (pid != 0 && refused != 0)) {
    fire(j, refusal, holder, Confidence::proven);
  } else if (refusal.error == kNoFact && being_torn_down(j, refusal)) {
    undetermined(j, subject, "an earlier process of the app had just ended: its connection may still have been there", "");
  } else {
    fire(j, refusal, holder, refusal.error != kNoFact || refused != 0 ? Confidence::likely : Confidence::hint);
  }
}

}  // namespace

const RuleInfo& SessionIdentifierInTwoProcesses::info() const { return kInfo; }

void SessionIdentifierInTwoProcesses::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  const Holders holders(world);
  bool named = false;
  for (const SessionId session : world.sessions()) {
    named = named || !session_of(world, session).identifier.empty();
    const std::vector<Refusal> refusals = refusals_of(j, session);
    if (refusals.empty()) verdicts.cleared({});
    for (const Refusal& refusal : refusals) judge_refusal(j, holders, refusal);
  }
  if (!named && !world.tasks().empty()) {
    undetermined(j, unit_subject(world), "the identifiers of the sessions are not known", "record with private data enabled");
  }
}

}  // namespace uptrail::analysis
