#include "collector/analysis/rules/session_holders.h"

#include <algorithm>
#include <string_view>

#include "collector/analysis/rules/task_ends.h"

namespace uptrail::analysis::rules {

namespace {

bool extends(std::string_view longer, std::string_view shorter) {
  return !shorter.empty() && longer.size() > shorter.size() + 1 && longer.starts_with(shorter) && longer[shorter.size()] == '.';
}

bool related(const Unit& a, const Unit& b) {
  return a.device == b.device && (extends(a.bundle, b.bundle) || extends(b.bundle, a.bundle));
}

bool asleep(const ProcessEpoch& epoch, TimeNs t) {
  const auto it =
      std::partition_point(epoch.states.begin(), epoch.states.end(), [t](const ProcessSpan& s) { return s.span.end <= t; });
  const bool known = it != epoch.states.end() && it->span.contains(t);
  return known && (it->state == ProcessState::suspended || it->state == ProcessState::not_running);
}

// Alive at t, and not known to be suspended: a suspended process holds no connection.
Held holds(const ProcessEpoch& epoch, TimeNs t) {
  if (epoch.seen.start > t || (epoch.end && *epoch.end <= t) || asleep(epoch, t)) return Held::no;
  return epoch.running.intersects({t, t + nanoseconds(1)}) ? Held::running : Held::suspected;
}

void consider(Holder& best, Held held, EpochId epoch, FactIndex fact, std::string name) {
  if (held > best.held) best = {held, epoch, fact, std::move(name)};
}

std::string name_of(const ProcessEpoch& epoch) {
  const std::string name = epoch.process.empty() ? "another process" : epoch.process;
  return epoch.pid ? name + " (pid " + std::to_string(*epoch.pid) + ")" : name;
}

FactIndex created_in(const World& world, SessionId session, EpochId epoch, FactIndex before) {
  FactIndex last = kNoFact;
  for (const FactIndex i : world.of_session(session, epoch)) {
    const Fact& fact = world.fact(i);
    if (!surely_before(world, i, before)) continue;
    if (fact.kind == EventKind::session_create) last = i;
    if (fact.kind == EventKind::session_did_become_invalid) last = kNoFact;
  }
  return last;
}

void look_elsewhere(const World& world, SessionId session, FactIndex at, Holder& best) {
  const std::string& identifier = session_of(world, session).identifier;
  const Fact& fact = world.fact(at);
  for (const Session& other : world.derived().sessions) {
    if (other.unit == world.unit().id || other.identifier != identifier || identifier.empty()) continue;
    const Unit& unit = world.derived().units[other.unit.value];
    if (!related(unit, world.unit())) continue;
    bool derived = false;
    for (const ProcessEpoch& epoch : world.derived().epochs) {
      if (epoch.unit != other.unit) continue;
      derived = true;
      if (epoch.domain == fact.domain) consider(best, holds(epoch, fact.t), epoch.id, kNoFact, name_of(epoch));
    }
    if (!derived) consider(best, Held::suspected, {}, kNoFact, unit.title.empty() ? unit.bundle : unit.title);
  }
}

}  // namespace

Holder other_holder(const World& world, SessionId session, EpochId epoch, FactIndex at) {
  Holder best;
  const Fact& fact = world.fact(at);
  for (const EpochId id : epochs_of_session(world, session)) {
    const ProcessEpoch& other = epoch_of(world, id);
    if (id == epoch || other.domain != fact.domain) continue;
    const FactIndex created = created_in(world, session, id, at);
    if (created != kNoFact) consider(best, holds(other, fact.t), id, created, name_of(other));
  }
  if (best.held != Held::running) look_elsewhere(world, session, at, best);
  return best;
}

bool is_refusal(const Fact& fact) {
  return fact.kind == EventKind::daemon_session_refused && !(fact.has(kHasCode) && fact.code == kNeedsContainer);
}

}  // namespace uptrail::analysis::rules
