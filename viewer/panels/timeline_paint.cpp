#include "viewer/panels/timeline_paint.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace uptrail::viewer {

namespace {

using timeline::BarStyle;
using timeline::Box;
using timeline::Layout;
using timeline::MarkStyle;

class LanePainter {
 public:
  LanePainter(const UiState& state, const Ui& ui, const Rect& area)
      : scene_(state.data->scene), state_(state), ui_(ui), area_(area), list_(*ImGui::GetWindowDrawList()) {}

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
    for (const auto& b : layout.bars) bar(b);
    for (const auto& b : layout.bars) bar_label(b, layout);
    for (const auto& a : layout.arrows) arrow(a);
    for (const auto& g : layout.ghosts) ghost(g);
    for (const auto& m : layout.marks) mark(m);
    for (const auto& g : layout.ghosts) ghost_chip(g, layout);
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
    const float x = std::round(x_of(state_.scale.px(finding->t)));
    list_.AddRectFilled({x, area_.min.y}, {x + 1, area_.max.y}, faded(ui_.color(Color::cursor), 0.55F));
  }

  void bar(const timeline::PlacedBar& placed) {
    const Rect r = rect_of(placed.box);
    const ImU32 color = ui_.theme.bar(placed.style);
    const float radius = std::min(ui_.size(Size::small_radius), r.width() / 2);
    if (placed.style == BarStyle::wake) {
      list_.AddRectFilled(r.min, r.max, faded(color, 0.22F), radius);
      list_.AddRect(r.min, r.max, color, radius, 0, std::max(1.0F, ui_.theme.px(1.5F)));
    } else if (placed.open_end && r.width() > ui_.theme.px(24)) {
      const float tail = std::max(r.min.x, r.max.x - ui_.theme.px(20));
      list_.AddRectFilled(r.min, {tail, r.max.y}, color, radius, ImDrawFlags_RoundCornersLeft);
      list_.AddRectFilledMultiColor({tail, r.min.y}, r.max, color, faded(color, 0.15F), faded(color, 0.15F), color);
    } else {
      list_.AddRectFilled(r.min, r.max, color, radius);
    }
  }

  // Left in the bar, but beside the marks that stand on it; where there is no room, no label.
  void bar_label(const timeline::PlacedBar& placed, const Layout& layout) {
    if (placed.label.empty()) return;
    const Rect r = rect_of(placed.box);
    const float middle = (r.min.y + r.max.y) / 2;
    const float width = text_width(ui_.fonts.small, placed.label);
    const float half = ui_.size(Size::mark) * 0.5F + ui_.theme.px(4);
    float x = std::max(r.min.x, area_.min.x) + ui_.theme.px(6);
    const auto make_room = [&](double at_x, double at_y) {
      if (std::abs(y_of(at_y) - middle) > half || x_of(at_x) + half < x || x_of(at_x) - half > x + width) return;
      x = x_of(at_x) + half;
    };
    for (const auto& m : layout.marks) make_room(m.x, m.y);  // ascending within a lane
    for (const auto& g : layout.ghosts) make_room((g.box.x0 + g.box.x1) / 2, (g.box.y0 + g.box.y1) / 2);
    if (x + width + ui_.theme.px(4) > std::min(r.max.x, area_.max.x)) return;
    const ImU32 ink = placed.style == BarStyle::wake ? ui_.color(Color::text) : ui_.theme.ink_on(ui_.theme.bar(placed.style));
    text_at(list_, ui_.fonts.small, x, middle, ink, placed.label);
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
    ui_.mark("ghost-" + std::to_string(placed.ghost), r);
    if (!placed.label.empty()) text_at(list_, ui_.fonts.small, x_of(placed.label_x), r.centre().y, ink, placed.label);
  }

