#include "collector/pipeline/clocks.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <unordered_map>

namespace uptrail {

namespace {

std::int64_t floor_to(std::int64_t value, std::int64_t step) {
  const std::int64_t rest = value % step;
  return value - (rest < 0 ? rest + step : rest);
}

std::int64_t distance(DurationNs a, DurationNs b) {
  const std::int64_t d = (a - b).ns;
  return d == INT64_MIN ? INT64_MAX : std::abs(d);
}

// Events of a task that both sides write at the same moment.
enum class Moment : std::uint8_t { none, created, resumed, cancelled, ended };

Moment moment_of(EventKind kind) {
  switch (kind) {
    case EventKind::task_create:
    case EventKind::daemon_task_created:
    case EventKind::daemon_task_enqueued:
      return Moment::created;
    case EventKind::task_resume:
    case EventKind::daemon_task_resumed:
      return Moment::resumed;
    case EventKind::task_cancel:
    case EventKind::daemon_task_cancelled:
      return Moment::cancelled;
    case EventKind::task_did_complete:
    case EventKind::task_cfn_finished:
    case EventKind::daemon_callback_acknowledged:
      return Moment::ended;
    default:
      return Moment::none;
  }
}

struct Seen {
  std::uint32_t source = 0;
  Moment moment = Moment::none;
  TimeNs t;
};
// A task may be resumed many times; the first few in each source are enough to compare.
constexpr std::size_t kSeenEach = 4;

void pair_up(const std::vector<Seen>& seen, std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<DurationNs>>& out) {
  for (const Seen& x : seen) {
    for (const Seen& y : seen) {
      if (x.source < y.source && x.moment == y.moment) {
        out[{x.source, y.source}].push_back(x.t - y.t);
      }
    }
  }
}

// Sources joined so far. Offsets are against the UTC axis when `placed`, else against the first member's own clock.
struct Node {
  std::uint32_t group = 0;
  DurationNs offset;
  bool placed = false;
  PlacedBy by = PlacedBy::nothing;
  std::optional<DurationNs> measured;  // uncertainty of a sync point
};

class Groups {
 public:
  explicit Groups(std::size_t count) : nodes_(count) {
    for (std::size_t i = 0; i < count; ++i) {
      nodes_[i].group = static_cast<std::uint32_t>(i);
    }
  }
  Node& operator[](std::size_t i) { return nodes_[i]; }
  [[nodiscard]] std::size_t size() const { return nodes_.size(); }

  // a's clock = b's clock + `b_to_a`. False: both are placed already, and this contradicts it by more than `slack`.
  bool join(std::uint32_t a, std::uint32_t b, DurationNs b_to_a, DurationNs slack, PlacedBy by) {
    Node& na = nodes_[a];
    Node& nb = nodes_[b];
    const DurationNs wanted = b_to_a + na.offset;  // for b
    if (na.group == nb.group || (na.placed && nb.placed)) {
      if (distance(wanted, nb.offset) > slack.ns) {
        return false;
      }
      merge(nb.group, na.group, DurationNs{0}, na.placed, by);
      return true;
    }
    if (nb.placed) {
      merge(na.group, nb.group, nb.offset - wanted, true, by);
    } else {
      merge(nb.group, na.group, wanted - nb.offset, na.placed, by);
    }
    return true;
  }

  void place(std::uint32_t i, DurationNs offset, PlacedBy by) {
    if (!nodes_[i].placed) {
      merge(nodes_[i].group, nodes_[i].group, offset - nodes_[i].offset, true, by);
    }
  }

