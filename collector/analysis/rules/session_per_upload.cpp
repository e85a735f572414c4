#include "collector/analysis/rules/session_per_upload.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "collector/analysis/rules/daemon_stores.h"
#include "collector/analysis/rules/support.h"
#include "collector/analysis/rules/task_ends.h"
#include "collector/analysis/rules/task_life.h"
#include "collector/base/name_tail.h"
#include "collector/base/text.h"

namespace uptrail::analysis {
namespace {

using namespace rules;

const RuleInfo kInfo{
    .id = "session-per-upload",
    .title = "One background session per upload",
    .severity = Severity::warning,
    .summary =
        "The app makes a session for each upload: every finished session asks for a wake of its own, which feeds the rate "
        "limiter, and many sessions at once are known to hang.",
    .needs =
        "session.create (or nsurlsessiond's daemon.session-created) with identifiers, and the tasks of the sessions; or the "
        "sessions in nsurlsessiond's store.",
    .remedy = "Use one constant session identifier; tell uploads apart by taskDescription.",
    .thresholds = {{"N_SESS", 3, "", "identifiers that differ in an id at their end; one session is the ideal"},
                   {"N_LIVE", 5, "", "more such sessions alive at once in one process"},
                   {"R_UPLOADS", 1.5, "", "uploads per identifier, at most"},
                   {"T_WINDOW", 86400, "s", "identifiers first seen within this time are counted together"}},
};

// A session of a group, as far as it was seen.
struct Member {
  SessionId session;
  FactIndex created = kNoFact;  // its first creation
  FactIndex used = kNoFact;     // its first task
  FactIndex ended = kNoFact;    // its invalidation or its removal from nsurlsessiond
  std::set<EpochId> epochs;     // processes that created it
  std::size_t uploads = 0;      // different ones, tasks without upload included
  bool named_after_upload = false;
};

// The part before the id; "" when there is none.
std::string prefix_of(const std::string& identifier) {
  const std::size_t id = id_at_end(identifier);
  return id < identifier.size() ? identifier.substr(0, id) : std::string();
}

bool ends_session(EventKind kind) {
  return kind == EventKind::session_invalidate || kind == EventKind::session_did_become_invalid ||
         kind == EventKind::daemon_session_invalidating || kind == EventKind::daemon_session_cleaned;
}

Member member_of(const World& world, SessionId session, const std::string& prefix, std::span<const TaskLife> lives) {
  Member member;
  member.session = session;
  for (const FactIndex i : world.of_session(session)) {
    const Fact& fact = world.fact(i);
    const bool creates = fact.kind == EventKind::session_create || fact.kind == EventKind::daemon_session_created;
    if (creates && member.created == kNoFact) member.created = i;
    if (fact.kind == EventKind::session_create && fact.epoch.valid()) member.epochs.insert(fact.epoch);
    if (ends_session(fact.kind) && !fact.has(kShared) && member.ended == kNoFact) member.ended = i;
  }
  const std::string tail = session_of(world, session).identifier.substr(prefix.size());
  std::set<UploadId> uploads;
  std::size_t unknown = 0;
  for (const TaskLife& life : lives) {
    if (life.first == kNoFact) continue;
    if (member.used == kNoFact || world.fact(life.first).t < world.fact(member.used).t) member.used = life.first;
    const UploadId upload = task_of(world, life.task).upload;
    unknown += upload.valid() ? 0 : 1;
    if (upload.valid()) uploads.insert(upload);
    const bool named = upload.valid() && world.derived().uploads[upload.value].name == tail;
    member.named_after_upload = member.named_after_upload || named;
  }
  member.uploads = uploads.size() + unknown;
  return member;
}

// Groups of used background sessions whose identifiers differ in an id at the end, each in the order of creation.
std::map<std::tuple<std::string, DomainId>, std::vector<Member>> groups_of(const World& world) {
  const TaskLives lives = task_lives(world);
  std::map<std::tuple<std::string, DomainId>, std::vector<Member>> out;
  for (const SessionId session : world.sessions()) {
    const std::string prefix = prefix_of(session_of(world, session).identifier);
    if (prefix.empty()) continue;
    Member member = member_of(world, session, prefix, lives_in(lives, session));
    if (member.created == kNoFact || member.used == kNoFact || !is_background(world, session)) continue;
    const DomainId domain = world.fact(member.created).domain;
    out[{prefix, domain}].push_back(std::move(member));
  }
  for (auto& [key, members] : out) {
    std::stable_sort(members.begin(), members.end(),
                     [&](const Member& a, const Member& b) { return world.fact(a.created).t < world.fact(b.created).t; });
  }
  return out;
}

// The most members whose first creations lie within the window.
std::span<const Member> busiest(const World& world, const std::vector<Member>& members, DurationNs window) {
  std::size_t from = 0;
  std::span<const Member> best;
  for (std::size_t to = 0; to < members.size(); ++to) {
    while (world.fact(members[to].created).t - world.fact(members[from].created).t > window) ++from;
    if (to - from + 1 > best.size()) best = std::span(members).subspan(from, to - from + 1);
  }
  return best;
}

// Created one after the other as the uploads came, not together at launch like sessions of accounts.
bool made_as_needed(const World& world, std::span<const Member> members) {
  FactIndex first_use = kNoFact;
  for (const Member& member : members) {
    if (first_use == kNoFact || world.fact(member.used).t < world.fact(first_use).t) first_use = member.used;
  }
  const auto later = std::count_if(members.begin(), members.end(),
                                   [&](const Member& member) { return surely_before(world, first_use, member.created); });
  return later >= 2;
}

// A bounded set that every launch makes again: accounts, not uploads.
bool stable_set(std::span<const Member> members) {
  return std::all_of(members.begin(), members.end(), [](const Member& member) { return member.epochs.size() >= 2; });
}

std::size_t most_live(const World& world, std::span<const Member> members) {
  struct Step {
    TimeNs t;
    int change = 0;
  };
  std::map<EpochId, std::vector<Step>> steps;
  for (const Member& member : members) {
    for (const EpochId epoch : member.epochs) {
      const SessionLife life = life_of_session(world, member.session, epoch);
      if (life.creates.empty()) continue;
      steps[epoch].push_back({world.fact(life.creates.front()).t, 1});
      if (!life.invalidations.empty()) steps[epoch].push_back({world.fact(life.invalidations.front()).t, -1});
    }
  }
  std::int64_t most = 0;
  for (auto& [epoch, list] : steps) {
    std::sort(list.begin(), list.end(),
              [](const Step& a, const Step& b) { return std::pair(a.t, a.change) < std::pair(b.t, b.change); });
    std::int64_t now = 0;
    for (const Step& step : list) most = std::max(most, now += step.change);
  }
  return static_cast<std::size_t>(std::max<std::int64_t>(most, 0));
}

void fire(const Judging& j, const std::string& prefix, std::span<const Member> members, std::size_t uploads, std::size_t live) {
  const World& world = j.world;
  const bool many = static_cast<double>(live) > j.thresholds.value("N_LIVE");
  const auto closed = std::count_if(members.begin(), members.end(), [](const Member& m) { return m.ended != kNoFact; });
  const bool named = std::any_of(members.begin(), members.end(), [](const Member& m) { return m.named_after_upload; });
  const bool sure = closed >= 2 || named || static_cast<double>(members.size()) > j.thresholds.value("N_LIVE");
  const Confidence confidence = many ? Confidence::proven : (sure ? Confidence::likely : Confidence::hint);
  Draft draft(j, Severity::warning, confidence, unit_subject(world), world.fact(members.front().created).t);
  draft.title(count_of(members.size(), "background session") + " for " + count_of(uploads, "upload"));
  draft.explain("The app made " + count_of(members.size(), "session") + " named " + quoted(prefix + "…") + " for " +
                count_of(uploads, "upload") + ", one after the other.");
  if (many) draft.explain(std::to_string(live) + " of them were alive at once.");
  std::size_t wakes = 0;
  for (const Member& member : members) {
    wakes += pick_in_session(world, member.session, {}, {EventKind::wake_handle_events}).size();
  }
  if (wakes > 0) draft.explain("They caused " + count_of(wakes, "wake") + ".").number("wakes", static_cast<double>(wakes));
  for (std::size_t i = 0; i < members.size() && i < kShownEvidence; ++i) {
    draft.evidence(members[i].created, session_name(world, members[i].session) + " created", i == 0);
  }
  draft.compared("N_SESS", static_cast<double>(members.size())).compared("N_LIVE", static_cast<double>(live));
  draft.compared("R_UPLOADS", static_cast<double>(uploads) / static_cast<double>(members.size()));
  draft.clears_if("The same identifiers in later launches: then they stand for accounts or purposes.");
  j.verdicts.fired(draft.take());
}

// True: something was said.
bool judge_group(const Judging& j, const std::string& prefix, const std::vector<Member>& all) {
  const World& world = j.world;
  const std::span<const Member> members = busiest(world, all, j.thresholds.duration("T_WINDOW"));
  if (static_cast<double>(members.size()) < j.thresholds.value("N_SESS") || stable_set(members)) return false;
  std::size_t uploads = 0;
  for (const Member& member : members) uploads += member.uploads;
  const double ratio = static_cast<double>(uploads) / static_cast<double>(members.size());
  if (ratio > j.thresholds.value("R_UPLOADS") || !made_as_needed(world, members)) return false;
  fire(j, prefix, members, uploads, most_live(world, members));
  return true;
}

// Sessions of one copy of nsurlsessiond's store: each is one that it still keeps.
struct Kept {
  std::set<SessionId> sessions;
  std::size_t tasks = 0;
  bool named_after_upload = false;
};

std::map<std::string, Kept> kept_sessions(const World& world, const DaemonStores::Copy& copy) {
  std::map<std::string, Kept> out;
  const auto add = [&](FactIndex i) {
    const Fact& fact = world.fact(i);
    if (!fact.session.valid()) return;
    const std::string& identifier = session_of(world, fact.session).identifier;
    const std::string prefix = prefix_of(identifier);
    if (prefix.empty()) return;
    Kept& kept = out[prefix];
    kept.sessions.insert(fact.session);
    if (!fact.task.valid()) return;
    ++kept.tasks;
    const UploadId upload = task_of(world, fact.task).upload;
    const bool named = upload.valid() && world.derived().uploads[upload.value].name == identifier.substr(prefix.size());
    kept.named_after_upload = kept.named_after_upload || named;
  };
  std::for_each(copy.rows.begin(), copy.rows.end(), add);
  std::for_each(copy.sessions.begin(), copy.sessions.end(), add);
  return out;
}

// One account each looks the same, unless the id is an upload's.
bool judge_store(const Judging& j) {
  const World& world = j.world;
  const DaemonStores stores(world);
  for (const DaemonStores::Copy& copy : stores.copies()) {
    for (const auto& [prefix, kept] : kept_sessions(world, copy)) {
      const auto sessions = static_cast<double>(kept.sessions.size());
      const double ratio = static_cast<double>(kept.tasks) / sessions;
      if (sessions <= j.thresholds.value("N_LIVE") || ratio > j.thresholds.value("R_UPLOADS")) continue;
      Draft draft(j, Severity::warning, kept.named_after_upload ? Confidence::likely : Confidence::hint, unit_subject(world),
                  world.fact(copy.snapshot).t);
      draft.title("nsurlsessiond keeps " + count_of(kept.sessions.size(), "background session") + " named " +
                  quoted(prefix + "…"));
      draft.explain("Its store has " + count_of(kept.sessions.size(), "session") +
                    " whose names differ in an id at the end, and " + count_of(kept.tasks, "task") + " in them.");
      draft.evidence(copy.snapshot, "nsurlsessiond's store", true);
      std::size_t shown = 0;
      for (const FactIndex i : copy.sessions) {
        const SessionId session = world.fact(i).session;
        if (kept.sessions.contains(session) && shown++ < kShownEvidence) draft.evidence(i, session_name(world, session));
      }
      draft.compared("N_LIVE", sessions).compared("R_UPLOADS", ratio);
      draft.clears_if("The same identifiers in later launches: then they stand for accounts or purposes.");
      j.verdicts.fired(draft.take());
      return true;
    }
  }
  return false;
}

}  // namespace

const RuleInfo& SessionPerUpload::info() const { return kInfo; }

void SessionPerUpload::judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const {
  const Judging j{world, thresholds, verdicts, kInfo};
  bool said = false;
  for (const auto& [key, members] : groups_of(world)) said = judge_group(j, std::get<0>(key), members) || said;
  if (said || judge_store(j)) return;
  const auto known = std::count_if(world.sessions().begin(), world.sessions().end(),
                                   [&](SessionId id) { return !session_of(world, id).identifier.empty(); });
  if (known == 0 && world.tasks().size() > 1) {
    undetermined(j, unit_subject(world), "the identifiers of the sessions are not known", "record with private data enabled");
  } else {
    verdicts.cleared(unit_subject(world));
  }
}

}  // namespace uptrail::analysis
