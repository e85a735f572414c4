// What the timeline remembers beside its view: which lanes are shown how, folds, a measured range.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "collector/timeline/lane_order.h"
#include "collector/timeline/overview.h"
#include "collector/timeline/time_scale.h"

namespace uptrail::viewer {

// Two timelines can stand one above the other and show the same stretch.
enum class TimelineRole : std::uint8_t { alone, upper, lower };

struct TimelineState {
  TimelineRole role = TimelineRole::alone;
  std::optional<Interval> reach;  // what can be brought into sight; nullopt: the whole of the scene
  std::optional<TimeNs> start;    // a line to compare by; nullopt: none
  timeline::LaneChoice choice;
  std::shared_ptr<const timeline::LaneOrder> order;  // of the choice; nullptr: no case
  std::shared_ptr<const std::vector<bool>> passing;  // lanes that the filter of all panels leaves; nullptr: all
  bool fold_idle = true;
  timeline::TimeScale::Map map;        // nullptr: nothing is folded
  std::optional<Interval> measured;    // a range the user marked on the ruler
  std::optional<SearchDone> searched;  // what a finding looked through, while it is shown
};

struct UiState;
// A new case: all lanes, large families collapsed, idle stretches folded.
void reset_timeline(UiState& state);
void choose_lanes(timeline::LaneChoice choice, UiState& state);
void fold_idle(bool on, UiState& state);
// Call when the filter of all panels or its outcome changed. A lane passes when what it shows does, or something below it.
void dim_lanes(UiState& state);
// Whether what the lane shows passes the filter of all panels.
bool is_shown(const UiState& state, std::uint32_t lane);
// Opens whatever hides the lane; a lane that the filter leaves out stays out.
void reveal_lane(std::uint32_t lane, UiState& state);

}  // namespace uptrail::viewer
