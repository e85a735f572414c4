#include "viewer/panels/timeline_paint.h"
#include "viewer/panels/timeline_canvas.h"

#include <algorithm>
#include <cmath>

namespace uptrail::viewer {

namespace {

using timeline::BarStyle;
using timeline::Box;
using timeline::Layout;

class LanePainter : LaneCanvas {
 public:
  LanePainter(const UiState& state, const Ui& ui, const Rect& area, const timeline::TimeScale& scale)
      : LaneCanvas(state, ui, area), scale_(scale) {}

  void paint(const Layout& layout, std::uint32_t hovered) {
    list_.PushClipRect(area_.min, area_.max, true);
    grounds(layout, hovered);
    for (const auto& h : layout.hatches) hatch(h.box);
    for (const auto& tick : layout.ticks) {
      const float x = std::round(area_.min.x + static_cast<float>(tick.x));
      list_.AddRectFilled({x, area_.min.y}, {x + 1, area_.max.y},
                          ui_.color(tick.date.empty() ? Color::grid : Color::grid_strong));
    }
    moment();
    start();
    bands();
    for (const auto& d : layout.densities) density(d, layout);
    for (const auto& b : layout.bars) bar(b);
    for (const auto& lane : layout.lanes) {
      labelled_ = area_.min.x;
      for (std::uint32_t i = lane.bars.from; i < lane.bars.to; ++i) bar_label(layout.bars[i], lane, layout);
    }
    for (const auto& fold : layout.folds) idle(fold);
    MarkPainter(state_, ui_, area_).paint(layout);
    veil(layout);
    list_.PopClipRect();
  }

 private:
  void grounds(const Layout& layout, std::uint32_t hovered) {
    for (const auto& lane : layout.lanes) {
      const ImVec2 min(area_.min.x, y_of(lane.y0));
      const ImVec2 max(area_.max.x, y_of(lane.y1));
      if (scene_.lanes[lane.lane].kind == timeline::LaneKind::app) {
        list_.AddRectFilled(min, max, ui_.color(Color::lane_app));
      } else if (lane.lane % 2 == 1) {
        list_.AddRectFilled(min, max, ui_.color(Color::lane_odd));
      }
      if (lane.lane == state_.selection.lane) list_.AddRectFilled(min, max, ui_.color(Color::lane_selected));
      if (lane.lane == hovered) list_.AddRectFilled(min, max, ui_.color(Color::lane_hover));
    }
  }

  void hatch(const Box& box) {
    const Rect r = rect_of(box);
    list_.PushClipRect(r.min, r.max, true);
    list_.AddRectFilled(r.min, r.max, ui_.color(Color::hatch_ground));
    const float step = ui_.theme.px(7);
    const float from = std::max(r.min.x, area_.min.x);
    const float to = std::min(r.max.x, area_.max.x);
    const float height = r.height();
    // Anchored to the screen, so that neighbouring hatches run into each other.
    const int first = static_cast<int>(std::floor((from - height) / step));
    const int end = static_cast<int>(std::ceil(to / step));
    for (int n = first; n < end; ++n) {
      const float x = static_cast<float>(n) * step;
      list_.AddLine({x, r.max.y}, {x + height, r.min.y}, ui_.color(Color::hatch), 1);
    }
    list_.PopClipRect();
  }

  // The time of the selected finding, over all lanes.
  void moment() {
    const Finding* finding = selected_finding(state_);
    if (finding == nullptr) return;
    const float x = std::round(x_of(scale_.px(finding->t)));
    list_.AddRectFilled({x, area_.min.y}, {x + 1, area_.max.y}, faded(ui_.color(Color::cursor), 0.55F));
  }

  // Where the first task begins, while two traces are compared.
  void start() {
    if (!state_.timeline.start) return;
    const float x = std::round(x_of(scale_.px(*state_.timeline.start)));
    const float dash = ui_.theme.px(5);
    if (x < area_.min.x || x >= area_.max.x) return;
    for (float y = area_.min.y; y < area_.max.y; y += 2 * dash) {
      list_.AddRectFilled({x, y}, {x + 1, std::min(y + dash, area_.max.y)}, ui_.color(Color::accent));
    }
  }

