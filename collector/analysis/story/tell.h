// Beats -> clauses: who did what when, with each thing said once.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "collector/analysis/story/beat.h"
#include "collector/model/entities.h"
#include "collector/model/story.h"

namespace uptrail::analysis {

struct Telling {
  std::span<const Source> sources;
  std::span<const Stream> streams;
  int zone_offset_minutes = 0;
};

// "12:01:03", and "12:01:03 on 18 Nov" when the day is another than that of `before` (nullopt: the day is not told).
std::string clock_words(const Telling& telling, TimeNs t, std::optional<TimeNs> before, bool placed);

// Clauses of beats that are folded and sorted by domain, then time; the first domain is the main one. The others' beats are told
// apart, since no order between them is known.
std::vector<Clause> tell(const Telling& telling, std::span<const Beat> beats);

// What has to be known about the clocks behind the beats: floating, without times, placed with an uncertainty of more than 2 s.
std::vector<Clause> clock_notes(const Telling& telling, std::span<const Beat> beats);

}  // namespace uptrail::analysis
