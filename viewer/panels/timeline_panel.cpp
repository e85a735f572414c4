// The timeline: asks for a layout, draws it, and turns the mouse and keys into a new view.
#include <algorithm>
#include <cmath>

#include "collector/base/text.h"
#include "viewer/load/names.h"
#include "viewer/panels/compare_state.h"
#include "viewer/panels/facts.h"
#include "viewer/panels/panels.h"
#include "viewer/panels/timeline_input.h"
#include "viewer/panels/timeline_paint.h"
#include "viewer/panels/verdict.h"

namespace uptrail::viewer {

namespace {

using timeline::View;

TimelineFrame frame_in(const Ui& ui, const Rect& rect, float top, TimelineRole role) {
  const float label_w = std::min(ui.size(Size::lane_labels), rect.width() * 0.4F);
  const bool alone = role == TimelineRole::alone;
  const float legend_h = role == TimelineRole::upper ? 0 : ui.theme.px(26);  // the lower one has it for both
  const float split = rect.min.x + label_w;
  const float right = rect.max.x - ui.theme.px(10);  // beside it the scroll thumb
  const float map_bottom = alone ? top + ui.theme.px(34) : top;
  const float lanes_top = map_bottom + ui.size(Size::ruler);
  const float lanes_bottom = std::max(lanes_top, rect.max.y - legend_h);
  TimelineFrame frame;
  frame.minimap = {{split, alone ? top + ui.theme.px(2) : top}, {right, map_bottom}};
  frame.labels = {{rect.min.x, lanes_top}, {split, lanes_bottom}};
  frame.lanes = {{split, lanes_top}, {right, lanes_bottom}};
  frame.ruler = {{split, map_bottom}, {right, lanes_top}};
  frame.legend = {{rect.min.x, lanes_bottom}, rect.max};
  return frame;
}

// Evidence alone may be milliseconds apart: the life of its task is shown too, and never less than a fortieth of the capture.
Interval with_context(const LoadedCase& data, const Finding& finding, Interval span) {
  if (finding.subject.task.valid()) {
    const Interval life = data.life_of(finding.subject.task);
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
      const EvidenceLine* at = data.evidence_of(ref.event);
      if (at != nullptr && at->timed) times.push_back(at->t);
    }
    return with_context(data, *finding, timeline::frame_of(data.scene, *finding, times).span);
  }
  if (state.selection.lane >= data.scene.lanes.size()) return data.scene.whole;
  const timeline::Lane& lane = data.scene.lanes[state.selection.lane];
  if (lane.extent.empty()) return data.scene.whole;
  const std::optional<Interval> span = lane.extent;
  const DurationNs margin{std::max<std::int64_t>(span->length().ns / 8, seconds(1).ns)};
  return {span->start - margin, span->end + margin};
}

View framed(const UiState& state, View view, const timeline::Metrics& metrics) {
  if (state.frame == FrameRequest::event && state.event) {
    const TimeNs t = state.event->event.t;
    const double x = view.scale.px(t);
    if (x < 0 || x >= view.width)
      view.scale = view.scale.panned(view.width / 2 - x, state.timeline.reach.value_or(state.data->scene.whole), view.width);
    if (state.selection.lane != timeline::kNoLane) {
      view.scroll_y = timeline::scroll_to_lane(state.timeline.order->rest, view, metrics, state.selection.lane);
    }
    return view;
  }
  if (state.frame == FrameRequest::searched && state.timeline.searched) {
    const Interval part = intersect(state.timeline.searched->span, state.data->scene.whole);
    const DurationNs margin{std::max<std::int64_t>(part.length().ns / 14, seconds(1).ns)};
    view.scale = timeline::TimeScale::fit({part.start - margin, part.end + margin}, view.width, state.timeline.map);
    return view;
  }
  if (state.frame == FrameRequest::pair) {
    if (const auto span = picked_span(state)) {
      const DurationNs margin{std::max<std::int64_t>(span->length().ns / 6, seconds(1).ns)};
      view.scale = timeline::TimeScale::fit({span->start - margin, span->end + margin}, view.width, state.timeline.map);
    }
  }
  if (state.frame == FrameRequest::lane || state.frame == FrameRequest::pair) {
    view.scroll_y = timeline::scroll_to_lane(state.timeline.order->rest, view, metrics, state.selection.lane);
    return view;
  }
  const bool whole = state.frame == FrameRequest::whole || state.selection == Selection{};
  const Interval reach = state.timeline.reach.value_or(state.data->scene.whole);
  view.scale = timeline::TimeScale::fit(whole ? reach : framed_span(state), view.width, state.timeline.map);
  if (state.selection.lane != timeline::kNoLane) {
    view.scroll_y = timeline::scroll_to_lane(state.timeline.order->rest, view, metrics, state.selection.lane);
  }
  return view;
}

// On a name: its sign opens and closes, "pin" pins, the rest selects.
bool click_label(const UiState& state, const Ui& ui, const TimelineFrame& frame, std::uint32_t at) {
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  if (!frame.labels.contains(mouse) || at == timeline::kNoLane) return false;
  const timeline::Lane& lane = state.data->scene.lanes[at];
  const float sign =
      frame.labels.min.x + ui.size(Size::padding) + static_cast<float>(std::max(0, lane.depth - 1)) * ui.theme.px(14);
  if (lane.end > at + 1 && mouse.x < sign + ui.theme.px(12)) {
    toggle_lane(state, ui, at);
    return true;
  }
  const bool pinned = state.timeline.choice.pinned.contains(at);
  const float right = frame.labels.max.x - ui.theme.px(8 + 18);
  const float left = right - ui.theme.px(4) - text_width(ui.fonts.small, pinned ? "unpin" : "pin");
  if (mouse.x < left) return false;
  toggle_pin(state, ui, at);
  return true;
}

void click(const UiState& state, const Ui& ui, const TimelineFrame& frame, const timeline::Hit& hit) {
  const timeline::Scene& scene = state.data->scene;
  if (click_label(state, ui, frame, hit.lane)) return;
  if (hit.mark && scene.marks[*hit.mark].finding.valid()) {
    ui.act(SelectFinding{scene.marks[*hit.mark].finding});
  } else if (hit.ghost && scene.ghosts[*hit.ghost].finding.valid()) {
    ui.act(SelectFinding{scene.ghosts[*hit.ghost].finding});
  } else {
    ui.act(SelectLane{hit.lane});
    if (hit.beyond) ui.act(FrameSelection{});
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
  const std::string from = clock_text(state, span.start, 3);
  const std::string to = clock_text(state, span.end, 3);
  // Shorter than the clock shows: a moment, with how long it took.
  return from + (from == to && span.length() < seconds(1) ? "" : " – " + to) + "  ·  " + format_duration(span.length());
}

void tooltip(const UiState& state, const Ui& ui, const timeline::Hit& hit) {
  const LoadedCase& data = *state.data;
  if (!hit.mark && !hit.ghost && !hit.bar && !hit.hatch && !hit.beyond) return;
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(ui.theme.px(10), ui.theme.px(8)));
  ImGui::BeginTooltip();
  if (hit.mark) {
    const timeline::Mark& mark = data.scene.marks[*hit.mark];
    tooltip_line(ui, ui.fonts.semibold, Color::text, std::string(data.scene.text(mark.label)));
    tooltip_line(ui, ui.fonts.small, Color::text_muted, clock_text(state, mark.t, 3));
  } else if (hit.ghost) {
    const timeline::Ghost& ghost = data.scene.ghosts[*hit.ghost];
    tooltip_line(ui, ui.fonts.semibold, Color::ghost, std::string(data.scene.text(ghost.label)) + " was due here and never came");
    tooltip_line(ui, ui.fonts.small, Color::text_muted, clock_text(state, ghost.due, 3));
  } else if (hit.bar) {
    const timeline::Bar& bar = data.scene.bars[*hit.bar];
    tooltip_line(ui, ui.fonts.semibold, Color::text, std::string(timeline::bar_style_name(bar.style)));
    if (bar.label != 0) tooltip_line(ui, ui.fonts.body, Color::text_muted, std::string(data.scene.text(bar.label)));
    if (hit.merged > 1) {
      tooltip_line(ui, ui.fonts.small, Color::text_muted,
                   std::to_string(hit.merged) + " bars here; this is the gravest. Zoom in to see them");
    }
    tooltip_line(ui, ui.fonts.small, Color::text_muted, span_text(state, bar.span, bar.open_end));
  }
  if (hit.beyond) {
    const Interval extent = data.scene.lanes[hit.lane].extent;
    tooltip_line(ui, ui.fonts.semibold, Color::text,
                 extent.end < state.scale.start() ? "Earlier: click to go there" : "Later: click to go there");
    tooltip_line(ui, ui.fonts.small, Color::text_muted, span_text(state, extent, false));
  }
  if (hit.hatch && !hit.mark && !hit.ghost)
    tooltip_line(ui, ui.fonts.small, Color::text_muted, data.scene.hatches[*hit.hatch].why);
  ImGui::EndTooltip();
  ImGui::PopStyleVar();
}

void cursor_line(const UiState& state, const Ui& ui, const TimelineFrame& frame, const View& view) {
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  if (mouse.x < frame.lanes.min.x || mouse.x >= frame.lanes.max.x) return;
  if (state.timeline.role == TimelineRole::alone && !frame.lanes.contains(mouse)) return;
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float x = std::round(mouse.x);
  list.AddRectFilled({x, frame.lanes.min.y}, {x + 1, frame.lanes.max.y}, faded(ui.color(Color::cursor), 0.5F));
  const int digits = view.scale.ns_per_px() < 1e6 ? 6 : (view.scale.ns_per_px() < 2e8 ? 3 : 0);
  const TimeNs t = view.scale.time(mouse.x - frame.lanes.min.x);
  std::string text = clock_text(state, t, digits);
  if (const auto& start = state.timeline.start) {  // two traces are compared by how long it took
    text += (t < *start ? "  −" : "  +") + format_duration(t < *start ? *start - t : t - *start);
  }
  const float half = chip_width(ui, text) / 2;
  const float from = std::clamp(x - half, frame.ruler.min.x, frame.ruler.max.x - 2 * half);
  chip(list, ui, from, frame.ruler.max.y - ui.theme.px(12), text, ui.color(Color::badge_text), ui.color(Color::splitter_hover));
}

// Where the first task begins: what two traces are laid beside each other by.
void start_line(const UiState& state, const Ui& ui, const TimelineFrame& frame, const View& view,
                const timeline::Layout& layout) {
  const auto& start = state.timeline.start;
  if (!start) return;
  const double px = view.scale.px(*start);
  if (px < 0 || px >= view.width) return;
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float x = std::round(frame.lanes.min.x + static_cast<float>(px));
  const float width = chip_width(ui, "first task");
  float from = x;
  for (const timeline::Tick& tick : layout.ticks) {  // dates keep their place
    const float date = frame.ruler.min.x + static_cast<float>(std::max(0.0, tick.x)) + ui.theme.px(5);
    const float end = date + text_width(ui.fonts.small, tick.date) + ui.theme.px(8);
    if (!tick.date.empty() && from < end && from + width > date) from = end;
  }
  from = std::clamp(from, frame.ruler.min.x, std::max(frame.ruler.min.x, frame.ruler.max.x - width));
  chip(list, ui, from, frame.ruler.min.y + ui.theme.px(9), "first task", ui.color(Color::accent), ui.color(Color::accent_soft));
  ui.mark("first-task", {{from, frame.ruler.min.y}, {from + width, frame.ruler.max.y}});
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

// In the ruler, in the middle of the stretch that it speaks of.
void span_chip(const Ui& ui, const TimelineFrame& frame, const View& view, Interval span, const std::string& text, Color ground,
               const char* name) {
  const Rect& ruler = frame.ruler;
  const std::string shown = elided(ui.fonts.small, text, ruler.width() - ui.theme.px(20));
  const double from_px = std::clamp(view.scale.px(span.start), 0.0, view.width);
  const double to_px = std::clamp(view.scale.px(span.end), 0.0, view.width);
  const float middle = frame.lanes.min.x + static_cast<float>((from_px + to_px) / 2);
  const float width = chip_width(ui, shown);
  const float from = std::clamp(middle - width / 2, ruler.min.x, std::max(ruler.min.x, ruler.max.x - width));
  const ImU32 ink = ground == Color::accent ? ui.theme.ink_on(ui.color(ground)) : ui.color(Color::text);
  chip(*ImGui::GetWindowDrawList(), ui, from, ruler.min.y + ui.theme.px(11), shown, ink, ui.color(ground));
  ui.mark(name, {{from, ruler.min.y}, {from + width, ruler.max.y}});
}

// What was measured: how long, and what happened in it.
void measure_chip(const UiState& state, const Ui& ui, const TimelineFrame& frame, const View& view) {
  const auto& span = state.timeline.measured;
  if (!span) return;
  const timeline::RangeCount n = timeline::count_in(state.data->scene, state.data->overview, *span);
  const auto counted = [](std::uint64_t count, const char* one, const char* many) {
    return "  ·  " + std::to_string(count) + " " + (count == 1 ? one : many);
  };
  std::string text = format_duration(span->length()) + counted(n.tasks, "task", "tasks");
  if (!state.data->overview.events.empty()) text += "  ·  about " + count_of(n.events, "event", "events");
  span_chip(ui, frame, view, *span, text + counted(n.findings, "finding", "findings"), Color::accent_soft, "measured");
}

void searched_chip(const UiState& state, const Ui& ui, const TimelineFrame& frame, const View& view) {
  const auto& searched = state.timeline.searched;
  if (!searched) return;
  const std::string text = "searched for " + std::string(kind_name(searched->kind)) + ": " + search_stream(state, *searched);
  span_chip(ui, frame, view, searched->span, text, Color::accent, "searched");
}

void box_band(const Ui& ui, const TimelineFrame& frame, const View& view, Interval box) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float x0 = frame.lanes.min.x + static_cast<float>(view.scale.px(box.start));
  const float x1 = frame.lanes.min.x + static_cast<float>(view.scale.px(box.end));
  list.AddRectFilled({x0, frame.lanes.min.y}, {x1, frame.lanes.max.y}, faded(ui.color(Color::accent), 0.14F));
  list.AddRect({x0, frame.lanes.min.y}, {x1, frame.lanes.max.y}, ui.color(Color::accent));
}

struct Sections {
  TimelineFrame pinned, rest;
};

// Pinned lanes stay above the others.
Sections cut(const UiState& state, const TimelineFrame& frame, const timeline::Metrics& metrics) {
  Sections out{frame, frame};
  const auto wanted = static_cast<float>(state.timeline.order->pinned.content(metrics));
  const float height = std::min(wanted, frame.lanes.height() / 2);
  const float split = frame.lanes.min.y + height;
  out.pinned.lanes.max.y = out.pinned.labels.max.y = split;
  out.rest.lanes.min.y = out.rest.labels.min.y = split;
  return out;
}

struct Drawn {
  timeline::Layout layout;
  timeline::Hit hit;
};

Drawn draw_rows(const UiState& state, const Ui& ui, const TimelineFrame& frame, const timeline::LaneRows& rows, const View& view,
                const timeline::Metrics& metrics, bool hovered) {
  const LoadedCase& data = *state.data;
  Drawn out;
  out.layout = timeline::make_layout({data.scene, rows, state.timeline.order->folded, &data.detail}, view, metrics);
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  const bool here = hovered && mouse.y >= frame.lanes.min.y && mouse.y < frame.lanes.max.y;
  if (here) out.hit = timeline::hit_test(out.layout, metrics, mouse.x - frame.lanes.min.x, mouse.y - frame.lanes.min.y);
  paint_lanes(state, ui, frame, out.layout, out.hit.lane, view.scale);
  paint_labels(state, ui, frame, out.layout, out.hit.lane);
  return out;
}

}  // namespace

