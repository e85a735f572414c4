#include "viewer/panels/timeline_paint.h"

#include <algorithm>
#include <cmath>

namespace uptrail::viewer {

namespace {

using timeline::BarStyle;
using timeline::Box;
using timeline::Layout;
using timeline::MarkStyle;

class LanePainter {
 public:
  LanePainter(const UiState& state, const Ui& ui, const Rect& area, const timeline::TimeScale& scale)
      : scene_(state.data->scene), state_(state), ui_(ui), area_(area), scale_(scale), list_(*ImGui::GetWindowDrawList()) {}

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
    measured();
    for (const auto& d : layout.densities) density(d, layout);
    for (const auto& b : layout.bars) bar(b);
    for (const auto& lane : layout.lanes) {
      for (std::uint32_t i = lane.bars.from; i < lane.bars.to; ++i) bar_label(layout.bars[i], lane, layout);
    }
    for (const auto& fold : layout.folds) idle(fold);
    for (const auto& w : layout.whiskers) whisker(w);
    for (const auto& a : layout.arrows) arrow(a);
    for (const auto& g : layout.ghosts) ghost(g);
    for (const auto& m : layout.marks) mark(m);
    for (const auto& lane : layout.lanes) {
      for (std::uint32_t i = lane.ghosts.from; i < lane.ghosts.to; ++i) ghost_chip(layout.ghosts[i], lane, layout);
    }
    list_.PopClipRect();
  }

 private:
  [[nodiscard]] float x_of(double x) const { return area_.min.x + static_cast<float>(x); }
  [[nodiscard]] float y_of(double y) const { return area_.min.y + static_cast<float>(y); }
  [[nodiscard]] Rect rect_of(const Box& b) const {
    return {{std::round(x_of(b.x0)), std::round(y_of(b.y0))},
            {std::max(std::round(x_of(b.x1)), std::round(x_of(b.x0)) + 1), std::round(y_of(b.y1))}};
  }

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

