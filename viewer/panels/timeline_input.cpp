#include "viewer/panels/timeline_input.h"

#include <algorithm>
#include <cmath>

namespace uptrail::viewer {

namespace {

using timeline::View;

void clamp_scroll(View& view, double content) {
  view.scroll_y = std::clamp(view.scroll_y, 0.0, std::max(0.0, content - view.height));
}

// Wheel: zoom at the cursor over the lanes, scroll over the labels. With Shift it pans, with Ctrl it scrolls.
void wheel(View& view, const TimelineFrame& frame, Interval whole, double content) {
  const ImGuiIO& io = ImGui::GetIO();
  if (io.MouseWheel == 0 && io.MouseWheelH == 0) return;
  const bool over_lanes = frame.lanes.contains(io.MousePos) || frame.ruler.contains(io.MousePos);
  if (!over_lanes || ctrl_down()) {
    view.scroll_y -= io.MouseWheel * 60.0;
    clamp_scroll(view, content);
  } else if (io.KeyShift) {
    view.scale = view.scale.panned(io.MouseWheel * 80.0, whole, view.width);
  } else if (io.MouseWheel != 0) {
    view.scale = view.scale.zoomed(io.MousePos.x - frame.lanes.min.x, std::pow(1.25, io.MouseWheel), whole, view.width);
  }
  if (io.MouseWheelH != 0) view.scale = view.scale.panned(-io.MouseWheelH * 40.0, whole, view.width);
}

void view_keys(View& view, const TimelineFrame& frame, Interval whole) {
  const ImGuiIO& io = ImGui::GetIO();
  if (io.WantTextInput) return;
  if (io.KeyCtrl || io.KeySuper) return;
  const double dt = std::min(io.DeltaTime, 0.05F);
  const double at = frame.lanes.contains(io.MousePos) ? io.MousePos.x - frame.lanes.min.x : view.width / 2;
  if (key_down(Key::w)) view.scale = view.scale.zoomed(at, std::exp(3 * dt), whole, view.width);
  if (key_down(Key::s)) view.scale = view.scale.zoomed(at, std::exp(-3 * dt), whole, view.width);
  const double pan = view.width * 0.9 * dt;
  if (key_down(Key::a) || key_down(Key::left)) view.scale = view.scale.panned(pan, whole, view.width);
  if (key_down(Key::d) || key_down(Key::right)) view.scale = view.scale.panned(-pan, whole, view.width);
}

// What a drag does is settled where and how it began.
DragMode drag_mode(const TimelineFrame& frame) {
  ImGuiStorage& memory = *ImGui::GetStateStorage();
  const ImGuiID id = ImGui::GetID("drag-mode");
  if (ImGui::IsItemActivated()) {
    const ImGuiIO& io = ImGui::GetIO();
    const ImVec2 at = io.MouseClickedPos[0];
    DragMode mode = DragMode::pan;
    if (frame.minimap.contains(at)) {
      mode = DragMode::minimap;
    } else if (frame.ruler.contains(at)) {
      mode = DragMode::measure;
    } else if (io.KeyShift && frame.lanes.contains(at)) {
      mode = DragMode::box;
    }
    memory.SetInt(id, static_cast<int>(mode));
  }
  const bool under_way = ImGui::IsItemActive() || ImGui::IsItemDeactivated();
  return under_way ? static_cast<DragMode>(memory.GetInt(id, 0)) : DragMode::none;
}

Interval dragged_span(const View& view, const TimelineFrame& frame) {
  const ImGuiIO& io = ImGui::GetIO();
  const auto time_at = [&](float x) {
    return view.scale.time(std::clamp(x, frame.lanes.min.x, frame.lanes.max.x) - frame.lanes.min.x);
  };
  const TimeNs a = time_at(io.MouseClickedPos[0].x);
  const TimeNs b = time_at(io.MousePos.x);
  return {std::min(a, b), std::max(a, b)};
}

void drag(TimelineInput& in, const Ui& ui, const UiState& state, const TimelineFrame& frame, Interval whole, double content) {
  const ImGuiIO& io = ImGui::GetIO();
  const bool ended = ImGui::IsItemDeactivated();
  const bool moved = io.MouseDragMaxDistanceSqr[0] >= 16;
  View& view = in.view;
  switch (in.drag) {
    case DragMode::pan:
      if (!moved || ended) break;
      view.scale = view.scale.panned(io.MouseDelta.x, whole, view.width);
      view.scroll_y -= io.MouseDelta.y;
      clamp_scroll(view, content);
      break;
    case DragMode::box:
      if (!moved) break;
      in.box = dragged_span(view, frame);
      if (ended && !in.box->empty()) view.scale = timeline::TimeScale::fit(*in.box, view.width, state.timeline.map);
      break;
    case DragMode::measure:
      if (moved) ui.act(Measure{dragged_span(view, frame)});
      if (!moved && ended) ui.act(Measure{std::nullopt});
      break;
    case DragMode::minimap: {
      const timeline::TimeScale all = timeline::TimeScale::fit(whole, frame.minimap.width(), state.timeline.map);
      const double middle = view.scale.px(all.time(io.MousePos.x - frame.minimap.min.x));
      view.scale = view.scale.panned(view.width / 2 - middle, whole, view.width);
      break;
    }
    case DragMode::none:
      break;
  }
}

}  // namespace

void toggle_lane(const UiState& state, const Ui& ui, std::uint32_t lane) {
  timeline::LaneChoice choice = state.timeline.choice;
  if (choice.collapsed.erase(lane) == 0) choice.collapsed.insert(lane);
  ui.act(ChooseLanes{std::move(choice)});
}

void toggle_pin(const UiState& state, const Ui& ui, std::uint32_t lane) {
  timeline::LaneChoice choice = state.timeline.choice;
  if (choice.pinned.erase(lane) == 0) choice.pinned.insert(lane);
  ui.act(ChooseLanes{std::move(choice)});
}

TimelineInput read_timeline_input(const UiState& state, const Ui& ui, const TimelineFrame& frame, const View& view,
                                  double content, bool hovered) {
  TimelineInput in;
  in.view = view;
  const Interval whole = state.timeline.reach.value_or(state.data->scene.whole);
  in.released = ImGui::IsItemDeactivated() && ImGui::GetIO().MouseDragMaxDistanceSqr[0] < 16;
  in.drag = drag_mode(frame);
  if (hovered) wheel(in.view, frame, whole, content);
  drag(in, ui, state, frame, whole, content);
  if (state.timeline.role != TimelineRole::lower) view_keys(in.view, frame, whole);
  if (in.drag == DragMode::measure || in.drag == DragMode::minimap) in.released = false;
  return in;
}

}  // namespace uptrail::viewer