void draw_timeline(const UiState& state, const Ui& ui, const Rect& rect, const Rect* shared) {
  begin_panel(ui, "timeline", rect);
  const timeline::Metrics metrics = timeline_metrics(ui);
  const TimelineFrame frame = frame_in(ui, rect, rect.min.y + ui.size(Size::panel_header), state.timeline.role);
  const Sections parts = cut(state, frame, metrics);
  const timeline::LaneOrder& order = *state.timeline.order;
  View view{state.scale,
            std::max(1.0F, frame.lanes.width()),
            std::max(1.0F, parts.rest.lanes.height()),
            state.scroll_y,
            zone_minutes(state),
            state.preferences.twelve_hours,
            state.selection.lane};
  if (state.frame != FrameRequest::none) view = framed(state, view, metrics);
  const double content = order.rest.content(metrics);
  view.scroll_y = std::clamp(view.scroll_y, 0.0, std::max(0.0, content - view.height));
  ui.mark("lanes", frame.lanes);
  ui.mark("ruler", frame.ruler);
  draw_timeline_header(state, ui, view);

  ImGui::SetCursorScreenPos({rect.min.x, frame.minimap.min.y});
  click_area("lanes", {std::max(1.0F, rect.width()), std::max(1.0F, frame.lanes.max.y - frame.minimap.min.y)});
  const bool hovered = ImGui::IsItemHovered();
  TimelineInput in = read_timeline_input(state, ui, frame, view, content, hovered);

  View pinned = in.view;
  pinned.height = parts.pinned.lanes.height();
  pinned.scroll_y = 0;
  const Drawn above = draw_rows(state, ui, parts.pinned, order.pinned, pinned, metrics, hovered);
  const Drawn below = draw_rows(state, ui, parts.rest, order.rest, in.view, metrics, hovered);
  if (order.pinned.size() > 0) {
    const float y = parts.rest.lanes.min.y;
    ImGui::GetWindowDrawList()->AddRectFilled({frame.labels.min.x, y - 1}, {frame.lanes.max.x, y + 1}, ui.color(Color::accent));
  }
  const timeline::Hit& hit = above.hit.lane != timeline::kNoLane ? above.hit : below.hit;
  paint_ruler(ui, frame, below.layout);
  paint_pins(state, ui, frame, in.view.scale);
  if (state.timeline.role == TimelineRole::alone) paint_minimap(state, ui, frame, in.view.scale, in.view.width);
  if (state.timeline.role != TimelineRole::upper) paint_legend(state, ui, frame.legend, below.layout);
  start_line(state, ui, frame, in.view, below.layout);
  measure_chip(state, ui, frame, in.view);
  searched_chip(state, ui, frame, in.view);
  if (in.box) box_band(ui, frame, in.view, *in.box);
  scroll_thumb(ui, parts.rest, in.view, content);
  if (hovered || (shared != nullptr && shared->contains(ImGui::GetIO().MousePos))) cursor_line(state, ui, frame, in.view);
  if (hovered) {
    if (!ImGui::IsItemActive()) tooltip(state, ui, hit);
    if (in.released) click(state, ui, frame, hit);
  }
  const bool scaled = in.view.scale != state.scale;
  if (scaled || in.view.scroll_y != state.scroll_y || state.frame != FrameRequest::none) {
    ui.act(ShowView{in.view.scale, in.view.scroll_y, in.view.width, ImGui::GetTime(), !scaled});
  }
  end_panel();
}

}  // namespace uptrail::viewer
