// The timeline: asks for a layout, draws it, and turns the mouse and keys into a new view.
#include <algorithm>
#include <cmath>

#include "viewer/panels/panels.h"
#include "viewer/panels/timeline_paint.h"
#include "viewer/panels/verdict.h"

namespace uptrail::viewer {

namespace {

using timeline::View;

TimelineFrame frame_in(const Ui& ui, const Rect& rect, float top) {
  const float label_w = std::min(ui.size(Size::lane_labels), rect.width() * 0.4F);
  const float ruler_h = ui.size(Size::ruler);
  const float legend_h = ui.theme.px(26);
  const float split = rect.min.x + label_w;
  const float lanes_top = top + ruler_h;
  const float lanes_bottom = std::max(lanes_top, rect.max.y - legend_h);
  TimelineFrame frame;
  frame.labels = {{rect.min.x, lanes_top}, {split, lanes_bottom}};
  frame.lanes = {{split, lanes_top}, {rect.max.x - ui.theme.px(10), lanes_bottom}};  // beside it the scroll thumb
  frame.ruler = {{split, top}, {rect.max.x - ui.theme.px(10), lanes_top}};
  frame.legend = {{rect.min.x, lanes_bottom}, rect.max};
  return frame;
}

// Evidence alone may be milliseconds apart: the life of its task is shown too, and never less than a fortieth of the capture.
Interval with_context(const LoadedCase& data, const Finding& finding, Interval span) {
  if (finding.subject.task.value < data.derived.tasks.size()) {
    const Interval life = data.derived.tasks[finding.subject.task.value].seen;
    const DurationNs margin{life.length().ns / 5};
    const Interval wide{life.start - margin, std::min(life.end, data.scene.whole.end) + margin};
    if (life.overlaps(span)) span = {std::min(span.start, wide.start), std::max(span.end, wide.end)};
  }
  const std::int64_t least = data.scene.whole.length().ns / 40;
  const std::int64_t more = std::max<std::int64_t>(0, least - span.length().ns) / 2;
  return {span.start - nanoseconds(more), span.end + nanoseconds(more)};
}

// What F shows: the evidence of the selected finding, the bars of the selected lane, or the whole.
Interval framed_span(const UiState& state) {
  const LoadedCase& data = *state.data;
  if (const Finding* finding = selected_finding(state)) {
    std::vector<TimeNs> times;
    for (const EvidenceRef& ref : finding->evidence) {
      const auto at = data.evidence.find(ref.event);
      if (at != data.evidence.end() && at->second.timed) times.push_back(at->second.t);
    }
    return with_context(data, *finding, timeline::frame_of(data.scene, *finding, times).span);
  }
  std::optional<Interval> span;
  for (const timeline::Bar& bar : data.scene.bars) {
    if (bar.lane != state.selection.lane) continue;
    const TimeNs end = std::min(bar.span.end, data.scene.whole.end);
    span = span ? Interval{std::min(span->start, bar.span.start), std::max(span->end, end)} : Interval{bar.span.start, end};
  }
  if (!span) return data.scene.whole;
  const DurationNs margin{std::max<std::int64_t>(span->length().ns / 8, seconds(1).ns)};
  return {span->start - margin, span->end + margin};
}

View framed(const UiState& state, View view, const timeline::Metrics& metrics) {
  if (state.frame == FrameRequest::event && state.event) {
    const TimeNs t = state.event->event.t;
    const double x = view.scale.px(t);
    if (x < 0 || x >= view.width) view.scale = view.scale.panned(view.width / 2 - x, state.data->scene.whole, view.width);
    if (state.selection.lane != timeline::kNoLane) {
      view.scroll_y = timeline::scroll_to_lane(state.data->scene, view, metrics, state.selection.lane);
    }
    return view;
  }
  const bool whole = state.frame == FrameRequest::whole || state.selection == Selection{};
  view.scale = timeline::TimeScale::fit(whole ? state.data->scene.whole : framed_span(state), view.width);
  if (state.selection.lane != timeline::kNoLane) {
    view.scroll_y = timeline::scroll_to_lane(state.data->scene, view, metrics, state.selection.lane);
  }
  return view;
}

void clamp_scroll(View& view, double content) {
  view.scroll_y = std::clamp(view.scroll_y, 0.0, std::max(0.0, content - view.height));
}

bool same(const View& a, const View& b) {
  return a.scale.start() == b.scale.start() && a.scale.ns_per_px() == b.scale.ns_per_px() && a.scroll_y == b.scroll_y;
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

void keys(View& view, const TimelineFrame& frame, Interval whole) {
  const ImGuiIO& io = ImGui::GetIO();
  if (io.WantTextInput || io.KeyCtrl || io.KeySuper) return;
  const double dt = std::min(io.DeltaTime, 0.05F);
  const double at = frame.lanes.contains(io.MousePos) ? io.MousePos.x - frame.lanes.min.x : view.width / 2;
  if (key_down(Key::w)) view.scale = view.scale.zoomed(at, std::exp(3 * dt), whole, view.width);
  if (key_down(Key::s)) view.scale = view.scale.zoomed(at, std::exp(-3 * dt), whole, view.width);
  const double pan = view.width * 0.9 * dt;
  if (key_down(Key::a) || key_down(Key::left)) view.scale = view.scale.panned(pan, whole, view.width);
  if (key_down(Key::d) || key_down(Key::right)) view.scale = view.scale.panned(-pan, whole, view.width);
}

void drag(View& view, Interval whole, double content) {
  if (!ImGui::IsItemActive() || !ImGui::IsMouseDragging(ImGuiMouseButton_Left, 4)) return;
  const ImVec2 delta = ImGui::GetIO().MouseDelta;
  view.scale = view.scale.panned(delta.x, whole, view.width);
  view.scroll_y -= delta.y;
  clamp_scroll(view, content);
}

void click(const UiState& state, const Ui& ui, const timeline::Hit& hit) {
  const timeline::Scene& scene = state.data->scene;
  if (hit.mark && scene.marks[*hit.mark].finding.valid()) {
    ui.act(SelectFinding{scene.marks[*hit.mark].finding});
  } else if (hit.ghost && scene.ghosts[*hit.ghost].finding.valid()) {
    ui.act(SelectFinding{scene.ghosts[*hit.ghost].finding});
  } else {
    ui.act(SelectLane{hit.lane});
  }
}

void tooltip_line(const Ui& ui, const Face& face, Color ink, const std::string& text) {
  push_font(face.font, face.size);
  ImGui::PushStyleColor(ImGuiCol_Text, ui.color(ink));
  ImGui::TextUnformatted(text.c_str());
  ImGui::PopStyleColor();
  ImGui::PopFont();
}

std::string span_text(const UiState& state, Interval span, bool open_end) {
  if (open_end || span.end == kTimeMax) return clock_text(state, span.start, 3) + " – still so at the end";
  return clock_text(state, span.start, 3) + " – " + clock_text(state, span.end, 3) + "  ·  " + format_duration(span.length());
}

void tooltip(const UiState& state, const Ui& ui, const timeline::Hit& hit) {
  const LoadedCase& data = *state.data;
  if (!hit.mark && !hit.ghost && !hit.bar && !hit.hatch) return;
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(ui.theme.px(10), ui.theme.px(8)));
  ImGui::BeginTooltip();
  if (hit.mark) {
    const timeline::Mark& mark = data.scene.marks[*hit.mark];
    tooltip_line(ui, ui.fonts.semibold, Color::text, mark.label);
    tooltip_line(ui, ui.fonts.small, Color::text_muted, clock_text(state, mark.t, 3));
  } else if (hit.ghost) {
    const timeline::Ghost& ghost = data.scene.ghosts[*hit.ghost];
    tooltip_line(ui, ui.fonts.semibold, Color::ghost, ghost.label + " was due here and never came");
    tooltip_line(ui, ui.fonts.small, Color::text_muted, clock_text(state, ghost.due, 3));
  } else if (hit.bar) {
    const timeline::Bar& bar = data.scene.bars[*hit.bar];
    tooltip_line(ui, ui.fonts.semibold, Color::text, std::string(timeline::bar_style_name(bar.style)));
    if (!bar.label.empty()) tooltip_line(ui, ui.fonts.body, Color::text_muted, bar.label);
    tooltip_line(ui, ui.fonts.small, Color::text_muted, span_text(state, bar.span, bar.open_end));
  }
  if (hit.hatch && !hit.mark && !hit.ghost)
    tooltip_line(ui, ui.fonts.small, Color::text_muted, data.scene.hatches[*hit.hatch].why);
  ImGui::EndTooltip();
  ImGui::PopStyleVar();
}

void cursor_line(const UiState& state, const Ui& ui, const TimelineFrame& frame, const View& view) {
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  if (!frame.lanes.contains(mouse)) return;
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float x = std::round(mouse.x);
  list.AddRectFilled({x, frame.lanes.min.y}, {x + 1, frame.lanes.max.y}, faded(ui.color(Color::cursor), 0.5F));
  const int digits = view.scale.ns_per_px() < 1e6 ? 6 : (view.scale.ns_per_px() < 2e8 ? 3 : 0);
  const std::string text = clock_text(state, view.scale.time(mouse.x - frame.lanes.min.x), digits);
  const float half = chip_width(ui, text) / 2;
  const float from = std::clamp(x - half, frame.ruler.min.x, frame.ruler.max.x - 2 * half);
  chip(list, ui, from, frame.ruler.max.y - ui.theme.px(12), text, ui.color(Color::badge_text), ui.color(Color::splitter_hover));
}

void scroll_thumb(const Ui& ui, const TimelineFrame& frame, const View& view, double content) {
  if (content <= view.height || view.height <= 0) return;
  const auto part = static_cast<float>(view.height / content);
  const auto from = static_cast<float>(view.scroll_y / content);
  const float height = frame.lanes.height();
  const float x = frame.lanes.max.x + ui.theme.px(2);
  const float top = frame.lanes.min.y + from * height;
  ImGui::GetWindowDrawList()->AddRectFilled({x, top + 2}, {x + ui.theme.px(5), top + part * height - 2},
                                            faded(ui.color(Color::scrollbar), 0.9F), ui.theme.px(2.5F));
}

std::string header_note(const UiState& state, const View& view) {
  const Interval seen = view.scale.visible(view.width);
  return clock_text(state, seen.start, 0) + " – " + clock_text(state, seen.end, 0) + "  ·  " + format_duration(seen.length()) +
         " shown";
}

}  // namespace

void draw_timeline(const UiState& state, const Ui& ui, const Rect& rect) {
  begin_panel(ui, "timeline", rect);
  const timeline::Scene& scene = state.data->scene;
  const timeline::Metrics metrics = timeline_metrics(ui);
  const TimelineFrame frame = frame_in(ui, rect, rect.min.y + ui.size(Size::panel_header));
  View view{state.scale,         std::max(1.0F, frame.lanes.width()), std::max(1.0F, frame.lanes.height()), state.scroll_y,
            zone_minutes(state), state.preferences.twelve_hours};
  if (state.frame != FrameRequest::none) view = framed(state, view, metrics);
  const View before{state.scale, view.width, view.height, state.scroll_y};
  ui.mark("lanes", frame.lanes);
  panel_header(ui, "Timeline", header_note(state, view));

  ImGui::SetCursorScreenPos({rect.min.x, frame.ruler.min.y});
  ImGui::InvisibleButton("lanes", {std::max(1.0F, rect.width()), std::max(1.0F, frame.lanes.max.y - frame.ruler.min.y)});
  const bool hovered = ImGui::IsItemHovered();
  const bool released = ImGui::IsItemDeactivated() && ImGui::GetIO().MouseDragMaxDistanceSqr[0] < 16;
  double content = 0;
  for (const timeline::Lane& lane : scene.lanes) {
    content += metrics.gap + (lane.kind == timeline::LaneKind::app    ? metrics.app_height
                              : lane.kind == timeline::LaneKind::task ? metrics.task_height
                                                                      : metrics.lane_height);
  }
  if (hovered) wheel(view, frame, scene.whole, content);
  drag(view, scene.whole, content);
  keys(view, frame, scene.whole);

  const timeline::Layout layout = timeline::make_layout(scene, view, metrics);
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  const timeline::Hit hit =
      hovered ? timeline::hit_test(layout, metrics, mouse.x - frame.lanes.min.x, mouse.y - frame.lanes.min.y) : timeline::Hit{};
  UiState shown = state;
  shown.scale = view.scale;
  paint_lanes(shown, ui, frame, layout, hit.lane);
  paint_labels(state, ui, frame, layout, hit.lane);
  paint_ruler(ui, frame, layout);
  paint_pins(state, ui, frame, view.scale);
  paint_legend(state, ui, frame.legend);
  scroll_thumb(ui, frame, view, content);
  if (hovered) {
    cursor_line(state, ui, frame, view);
    if (!ImGui::IsItemActive()) tooltip(state, ui, hit);
    if (released) click(state, ui, hit);
  }
  if (!same(view, before) || state.frame != FrameRequest::none)
    ui.act(ShowView{view.scale, view.scroll_y, view.width, ImGui::GetTime()});
  end_panel();
}

}  // namespace uptrail::viewer
