// Findings -> causes: symptoms are folded under what explains them, and what is left is titled and sorted for people.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "collector/analysis/cause_tables.h"
#include "collector/analysis/facts_builder.h"
#include "collector/model/derived.h"

namespace uptrail::analysis {

// Is b about the same task, else session, else upload or process, as a?
bool same_subject(const Finding& a, const Finding& b);

// Sorts derived.findings (by time, rule, subject), gives ids and fingerprints, folds, makes causes, marks affected uploads.
// units: the facts of each unit, by UnitId. zone_offset_minutes: how clock times are written in titles. Findings whose
// fingerprint is among `ignored` are dropped before anything is folded, and counted in derived.left_out.
void build_causes(Derived& derived, std::span<const UnitFacts> units, int zone_offset_minutes,
                  std::span<const std::string> ignored = {});

// 16 hex digits that stay the same for the same problem in another run: no ids, no times.
std::string fingerprint(const Finding& finding, const Derived& derived, std::size_t ordinal);

}  // namespace uptrail::analysis
