#include "collector/timeline/layout.h"

#include <algorithm>
#include <cmath>

#include "collector/timeline/ticks.h"

namespace uptrail::timeline {

namespace {

constexpr double kMinNsPerPx = 10;

double height_of(const Lane& lane, const Metrics& m) {
  switch (lane.kind) {
    case LaneKind::app:
      return m.app_height;
    case LaneKind::task:
      return m.task_height;
    default:
      return m.lane_height;
  }
}

// Index range of one lane's items in a vector sorted by lane.
template <class T>
std::pair<std::size_t, std::size_t> items_of(const std::vector<T>& items, std::uint32_t lane) {
  const auto lo = std::lower_bound(items.begin(), items.end(), lane, [](const T& i, std::uint32_t l) { return i.lane < l; });
  const auto hi = std::upper_bound(lo, items.end(), lane, [](std::uint32_t l, const T& i) { return l < i.lane; });
  return {static_cast<std::size_t>(lo - items.begin()), static_cast<std::size_t>(hi - items.begin())};
}

class Layouter {
 public:
  Layouter(const Scene& scene, const View& view, const Metrics& metrics) : scene_(scene), view_(view), m_(metrics) {}

  Layout run() {
    place_lanes();
    for (const PlacedLane& lane : out_.lanes) {
      place_hatches(lane);
      place_bars(lane);
      place_marks(lane);
      place_ghosts(lane);
    }
    place_arrows();
    out_.ticks = make_ticks(view_.scale, view_.width, scene_.axis, view_.zone_offset_minutes.value_or(scene_.zone_offset_minutes),
                            m_.min_tick_px, view_.twelve_hours);
    return std::move(out_);
  }

 private:
  void place_lanes() {
    double y = 0;
    tops_.reserve(scene_.lanes.size());
    for (std::uint32_t i = 0; i < scene_.lanes.size(); ++i) {
      const double h = height_of(scene_.lanes[i], m_);
      const double top = y - view_.scroll_y;
      tops_.push_back(top);
      if (top + h > 0 && top < view_.height) {
        out_.lanes.push_back({i, top, top + h});
      }
      y += h + m_.gap;
    }
    out_.content_height = y;
  }

  [[nodiscard]] std::optional<Box> box(Interval span, const PlacedLane& lane, double inset) const {
    const double x0 = std::max(view_.scale.px(span.start), -8.0);
    const double x1 = std::min(view_.scale.px(span.end), view_.width + 8.0);
    if (x1 < 0 || x0 > view_.width || x1 < x0) {
      return std::nullopt;
    }
    return Box{x0, lane.y0 + inset, x1, lane.y1 - inset};
  }

  void place_hatches(const PlacedLane& lane) {
    const auto [lo, hi] = items_of(scene_.hatches, lane.lane);
    for (std::size_t i = lo; i < hi; ++i) {
      if (const auto b = box(scene_.hatches[i].span, lane, 0)) {
        out_.hatches.push_back({*b, static_cast<std::uint32_t>(i)});
      }
    }
  }

  void place_bars(const PlacedLane& lane) {
    const auto [lo, hi] = items_of(scene_.bars, lane.lane);
    const std::size_t first_of_lane = out_.bars.size();
    for (std::size_t i = lo; i < hi; ++i) {
      const Bar& bar = scene_.bars[i];
      // A wake is a bracket around the session's bar.
      auto b = box(bar.span, lane, bar.style == BarStyle::wake ? m_.bar_inset - 3 : m_.bar_inset);
      if (!b) {
        continue;
      }
      const bool narrow = b->x1 - b->x0 < 1;
      if (narrow && out_.bars.size() > first_of_lane) {
        PlacedBar& last = out_.bars.back();
        if (b->x1 <= last.box.x1 && last.box.x1 - last.box.x0 <= 1.5) {
          ++last.merged;
          continue;
        }
      }
      b->x1 = std::max(b->x1, b->x0 + 1);
      PlacedBar placed{*b, bar.style, static_cast<std::uint32_t>(i), 1, bar.open_end, {}};
      const double visible = std::min(b->x1, view_.width) - std::max(b->x0, 0.0);
      if (!bar.label.empty() && visible > 24 && m_.text_width(bar.label) + 10 <= visible) {
        placed.label = bar.label;
      }
      out_.bars.push_back(std::move(placed));
    }
  }