  // What was measured on the ruler, and what a finding looked through: over all lanes.
  void bands() {
    if (state_.timeline.measured) band(*state_.timeline.measured, Color::cursor);
    if (state_.timeline.searched) band(state_.timeline.searched->span, Color::accent);
  }

  void band(Interval span, Color edge) {
    const float x0 = std::clamp(x_of(scale_.px(span.start)), area_.min.x - 2, area_.max.x + 2);
    const float x1 = std::clamp(x_of(scale_.px(span.end)), area_.min.x - 2, area_.max.x + 2);
    list_.AddRectFilled({x0, area_.min.y}, {x1, area_.max.y}, ui_.color(Color::frame_band));
    for (const float x : {x0, x1}) list_.AddRectFilled({x, area_.min.y}, {x + 1, area_.max.y}, ui_.color(edge));
  }

  // Tasks of a folded lane that are alive at once, as a height: the logarithm, so that one beside a thousand is seen.
  void density(const timeline::PlacedDensity& d, const Layout& layout) {
    if (most_alive_ == 0) {
      for (const auto& other : layout.densities) most_alive_ = std::max(most_alive_, other.alive);
    }
    const float inset = ui_.size(Size::bar_inset) - ui_.theme.px(1);
    const float room = static_cast<float>(d.box.y1 - d.box.y0) - 2 * inset;
    const float share = std::log2(1.0F + static_cast<float>(d.alive)) / std::log2(1.0F + static_cast<float>(most_alive_));
    const float bottom = y_of(d.box.y1) - inset;
    list_.AddRectFilled({x_of(d.box.x0), bottom - std::max(2.0F, room * share)}, {x_of(d.box.x1), bottom},
                        faded(ui_.color(Color::bar_task_transferring), 0.85F));
  }

  // Colour is never alone: height and hatching say the same.
  void pattern(const Rect& r, BarPattern kind, ImU32 ink) {
    if (r.width() < ui_.theme.px(7)) return;
    const float from = std::max(r.min.x, area_.min.x);
    const float to = std::min(r.max.x, area_.max.x);
    const float step = ui_.theme.px(kind == BarPattern::dots ? 7.0F : 8.0F);
    if (to <= from) return;
    if (kind == BarPattern::dots) {
      const float size = std::max(1.0F, ui_.theme.px(1.5F));
      const float y = std::round(r.centre().y - size / 2);
      for (float x = std::ceil(from / step) * step; x < to - size; x += step)
        list_.AddRectFilled({x, y}, {x + size, y + size}, ink);
      return;
    }
    list_.PushClipRect({from, r.min.y}, {to, r.max.y}, true);
    const float high = r.height();
    for (float x = std::floor((from - high) / step) * step; x < to; x += step) {
      list_.AddLine({x, r.max.y}, {x + high, r.min.y}, ink, 1);
      if (kind == BarPattern::cross) list_.AddLine({x, r.min.y}, {x + high, r.max.y}, ink, 1);
    }
    list_.PopClipRect();
  }

  void bar(const timeline::PlacedBar& placed) {
    Rect r = rect_of(placed.box);
    const ImU32 color = ui_.theme.bar(placed.style);
    const BarPattern kind = bar_pattern(placed.style);
    if (kind == BarPattern::thin) {
      const float third = std::round(r.height() * 0.3F);
      r = {{r.min.x, r.min.y + third}, {r.max.x, r.max.y - third}};
    }
    const float radius = r.width() < ui_.theme.px(6) ? 0 : std::min(ui_.size(Size::small_radius), r.width() / 2);
    if (placed.style == BarStyle::wake) {
      list_.AddRectFilled(r.min, r.max, faded(color, 0.16F), radius);
      bracket(r, color);
      return;
    }
    if (placed.style == BarStyle::disagreement) {
      pattern(r, BarPattern::cross, faded(color, 0.9F));
      list_.AddRect(r.min, {r.max.x + (placed.open_end ? ui_.theme.px(4) : 0.0F), r.max.y}, color, radius);
      return;
    }
    if (placed.open_end && r.width() > ui_.theme.px(24)) {
      const float tail = std::max(r.min.x, r.max.x - ui_.theme.px(20));
      list_.AddRectFilled(r.min, {tail, r.max.y}, color, radius, ImDrawFlags_RoundCornersLeft);
      list_.AddRectFilledMultiColor({tail, r.min.y}, r.max, color, faded(color, 0.15F), faded(color, 0.15F), color);
    } else {
      list_.AddRectFilled(r.min, r.max, color, radius);
    }
    if (kind != BarPattern::solid && kind != BarPattern::thin) pattern(r, kind, faded(ui_.theme.ink_on(color), 0.34F));
  }

