// Streams (source x observer x clock) of a case, and the normalised time of every sighting.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "collector/base/result.h"
#include "collector/model/entities.h"
#include "collector/pipeline/clocks.h"
#include "collector/pipeline/sightings.h"

namespace uptrail {

// What reading found out about the lines of one observer in one source, whether they gave events or not.
struct ObserverSeen {
  SourceId source;
  Observer observer = Observer::app;
  bool redacted = false;
};

// Where one sighting stands in time.
struct PlacedTime {
  TimeNs t;
  StreamId stream;
  DomainId domain;
  bool placed = false;  // on the UTC axis
};

struct TimeLine {
  std::vector<Stream> streams;          // by source content, observer; ids are positions
  std::vector<PlacedTime> times;        // of each sighting
  std::vector<std::uint32_t> order;     // sightings by (domain, t, source content, seq)
  std::vector<SourceClockInfo> clocks;  // of each source; what is derived about its clock is filled in
  std::vector<std::uint32_t> rank;      // of each source: its place by content, so that the order of reading does not show
};

struct TimeLineInput {
  std::span<const Source> sources;  // position = SourceId
  const Sightings& sightings;
  std::span<const ObserverSeen> observers;
  std::span<const Stream> before;                   // of an earlier derivation; empty: none
  const std::map<std::string, std::string>& dates;  // FILE -> date, FILE as given or the last parts of it
};
// Errors (usage): a date that cannot be read, that names no source, or that does not fit its clock.
Result<TimeLine> make_timeline(const TimeLineInput& input);

}  // namespace uptrail
