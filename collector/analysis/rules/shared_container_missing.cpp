#include "collector/analysis/rules/shared_container_missing.h"

#include <algorithm>
#include <map>

#include "collector/analysis/rules/task_ends.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "shared-container-missing",
    .title = "Extension session without a shared container",
    .severity = Severity::error,
    .summary =
        "An app extension's background session needs sharedContainerIdentifier; without it the session is invalid at once.",
    .needs =
        "The error -995 of the session or its tasks, nsurlsessiond's line, or session.create of an extension with its "
        "configuration.",
    .remedy = "Give app and extension the same app group, and set sharedContainerIdentifier of the configuration to it.",
    .thresholds = {},
};

bool tells(const Fact& fact) {
  switch (fact.kind) {
    case EventKind::session_setup_failed:
    case EventKind::session_did_become_invalid:
    case EventKind::daemon_session_refused:
    case EventKind::task_did_complete:
    case EventKind::task_cfn_finished:
    case EventKind::daemon_task_finished:
      return fact.has(kHasCode) && fact.code == kNeedsContainer;
    default:
      return false;
  }
}

void fire(const Judging& j, SessionId session, EpochId epoch, const std::vector<FactIndex>& proof, FactIndex create) {
  const World& world = j.world;
  const FactIndex at = proof.empty() ? create : proof.front();
  Draft draft(j, Severity::error, proof.empty() ? Confidence::likely : Confidence::proven, session_subject(world, session, epoch),
              world.fact(at).t);
  const std::string name = session_name(world, session);
  draft.title(capitalised(name) + " has no valid shared container");
  draft.explain(capitalised(epoch_name(world, epoch)) + " created " + name + " without a valid shared container" +
                (proof.empty() ? "." : "; it was refused with error -995."));
  draft.evidence(create, "created here", proof.empty());
  for (std::size_t i = 0; i < proof.size() && i < kShownEvidence; ++i) draft.evidence(proof[i], "error -995", i == 0);
  draft.clears_if(proof.empty() ? "A session of the main app: it needs no shared container." : "Nothing: the error says so.");
  j.verdicts.fired(draft.take());
}

FactIndex creation(const World& world, SessionId session, EpochId epoch) {
  const auto creates = pick_in_session(world, session, epoch, {EventKind::session_create});
  return creates.empty() ? kNoFact : creates.front();
}

bool of_extension(const World& world, SessionId session) {
  const auto facts = world.of_session(session);
  return std::any_of(facts.begin(), facts.end(), [&](FactIndex i) {
    const Fact& fact = world.fact(i);
    const bool daemon = fact.kind == EventKind::daemon_session_created || fact.kind == EventKind::daemon_session_reconnected;
    return daemon && fact.has(kShared);
  });
}

void judge_session(const Judging& j, SessionId session, const std::vector<FactIndex>& proof) {
  const World& world = j.world;
  if (!proof.empty()) {
    fire(j, session, world.fact(proof.front()).epoch, proof, creation(world, session, world.fact(proof.front()).epoch));
    return;
  }
  const FactIndex create = creation(world, session, {});
  if (create == kNoFact || !of_extension(world, session)) return;
  const std::string container = world.text_of(create, Field::shared_container);
  if (container == "none" || container == "nil") {
    fire(j, session, world.fact(create).epoch, {}, create);
  } else if (container.empty()) {
    undetermined(j, session_subject(world, session, world.fact(create).epoch),
                 "the shared container of an extension's session is not logged", "log sharedContainer with session.create");
  } else {
    j.verdicts.cleared({});
  }
}

// CFNetwork's line need not name its session. It speaks of the one that was refused in its process, or of the only one there.
SessionId session_of(const World& world, const std::map<SessionId, std::vector<FactIndex>>& proofs, FactIndex homeless) {
  const EpochId epoch = world.fact(homeless).epoch;
  SessionId only;
  std::size_t created = 0;
  for (const SessionId session : world.sessions()) {
    const auto known = proofs.find(session);
    const auto here = [&](FactIndex i) { return epoch.valid() && world.fact(i).epoch == epoch; };
    if (known != proofs.end() && std::any_of(known->second.begin(), known->second.end(), here)) return session;
    if (epoch.valid() && creation(world, session, epoch) != kNoFact) {
      only = session;
      ++created;
    }
  }
  return created == 1 ? only : SessionId{};
}

}  // namespace

const RuleInfo& SharedContainerMissing::info() const { return kInfo; }

void SharedContainerMissing::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  std::map<SessionId, std::vector<FactIndex>> proofs;  // an invalid session: the error names none
  for (const TaskId task : world.tasks()) {
    const FactIndex end = end_of_task(world, task);
    if (end != kNoFact && tells(world.fact(end))) proofs[task_of(world, task).session].push_back(end);
  }
  for (const EventKind kind :
       {EventKind::session_setup_failed, EventKind::session_did_become_invalid, EventKind::daemon_session_refused}) {
    for (const FactIndex i : world.of_kind(kind)) {
      if (tells(world.fact(i))) proofs[world.fact(i).session].push_back(i);
    }
  }
  const std::vector<FactIndex> unnamed = std::move(proofs[SessionId{}]);
  proofs.erase(SessionId{});
  const auto named = proofs;
  for (const FactIndex i : unnamed) proofs[session_of(world, named, i)].push_back(i);
  for (auto& [session, proof] : proofs) std::sort(proof.begin(), proof.end());
  for (const SessionId session : world.sessions()) judge_session(j, session, proofs[session]);
  if (const auto& homeless = proofs[SessionId{}]; !homeless.empty()) {
    fire(j, {}, world.fact(homeless.front()).epoch, homeless, kNoFact);
  }
}

}  // namespace uptrail::analysis