  // A wake holds the session's bar like a pair of square brackets.
  void bracket(const Rect& r, ImU32 color) {
    const float w = std::max(1.0F, ui_.theme.px(2));
    const float arm = std::min(ui_.theme.px(5), std::max(w, r.width() / 3));
    list_.AddRectFilled(r.min, {r.min.x + w, r.max.y}, color);
    list_.AddRectFilled({r.max.x - w, r.min.y}, r.max, color);
    for (const float y : {r.min.y, r.max.y - w}) {
      list_.AddRectFilled({r.min.x, y}, {r.min.x + arm, y + w}, color);
      list_.AddRectFilled({r.max.x - arm, y}, {r.max.x, y + w}, color);
    }
  }

  // Left in the bar, but beside the marks that stand on it, and behind the label of a bar that it lies over (two session objects
  // at one time); where there is no room, no label.
  void bar_label(const timeline::PlacedBar& placed, const timeline::PlacedLane& lane, const Layout& layout) {
    const BarPattern kind = bar_pattern(placed.style);
    if (placed.label.empty() || kind == BarPattern::thin) return;
    const bool over = placed.style == BarStyle::disagreement;
    const Rect r = rect_of(placed.box);
    const float middle = (r.min.y + r.max.y) / 2;
    const float width = text_width(ui_.fonts.small, placed.label);
    const float half = ui_.size(Size::mark) * 0.5F + ui_.theme.px(4);
    float x = std::max(r.min.x, labelled_) + ui_.theme.px(6);
    const auto make_room = [&](double at_x, float right) {
      if (x_of(at_x) + right < x || x_of(at_x) - half > x + width) return;
      x = x_of(at_x) + right;
    };
    for (std::uint32_t i = lane.marks.from; i < lane.marks.to; ++i) {  // ascending
      make_room(layout.marks[i].x, half + badge_width(ui_, layout.marks[i].grouped));
    }
    const Finding* finding = selected_finding(state_);
    for (std::uint32_t i = lane.ghosts.from; i < lane.ghosts.to; ++i) {
      const timeline::PlacedGhost& ghost = layout.ghosts[i];
      const timeline::Ghost& g = scene_.ghosts[ghost.ghost];
      const bool named = ghost.label.empty() && finding != nullptr && finding->id == g.finding;  // by a chip behind it
      const float behind = named ? chip_width(ui_, scene_.text(g.label)) + ui_.theme.px(36) : 0.0F;
      make_room((ghost.box.x0 + ghost.box.x1) / 2, half + behind);
    }
    if (x + width + ui_.theme.px(4) > std::min(r.max.x, area_.max.x)) return;
    const ImU32 ground = over ? ui_.color(Color::panel) : ui_.theme.bar(placed.style);
    const ImU32 ink = placed.style == BarStyle::wake ? ui_.color(Color::text) : ui_.theme.ink_on(ground);
    if (kind != BarPattern::solid && placed.style != BarStyle::wake) {  // text never stands on hatching
      list_.AddRectFilled({x - ui_.theme.px(3), r.min.y}, {x + width + ui_.theme.px(3), r.max.y}, ground);
    }
    text_at(list_, ui_.fonts.small, x, middle, ink, placed.label);
    labelled_ = x + width + ui_.theme.px(8);
  }

