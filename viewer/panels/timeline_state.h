// What the timeline remembers beside its view: which lanes are shown how, folds, a measured range.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "collector/timeline/lane_order.h"
#include "collector/timeline/overview.h"
#include "collector/timeline/time_scale.h"

namespace uptrail::viewer {

struct TimelineState {
  timeline::LaneChoice choice;
  std::shared_ptr<const timeline::LaneOrder> order;  // of the choice; nullptr: no case
  bool fold_idle = true;
  timeline::TimeScale::Map map;      // nullptr: nothing is folded
  std::optional<Interval> measured;  // a range the user marked on the ruler
};

struct UiState;
// A new case: all lanes, large families collapsed, idle stretches folded.
void reset_timeline(UiState& state);
void choose_lanes(timeline::LaneChoice choice, UiState& state);
void fold_idle(bool on, UiState& state);
// Opens whatever hides the lane; a lane that the filter leaves out stays out.
void reveal_lane(std::uint32_t lane, UiState& state);

}  // namespace uptrail::viewer