 private:
  void merge(std::uint32_t from, std::uint32_t to, DurationNs shift, bool placed, PlacedBy by) {
    for (Node& n : nodes_) {
      if (n.group == from) {
        n.group = to;
        n.offset = n.offset + shift;
        n.by = placed && !n.placed ? by : n.by;
        n.placed = n.placed || placed;
      }
    }
  }
  std::vector<Node> nodes_;
};

// Wall clocks of one device differ by whole quarters of an hour when only date or zone is unknown.
DurationNs snapped(DurationNs offset) {
  const std::int64_t step = minutes(15).ns;
  const std::int64_t nearest = floor_to(detail::sat_add(offset.ns, step / 2), step);
  return distance({nearest}, offset) <= kAgree.ns ? DurationNs{nearest} : offset;
}

// The offset on which most tasks agree within kAgree; nullopt when a quarter of them or more do not.
struct Agreed {
  DurationNs b_to_a;
  std::size_t tasks = 0;
};
std::optional<Agreed> agreement(const std::vector<const SharedTask*>& tasks, std::optional<DurationNs> expected) {
  std::vector<DurationNs> candidates;
  if (expected) {
    candidates.push_back(*expected);
  } else {
    for (const SharedTask* t : tasks) {
      candidates.insert(candidates.end(), t->b_to_a.begin(), t->b_to_a.end());
    }
    std::sort(candidates.begin(), candidates.end());
    constexpr std::size_t kMost = 512;  // quadratic below
    for (std::size_t step = 1 + candidates.size() / kMost, i = 0; i * step < candidates.size(); ++i) {
      candidates[i] = candidates[i * step];
    }
    candidates.resize(std::min(candidates.size(), kMost));
  }
  Agreed best;
  for (const DurationNs c : candidates) {
    const auto agrees = std::count_if(tasks.begin(), tasks.end(), [&](const SharedTask* t) {
      return std::any_of(t->b_to_a.begin(), t->b_to_a.end(), [&](DurationNs d) { return distance(d, c) <= kAgree.ns; });
    });
    if (static_cast<std::size_t>(agrees) > best.tasks) {
      best = {c, static_cast<std::size_t>(agrees)};
    }
  }
  if (best.tasks == 0 || best.tasks * 4 < tasks.size() * 3) {
    return std::nullopt;
  }
  return best;
}

// What the stamps themselves leave open: "14:41:03" may be nearly a second earlier than it was. A nanosecond is exact.
DurationNs own_uncertainty(const SourceClock& clock) {
  return std::max(clock.traits.precision > nanoseconds(1) ? clock.traits.precision : DurationNs{}, clock.step);
}

void number_domains(Groups& groups, std::span<const SourceClock> clocks, std::vector<PlacedClock>& out) {
  std::vector<std::uint32_t> order;
  for (const bool placed : {true, false}) {
    for (std::uint32_t i = 0; i < groups.size(); ++i) {
      if (clocks[i].kind != ClockKind::none && groups[i].placed == placed) {
        if (std::find(order.begin(), order.end(), groups[i].group) == order.end()) {
          order.push_back(groups[i].group);
        }
        const auto at = std::find(order.begin(), order.end(), groups[i].group) - order.begin();
        out[i].domain = DomainId{static_cast<std::uint16_t>(at)};
      }
    }
  }
}

}  // namespace

std::vector<SharedTask> shared_tasks(const Sightings& sightings, std::size_t source_count) {
  std::vector<SharedTask> out;
  if (source_count < 2) {
    return out;
  }
  std::unordered_map<std::uint32_t, std::vector<Seen>> by_task;
  for (const Sighting& s : sightings.all()) {
    // A store dates a row when it writes it down, seconds after the moment: it measures no clock.
    const Moment moment = s.observer == Observer::store ? Moment::none : moment_of(s.kind);
    if (s.uuid == kNoUuid || !s.has_time() || moment == Moment::none || s.weak_task()) {
      continue;
    }
    auto& seen = by_task[s.uuid];
    const auto same = [&](const Seen& x) { return x.source == s.source.value && x.moment == moment; };
    if (static_cast<std::size_t>(std::count_if(seen.begin(), seen.end(), same)) < kSeenEach) {
      seen.push_back({s.source.value, moment, {s.t}});
    }
  }
  for (std::uint32_t u = 0; u < sightings.uuid_count(); ++u) {
    const auto it = by_task.find(u);
    if (it == by_task.end()) {
      continue;
    }
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<DurationNs>> pairs;
    pair_up(it->second, pairs);
    for (auto& [sources, differences] : pairs) {
      out.push_back({sources.first, sources.second, std::move(differences)});
    }
  }
  return out;
}

namespace {

// Dates from the user, sync points to UTC, absolute clocks; then sync points between sources.
void place_known(std::span<const SourceClock> clocks, std::span<const SyncPoint> syncs, Groups& groups) {
  for (std::uint32_t i = 0; i < clocks.size(); ++i) {
    if (clocks[i].date && clocks[i].kind == ClockKind::floating) {
      if (const auto offset = offset_for_date(clocks[i], *clocks[i].date); offset.ok()) {
        groups.place(i, *offset, PlacedBy::date);
      }
    }
  }
  for (const SyncPoint& s : syncs) {
    groups[s.source].measured = s.uncertainty;
    if (!s.reference) {
      groups[s.source].placed = false;  // a measurement beats a date
      groups.place(s.source, s.offset, PlacedBy::sync);
    }
  }
  for (std::uint32_t i = 0; i < clocks.size(); ++i) {
    if (clocks[i].kind == ClockKind::absolute) {
      groups.place(i, DurationNs{0}, PlacedBy::itself);
    }
  }
  std::optional<std::uint32_t> utc;
  for (const SyncPoint& s : syncs) {
    if (s.reference) {
      groups.join(*s.reference, s.source, s.offset, kAgree + s.uncertainty, PlacedBy::sync);
    } else if (utc) {
      groups.join(*utc, s.source, groups[s.source].offset - groups[*utc].offset, kAgree, PlacedBy::sync);
    } else {
      utc = s.source;
    }
  }
}

using SharedByPair = std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<const SharedTask*>>;

// Joins sources by their shared tasks, those with most first: either pairs that are both placed, or the others.
void join_shared(const SharedByPair& by_pair, bool both_placed, Groups& groups) {
  struct Edge {
    std::uint32_t a = 0, b = 0;
    Agreed agreed;
  };
  std::vector<Edge> edges;
  for (const auto& [pair, tasks] : by_pair) {
    const Node& a = groups[pair.first];
    const Node& b = groups[pair.second];
    if ((a.placed && b.placed) != both_placed || a.group == b.group) {
      continue;
    }
    const auto expected = both_placed ? std::optional(b.offset - a.offset) : std::nullopt;
    if (const auto agreed = agreement(tasks, expected)) {
      edges.push_back({pair.first, pair.second, *agreed});
    }
  }
  std::stable_sort(edges.begin(), edges.end(), [](const Edge& x, const Edge& y) { return x.agreed.tasks > y.agreed.tasks; });
  for (const Edge& e : edges) {
    groups.join(e.a, e.b, both_placed ? e.agreed.b_to_a : snapped(e.agreed.b_to_a), kAgree, PlacedBy::tasks);
  }
}

}  // namespace

std::vector<PlacedClock> place_clocks(std::span<const SourceClock> clocks, std::span<const SharedTask> shared,
                                      std::span<const SyncPoint> syncs) {
  Groups groups(clocks.size());
  place_known(clocks, syncs, groups);
  SharedByPair by_pair;
  for (const SharedTask& t : shared) {
    by_pair[{t.a, t.b}].push_back(&t);
  }
  join_shared(by_pair, false, groups);
  for (std::uint32_t i = 0; i < clocks.size(); ++i) {
    if (clocks[i].before && clocks[i].kind == ClockKind::floating) {
      groups.place(i, *clocks[i].before, clocks[i].before_by);
    }
  }
  join_shared(by_pair, true, groups);

  std::vector<PlacedClock> out(clocks.size());
  number_domains(groups, clocks, out);
  for (std::uint32_t i = 0; i < clocks.size(); ++i) {
    const auto together = std::count_if(out.begin(), out.end(), [&](const PlacedClock& p) { return p.domain == out[i].domain; });
    out[i].offset = groups[i].offset;
    out[i].placed = clocks[i].kind != ClockKind::none && groups[i].placed;
    out[i].by = out[i].placed ? groups[i].by : PlacedBy::nothing;
    if (clocks[i].kind != ClockKind::none && together > 1) {
      out[i].uncertainty = groups[i].measured.value_or(kBetweenFiles);
    } else if (clocks[i].unified) {
      out[i].uncertainty = kBetweenProcesses;
    }
    if (clocks[i].kind != ClockKind::none) {
      out[i].uncertainty = std::max(out[i].uncertainty, own_uncertainty(clocks[i]));
    }
  }
  return out;
}

}  // namespace uptrail
