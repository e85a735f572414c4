// Where the absence of an event means something: manifests, demonstrated kinds, gaps (docs/architecture.md, "Evidence").
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "collector/analysis/facts_builder.h"
#include "collector/analysis/world.h"
#include "collector/model/entities.h"

namespace uptrail::analysis {

// Nothing is concluded about the first seconds of a capture that starts in the middle of a process.
inline constexpr DurationNs kGraceStart = seconds(10);

class Coverage {
 public:
  // Facts must have their epochs. `epochs` are those of the unit, `sessions` all of the case. All must outlive this.
  Coverage(const UnitFacts& facts, std::span<const Stream> streams, std::span<const ProcessEpoch> all_epochs,
           std::span<const EpochId> epochs, std::span<const Session> sessions);

  // The best answer any one stream can give for the whole span.
  [[nodiscard]] CovAnswer cov(EventKind kind, Scope scope, Interval span) const;

  // What one stream can say. `until`: where its record of the kind ends for good (before span.end, or span.end).
  struct OfStream {
    CovAnswer answer;
    TimeNs until;
  };
  [[nodiscard]] OfStream of_stream(StreamId stream, EventKind kind, Scope scope, Interval span) const;

  // Streams that list or demonstrate the kind at some time, for somebody.
  [[nodiscard]] std::span<const StreamId> streams_of(EventKind kind) const;

  [[nodiscard]] TimeNs capture_end(DomainId domain) const;
  [[nodiscard]] TimeNs capture_begin(DomainId domain) const;

  // Everything known, merged, for the case: one span per stream, kind and stretch.
  [[nodiscard]] std::vector<CoverageSpan> spans(UnitId unit) const;

 private:
  [[nodiscard]] bool in_scope(const Manifest& m, Scope scope) const;
  [[nodiscard]] bool same_build(EpochId a, EpochId b) const;
  [[nodiscard]] EpochId writer_of(const Manifest& m) const;  // invalid: no process of this unit
  [[nodiscard]] bool manifest_holds_for(const Manifest& m, EpochId epoch) const;
  [[nodiscard]] bool demonstrated(StreamId stream, EventKind kind, EpochId epoch) const;
  [[nodiscard]] bool ever_logged(StreamId stream, EventKind kind, Scope scope, Interval span) const;
  [[nodiscard]] bool wrapped_in(Scope scope, Interval span, StreamId stream, TimeNs* from) const;
  [[nodiscard]] std::vector<EpochId> epochs_in(Scope scope, DomainId domain, Interval span) const;
  [[nodiscard]] IntervalSet listed(StreamId stream, EventKind kind, Scope scope, EpochId epoch, Interval span,
                                   bool* declared) const;
  [[nodiscard]] bool starts_in_the_middle(DomainId domain, std::span<const EpochId> epochs) const;
  [[nodiscard]] DomainId domain_of(Scope scope) const;
  void find_lives();

  const UnitFacts& facts_;
  std::span<const Stream> streams_;
  std::span<const ProcessEpoch> all_epochs_;
  std::span<const EpochId> epochs_;
  std::span<const Session> sessions_;
  std::vector<EpochId> manifest_epoch_;  // of each manifest: who declared it; invalid: not a process
  std::map<EpochId, Interval> lives_;    // from launch or first sign to the end, the next process of that name, or for ever
  std::map<std::pair<StreamId, EventKind>, std::set<EpochId>> logged_;
  std::vector<std::vector<StreamId>> by_kind_;
  struct Wrapped {
    TimeNs t;
    StreamId stream;
    SessionId session;
    EpochId epoch;
  };
  std::vector<Wrapped> wrapped_;  // wake.handle-events whose handler's call will be logged
};

// Plain words for "this kind is not recorded", and the smallest thing that would change it.
struct MissingKind {
  std::string reason, add;
};
MissingKind missing_kind(EventKind kind);

}  // namespace uptrail::analysis