  [[nodiscard]] static int rank(const Mark& mark) {
    if (mark.style == MarkStyle::related) {
      return -1;
    }
    return mark.style == MarkStyle::finding ? 10 + static_cast<int>(mark.severity.value_or(Severity::info)) : 0;
  }

  // Marks closer than a mark's width stand for each other: the gravest is shown with a count.
  void place_marks(const PlacedLane& lane) {
    const auto [lo, hi] = items_of(scene_.marks, lane.lane);
    const std::size_t first_of_lane = out_.marks.size();
    for (std::size_t i = lo; i < hi; ++i) {
      const double x = view_.scale.px(scene_.marks[i].t);
      if (x < -m_.mark_size || x > view_.width + m_.mark_size) {
        continue;
      }
      const double y = (lane.y0 + lane.y1) / 2;
      const bool join = out_.marks.size() > first_of_lane && x - out_.marks.back().x < m_.mark_size * 0.8;
      if (!join) {
        out_.marks.push_back({x, y, static_cast<std::uint32_t>(i), 1});
        continue;
      }
      PlacedMark& last = out_.marks.back();
      // A faint mark is not counted beside a real one.
      const bool faint = rank(scene_.marks[i]) < 0, faint_last = rank(scene_.marks[last.mark]) < 0;
      if (faint && !faint_last) {
        continue;
      }
      if (!faint && faint_last) {
        last = {x, y, static_cast<std::uint32_t>(i), 1};
        continue;
      }
      if (rank(scene_.marks[i]) > rank(scene_.marks[last.mark])) {
        last.mark = static_cast<std::uint32_t>(i);
        last.x = x;
      }
      ++last.grouped;
    }
  }

  void place_ghosts(const PlacedLane& lane) {
    const auto [lo, hi] = items_of(scene_.ghosts, lane.lane);
    for (std::size_t i = lo; i < hi; ++i) {
      const Ghost& ghost = scene_.ghosts[i];
      const double x = view_.scale.px(ghost.due);
      const double half = m_.mark_size / 2;
      if (x < -half || x > view_.width + half) {
        continue;
      }
      const double y = (lane.y0 + lane.y1) / 2;
      PlacedGhost placed{{x - half, y - half, x + half, y + half}, static_cast<std::uint32_t>(i), {}, 0};
      label_ghost(placed, ghost, lane);
      out_.ghosts.push_back(std::move(placed));
    }
  }

  // Right of the ghost, else left of it, where nothing else of the lane stands; else no label.
  void label_ghost(PlacedGhost& placed, const Ghost& ghost, const PlacedLane& lane) const {
    const double width = m_.text_width(ghost.label);
    for (const double x0 : {placed.box.x1 + 5, placed.box.x0 - 5 - width}) {
      const Box text{x0, lane.y0, x0 + width, lane.y1};
      if (text.x0 >= 0 && text.x1 <= view_.width && is_free(text, placed.ghost)) {
        placed.label = ghost.label;
        placed.label_x = x0;
        return;
      }
    }
  }

  [[nodiscard]] bool is_free(const Box& text, std::uint32_t own) const {
    const auto hits = [&](double x0, double x1, double y) { return y >= text.y0 && y < text.y1 && x0 < text.x1 && x1 > text.x0; };
    const double half = m_.mark_size / 2;
    return std::none_of(out_.bars.begin(), out_.bars.end(),
                        [&](const PlacedBar& b) { return hits(b.box.x0, b.box.x1, (b.box.y0 + b.box.y1) / 2); }) &&
           std::none_of(out_.marks.begin(), out_.marks.end(),
                        [&](const PlacedMark& k) { return hits(k.x - half, k.x + half, k.y); }) &&
           std::none_of(out_.ghosts.begin(), out_.ghosts.end(), [&](const PlacedGhost& g) {
             return g.ghost != own && hits(std::min(g.box.x0, g.label.empty() ? g.box.x0 : g.label_x),
                                           g.label.empty() ? g.box.x1 : std::max(g.box.x1, g.label_x + m_.text_width(g.label)),
                                           (g.box.y0 + g.box.y1) / 2);
           });
  }

