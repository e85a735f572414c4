#include "collector/analysis/rules/session_holders.h"

#include <algorithm>

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

}  // namespace

Holders::Holders(const World& world) : world_(world) {
  for (const SessionId session : world.sessions()) {
    for (const EpochId epoch : world.epochs_of(session)) {
      const ProcessEpoch& e = epoch_of(world, epoch);
      if (!e.end || *e.end > std::max(e.seen.end, life_end(world, epoch))) endless_[session].push_back(epoch);
    }
  }
  const Derived& all = world.derived();
  for (const Session& session : all.sessions) {
    const bool other = session.unit != world.unit().id && !session.identifier.empty();
    if (other && related(all.units[session.unit.value], world.unit())) elsewhere_[session.identifier].push_back(session.id);
  }
  if (elsewhere_.empty()) return;
  for (const ProcessEpoch& epoch : all.epochs) {
    if (epoch.unit != world.unit().id) epochs_elsewhere_[epoch.unit].push_back(epoch.id);
  }
}

void Holders::look_elsewhere(SessionId session, FactIndex at, Holder& best) const {
  const auto others = elsewhere_.find(session_of(world_, session).identifier);
  if (others == elsewhere_.end()) return;
  const Fact& fact = world_.fact(at);
  for (const SessionId id : others->second) {
    const UnitId unit = world_.derived().sessions[id.value].unit;
    const auto epochs = epochs_elsewhere_.find(unit);
    if (epochs == epochs_elsewhere_.end()) {
      const Unit& named = world_.derived().units[unit.value];
      consider(best, Held::suspected, {}, kNoFact, named.title.empty() ? named.bundle : named.title);
      continue;
    }
    for (const EpochId e : epochs->second) {
      const ProcessEpoch& epoch = epoch_of(world_, e);
      if (epoch.domain == fact.domain) consider(best, holds(epoch, fact.t), e, kNoFact, name_of(epoch));
    }
  }
}

// The first that is known to run, else the first that may.
Holder Holders::other(SessionId session, EpochId epoch, FactIndex at) const {
  Holder best;
  const Fact& fact = world_.fact(at);
  const auto look_at = [&](EpochId id) {
    const ProcessEpoch& other = epoch_of(world_, id);
    if (id == epoch || other.domain != fact.domain) return;
    const Held held = holds(other, fact.t);
    const bool wanted = held > best.held || (held == Held::suspected && best.held == held && id < best.epoch);
    const FactIndex created = wanted ? created_in(world_, session, id, at) : kNoFact;
    if (created != kNoFact) best = {held, id, created, name_of(other)};
  };
  const auto own = world_.epochs_of(session);
  for (const EpochId id : world_.epochs_in(fact.domain, {fact.t, fact.t + nanoseconds(1)})) {
    if (std::binary_search(own.begin(), own.end(), id)) look_at(id);
  }
  const auto endless = best.held == Held::running ? endless_.end() : endless_.find(session);
  for (std::size_t k = 0; endless != endless_.end() && k < endless->second.size(); ++k) {
    const EpochId id = endless->second[k];
    if (best.held == Held::suspected && id >= best.epoch) break;
    look_at(id);
  }
  if (best.held != Held::running) look_elsewhere(session, at, best);
  return best;
}

bool is_refusal(const Fact& fact) {
  return fact.kind == EventKind::daemon_session_refused && !(fact.has(kHasCode) && fact.code == kNeedsContainer);
}

}  // namespace uptrail::analysis::rules
