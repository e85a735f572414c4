// Where the absence of an event means something: manifests, demonstrated kinds, gaps (docs/architecture.md, "Evidence").
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "collector/analysis/coverage_index.h"
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

  // The session, when its coverage of the kind may be another than that of other sessions, else none.
  [[nodiscard]] SessionId told_apart(EventKind kind, SessionId session) const {
    return kind == EventKind::wake_handler_called || manifests_.any_scoped() ? session : SessionId{};
  }

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
  // Where a stream records a kind as far as one process is concerned: what its build declares, and a little more.
  struct Listed {
    const IntervalSet* declared = nullptr;
    std::vector<Interval> more;
    [[nodiscard]] bool empty() const { return more.empty() && (declared == nullptr || declared->empty()); }
    [[nodiscard]] TimeNs end() const;  // precondition: not empty
    [[nodiscard]] bool covers(Interval span) const;
  };
  [[nodiscard]] bool demonstrated(StreamId stream, EventKind kind, EpochId epoch) const;
  [[nodiscard]] bool ever_logged(StreamId stream, EventKind kind, Scope scope, Interval span) const;
  [[nodiscard]] bool wrapped_in(Scope scope, Interval span, StreamId stream, TimeNs* from) const;
  [[nodiscard]] Listed listed(StreamId stream, EventKind kind, Scope scope, EpochId epoch, Interval span, bool* declared) const;
  [[nodiscard]] bool all_record(StreamId stream, EventKind kind, Scope scope, DomainId domain, Interval span,
                                bool* declared) const;
  [[nodiscard]] IntervalSet whole_set(const Stream& stream, EventKind kind, bool* declared) const;
  [[nodiscard]] bool starts_in_the_middle(DomainId domain, EpochId only, Interval span) const;
  [[nodiscard]] DomainId domain_of(Scope scope) const;
  void find_ends();

  const UnitFacts& facts_;
  std::span<const Stream> streams_;
  std::span<const ProcessEpoch> all_epochs_;
  std::span<const EpochId> epochs_;
  LifeIndex lives_;
  LoggedKinds logged_;
  ManifestIndex manifests_;
  WrappedHandlers wrapped_;
  GapIndex gaps_;
  std::vector<std::vector<StreamId>> by_kind_;
  std::map<DomainId, Interval> captured_;  // first to last of all open streams
  DomainId only_domain_;                   // invalid: several, or none
  std::vector<EpochId> in_the_middle_;     // processes that were there before the capture
};

// Plain words for "this kind is not recorded", and the smallest thing that would change it.
struct MissingKind {
  std::string reason, add;
};
MissingKind missing_kind(EventKind kind);

}  // namespace uptrail::analysis