  void place_arrows() {
    for (std::uint32_t i = 0; i < scene_.arrows.size(); ++i) {
      const Arrow& a = scene_.arrows[i];
      const double x0 = view_.scale.px(a.from);
      const double x1 = view_.scale.px(a.to);
      const double y0 = tops_[a.from_lane] + height_of(scene_.lanes[a.from_lane], m_) / 2;
      const double y1 = tops_[a.to_lane] + height_of(scene_.lanes[a.to_lane], m_) / 2;
      const bool off =
          std::max(x0, x1) < 0 || std::min(x0, x1) > view_.width || std::max(y0, y1) < 0 || std::min(y0, y1) > view_.height;
      if (!off) {
        out_.arrows.push_back({x0, y0, x1, y1, i});
      }
    }
  }

  const Scene& scene_;
  const View& view_;
  const Metrics& m_;
  Layout out_;
  std::vector<double> tops_;
};

}  // namespace

TimeScale TimeScale::fit(Interval span, double width) {
  const double ns = static_cast<double>(std::max<std::int64_t>(span.length().ns, 1));
  return {span.start, std::max(ns / std::max(width, 1.0), kMinNsPerPx)};
}

TimeNs TimeScale::time(double px) const { return start_ + from_seconds(px * ns_per_px_ / 1e9); }

TimeScale TimeScale::zoomed(double at_px, double factor, Interval whole, double width) const {
  const double widest = 20 * static_cast<double>(std::max<std::int64_t>(whole.length().ns, 1)) / std::max(width, 1.0);
  const double next = std::clamp(ns_per_px_ / factor, kMinNsPerPx, std::max(widest, kMinNsPerPx));
  const TimeNs under = time(at_px);
  return {under - from_seconds(at_px * next / 1e9), next};
}

TimeScale TimeScale::panned(double dx_px, Interval whole, double width) const {
  const double tenth = width / 10;
  const double left = px(whole.start) + dx_px;
  const double right = px(whole.end) + dx_px;
  if (left > width - tenth) {
    dx_px -= left - (width - tenth);
  } else if (right < tenth) {
    dx_px += tenth - right;
  }
  return {start_ - from_seconds(dx_px * ns_per_px_ / 1e9), ns_per_px_};
}

Layout make_layout(const Scene& scene, const View& view, const Metrics& metrics) { return Layouter(scene, view, metrics).run(); }

Hit hit_test(const Layout& layout, const Metrics& metrics, double x, double y) {
  Hit hit;
  for (const PlacedLane& lane : layout.lanes) {
    if (y >= lane.y0 && y < lane.y1) {
      hit.lane = lane.lane;
    }
  }
  const double reach = metrics.mark_size / 2 + 2;
  for (const PlacedMark& m : layout.marks) {
    if (std::abs(m.x - x) <= reach && std::abs(m.y - y) <= reach) {
      hit.mark = m.mark;
    }
  }
  for (const PlacedGhost& g : layout.ghosts) {
    if (g.box.contains(x, y)) {
      hit.ghost = g.ghost;
    }
  }
  for (const PlacedBar& b : layout.bars) {
    if (b.box.contains(x, y)) {
      hit.bar = b.bar;
    }
  }
  for (const PlacedHatch& h : layout.hatches) {
    if (h.box.contains(x, y)) {
      hit.hatch = h.hatch;
    }
  }
  return hit;
}

double scroll_to_lane(const Scene& scene, const View& view, const Metrics& metrics, std::uint32_t lane) {
  double y = 0;
  double top = 0;
  double bottom = 0;
  for (std::uint32_t i = 0; i < scene.lanes.size(); ++i) {
    const double h = height_of(scene.lanes[i], metrics);
    if (i == lane) {
      top = y;
      bottom = y + h;
    }
    y += h + metrics.gap;
  }
  if (lane >= scene.lanes.size()) {
    return view.scroll_y;
  }
  const double margin = metrics.lane_height * 2;
  double scroll = view.scroll_y;
  if (top - margin < scroll) {
    scroll = top - margin;
  } else if (bottom + margin > scroll + view.height) {
    scroll = bottom + margin - view.height;
  }
  return std::clamp(scroll, 0.0, std::max(0.0, y - view.height));
}

}  // namespace uptrail::timeline
