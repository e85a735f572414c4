#include "collector/analysis/rules/contradictions.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "collector/analysis/lifecycle/app_process.h"
#include "collector/analysis/lifecycle/session_object.h"
#include "collector/analysis/lifecycle/task_client.h"
#include "collector/analysis/lifecycle/task_daemon.h"
#include "collector/analysis/lifecycle/wake.h"
#include "collector/analysis/rules/support.h"
#include "collector/base/text.h"

namespace uptrail::analysis {

namespace {

using namespace rules;
using K = EventKind;
using lifecycle::Break;

// What happens at one moment is written down in any order, by one logger, too.
constexpr DurationNs kSameMoment = seconds(1);
constexpr std::size_t kJudged = 30;  // of many equal pairs; a capture in which all is broken is told by the first ones, too
constexpr std::size_t kNamed = 3;

bool is(const Break& b, const lifecycle::Table& table) { return b.table == &table; }
bool of_a_task(const Break& b) { return is(b, lifecycle::kTaskClient) || is(b, lifecycle::kTaskDaemon); }
bool is_relaunch(const World& world, const Break& b) {
  return is(b, lifecycle::kAppProcess) && b.row == nullptr && world.fact(b.at).kind == K::app_launch;
}

SessionId session_with(const World& world, const Break& b) {
  if (of_a_task(b)) return task_of(world, TaskId{b.subject}).session;
  if (is(b, lifecycle::kSessionObject)) return world.derived().objects[b.subject].session;
  return is(b, lifecycle::kWake) ? SessionId{b.subject} : SessionId{};
}

std::string subject_name(const World& world, const Break& b) {
  if (of_a_task(b)) return task_name(world, TaskId{b.subject});
  return is(b, lifecycle::kAppProcess) ? epoch_name(world, EpochId{b.subject}) : session_name(world, session_with(world, b));
}

// Witnesses of one thing that would explain the pair, had it happened unseen: it is enough that one of them is recorded.
using Witnesses = std::vector<K>;

bool only_the_system_tells(K kind) {
  return kind == K::app_suspend || kind == K::app_resume || kind == K::app_terminate || kind == K::app_force_quit;
}

std::vector<Witnesses> explanations(const World& world, const Break& b) {
  if (is_relaunch(world, b)) return {{K::app_terminate}};
  std::vector<Witnesses> out;
  std::map<lifecycle::State, std::size_t> by_state;
  for (const K kind : lifecycle::machine_of(*b.table).ways(b.state, world.fact(b.at).kind)) {
    if (is(b, lifecycle::kAppProcess)) {
      if (kind != K::app_launch) out.push_back({kind});  // a launch would have begun another process
      continue;
    }
    for (const lifecycle::Row& row : b.table->rows) {
      const bool leads = row.to != lifecycle::kSame && row.mark == lifecycle::Mark::legal &&
                         std::find(row.events.begin(), row.events.end(), kind) != row.events.end();
      if (!leads) continue;
      const auto [at, fresh] = by_state.try_emplace(row.to, out.size());
      if (fresh) out.emplace_back();
      out[at->second].push_back(kind);
      break;
    }
  }
  return out;
}

std::span<const FactIndex> facts_of(const World& world, const Break& b) {
  if (of_a_task(b)) return world.of_task(TaskId{b.subject});
  if (is(b, lifecycle::kSessionObject)) return world.of_object(ObjectId{b.subject});
  return is(b, lifecycle::kAppProcess) ? world.of_epoch(EpochId{b.subject}) : world.of_session(SessionId{b.subject});
}

// Each explanation would have been recorded, and one of the kinds was logged at all.
bool would_be_seen(const World& world, const Break& b, const std::vector<Witnesses>& explanations) {
  const Fact& at = world.fact(b.at);
  World::AbsentQuery query;
  query.among = facts_of(world, b);
  query.scope.session = session_with(world, b);
  query.scope.domain = at.domain;
  if (is(b, lifecycle::kAppProcess)) query.scope.epoch = EpochId{b.subject};
  if (is(b, lifecycle::kSessionObject)) query.scope.epoch = at.epoch;
  query.span = {world.fact(b.since).t, at.t};
  query.match = [&](const Fact& f) { return f.event != world.fact(b.since).event; };
  query.clock = Clock::wall;
  bool logged = explanations.empty();
  for (const Witnesses& kinds : explanations) {
    query.kinds = kinds;
    if (std::any_of(kinds.begin(), kinds.end(), only_the_system_tells)) {
      const auto told = [&](K kind) { return world.told_by_system(kind, query.scope, query.span); };
      if (!std::all_of(kinds.begin(), kinds.end(), told)) return false;
      logged = true;
      continue;
    }
    const AbsentAnswer absent = world.absent(query);
    if (absent.answer != Absent::yes) return false;
    logged = logged || !absent.coverage.declared_never_logged;
  }
  return logged;
}

bool is_certain(const World& world, const Break& b) {
  if (b.since == kNoFact || !surely_before(world, b.since, b.at)) return false;
  if (world.fact(b.at).t - world.fact(b.since).t <= kSameMoment) return false;
  namespace process = lifecycle::app_process;
  const bool late_line = is(b, lifecycle::kAppProcess) && (b.state == process::not_running || b.state == process::force_quit);
  return !late_line && would_be_seen(world, b, explanations(world, b));
}

struct Group {
  const Break* first = nullptr;
  std::size_t judged = 0, certain = 0;
  std::vector<std::string> names;
  std::vector<EvidenceRef> evidence;
};

void add(const World& world, const Break& b, Group& group) {
  ++group.certain;
  group.first = group.first == nullptr ? &b : group.first;
  const std::string name = subject_name(world, b);
  const bool known = std::find(group.names.begin(), group.names.end(), name) != group.names.end();
  if (known || group.names.size() >= kNamed) return;
  group.names.push_back(name);
  const std::string state(b.table->states[b.state].name);
  group.evidence.push_back({world.fact(b.since).event, "from here on " + state, false});
  group.evidence.push_back({world.fact(b.at).event, "not possible when " + state, false});
}

std::string text_of(const World& world, const Group& group) {
  const Break& b = *group.first;
  std::string names;
  for (const std::string& name : group.names) names += (names.empty() ? "" : ", ") + name;
  if (group.certain > group.names.size()) names += " and others";
  std::string why = is_relaunch(world, b) ? "its end is not in the capture" : std::string(b.row != nullptr ? b.row->note : "");
  if (why.empty()) why = "not in this life-cycle: " + std::string(b.table->name);
  const std::string times = group.certain > 1 ? ", " + count_of(group.certain, "time") : "";
  return "Contradiction: " + std::string(kind_name(world.fact(b.at).kind)) + " of " + names + " when " +
         std::string(b.table->states[b.state].name) + times + " (" + why + ").";
}

}  // namespace

std::vector<Contradiction> contradictions(const World& world) {
  std::map<std::tuple<const std::string_view, lifecycle::State, K>, Group> groups;
  for (const Break& b : world.breaks()) {
    Group& group = groups[{b.table->name, b.state, world.fact(b.at).kind}];
    if (++group.judged <= kJudged && is_certain(world, b)) add(world, b, group);
  }
  std::vector<Contradiction> out;
  std::size_t more = 0;
  for (const auto& [key, group] : groups) {
    if (group.certain == 0) continue;
    if (out.size() < kContradictionKinds) {
      out.push_back({text_of(world, group), group.evidence});
    } else {
      ++more;
    }
  }
  if (more > 0) out.push_back({count_of(more, "more kind") + " of contradiction.", {}});
  return out;
}

}  // namespace uptrail::analysis
