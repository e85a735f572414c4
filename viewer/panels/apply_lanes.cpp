// What keys, the palette and the header do to the lanes of the timeline.
#include <algorithm>

#include "viewer/panels/apply.h"

namespace uptrail::viewer {

namespace {

using timeline::kNoLane;
using timeline::Lane;
using timeline::LaneChoice;

// To the row above or below the selected lane; pinned lanes stand above the others.
void step_lane(int step, UiState& state) {
  const timeline::LaneOrder& order = *state.timeline.order;
  const std::size_t pinned = order.pinned.size();
  const std::size_t count = pinned + order.rest.size();
  if (count == 0) return;
  std::size_t at = order.rest.row_of(state.selection.lane);
  at = at < order.rest.size() ? pinned + at : order.pinned.row_of(state.selection.lane);
  std::size_t next = 0;
  if (at < count && state.selection.lane != kNoLane) {
    next = step < 0 ? at - std::min<std::size_t>(at, 1) : std::min(at + 1, count - 1);
  }
  select_lane(next < pinned ? order.pinned.lane(next) : order.rest.lane(next - pinned), state);
  state.frame = FrameRequest::lane;
}

// A lane without a family closes the one it stands in.
void collapse(UiState& state) {
  const auto& lanes = state.data->scene.lanes;
  std::uint32_t lane = state.selection.lane;
  if (lane >= lanes.size()) return;
  if (lanes[lane].end == lane + 1) lane = lanes[lane].parent;
  if (lane == kNoLane) return;
  LaneChoice choice = state.timeline.choice;
  if (choice.collapsed.erase(lane) == 0) choice.collapsed.insert(lane);
  choose_lanes(std::move(choice), state);
  if (lane == state.selection.lane) return;
  select_lane(lane, state);
  state.frame = FrameRequest::lane;
}

void collapse_all(LaneChoice& choice, const std::vector<Lane>& lanes) {
  if (!choice.collapsed.empty()) return choice.collapsed.clear();
  for (std::uint32_t i = 0; i < lanes.size(); ++i) {
    if (lanes[i].kind == timeline::LaneKind::session && lanes[i].end > i + 1) choice.collapsed.insert(i);
  }
}

// The lane below takes the selection, so that several can be hidden one after the other.
void hide(UiState& state) {
  const std::uint32_t lane = state.selection.lane;
  if (lane >= state.data->scene.lanes.size()) return;
  const timeline::LaneRows& rows = state.timeline.order->rest;
  const std::uint32_t behind = state.data->scene.lanes[lane].end;
  std::uint32_t next = kNoLane;
  for (std::size_t row = rows.row_of(lane); row < rows.size() && next == kNoLane; ++row) {
    if (rows.lane(row) < lane || rows.lane(row) >= behind) next = rows.lane(row);
  }
  LaneChoice choice = state.timeline.choice;
  choice.hidden.insert(lane);
  choose_lanes(std::move(choice), state);
  select_lane(next, state);
}

void measure(UiState& state) {
  if (state.timeline.measured) return state.timeline.measured.reset();
  const auto& lanes = state.data->scene.lanes;
  const std::uint32_t lane = state.selection.lane;
  if (lane < lanes.size() && !lanes[lane].extent.empty()) {
    state.timeline.measured = lanes[lane].extent;
  } else if (state.view_width > 0) {
    state.timeline.measured = state.scale.visible(state.view_width);
  }
}

}  // namespace

void Applier::operator()(const DoLanes& a) {
  if (!state_.data || !state_.timeline.order) return;
  LaneChoice choice = state_.timeline.choice;
  switch (a.step) {
    case LaneStep::previous:
      return step_lane(-1, state_);
    case LaneStep::next:
      return step_lane(1, state_);
    case LaneStep::collapse:
      return collapse(state_);
    case LaneStep::hide:
      return hide(state_);
    case LaneStep::fold_idle:
      if (state_.timeline.role == TimelineRole::alone) fold_idle(!state_.timeline.fold_idle, state_);
      return;
    case LaneStep::measure:
      return measure(state_);
    case LaneStep::collapse_all:
      collapse_all(choice, state_.data->scene.lanes);
      break;
    case LaneStep::pin:
      if (state_.selection.lane >= state_.data->scene.lanes.size()) return;
      if (choice.pinned.erase(state_.selection.lane) == 0) choice.pinned.insert(state_.selection.lane);
      break;
    case LaneStep::show_hidden:
      choice.hidden.clear();
      break;
    case LaneStep::sort:
      choice.sort = static_cast<timeline::LaneSort>((static_cast<int>(choice.sort) + 1) % 4);
      break;
    case LaneStep::only_findings:
      choice.only_findings = !choice.only_findings;
      break;
  }
  choose_lanes(std::move(choice), state_);
}

}  // namespace uptrail::viewer
