// Everything that is derived from the events of a case in one generation.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "collector/model/entities.h"
#include "collector/model/finding.h"

namespace uptrail {

// How often a rule reached which verdict in one unit. Some rules only ever fire on what they see: they clear nothing.
struct RuleTally {
  UnitId unit;
  std::string rule;
  std::uint64_t fired = 0;  // findings, those included that are left out by their id
  std::uint64_t cleared = 0;
  std::uint64_t undetermined = 0;
  std::uint64_t not_applicable = 0;
};

// Ids are positions in these vectors. Sorted as documented, so that equal input gives equal ids.
struct Derived {
  std::vector<Unit> units;             // by device, bundle
  std::vector<ProcessEpoch> epochs;    // by unit, first seen
  std::vector<Session> sessions;       // by unit, identifier, first seen
  std::vector<SessionObject> objects;  // by session, creation
  std::vector<Task> tasks;             // by unit, first seen
  std::vector<Upload> uploads;         // by unit, first seen
  std::vector<Wake> wakes;             // by unit, first seen
  std::vector<CoverageSpan> coverage;
  std::vector<Finding> findings;  // by time, rule, subject
  std::vector<Undetermined> undetermined;
  std::vector<RuleTally> tallies;  // by unit, rule; none of rules that were left out
  std::vector<Cause> causes;       // gravest first
  Outcome outcome = Outcome::unknown;
  std::string outcome_reason;  // for unknown: what is missing; else ""
  std::string next_step;       // for unknown: the one thing to do next
  std::uint64_t left_out = 0;  // findings that the user asked to ignore; they count nowhere else
};

}  // namespace uptrail
