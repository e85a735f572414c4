#include "viewer/panels/timeline_state.h"

#include <algorithm>

#include "viewer/panels/state.h"

namespace uptrail::viewer {

namespace {

constexpr std::uint32_t kLargeFamily = 400;  // lanes: more are shown as one until somebody opens them

}  // namespace

void reset_timeline(UiState& state) {
  TimelineState& t = state.timeline;
  t.choice = {};
  t.measured.reset();
  t.map.reset();
  t.order.reset();
  if (!state.data) return;
  const auto& lanes = state.data->scene.lanes;
  for (std::uint32_t i = 0; i < lanes.size(); ++i) {
    if (lanes[i].kind == timeline::LaneKind::session && lanes[i].end - i > kLargeFamily) t.choice.collapsed.insert(i);
  }
  t.order = std::make_shared<const timeline::LaneOrder>(timeline::make_order(state.data->scene, t.choice));
  fold_idle(t.fold_idle, state);
}

void choose_lanes(timeline::LaneChoice choice, UiState& state) {
  if (!state.data) return;
  state.timeline.choice = std::move(choice);
  state.timeline.order =
      std::make_shared<const timeline::LaneOrder>(timeline::make_order(state.data->scene, state.timeline.choice));
}

void fold_idle(bool on, UiState& state) {
  state.timeline.fold_idle = on;
  state.timeline.map.reset();
  if (on && state.data && !state.data->overview.folds.empty()) {
    state.timeline.map = std::make_shared<const timeline::TimeMap>(state.data->overview.folds);
  }
  // The width does not matter: the same share of the picture before and behind.
  constexpr double kWidth = 1000;
  state.scale = state.scale.refolded(state.timeline.map, kWidth);
  for (auto* places : {&state.history.past, &state.history.future}) {
    for (History::Place& place : *places) place.scale = place.scale.refolded(state.timeline.map, kWidth);
  }
}

void reveal_lane(std::uint32_t lane, UiState& state) {
  if (!state.data || lane >= state.data->scene.lanes.size()) return;
  timeline::LaneChoice choice = state.timeline.choice;
  choice.hidden.erase(lane);
  for (std::uint32_t at = state.data->scene.lanes[lane].parent; at != timeline::kNoLane;
       at = state.data->scene.lanes[at].parent) {
    choice.collapsed.erase(at);
    choice.hidden.erase(at);
  }
  if (choice != state.timeline.choice) choose_lanes(std::move(choice), state);
}

}  // namespace uptrail::viewer