  // Where the layout found no free place for the label: what the selected finding misses is named all the same, hollow, on a
  // ground of its own, beside the marks that may stand on the ghost.
  void ghost_chip(const timeline::PlacedGhost& placed, const Layout& layout) {
    const timeline::Ghost& g = scene_.ghosts[placed.ghost];
    const Finding* finding = selected_finding(state_);
    if (!placed.label.empty() || finding == nullptr || finding->id != g.finding) return;
    const Rect r = rect_of(placed.box);
    const float middle = r.centre().y;
    const float reach = ui_.size(Size::mark) * 0.5F + ui_.theme.px(8);
    float left = r.min.x - ui_.theme.px(4);
    float right = r.max.x + ui_.theme.px(4);
    bool covered = false;
    for (const auto& m : layout.marks) {
      const float x = x_of(m.x);
      if (std::abs(y_of(m.y) - middle) > reach || x + reach < r.min.x || x - reach > r.max.x) continue;
      covered = true;
      left = std::min(left, x - reach);
      right = std::max(right, x + reach);
    }
    const float icon = covered ? ui_.theme.px(17) : 0;
    const float width = chip_width(ui_, g.label) + icon;
    const float x = std::round(right + width < area_.max.x ? right : left - width);
    const float half = ui_.theme.px(9);
    const ImU32 ink = ui_.color(Color::ghost);
    list_.AddRectFilled({x, middle - half}, {x + width, middle + half}, ui_.color(Color::panel), ui_.theme.px(4));
    list_.AddRect({x, middle - half}, {x + width, middle + half}, ink, ui_.theme.px(4));
    if (covered) draw_icon(list_, Icon::ghost, {x + ui_.theme.px(14), middle}, ui_.theme.px(11), ink, 0);
    text_at(list_, ui_.fonts.small, x + ui_.theme.px(7) + icon, middle, ink, g.label);
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
    if (finding) ui_.mark("finding-" + std::to_string(m.finding.value), box);
  }

  const timeline::Scene& scene_;
  const UiState& state_;
  const Ui& ui_;
  Rect area_;
  ImDrawList& list_;
};

struct Swatch {
  std::string text;
  ImU32 color = 0;
  Icon icon = Icon::dot;
  enum class Kind : std::uint8_t { box, icon, hatch } kind = Kind::box;
};

std::vector<Swatch> legend_of(const UiState& state, const Ui& ui) {
  const timeline::Scene& scene = state.data->scene;
  std::vector<Swatch> out;
  if (!scene.ghosts.empty()) out.push_back({"due, but missing", ui.color(Color::ghost), Icon::ghost, Swatch::Kind::icon});
  if (!scene.hatches.empty()) out.push_back({"no evidence here", ui.color(Color::hatch), Icon::dot, Swatch::Kind::hatch});
  std::set<BarStyle> present;
  for (const timeline::Bar& bar : scene.bars) present.insert(bar.style);
  const auto add = [&](BarStyle first, BarStyle last) {
    for (const BarStyle style : present) {
      if (style < first || style > last) continue;
      out.push_back({std::string(timeline::bar_style_name(style)), ui.theme.bar(style), Icon::dot, Swatch::Kind::box});
    }
  };
  add(BarStyle::task_created, BarStyle::task_cancelled);
  add(BarStyle::wake, BarStyle::wake);
  add(BarStyle::process_foreground, BarStyle::process_unknown);
  add(BarStyle::session_connecting, BarStyle::session_unknown);
  add(BarStyle::device_offline, BarStyle::device_locked);
  return out;
}

}  // namespace

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

void paint_lanes(const UiState& state, const Ui& ui, const TimelineFrame& frame, const Layout& layout, std::uint32_t hovered) {
  LanePainter(state, ui, frame.lanes).paint(layout, hovered);
}