  // What was measured on the ruler, over all lanes.
  void measured() {
    const auto& span = state_.timeline.measured;
    if (!span) return;
    const float x0 = x_of(scale_.px(span->start));
    const float x1 = x_of(scale_.px(span->end));
    list_.AddRectFilled({x0, area_.min.y}, {x1, area_.max.y}, ui_.color(Color::frame_band));
    for (const float x : {x0, x1}) list_.AddRectFilled({x, area_.min.y}, {x + 1, area_.max.y}, ui_.color(Color::cursor));
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

  // Left in the bar, but beside the marks that stand on it; where there is no room, no label.
  void bar_label(const timeline::PlacedBar& placed, const timeline::PlacedLane& lane, const Layout& layout) {
    const BarPattern kind = bar_pattern(placed.style);
    if (placed.label.empty() || kind == BarPattern::thin) return;
    const Rect r = rect_of(placed.box);
    const float middle = (r.min.y + r.max.y) / 2;
    const float width = text_width(ui_.fonts.small, placed.label);
    const float half = ui_.size(Size::mark) * 0.5F + ui_.theme.px(4);
    float x = std::max(r.min.x, area_.min.x) + ui_.theme.px(6);
    const auto make_room = [&](double at_x) {
      if (x_of(at_x) + half < x || x_of(at_x) - half > x + width) return;
      x = x_of(at_x) + half;
    };
    for (std::uint32_t i = lane.marks.from; i < lane.marks.to; ++i) make_room(layout.marks[i].x);  // ascending
    for (std::uint32_t i = lane.ghosts.from; i < lane.ghosts.to; ++i) {
      make_room((layout.ghosts[i].box.x0 + layout.ghosts[i].box.x1) / 2);
    }
    if (x + width + ui_.theme.px(4) > std::min(r.max.x, area_.max.x)) return;
    const ImU32 ground = ui_.theme.bar(placed.style);
    const ImU32 ink = placed.style == BarStyle::wake ? ui_.color(Color::text) : ui_.theme.ink_on(ground);
    if (kind != BarPattern::solid && placed.style != BarStyle::wake) {  // text never stands on hatching
      list_.AddRectFilled({x - ui_.theme.px(3), r.min.y}, {x + width + ui_.theme.px(3), r.max.y}, ground);
    }
    text_at(list_, ui_.fonts.small, x, middle, ink, placed.label);
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

  // The time may be off by as much as this: |---|
  void whisker(const timeline::PlacedWhisker& w) {
    const ImU32 ink = ui_.color(Color::text_muted);
    const float y = std::round(y_of(w.y));
    const float arm = ui_.theme.px(4);
    list_.AddRectFilled({x_of(w.x0), y}, {x_of(w.x1), y + 1}, ink);
    for (const double x : {w.x0, w.x1}) list_.AddRectFilled({x_of(x), y - arm}, {x_of(x) + 1, y + arm + 1}, ink);
  }

  void arrow(const timeline::PlacedArrow& a) {
    const ImVec2 from(x_of(a.x0), y_of(a.y0));
    const ImVec2 to(x_of(a.x1), y_of(a.y1));
    const ImU32 ink = ui_.color(Color::arrow);
    const float bend = std::clamp((to.y - from.y) * 0.5F, -ui_.theme.px(40), ui_.theme.px(40));
    list_.AddBezierCubic(from, {from.x, from.y + bend}, {to.x, to.y - bend}, to, ink, std::max(1.0F, ui_.theme.px(1.3F)), 24);
    const float head = ui_.theme.px(4);
    const float way = to.y >= from.y ? -1.0F : 1.0F;
    list_.AddTriangleFilled(to, {to.x - head, to.y + way * head * 1.6F}, {to.x + head, to.y + way * head * 1.6F}, ink);
    list_.AddCircleFilled(from, ui_.theme.px(2.2F), ink, 10);
  }

  void ghost(const timeline::PlacedGhost& placed) {
    const Rect r = rect_of(placed.box);
    const ImU32 ink = ui_.color(Color::ghost);
    const ImU32 ground = ui_.color(Color::panel);
    list_.AddCircleFilled(r.centre(), r.width() / 2 + ui_.theme.px(2), ground, 28);
    draw_icon(list_, Icon::ghost, r.centre(), r.width() * 1.05F, ink, 0);
    if (ui_.places != nullptr) ui_.mark("ghost-" + std::to_string(placed.ghost), r);
    if (!placed.label.empty()) text_at(list_, ui_.fonts.small, x_of(placed.label_x), r.centre().y, ink, placed.label);
  }

  // Where the layout found no free place for the label: what the selected finding misses is named all the same, hollow, on a
  // ground of its own, beside the marks that may stand on the ghost.
  void ghost_chip(const timeline::PlacedGhost& placed, const timeline::PlacedLane& lane, const Layout& layout) {
    const timeline::Ghost& g = scene_.ghosts[placed.ghost];
    const Finding* finding = selected_finding(state_);
    if (!placed.label.empty() || finding == nullptr || finding->id != g.finding) return;
    const Rect r = rect_of(placed.box);
    const float middle = r.centre().y;
    const float reach = ui_.size(Size::mark) * 0.5F + ui_.theme.px(8);
    float left = r.min.x - ui_.theme.px(4);
    float right = r.max.x + ui_.theme.px(4);
    bool covered = false;
    for (std::uint32_t i = lane.marks.from; i < lane.marks.to; ++i) {
      const float x = x_of(layout.marks[i].x);
      if (x + reach < r.min.x || x - reach > r.max.x) continue;
      covered = true;
      left = std::min(left, x - reach);
      right = std::max(right, x + reach);
    }
    const float icon = covered ? ui_.theme.px(17) : 0;
    const float width = chip_width(ui_, scene_.text(g.label)) + icon;
    const float x = std::round(right + width < area_.max.x ? right : left - width);
    const float half = ui_.theme.px(9);
    const ImU32 ink = ui_.color(Color::ghost);
    list_.AddRectFilled({x, middle - half}, {x + width, middle + half}, ui_.color(Color::panel), ui_.theme.px(4));
    list_.AddRect({x, middle - half}, {x + width, middle + half}, ink, ui_.theme.px(4));
    if (covered) draw_icon(list_, Icon::ghost, {x + ui_.theme.px(14), middle}, ui_.theme.px(11), ink, 0);
    text_at(list_, ui_.fonts.small, x + ui_.theme.px(7) + icon, middle, ink, scene_.text(g.label));
  }

  [[nodiscard]] static Icon icon_for(const timeline::Mark& m) {
    switch (m.style) {
      case MarkStyle::finding:
        return icon_of(m.severity.value_or(Severity::info));
      case MarkStyle::launch:
        return Icon::launch;
      case MarkStyle::terminate:
        return Icon::terminate;
      case MarkStyle::force_quit:
        return Icon::force_quit;
      case MarkStyle::invalidate:
        return Icon::invalidate;
      case MarkStyle::http_error:
        return Icon::http_error;
      case MarkStyle::succeeded:
        return Icon::succeeded;
      case MarkStyle::failed:
        return Icon::failed;
      case MarkStyle::store:
        return Icon::store;
      case MarkStyle::other:
      case MarkStyle::related:
        break;
    }
    return Icon::dot;
  }

  [[nodiscard]] ImU32 ink_for(const timeline::Mark& m) const {
    switch (m.style) {
      case MarkStyle::finding:
        return ui_.theme.severity(m.severity.value_or(Severity::info));
      case MarkStyle::force_quit:
      case MarkStyle::failed:
        return ui_.color(Color::error);
      case MarkStyle::http_error:
      case MarkStyle::invalidate:
        return ui_.color(Color::warning);
      case MarkStyle::succeeded:
        return ui_.color(Color::ok);
      case MarkStyle::related:
        return ui_.color(Color::text_faint);
      default:
        return ui_.color(Color::text_muted);
    }
  }

  void mark(const timeline::PlacedMark& placed) {
    const timeline::Mark& m = scene_.marks[placed.mark];
    const ImVec2 at(std::round(x_of(placed.x)), std::round(y_of(placed.y)));
    const bool finding = m.style == MarkStyle::finding;
    const bool faint = m.style == MarkStyle::related;
    const float size = ui_.size(Size::mark) * (finding ? 1.0F : faint ? 0.4F : 0.86F);
    const ImU32 ground = ui_.color(Color::panel);
    const bool chosen = finding && selected_finding(state_) != nullptr && selected_finding(state_)->id == m.finding;
    // A rim in the colour of the ground keeps marks apart from the bars below them.
    if (!faint && (finding || m.style != MarkStyle::other))
      list_.AddCircleFilled(at, size * 0.5F + ui_.theme.px(2.5F), ground, 24);
    if (chosen) list_.AddCircle(at, size * 0.5F + ui_.theme.px(4), ui_.color(Color::accent), 28, ui_.theme.px(1.6F));
    draw_icon(list_, icon_for(m), at, size, ink_for(m), ground);
    const Rect box{{at.x - size / 2, at.y - size / 2}, {at.x + size / 2, at.y + size / 2}};
    if (finding && ui_.places != nullptr) ui_.mark("finding-" + std::to_string(m.finding.value), box);
    if (placed.grouped < 2 || faint) return;
    const std::string count = placed.grouped > 99 ? "99+" : std::to_string(placed.grouped);
    const float x = at.x + size * 0.5F + ui_.theme.px(3);
    text_at(list_, ui_.fonts.small, x, at.y, ui_.color(Color::text), count);
  }

  const timeline::Scene& scene_;
  const UiState& state_;
  const Ui& ui_;
  Rect area_;
  const timeline::TimeScale& scale_;
  ImDrawList& list_;
  std::uint32_t most_alive_ = 0;
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
