// What coverage looks up, so that an answer costs the same in a case of ten million events: who lived when, who logged what, what
// the manifests declare, which handlers were wrapped, where records were lost.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <span>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "collector/analysis/facts_builder.h"
#include "collector/model/entities.h"

namespace uptrail::analysis {

// The lives of a unit's processes and the builds they are of.
class LifeIndex {
 public:
  using Build = std::uint32_t;  // processes of one build text have one number
  LifeIndex(std::span<const ProcessEpoch> all, std::span<const EpochId> epochs);

  // From launch or first sign to the end, the next process of that name, or for ever. Precondition: of this unit.
  [[nodiscard]] const Interval& life(EpochId epoch) const { return lives_[epoch.value - first_]; }
  [[nodiscard]] std::vector<EpochId> alive_in(DomainId domain, Interval span) const;  // ascending
  [[nodiscard]] std::vector<Build> builds_in(DomainId domain, Interval span) const;   // ascending
  [[nodiscard]] Build build_of(EpochId epoch) const;
  [[nodiscard]] bool is_known(Build build) const { return build != unknown_; }  // a build that was logged

 private:
  // Ascending in id. Usually in start, too: then a span is found by halving.
  struct Row {
    std::vector<EpochId> ids;
    std::vector<Interval> lives;
    std::vector<TimeNs> latest;  // the latest end up to here
    bool sorted = true;
    void add(EpochId id, const Interval& life);
    template <class Visit>
    void visit(Interval span, Visit visit) const;  // until it returns false
  };
  std::uint32_t first_ = 0;
  std::vector<Interval> lives_;
  std::vector<Build> builds_;
  Build unknown_ = UINT32_MAX;
  std::map<DomainId, Row> rows_;
  std::map<std::pair<DomainId, Build>, Row> rows_of_build_;
};

// Which process logged which kind in which stream.
class LoggedKinds {
 public:
  explicit LoggedKinds(std::size_t streams) : of_(streams * kEventKindCount) {}
  void add(StreamId stream, EventKind kind, EpochId epoch);
  void mention(StreamId stream, EventKind kind) { at(stream, kind).mentioned = true; }
  void finish(const LifeIndex& lives);

  [[nodiscard]] bool mentioned(StreamId s, EventKind k) const { return at(s, k).mentioned; }  // logged, or it would be
  [[nodiscard]] bool ever(StreamId s, EventKind k) const { return at(s, k).nobody || !at(s, k).epochs.empty(); }
  [[nodiscard]] bool by_nobody(StreamId s, EventKind k) const { return at(s, k).nobody; }  // in no process of the unit
  [[nodiscard]] bool by(StreamId s, EventKind k, EpochId epoch) const;
  [[nodiscard]] bool by_build(StreamId s, EventKind k, LifeIndex::Build build) const;

 private:
  struct Of {
    std::vector<EpochId> epochs;           // ascending
    std::vector<LifeIndex::Build> builds;  // ascending
    bool nobody = false, mentioned = false;
  };
  [[nodiscard]] Of& at(StreamId s, EventKind k) { return of_[s.value * kEventKindCount + static_cast<std::size_t>(k)]; }
  [[nodiscard]] const Of& at(StreamId s, EventKind k) const {
    return of_[s.value * kEventKindCount + static_cast<std::size_t>(k)];
  }
  std::vector<Of> of_;
};

// What manifests declare: for each stream, kind and build where it is recorded. Answers are kept, so one thread only.
class ManifestIndex {
 public:
  static constexpr LifeIndex::Build kAnyBuild = UINT32_MAX - 1;
  ManifestIndex(const UnitFacts& facts, std::span<const Stream> streams, std::span<const Session> sessions,
                const LifeIndex& lives);

  struct Declared {
    bool has_manifest = false;  // some manifest of the stream speaks for the build
    bool named = false;         // and one of them names the kind
    IntervalSet set;
  };
  // What processes of the build record; kAnyBuild: whoever it is.
  [[nodiscard]] const Declared& of(StreamId stream, EventKind kind, LifeIndex::Build build, SessionId session) const;
  // Manifests that the process wrote itself.
  [[nodiscard]] std::span<const std::uint32_t> written_by(EpochId epoch) const;
  [[nodiscard]] bool names(const Manifest& m, EventKind kind, SessionId session) const;
  // Some manifest is limited to some sessions.
  [[nodiscard]] bool any_scoped() const { return std::find(scoped_.begin(), scoped_.end(), true) != scoped_.end(); }

 private:
  const UnitFacts& facts_;
  std::span<const Stream> streams_;
  std::span<const Session> sessions_;
  const LifeIndex& lives_;
  std::vector<std::vector<std::uint32_t>> of_stream_;
  std::vector<bool> scoped_;  // by stream: a manifest is limited to some sessions
  std::map<EpochId, std::vector<std::uint32_t>> of_writer_;
  struct Key {
    std::uint64_t what = 0;
    std::uint64_t whose = 0;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct Hash {
    std::size_t operator()(const Key& k) const noexcept {
      return std::hash<std::uint64_t>{}(k.what * 1099511628211ULL ^ k.whose);
    }
  };
  mutable std::unordered_map<Key, Declared, Hash> kept_;  // never iterated
};

// wake.handle-events whose handler's call will be logged.
class WrappedHandlers {
 public:
  void add(StreamId stream, SessionId session, EpochId epoch, TimeNs t);
  [[nodiscard]] bool any() const { return !by_.empty(); }
  // The wake that the span belongs to began with a wrapped handler; `from`: when. Invalid ids: whichever.
  [[nodiscard]] bool find(StreamId stream, SessionId session, EpochId epoch, Interval span, TimeNs* from) const;

 private:
  struct Times {
    std::vector<TimeNs> all;  // as they came
    bool sorted = true;
  };
  std::map<std::tuple<StreamId, SessionId, EpochId>, Times> by_;
};

// Gaps of one stream, in the order in which they were told.
class GapIndex {
 public:
  GapIndex(std::span<const Gap> gaps, std::size_t streams);
  [[nodiscard]] const Gap* first_in(StreamId stream, Interval span) const;
  [[nodiscard]] std::span<const std::uint32_t> of(StreamId stream) const { return rows_[stream.value].gaps; }

 private:
  struct Row {
    std::vector<std::uint32_t> gaps;
    std::vector<TimeNs> latest;
    bool sorted = true;
  };
  std::span<const Gap> gaps_;
  std::vector<Row> rows_;
};

}  // namespace uptrail::analysis
