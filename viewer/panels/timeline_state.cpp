#include "viewer/panels/timeline_state.h"

#include <algorithm>

#include "viewer/panels/state.h"

namespace uptrail::viewer {

namespace {

constexpr std::uint32_t kLargeFamily = 400;  // lanes: more are shown as one until somebody opens them

// What a lane shows itself, without its family.
class LaneSieve {
 public:
  explicit LaneSieve(const UiState& state) : derived_(state.data->derived), passing_(*state.passing) {
    const Filter& filter = state.filter;
    by_finding_ = !filter.rule.empty() || !filter.severities.all() || !filter.confidences.all();
    if (!by_finding_) return;
    found_.assign(state.data->task_count(), false);
    for (const Finding& f : derived_.findings) {
      if (f.subject.task.value < found_.size() && passing_.findings[f.id.value]) found_[f.subject.task.value] = true;
    }
  }

  [[nodiscard]] bool passes(const timeline::Lane& lane) const {
    using timeline::LaneKind;
    switch (lane.kind) {
      case LaneKind::task:
        return has(passing_.tasks, lane.task) && (lane.upload.valid() ? has(passing_.uploads, lane.upload) : found(lane.task));
      case LaneKind::upload:
        return has(passing_.uploads, lane.upload);
      case LaneKind::session:
      case LaneKind::connection:
        return !by_finding_ && has(passing_.sessions, lane.session);
      case LaneKind::app:
      case LaneKind::process:
      case LaneKind::store:
        return !lane.unit.valid() || has(passing_.units, lane.unit);
      case LaneKind::device:
      case LaneKind::daemon:
        break;
    }
    return true;
  }

 private:
  template <class Id>
  static bool has(const std::vector<bool>& list, Id id) {
    return id.value >= list.size() || list[id.value];
  }
  [[nodiscard]] bool found(TaskId task) const { return !by_finding_ || (task.value < found_.size() && found_[task.value]); }

  const Derived& derived_;
  const Passing& passing_;
  bool by_finding_ = false;
  std::vector<bool> found_;  // tasks with a finding that passes
};

}  // namespace

void reset_timeline(UiState& state) {
  TimelineState& t = state.timeline;
  t.choice = {};
  t.role = TimelineRole::alone;
  t.reach.reset();
  t.start.reset();
  t.measured.reset();
  t.searched.reset();
  t.passing.reset();
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

void dim_lanes(UiState& state) {
  state.timeline.passing.reset();
  if (!state.data || !state.passing) return;
  const auto& lanes = state.data->scene.lanes;
  const LaneSieve sieve(state);
  std::vector<bool> out(lanes.size());
  for (std::size_t i = lanes.size(); i-- > 0;) {
    out[i] = out[i] || sieve.passes(lanes[i]);
    if (out[i] && lanes[i].parent != timeline::kNoLane) out[lanes[i].parent] = true;
  }
  // The connection belongs to its session, whatever made that pass.
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    if (lanes[i].kind == timeline::LaneKind::connection && lanes[i].parent != timeline::kNoLane) out[i] = out[lanes[i].parent];
  }
  state.timeline.passing = std::make_shared<const std::vector<bool>>(std::move(out));
}

bool is_shown(const UiState& state, std::uint32_t lane) {
  const auto& passing = state.timeline.passing;
  return !passing || lane >= passing->size() || (*passing)[lane];
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
