// The names of the lanes, the ruler and the legend of the timeline.
#include <algorithm>
#include <cmath>
#include <set>

#include "viewer/panels/timeline_paint.h"

namespace uptrail::viewer {

namespace {

using timeline::BarStyle;
using timeline::Layout;

struct Swatch {
  std::string text;
  ImU32 color = 0;
  Icon icon = Icon::dot;
  enum class Kind : std::uint8_t { box, icon, hatch } kind = Kind::box;
  BarPattern pattern = BarPattern::solid;
};

std::vector<Swatch> legend_of(const UiState& state, const Ui& ui, const timeline::Layout& layout) {
  const timeline::Scene& scene = state.data->scene;
  std::vector<Swatch> out;
  if (!scene.ghosts.empty()) out.push_back({"due, but missing", ui.color(Color::ghost), Icon::ghost, Swatch::Kind::icon});
  if (!scene.hatches.empty()) out.push_back({"no evidence here", ui.color(Color::hatch), Icon::dot, Swatch::Kind::hatch});
  std::set<BarStyle> present;  // in what is shown: the legend explains the picture
  for (const timeline::PlacedBar& bar : layout.bars) present.insert(bar.style);
  const auto add = [&](BarStyle first, BarStyle last) {
    for (const BarStyle style : present) {
      if (style < first || style > last) continue;
      out.push_back(
          {std::string(timeline::bar_style_name(style)), ui.theme.bar(style), Icon::dot, Swatch::Kind::box, bar_pattern(style)});
    }
  };
  add(BarStyle::task_created, BarStyle::task_cancelled);
  add(BarStyle::wake, BarStyle::wake);
  add(BarStyle::process_foreground, BarStyle::process_unknown);
  add(BarStyle::session_connecting, BarStyle::session_unknown);
  add(BarStyle::device_offline, BarStyle::device_locked);
  add(BarStyle::process_not_running, BarStyle::disagreement);
  return out;
}

void swatch_box(ImDrawList& list, const Ui& ui, const Rect& box, const Swatch& swatch) {
  Rect r = box;
  if (swatch.pattern == BarPattern::thin) {
    const float third = std::round(r.height() * 0.3F);
    r = {{r.min.x, r.min.y + third}, {r.max.x, r.max.y - third}};
  }
  list.AddRectFilled(r.min, r.max, swatch.color, ui.theme.px(2));
  const ImU32 ink = faded(ui.theme.ink_on(swatch.color), 0.55F);
  const float dot = std::max(1.0F, ui.theme.px(1.5F));
  if (swatch.pattern == BarPattern::dots) {
    for (const float x : {0.28F, 0.66F}) {
      const ImVec2 at(std::round(r.min.x + r.width() * x), std::round(r.centre().y - dot / 2));
      list.AddRectFilled(at, {at.x + dot, at.y + dot}, ink);
    }
  } else if (swatch.pattern == BarPattern::stripes || swatch.pattern == BarPattern::cross) {
    list.AddLine({r.min.x, r.max.y}, {r.max.x, r.min.y}, ink, 1);
    if (swatch.pattern == BarPattern::cross) list.AddLine(r.min, r.max, ink, 1);
  }
}

// A small triangle: down for an open family, right for a folded one.
void fold_sign(ImDrawList& list, const Ui& ui, ImVec2 at, bool open) {
  const float s = ui.theme.px(3.5F);
  const ImU32 ink = ui.color(Color::text_muted);
  if (open) {
    list.AddTriangleFilled({at.x - s, at.y - s * 0.6F}, {at.x + s, at.y - s * 0.6F}, {at.x, at.y + s * 0.8F}, ink);
  } else {
    list.AddTriangleFilled({at.x - s * 0.6F, at.y - s}, {at.x + s * 0.8F, at.y}, {at.x - s * 0.6F, at.y + s}, ink);
  }
}

}  // namespace

void paint_labels(const UiState& state, const Ui& ui, const TimelineFrame& frame, const Layout& layout, std::uint32_t hovered) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const Rect& area = frame.labels;
  list.PushClipRect(area.min, area.max, true);
  for (const auto& placed : layout.lanes) {
    const timeline::Lane& lane = state.data->scene.lanes[placed.lane];
    const float top = area.min.y + static_cast<float>(placed.y0);
    const float bottom = area.min.y + static_cast<float>(placed.y1);
    const float middle = (top + bottom) / 2;
    const bool heading = lane.depth == 0;
    const bool dim = !is_shown(state, placed.lane);
    if (heading) list.AddRectFilled({area.min.x, top}, {area.max.x, bottom}, ui.color(Color::lane_app));
    if (placed.lane == state.selection.lane)
      list.AddRectFilled({area.min.x, top}, {area.max.x, bottom}, ui.color(Color::lane_selected));
    if (placed.lane == hovered) list.AddRectFilled({area.min.x, top}, {area.max.x, bottom}, ui.color(Color::lane_hover));
    if (ui.places != nullptr) ui.mark("lane-" + std::to_string(placed.lane), {{area.min.x, top}, {area.max.x, bottom}});
    float right = area.max.x - ui.theme.px(8);
    std::optional<Severity> worst = lane.worst;
    if (const auto folded = state.timeline.order->folded.find(placed.lane); folded != state.timeline.order->folded.end()) {
      worst = folded->second.worst;
    }
    if (worst) {
      const float icon = ui.theme.px(12);
      draw_icon(list, icon_of(*worst), {right - icon / 2, middle}, icon, faded(ui.theme.severity(*worst), dim ? 0.35F : 1.0F),
                ui.color(Color::panel));
      right -= icon + ui.theme.px(6);
    }
    const Face& face = heading ? ui.fonts.semibold : ui.fonts.body;
    float x = area.min.x + ui.size(Size::padding) + static_cast<float>(std::max(0, lane.depth - 1)) * ui.theme.px(14);
    if (lane.end > placed.lane + 1) {
      fold_sign(list, ui, {x + ui.theme.px(3), middle}, !placed.folded);
      x += ui.theme.px(14);
    }
    const bool pinned = state.timeline.choice.pinned.contains(placed.lane);
    const bool mouse_here = placed.lane == hovered;
    if (mouse_here || pinned) {
      right -= ui.theme.px(2) + text_width(ui.fonts.small, pinned ? "unpin" : "pin");
      text_at(list, ui.fonts.small, right, middle, ui.color(Color::accent), pinned ? "unpin" : "pin");
      right -= ui.theme.px(8);
    }
    if (const timeline::LaneClock* clock = state.data->scene.clock_of(placed.lane)) {
      const std::string doubt = clock->floats ? "floats" : "±" + format_duration(clock->uncertainty);
      right -= text_width(ui.fonts.small, doubt);
      text_at(list, ui.fonts.small, right, middle, ui.color(clock->floats ? Color::warning : Color::text_faint), doubt);
      if (ui.places != nullptr) ui.mark("clock-" + std::to_string(placed.lane), {{right, top}, {area.max.x, bottom}});
      right -= ui.theme.px(8);
    }
    const bool strong = heading || lane.kind != timeline::LaneKind::task;
    const timeline::Scene& scene = state.data->scene;
    x = text_at(list, face, x, middle,
                ui.color(dim      ? Color::text_faint
                         : strong ? Color::text
                                  : Color::text_muted),
                elided(face, scene.text(lane.label), right - x));
    const float from = x + ui.theme.px(8);
    if (right - from > ui.theme.px(24)) {
      const std::uint32_t hidden = lane.end - placed.lane - 1;
      const std::string more = placed.folded ? std::to_string(hidden) + (hidden == 1 ? " lane" : " lanes") : std::string();
      text_at(list, ui.fonts.small, from, middle + ui.theme.px(1), ui.color(Color::text_faint),
              elided(ui.fonts.small, placed.folded ? std::string_view(more) : scene.text(lane.detail), right - from));
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
  for (const auto& fold : layout.folds) {
    const float x0 = r.min.x + static_cast<float>(fold.x0);
    const float x1 = r.min.x + static_cast<float>(fold.x1);
    list.AddRectFilled({x0, r.min.y}, {x1, r.max.y}, ui.color(Color::raised));
    const float width = text_width(ui.fonts.small, fold.label);
    text_at(list, ui.fonts.small, (x0 + x1 - width) / 2, text_y, ui.color(Color::text_muted), fold.label);
    if (ui.places != nullptr) ui.mark("fold", {{x0, r.min.y}, {x1, r.max.y}});
  }
  list.PopClipRect();
  list.AddRectFilled({frame.labels.min.x, r.max.y - 1}, {r.max.x, r.max.y}, ui.color(Color::border));
}

void paint_legend(const UiState& state, const Ui& ui, const Rect& rect, const Layout& layout) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.AddRectFilled({rect.min.x, rect.min.y}, {rect.max.x, rect.min.y + 1}, ui.color(Color::border));
  const float middle = (rect.min.y + rect.max.y) / 2;
  const float size = ui.theme.px(11);
  float x = rect.min.x + ui.size(Size::padding);
  for (const Swatch& swatch : legend_of(state, ui, layout)) {
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
      swatch_box(list, ui, box, swatch);
    }
    text_at(list, ui.fonts.small, x + size + ui.theme.px(6), middle, ui.color(Color::text_muted), swatch.text);
    x += width + ui.theme.px(15);
  }
}

}  // namespace uptrail::viewer