  // A folded stretch: a torn band over all lanes.
  void idle(const timeline::PlacedFold& fold) {
    const float x0 = std::round(x_of(fold.x0));
    const float x1 = std::round(x_of(fold.x1));
    list_.AddRectFilled({x0, area_.min.y}, {x1, area_.max.y}, faded(ui_.color(Color::panel), 0.72F));
    const float tooth = ui_.theme.px(4);
    for (const float edge : {x0, x1}) {
      float side = tooth / 2;
      for (float y = area_.min.y; y < area_.max.y; y += tooth) {
        list_.AddLine({edge - side, y}, {edge + side, y + tooth}, ui_.color(Color::arrow), 1);
        side = -side;
      }
    }
  }

  // What the filter leaves out stays where it is, as behind glass: nobody has to wonder where a lane went.
  void veil(const Layout& layout) {
    const ImU32 glass = faded(ui_.color(Color::panel), 0.7F);
    for (const auto& lane : layout.lanes) {
      if (is_shown(state_, lane.lane)) continue;
      list_.AddRectFilled({area_.min.x, y_of(lane.y0)}, {area_.max.x, y_of(lane.y1)}, glass);
    }
    if (!state_.filter.span) return;
    const float from = std::clamp(x_of(scale_.px(state_.filter.span->start)), area_.min.x, area_.max.x);
    const float to = std::clamp(x_of(scale_.px(state_.filter.span->end)), area_.min.x, area_.max.x);
    list_.AddRectFilled(area_.min, {from, area_.max.y}, glass);
    list_.AddRectFilled({to, area_.min.y}, area_.max, glass);
    for (const float x : {from, to}) {
      if (x > area_.min.x && x < area_.max.x)
        list_.AddRectFilled({x, area_.min.y}, {x + 1, area_.max.y}, ui_.color(Color::accent));
    }
  }

  const timeline::TimeScale& scale_;
  std::uint32_t most_alive_ = 0;
  float labelled_ = 0;  // where the last label of the lane ends
};

}  // namespace

BarPattern bar_pattern(BarStyle style) {
  switch (style) {
    case BarStyle::process_suspended:
    case BarStyle::process_not_running:
    case BarStyle::process_unknown:
    case BarStyle::device_online:
    case BarStyle::daemon_running:
    case BarStyle::connection_up:
    case BarStyle::upload_life:
      return BarPattern::thin;
    case BarStyle::task_created:
    case BarStyle::task_waiting:
    case BarStyle::device_low_power:
    case BarStyle::session_connecting:
      return BarPattern::dots;
    case BarStyle::task_finished:
    case BarStyle::session_invalidating:
    case BarStyle::device_locked:
      return BarPattern::stripes;
    case BarStyle::task_cancelled:
    case BarStyle::session_failed:
    case BarStyle::session_invalid:
    case BarStyle::process_force_quit:
    case BarStyle::device_offline:
    case BarStyle::connection_lost:
    case BarStyle::disagreement:
      return BarPattern::cross;
    default:
      return BarPattern::solid;
  }
}

timeline::Metrics timeline_metrics(const Ui& ui) {
  timeline::Metrics m;
  m.app_height = ui.size(Size::app_lane);
  m.lane_height = ui.size(Size::lane);
  m.task_height = ui.size(Size::task_lane);
  m.gap = ui.size(Size::lane_gap);
  m.bar_inset = ui.size(Size::bar_inset);
  m.mark_size = ui.size(Size::mark);
  m.min_tick_px = ui.size(Size::min_tick);
  m.text_width = [face = ui.fonts.small](std::string_view text) { return static_cast<double>(text_width(face, text)); };
  return m;
}

void paint_lanes(const UiState& state, const Ui& ui, const TimelineFrame& frame, const Layout& layout, std::uint32_t hovered,
                 const timeline::TimeScale& scale) {
  LanePainter(state, ui, frame.lanes, scale).paint(layout, hovered);
}

}  // namespace uptrail::viewer