void paint_labels(const UiState& state, const Ui& ui, const TimelineFrame& frame, const Layout& layout, std::uint32_t hovered) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const Rect& area = frame.labels;
  list.PushClipRect(area.min, area.max, true);
  for (const auto& placed : layout.lanes) {
    const timeline::Lane& lane = state.data->scene.lanes[placed.lane];
    const float top = area.min.y + static_cast<float>(placed.y0);
    const float bottom = area.min.y + static_cast<float>(placed.y1);
    const float middle = (top + bottom) / 2;
    const bool heading = lane.kind == timeline::LaneKind::app;
    if (heading) list.AddRectFilled({area.min.x, top}, {area.max.x, bottom}, ui.color(Color::lane_app));
    if (placed.lane == state.selection.lane)
      list.AddRectFilled({area.min.x, top}, {area.max.x, bottom}, ui.color(Color::lane_selected));
    if (placed.lane == hovered) list.AddRectFilled({area.min.x, top}, {area.max.x, bottom}, ui.color(Color::lane_hover));
    ui.mark("lane-" + std::to_string(placed.lane), {{area.min.x, top}, {area.max.x, bottom}});
    float right = area.max.x - ui.theme.px(8);
    if (lane.worst) {
      const float icon = ui.theme.px(12);
      draw_icon(list, icon_of(*lane.worst), {right - icon / 2, middle}, icon, ui.theme.severity(*lane.worst),
                ui.color(Color::panel));
      right -= icon + ui.theme.px(6);
    }
    const Face& face = heading ? ui.fonts.semibold : ui.fonts.body;
    float x = area.min.x + ui.size(Size::padding) + static_cast<float>(std::max(0, lane.depth - 1)) * ui.theme.px(14);
    const bool strong = heading || lane.kind != timeline::LaneKind::task;
    x = text_at(list, face, x, middle, ui.color(strong ? Color::text : Color::text_muted), elided(face, lane.label, right - x));
    const float from = x + ui.theme.px(8);
    if (right - from > ui.theme.px(24)) {
      text_at(list, ui.fonts.small, from, middle + ui.theme.px(1), ui.color(Color::text_faint),
              elided(ui.fonts.small, lane.detail, right - from));
    }
  }
  list.PopClipRect();
  list.AddRectFilled({area.max.x - 1, frame.ruler.min.y}, {area.max.x, area.max.y}, ui.color(Color::border));
}

void paint_ruler(const Ui& ui, const TimelineFrame& frame, const Layout& layout) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const Rect& r = frame.ruler;
  list.PushClipRect(r.min, r.max, true);
  const float text_y = r.min.y + ui.theme.px(22);
  float date_end = r.min.x;
  for (const auto& tick : layout.ticks) {
    const float x = std::round(r.min.x + static_cast<float>(tick.x));
    list.AddRectFilled({x, r.max.y - ui.theme.px(6)}, {x + 1, r.max.y}, ui.color(Color::grid_strong));
    const float from = std::max(x + ui.theme.px(5), r.min.x + ui.theme.px(4));
    if (from + text_width(ui.fonts.small, tick.label) > r.max.x) continue;
    text_at(list, ui.fonts.small, from, text_y, ui.color(Color::text_muted), tick.label);
    if (!tick.date.empty() && from >= date_end) {
      date_end =
          text_at(list, ui.fonts.small, from, r.min.y + ui.theme.px(8), ui.color(Color::text_faint), tick.date) + ui.theme.px(12);
    }
  }
  list.PopClipRect();
  list.AddRectFilled({frame.labels.min.x, r.max.y - 1}, {r.max.x, r.max.y}, ui.color(Color::border));
}

void paint_legend(const UiState& state, const Ui& ui, const Rect& rect) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.AddRectFilled({rect.min.x, rect.min.y}, {rect.max.x, rect.min.y + 1}, ui.color(Color::border));
  const float middle = (rect.min.y + rect.max.y) / 2;
  const float size = ui.theme.px(11);
  float x = rect.min.x + ui.size(Size::padding);
  for (const Swatch& swatch : legend_of(state, ui)) {
    const float width = size + ui.theme.px(6) + text_width(ui.fonts.small, swatch.text);
    if (x + width > rect.max.x - ui.size(Size::padding)) break;
    const Rect box{{x, std::round(middle - size / 2)}, {x + size, std::round(middle + size / 2)}};
    if (swatch.kind == Swatch::Kind::icon) {
      draw_icon(list, swatch.icon, box.centre(), size * 1.15F, swatch.color, 0);
    } else if (swatch.kind == Swatch::Kind::hatch) {
      list.PushClipRect(box.min, box.max, true);
      const float step = ui.theme.px(3.5F);
      const int lines = static_cast<int>(std::ceil(2 * size / step));
      for (int n = 0; n < lines; ++n) {
        const float at = static_cast<float>(n) * step - size;
        list.AddLine({box.min.x + at, box.max.y}, {box.min.x + at + size, box.min.y}, ui.color(Color::text_faint), 1);
      }
      list.PopClipRect();
    } else {
      list.AddRectFilled(box.min, box.max, swatch.color, ui.theme.px(2.5F));
    }
    text_at(list, ui.fonts.small, x + size + ui.theme.px(6), middle, ui.color(Color::text_muted), swatch.text);
    x += width + ui.theme.px(15);
  }
}

}  // namespace uptrail::viewer
