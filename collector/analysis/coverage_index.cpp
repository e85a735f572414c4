#include "collector/analysis/coverage_index.h"

#include <algorithm>

namespace uptrail::analysis {

// -- LifeIndex

void LifeIndex::Row::add(EpochId id, const Interval& life) {
  sorted = sorted && (lives.empty() || lives.back().start <= life.start);
  ids.push_back(id);
  lives.push_back(life);
  latest.push_back(latest.empty() ? life.end : std::max(latest.back(), life.end));
}

template <class Visit>
void LifeIndex::Row::visit(Interval span, Visit visit) const {
  std::size_t i = 0;
  if (sorted) {
    i = static_cast<std::size_t>(
        std::partition_point(latest.begin(), latest.end(), [&](TimeNs end) { return end <= span.start; }) - latest.begin());
  }
  for (; i < ids.size() && !(sorted && lives[i].start >= span.end); ++i) {
    if (lives[i].start < span.end && lives[i].end > span.start && !visit(ids[i])) {
      return;
    }
  }
}

LifeIndex::LifeIndex(std::span<const ProcessEpoch> all, std::span<const EpochId> epochs)
    : first_(epochs.empty() ? 0 : epochs.front().value), lives_(epochs.size()) {
  std::map<std::string_view, Build> builds;
  for (const EpochId id : epochs) {
    const std::string& build = all[id.value].build;
    const auto [it, fresh] = builds.try_emplace(build, static_cast<Build>(builds.size()));
    builds_.push_back(it->second);
    if (build.empty()) {
      unknown_ = it->second;
    }
  }
  // From the last to the first, because the next process of the name ends the one before. An unnamed one may be any.
  struct Next {
    std::size_t index = SIZE_MAX;
    TimeNs start;
  };
  std::map<std::pair<DomainId, std::string_view>, Next> named;
  std::map<DomainId, Next> unnamed;
  std::map<DomainId, Next> any;
  for (std::size_t i = epochs.size(); i-- > 0;) {
    const ProcessEpoch& e = all[epochs[i].value];
    Next next = e.process.empty() ? any[e.domain] : unnamed[e.domain];
    if (!e.process.empty() && named[{e.domain, e.process}].index < next.index) {
      next = named[{e.domain, e.process}];
    }
    const TimeNs end = e.end.value_or(next.index == SIZE_MAX ? kTimeMax : next.start);
    lives_[i] = {e.seen.start, std::max(end, e.seen.end)};
    any[e.domain] = {i, e.seen.start};
    (e.process.empty() ? unnamed[e.domain] : named[{e.domain, e.process}]) = {i, e.seen.start};
  }
  for (std::size_t i = 0; i < epochs.size(); ++i) {
    const DomainId domain = all[epochs[i].value].domain;
    rows_[domain].add(epochs[i], lives_[i]);
    rows_of_build_[{domain, builds_[i]}].add(epochs[i], lives_[i]);
  }
}

std::vector<EpochId> LifeIndex::alive_in(DomainId domain, Interval span) const {
  std::vector<EpochId> out;
  if (const auto row = rows_.find(domain); row != rows_.end()) {
    row->second.visit(span, [&](EpochId id) {
      out.push_back(id);
      return true;
    });
  }
  return out;
}

std::vector<LifeIndex::Build> LifeIndex::builds_in(DomainId domain, Interval span) const {
  std::vector<Build> out;
  for (auto row = rows_of_build_.lower_bound({domain, 0}); row != rows_of_build_.end() && row->first.first == domain; ++row) {
    row->second.visit(span, [&](EpochId) {
      out.push_back(row->first.second);
      return false;
    });
  }
  return out;
}

LifeIndex::Build LifeIndex::build_of(EpochId epoch) const {
  const std::size_t i = epoch.valid() ? epoch.value - first_ : SIZE_MAX;
  return i < builds_.size() ? builds_[i] : UINT32_MAX;
}

// -- LoggedKinds

void LoggedKinds::add(StreamId stream, EventKind kind, EpochId epoch) {
  Of& of = at(stream, kind);
  of.mentioned = true;
  if (!epoch.valid()) {
    of.nobody = true;
  } else if (of.epochs.empty() || of.epochs.back() != epoch) {
    of.epochs.push_back(epoch);
  }
}

void LoggedKinds::finish(const LifeIndex& lives) {
  const auto tidy = [](auto& list) {
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
    list.shrink_to_fit();
  };
  for (Of& of : of_) {
    tidy(of.epochs);
    for (const EpochId e : of.epochs) {
      if (const LifeIndex::Build b = lives.build_of(e); of.builds.empty() || of.builds.back() != b) {
        of.builds.push_back(b);
      }
    }
    tidy(of.builds);
  }
}

bool LoggedKinds::by(StreamId s, EventKind k, EpochId epoch) const {
  const Of& of = at(s, k);
  return epoch.valid() ? std::binary_search(of.epochs.begin(), of.epochs.end(), epoch) : of.nobody;
}

bool LoggedKinds::by_build(StreamId s, EventKind k, LifeIndex::Build build) const {
  const Of& of = at(s, k);
  return std::binary_search(of.builds.begin(), of.builds.end(), build);
}

// -- ManifestIndex

ManifestIndex::ManifestIndex(const UnitFacts& facts, std::span<const Stream> streams, std::span<const Session> sessions,
                             const LifeIndex& lives)
    : facts_(facts), streams_(streams), sessions_(sessions), lives_(lives), of_stream_(streams.size()), scoped_(streams.size()) {
  for (std::uint32_t i = 0; i < facts.manifests.size(); ++i) {
    const Manifest& m = facts.manifests[i];
    of_stream_[m.stream.value].push_back(i);
    scoped_[m.stream.value] = scoped_[m.stream.value] || !m.identifiers.empty();
    if (const EpochId writer = facts.facts[m.fact].epoch; writer.valid()) {
      of_writer_[writer].push_back(i);
    }
  }
}

std::span<const std::uint32_t> ManifestIndex::written_by(EpochId epoch) const {
  const auto it = of_writer_.find(epoch);
  return it == of_writer_.end() ? std::span<const std::uint32_t>() : std::span<const std::uint32_t>(it->second);
}

bool ManifestIndex::names(const Manifest& m, EventKind kind, SessionId session) const {
  if (!m.kinds[static_cast<std::size_t>(kind)]) {
    return false;
  }
  return m.identifiers.empty() || !session.valid() ||
         std::find(m.identifiers.begin(), m.identifiers.end(), sessions_[session.value].identifier) != m.identifiers.end();
}

// A manifest speaks for the process that wrote it and for others of its build. One that no process wrote speaks for all.
const ManifestIndex::Declared& ManifestIndex::of(StreamId stream, EventKind kind, LifeIndex::Build build,
                                                 SessionId session) const {
  constexpr unsigned kKindBits = 16;
  constexpr unsigned kIdBits = 32;
  const SessionId whose = scoped_[stream.value] ? session : SessionId{};
  const Key key{(std::uint64_t{stream.value} << kKindBits) | static_cast<std::uint64_t>(kind),
                (std::uint64_t{build} << kIdBits) | whose.value};
  const auto [it, fresh] = kept_.try_emplace(key);
  Declared& out = it->second;
  if (!fresh || !streams_[stream.value].open) {
    return out;
  }
  for (const std::uint32_t i : of_stream_[stream.value]) {
    const Manifest& m = facts_.manifests[i];
    const EpochId writer = facts_.facts[m.fact].epoch;
    if (writer.valid() && build != kAnyBuild && lives_.build_of(writer) != build) {
      continue;
    }
    out.has_manifest = true;
    if (names(m, kind, whose)) {
      out.named = true;
      out.set.add(intersect(m.span, *streams_[stream.value].open));
    }
  }
  return out;
}

// -- WrappedHandlers

void WrappedHandlers::add(StreamId stream, SessionId session, EpochId epoch, TimeNs t) {
  const auto put = [&](SessionId s, EpochId e) {
    Times& times = by_[{stream, s, e}];
    times.sorted = times.sorted && (times.all.empty() || times.all.back() <= t);
    times.all.push_back(t);
  };
  put({}, {});
  if (session.valid()) {
    put(session, {});
  }
  if (epoch.valid()) {
    put({}, epoch);
  }
  if (session.valid() && epoch.valid()) {
    put(session, epoch);
  }
}

bool WrappedHandlers::find(StreamId stream, SessionId session, EpochId epoch, Interval span, TimeNs* from) const {
  const auto it = by_.find({stream, session, epoch});
  if (it == by_.end()) {
    return false;
  }
  const std::vector<TimeNs>& all = it->second.all;
  if (it->second.sorted) {
    if (all.front() > span.end) {
      return false;
    }
    if (from != nullptr) {
      const auto later = std::upper_bound(all.begin(), all.end(), span.start);
      *from = later == all.begin() ? all.front() : *(later - 1);
    }
    return true;
  }
  bool found = false;
  for (const TimeNs t : all) {
    if (t <= span.end) {
      if (from != nullptr && (!found || t <= span.start)) {
        *from = t;
      }
      found = true;
    }
  }
  return found;
}

// -- GapIndex

GapIndex::GapIndex(std::span<const Gap> gaps, std::size_t streams) : gaps_(gaps), rows_(streams) {
  for (std::uint32_t i = 0; i < gaps.size(); ++i) {
    Row& row = rows_[gaps[i].stream.value];
    row.sorted = row.sorted && (row.gaps.empty() || gaps[row.gaps.back()].span.start <= gaps[i].span.start);
    row.gaps.push_back(i);
    row.latest.push_back(row.latest.empty() ? gaps[i].span.end : std::max(row.latest.back(), gaps[i].span.end));
  }
}

const Gap* GapIndex::first_in(StreamId stream, Interval span) const {
  const Row& row = rows_[stream.value];
  const auto from = std::partition_point(row.latest.begin(), row.latest.end(), [&](TimeNs end) { return end <= span.start; });
  for (auto i = static_cast<std::size_t>(from - row.latest.begin()); i < row.gaps.size(); ++i) {
    const Gap& gap = gaps_[row.gaps[i]];
    if (row.sorted && gap.span.start >= span.end) {
      return nullptr;
    }
    if (gap.span.start < span.end && span.start < gap.span.end) {
      return &gap;
    }
  }
  return nullptr;
}

}  // namespace uptrail::analysis
