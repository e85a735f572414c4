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
    copies_.push_back({i, fact.has(kShared), false, {}, {}});
  }
  for (const EventKind kind : {EventKind::store_entry, EventKind::store_session}) {
    for (const FactIndex i : world.of_kind(kind)) {
      const Fact& fact = world.fact(i);
      if (!of_daemon(fact)) continue;
      const bool row = kind == EventKind::store_entry;
      if (row && fact.task.valid()) rows_[fact.task].push_back(i);
      if (!row && fact.session.valid()) configurations_[fact.session].push_back(i);
      const auto known = of_stream.find(fact.stream);
      if (known == of_stream.end() || fact.has(kDevice)) continue;
      // Rows come after their snapshot, or with it.
      const auto& candidates = known->second;
      const auto after = std::partition_point(candidates.begin(), candidates.end(), [&](std::size_t c) {
        const Fact& snapshot = world.fact(copies_[c].snapshot);
        return snapshot.domain < fact.domain || (snapshot.domain == fact.domain && snapshot.t <= fact.t);
      });
      if (after == candidates.begin()) continue;
      Copy& copy = copies_[*(after - 1)];
      if (fact.t - world.fact(copy.snapshot).t > kOneReading) continue;
      copy.knows_app = true;
      (row ? copy.rows : copy.sessions).push_back(i);
    }
  }
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

std::span<const FactIndex> DaemonStores::configuration_of(SessionId session) const {
  const auto it = configurations_.find(session);
  return it == configurations_.end() ? std::span<const FactIndex>() : std::span<const FactIndex>(it->second);
}

bool DaemonStores::shared_name(SessionId session) const {
  const Session& mine = session_of(world_, session);
  const auto& all = world_.derived().sessions;
  return !mine.identifier.empty() && std::any_of(all.begin(), all.end(), [&](const Session& other) {
    return other.unit != mine.unit && other.identifier == mine.identifier;
  });
}

}  // namespace uptrail::analysis::rules
