// From the facts in a case to everything that is derived from them.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "collector/pipeline/collect.h"
#include "collector/pipeline/sightings.h"
#include "collector/pipeline/streams.h"

namespace uptrail {

struct DeriveInput {
  CaseWriter& writer;
  Sightings sightings;  // of all events of the case; given up before the analysis, which needs the room
  std::vector<ObserverSeen> observers;
  const analysis::RuleSettings& rules;
  const std::map<std::string, std::string>& dates;
  const std::function<void(const Progress&)>& progress;
  const std::atomic<bool>* cancel = nullptr;
};

// Streams, times, identity, findings and the case's title; does not commit.
Status derive(DeriveInput input);

// Sightings of what a case already holds.
Status add_sightings(CaseReader& reader, Sightings& sightings);

}  // namespace uptrail
