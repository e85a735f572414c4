// How a story ends when the last thing that should have happened was not seen.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "collector/analysis/story/tell.h"
#include "collector/model/derived.h"

namespace uptrail::analysis {

struct EndingInput {
  const Derived& derived;
  std::span<const Stream> streams;
  const Telling& telling;
  UnitId unit;
  std::span<const Event> context;  // manifests of the unit among them
};

// nullopt: the app was told of the end of the task, or had cancelled it. `fired`: a finding says that the callback is missing.
// `listed`: the app's list of tasks showed it as completed; nullptr: it did not.
std::optional<Clause> task_ending(const EndingInput& in, const Task& task, const std::string& it, std::span<const Event> own,
                                  const Beat* listed, bool fired);

// nullopt: the handler was called, or the app was never handed the events.
std::optional<Clause> wake_ending(const EndingInput& in, const Wake& wake, DomainId domain);

}  // namespace uptrail::analysis
