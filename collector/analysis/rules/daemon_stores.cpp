#include "collector/analysis/rules/daemon_stores.h"

#include <algorithm>

namespace uptrail::analysis::rules {

namespace {

// A store is read at one moment; in an event script its rows follow the snapshot.
constexpr DurationNs kOneReading = seconds(2);

bool of_daemon(const Fact& fact) { return fact.also == Word::daemon; }

}  // namespace

std::optional<DurationNs> later_by(const World& world, FactIndex a, FactIndex b) {
  const Fact& x = world.fact(a);
  const Fact& y = world.fact(b);
  if (x.domain == y.domain) return surely_before(world, a, b) ? std::optional(y.t - x.t) : std::nullopt;
  const auto placed = [&](const Fact& fact) {
    return !fact.has(kNoTime) && fact.stream.valid() && world.streams()[fact.stream.value].placed;
  };
  const DurationNs least = y.t - x.t - kFileClock;
  return placed(x) && placed(y) && least.ns > 0 ? std::optional(least) : std::nullopt;
}

DurationNs spare_between(const World& world, FactIndex fact, DomainId domain) {
  return world.fact(fact).domain == domain ? DurationNs{} : kFileClock;
}

bool is_daemon_row(const Fact& fact) { return fact.kind == EventKind::store_entry && of_daemon(fact); }

DaemonStores::DaemonStores(const World& world) : world_(world) {
  std::map<StreamId, std::vector<std::size_t>> of_stream;
  for (const FactIndex i : world.of_kind(EventKind::store_snapshot)) {
    const Fact& fact = world.fact(i);
    if (fact.word != Word::daemon || !fact.stream.valid()) continue;
    of_stream[fact.stream].push_back(copies_.size());
    copies_.push_back({i, fact.has(kShared), false, {}, {}, {}, {}});
  }
  if (!copies_.empty()) find_shared_names();
  for (const EventKind kind : {EventKind::store_entry, EventKind::store_session}) {
    for (const FactIndex i : world.of_kind(kind)) {
      if (of_daemon(world.fact(i))) add(i, of_stream);
    }
  }
}

void DaemonStores::add(FactIndex i, const std::map<StreamId, std::vector<std::size_t>>& of_stream) {
  const Fact& fact = world_.fact(i);
  const bool row = fact.kind == EventKind::store_entry;
  if (row && fact.task.valid()) rows_[fact.task].push_back(i);
  const auto known = of_stream.find(fact.stream);
  if (known == of_stream.end() || fact.has(kDevice)) return;
  // Rows come after their snapshot, or with it.
  const auto& candidates = known->second;
  const auto after = std::partition_point(candidates.begin(), candidates.end(), [&](std::size_t c) {
    const Fact& snapshot = world_.fact(copies_[c].snapshot);
    return snapshot.domain < fact.domain || (snapshot.domain == fact.domain && snapshot.t <= fact.t);
  });
  if (after == candidates.begin()) return;
  Copy& copy = copies_[*(after - 1)];
  if (fact.t - world_.fact(copy.snapshot).t > kOneReading) return;
  copy.knows_app = true;
  (row ? copy.rows : copy.sessions).push_back(i);
  if (!row || !fact.task.valid()) return;
  const Task& task = task_of(world_, fact.task);
  const Copy::Number number{task.session, task.identifier.value_or(0)};
  copy.numbers.insert(number);
  if (!task.uuid) copy.unnamed.insert(number);
}

bool DaemonStores::may_have(const Copy& copy, TaskId id) const {
  if (row(copy, id) != kNoFact) return true;
  const Task& task = task_of(world_, id);
  const std::set<Copy::Number>& others = task.uuid ? copy.unnamed : copy.numbers;
  if (others.empty()) return false;
  return !task.session.valid() || !task.identifier || others.contains({task.session, *task.identifier});
}

FactIndex DaemonStores::row(const Copy& copy, TaskId task) const {
  for (const FactIndex i : rows_of(task)) {
    if (std::binary_search(copy.rows.begin(), copy.rows.end(), i)) return i;
  }
  return kNoFact;
}

std::span<const FactIndex> DaemonStores::rows_of(TaskId task) const {
  const auto it = rows_.find(task);
  return it == rows_.end() ? std::span<const FactIndex>() : std::span<const FactIndex>(it->second);
}

void DaemonStores::find_shared_names() {
  std::map<std::string_view, std::set<UnitId>> units;
  for (const Session& session : world_.derived().sessions) {
    if (!session.identifier.empty()) units[session.identifier].insert(session.unit);
  }
  for (const SessionId id : world_.sessions()) {
    const auto it = units.find(session_of(world_, id).identifier);
    if (it != units.end() && it->second.size() > 1) shared_names_.insert(id);
  }
}

}  // namespace uptrail::analysis::rules
