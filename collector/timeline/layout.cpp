#include "collector/timeline/layout.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "collector/timeline/bar_merger.h"
#include "collector/timeline/ticks.h"

namespace uptrail::timeline {

namespace {

constexpr double kDensityStep = 2;  // pixels
constexpr std::size_t kMostArrows = 400;

// Index range of one lane's items in a vector sorted by lane.
template <class T>
Range items_of(const std::vector<T>& items, std::uint32_t lane) {
  const auto lo = std::lower_bound(items.begin(), items.end(), lane, [](const T& i, std::uint32_t l) { return i.lane < l; });
  const auto hi = std::upper_bound(lo, items.end(), lane, [](std::uint32_t l, const T& i) { return l < i.lane; });
  return {static_cast<std::uint32_t>(lo - items.begin()), static_cast<std::uint32_t>(hi - items.begin())};
}

// How many of the ascending times fit; the first `known` do. Quick when few are added to them.
template <class Fits>
std::size_t count_on(const std::vector<TimeNs>& times, std::size_t known, Fits fits) {
  std::size_t high = known;
  for (std::size_t step = 1; high < times.size() && fits(times[high]); step *= 2) {
    known = high + 1;
    high += step;
  }
  const auto at = [&](std::size_t i) { return times.begin() + static_cast<std::ptrdiff_t>(std::min(i, times.size())); };
  return static_cast<std::size_t>(std::partition_point(at(known), at(high), fits) - times.begin());
}

class Layouter {
 public:
  Layouter(const Picture& picture, const View& view, const Metrics& metrics)
      : scene_(picture.scene), picture_(picture), view_(view), m_(metrics) {
    style_width_.fill(-1);
  }

  Layout run() {
    place_lanes();
    for (PlacedLane& lane : out_.lanes) {
      const auto folded = picture_.folded.find(lane.lane);
      place_hatches(lane);
      lane.bars.from = static_cast<std::uint32_t>(out_.bars.size());
      place_bars(lane);
      lane.bars.to = static_cast<std::uint32_t>(out_.bars.size());
      lane.marks.from = static_cast<std::uint32_t>(out_.marks.size());
      lane.ghosts.from = static_cast<std::uint32_t>(out_.ghosts.size());
      if (folded != picture_.folded.end()) {
        lane.folded = true;
        place_density(lane, folded->second);
        place_folded_marks(lane, folded->second);
      } else {
        place_marks(lane);
      }
      lane.marks.to = static_cast<std::uint32_t>(out_.marks.size());
      place_ghosts(lane);
      place_beyond(lane);
      lane.ghosts.to = static_cast<std::uint32_t>(out_.ghosts.size());
    }
    place_arrows();
    place_folds();
    out_.ticks = make_ticks(view_.scale, view_.width, scene_.axis, view_.zone_offset_minutes.value_or(scene_.zone_offset_minutes),
                            m_.min_tick_px, view_.twelve_hours);
    return std::move(out_);
  }

 private:
  void place_lanes() {
    const LaneRows& rows = picture_.rows;
    out_.content_height = rows.content(m_);
    for (std::size_t row = rows.row_at(view_.scroll_y, m_); row < rows.size(); ++row) {
      const double top = rows.top(row, m_) - view_.scroll_y;
      if (top >= view_.height) break;
      PlacedLane lane;
      lane.lane = rows.lane(row);
      lane.y0 = top;
      lane.y1 = top + rows.height(row, m_);
      out_.lanes.push_back(lane);
    }
    visible_ = view_.scale.visible(view_.width);
  }

  [[nodiscard]] double px(TimeNs t) const { return view_.scale.px(t); }

  void place_hatches(const PlacedLane& lane) {
    const std::uint32_t hatch = scene_.lanes[lane.lane].hatch;
    if (hatch == kNoLane) return;
    const auto& spans = scene_.hatches[hatch].spans;
    auto at = std::upper_bound(spans.begin(), spans.end(), visible_.start, [](TimeNs t, const Interval& i) { return t < i.end; });
    for (double last = -1e9; at != spans.end() && at->start < visible_.end; ++at) {
      const double x0 = std::max(px(at->start), -8.0);
      const double x1 = std::min(px(at->end), view_.width + 8);
      if (x1 - last < 1) continue;  // falls into the pixel of the one before
      last = x1;
      out_.hatches.push_back({{x0, lane.y0, std::max(x1, x0 + 1), lane.y1}, hatch});
    }
  }

  // -- bars
  struct Mergers {
    BarMerger bars, wakes;
  };

  void take_bar(Mergers& to, std::uint32_t i) const {
    const Bar& bar = scene_.bars[i];
    const double x0 = px(bar.span.start);
    const double x1 = px(bar.span.end);
    if (x1 < 0 || x0 > view_.width) return;
    BarMerger& merger = bar.style == BarStyle::wake ? to.wakes : to.bars;
    if (x1 - x0 < 1) {
      merger.narrow(i, std::floor(x0), 1);
    } else {
      merger.wide(i, std::max(x0, -8.0), std::min(x1, view_.width + 8));
    }
  }

  // Blocks that lie off screen are left out, blocks within one column of pixels are taken whole.
  void take_blocks(Mergers& to, std::size_t level, std::uint32_t from, std::uint32_t until, std::uint32_t size) const {
    const auto& blocks = picture_.detail->bars()[level];
    for (std::uint32_t i = from; i < until;) {
      const std::uint32_t block = i / size;
      const std::uint32_t end = std::min(until, (block + 1) * size);
      const bool whole = i % size == 0 && (block + 1) * size <= until;
      const LevelOfDetail::Block* b = whole ? &blocks[block] : nullptr;
      if (b != nullptr && (b->span.end < visible_.start || b->span.start > visible_.end)) {
        i = end;
        continue;
      }
      if (b != nullptr && px(b->span.end) - px(b->span.start) < 1 &&
          std::floor(px(b->span.start)) == std::floor(px(b->span.end))) {
        (scene_.bars[b->best].style == BarStyle::wake ? to.wakes : to.bars)
            .narrow(b->best, std::floor(px(b->span.start)), end - i);
      } else if (level == 0) {
        for (std::uint32_t bar = i; bar < end; ++bar) take_bar(to, bar);
      } else {
        take_blocks(to, level - 1, i, end, size / LevelOfDetail::kFan);
      }
      i = end;
    }
  }

  void place_bars(const PlacedLane& lane) {
    const Range range = items_of(scene_.bars, lane.lane);
    const double in = m_.bar_inset;
    // A wake is a bracket around the session's bar.
    Mergers mergers{{scene_, lane.y0 + in, lane.y1 - in}, {scene_, lane.y0 + in - 3, lane.y1 - in + 3}};
    if (picture_.detail == nullptr || range.to - range.from < 2 * LevelOfDetail::kFan) {
      for (std::uint32_t i = range.from; i < range.to; ++i) take_bar(mergers, i);
    } else {
      const std::size_t top = picture_.detail->bars().size() - 1;
      std::uint32_t size = LevelOfDetail::kFan;
      for (std::size_t level = 0; level < top; ++level) size *= LevelOfDetail::kFan;
      take_blocks(mergers, top, range.from, range.to, size);
    }
    mergers.bars.finish(out_.bars);
    mergers.wakes.finish(out_.bars);
    for (auto placed = out_.bars.begin() + lane.bars.from; placed != out_.bars.end(); ++placed) {
      label_bar(*placed);
      if (placed->style == BarStyle::task_finished)
        place_whisker(scene_.bars[placed->bar].span.start, lane, scene_.daemon_uncertainty);
    }
    const LaneClock* clock = scene_.clock_of(lane.lane);
    if (clock == nullptr || clock->floats || static_cast<double>(clock->uncertainty.ns) < 3 * view_.scale.ns_per_px()) return;
    for (std::size_t i = lane.bars.from; i < out_.bars.size(); ++i) {
      place_whisker(scene_.bars[out_.bars[i].bar].span.start, lane, clock->uncertainty);
    }
  }

  void label_bar(PlacedBar& placed) {
    const double visible = std::min(placed.box.x1, view_.width) - std::max(placed.box.x0, 0.0);
    const Bar& bar = scene_.bars[placed.bar];
    // Neighbouring columns of merged bars are no bar of their own.
    if (visible <= 24 || px(bar.span.end) - px(bar.span.start) < 2) return;
    const std::string_view label = scene_.label(bar);
    double& known = style_width_[static_cast<std::size_t>(bar.style)];
    const double width = bar.label != 0 ? m_.text_width(label) : known >= 0 ? known : (known = m_.text_width(label));
    if (width + 10 <= visible) placed.label = label;
  }

  // The end in the daemon and the callback stand on two clocks.
  void place_whisker(TimeNs t, const PlacedLane& lane, DurationNs uncertainty) {
    const double x0 = px(t - uncertainty);
    const double x1 = px(t + uncertainty);
    if (x1 - x0 < 6 || x1 < 0 || x0 > view_.width) return;
    out_.whiskers.push_back({x0, x1, (lane.y0 + lane.y1) / 2});
  }

  // -- folded lanes
  // Where the steps of a density begin, and where the last one ends: the same for all lanes.
  const std::vector<TimeNs>& step_edges() {
    if (edges_.empty()) {
      const auto steps = static_cast<std::size_t>(std::ceil(std::max(view_.width, 0.0) / kDensityStep));
      for (std::size_t i = 0; i <= steps; ++i) edges_.push_back(view_.scale.time(static_cast<double>(i) * kDensityStep));
    }
    return edges_;
  }

  void place_density(const PlacedLane& lane, const Folded& folded) {
    PlacedDensity step;
    const auto flush = [&](double x) {
      step.box.x1 = x;
      if (step.alive > 0 && step.box.x1 > step.box.x0) out_.densities.push_back(step);
    };
    step.box = {0, lane.y0, 0, lane.y1};
    const std::vector<TimeNs>& edges = step_edges();
    std::size_t begun = 0;
    std::size_t ended = 0;
    for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
      const double x = static_cast<double>(i) * kDensityStep;
      // Those that began before the end of the step, without those that ended before it began.
      begun = count_on(folded.starts, begun, [t = edges[i + 1]](TimeNs start) { return start < t; });
      ended = count_on(folded.ends, ended, [t = edges[i]](TimeNs end) { return end <= t; });
      const auto alive = static_cast<std::uint32_t>(begun > ended ? begun - ended : 0);
      if (alive == step.alive) continue;
      flush(x);
      step.alive = alive;
      step.box.x0 = x;
    }
    flush(view_.width);
  }

  void place_folded_marks(const PlacedLane& lane, const Folded& folded) {
    const double reach = m_.mark_size * 0.8;
    const auto time_of = [&](std::uint32_t i) { return scene_.marks[i].t; };
    auto at = std::lower_bound(folded.marks.begin(), folded.marks.end(), view_.scale.time(-m_.mark_size),
                               [&](std::uint32_t i, TimeNs t) { return time_of(i) < t; });
    while (at != folded.marks.end() && px(time_of(*at)) <= view_.width + m_.mark_size) {
      const TimeNs until = view_.scale.time(px(time_of(*at)) + reach);
      const auto end = std::max(
          at + 1, std::lower_bound(at, folded.marks.end(), until, [&](std::uint32_t i, TimeNs t) { return time_of(i) < t; }));
      std::uint32_t best = *at;
      for (auto i = at; i != end; ++i) best = rank(scene_.marks[*i]) > rank(scene_.marks[best]) ? *i : best;
      out_.marks.push_back({px(time_of(best)), (lane.y0 + lane.y1) / 2, best, static_cast<std::uint32_t>(end - at)});
      at = end;
    }
  }

  // -- marks: those closer than a mark's width stand for each other, and the gravest is shown with a count.
  void place_marks(const PlacedLane& lane) {
    const Range range = items_of(scene_.marks, lane.lane);
    const auto first = scene_.marks.begin();
    const auto before = [](const Mark& m, TimeNs t) { return m.t < t; };
    auto at = std::lower_bound(first + range.from, first + range.to, view_.scale.time(-m_.mark_size), before);
    while (at != first + range.to && px(at->t) <= view_.width + m_.mark_size) {
      const TimeNs until = view_.scale.time(px(at->t) + m_.mark_size * 0.8);
      const auto end = std::max(at + 1, std::lower_bound(at, first + range.to, until, before));
      place_group(static_cast<std::uint32_t>(at - first), static_cast<std::uint32_t>(end - first), (lane.y0 + lane.y1) / 2);
      at = end;
    }
  }

  void place_group(std::uint32_t from, std::uint32_t to, double y) {
    std::uint32_t best = from;
    if (picture_.detail != nullptr) {
      best = picture_.detail->best_mark(scene_, from, to);
    } else {
      for (std::uint32_t i = from; i < to; ++i) best = rank(scene_.marks[i]) > rank(scene_.marks[best]) ? i : best;
    }
    std::uint32_t grouped = to - from;
    // A faint mark is not counted beside a real one. Many are never counted one by one.
    if (rank(scene_.marks[best]) >= 0 && grouped <= 4 * LevelOfDetail::kFan) {
      for (std::uint32_t i = from; i < to; ++i) grouped -= rank(scene_.marks[i]) < 0 ? 1 : 0;
    }
    out_.marks.push_back({px(scene_.marks[best].t), y, best, grouped});
  }

  // -- ghosts
  void place_ghosts(const PlacedLane& lane) {
    const Range range = items_of(scene_.ghosts, lane.lane);
    const double half = m_.mark_size / 2;
    const double y = (lane.y0 + lane.y1) / 2;
    for (std::uint32_t i = range.from; i < range.to; ++i) {
      const Ghost& ghost = scene_.ghosts[i];
      const double x = px(ghost.due);
      if (x < -half || x > view_.width + half) continue;
      PlacedGhost placed{{x - half, y - half, x + half, y + half}, i, {}, 0};
      label_ghost(placed, scene_.text(ghost.label), lane);
      out_.ghosts.push_back(placed);
    }
  }

  // Right of the ghost, else left of it, where nothing else of the lane stands; else no label.
  void label_ghost(PlacedGhost& placed, std::string_view label, const PlacedLane& lane) const {
    const double width = m_.text_width(label);
    for (const double x0 : {placed.box.x1 + 5, placed.box.x0 - 5 - width}) {
      if (x0 >= 0 && x0 + width <= view_.width && is_free(x0, x0 + width, placed.ghost, lane)) {
        placed.label = label;
        placed.label_x = x0;
        return;
      }
    }
  }

  [[nodiscard]] bool is_free(double from, double to, std::uint32_t own, const PlacedLane& lane) const {
    const auto hits = [&](double x0, double x1) { return x0 < to && x1 > from; };
    const double half = m_.mark_size / 2;
    return std::none_of(out_.bars.begin() + lane.bars.from, out_.bars.end(),
                        [&](const PlacedBar& b) { return hits(b.box.x0, b.box.x1); }) &&
           std::none_of(out_.marks.begin() + lane.marks.from, out_.marks.end(),
                        [&](const PlacedMark& k) { return hits(k.x - half, k.x + half); }) &&
           std::none_of(out_.ghosts.begin() + lane.ghosts.from, out_.ghosts.end(), [&](const PlacedGhost& g) {
             if (g.ghost == own) return false;
             if (g.label.empty()) return hits(g.box.x0, g.box.x1);
             return hits(std::min(g.box.x0, g.label_x), std::max(g.box.x1, g.label_x + m_.text_width(g.label)));
           });
  }

  void place_beyond(const PlacedLane& placed) {
    const Lane& lane = scene_.lanes[placed.lane];
    const bool one_thing = lane.kind == LaneKind::task || lane.kind == LaneKind::upload;
    if (!one_thing || lane.extent == Interval{}) return;
    const bool before = px(lane.extent.end) < 0;
    if (!before && px(lane.extent.start) < view_.width) return;
    const double x = before ? 0 : view_.width - m_.mark_size;
    out_.beyond.push_back({{x, placed.y0, x + m_.mark_size, placed.y1}, placed.lane, before});
  }

  void place_folds() {
    if (!view_.scale.map()) {
      return;
    }
    for (const Fold& fold : view_.scale.map()->folds()) {
      const double x0 = view_.scale.px(fold.span.start);
      const double x1 = view_.scale.px(fold.span.end);
      if (x1 < 0 || x0 > view_.width) {
        continue;
      }
      std::string label = format_duration(fold.span.length());
      if (m_.text_width(label) + 8 > x1 - x0) {
        label.clear();
      }
      out_.folds.push_back({x0, x1, std::move(label)});
    }
  }

  // -- arrows
  // Middle of a lane that is shown; above or below the picture for one that is not.
  [[nodiscard]] std::optional<double> middle_of(std::uint32_t lane) const {
    for (const PlacedLane& placed : out_.lanes) {
      if (placed.lane == lane) return (placed.y0 + placed.y1) / 2;
    }
    return std::nullopt;
  }

  void place_arrow(const Arrow& a, std::uint32_t index) {
    const double x0 = px(a.from);
    const double x1 = px(a.to);
    if (std::max(x0, x1) < 0 || std::min(x0, x1) > view_.width) return;
    const auto y0 = middle_of(a.from_lane);
    const auto y1 = middle_of(a.to_lane);
    if (!y0 && !y1) return;
    const auto off = [&](std::uint32_t lane, std::uint32_t other) { return lane < other ? -20.0 : view_.height + 20; };
    out_.arrows.push_back({x0, y0.value_or(off(a.from_lane, a.to_lane)), x1, y1.value_or(off(a.to_lane, a.from_lane)), index});
  }

  // Sorted by where they start; they are short, so those that began long before the view are over.
  void place_arrows() {
    if (const auto callback = scene_.callback_arrow(view_.focus)) place_arrow(*callback, kNoLane);
    const TimeNs from = visible_.start - visible_.length();
    const auto first = scene_.arrows.begin();
    auto at = std::lower_bound(first, scene_.arrows.end(), from, [](const Arrow& a, TimeNs t) { return a.from < t; });
    const Arrow* last = nullptr;
    for (; at != scene_.arrows.end() && at->from <= visible_.end && out_.arrows.size() < kMostArrows; ++at) {
      // One of several in the same pixels.
      const bool same = last != nullptr && last->from_lane == at->from_lane && last->to_lane == at->to_lane &&
                        px(at->from) - px(last->from) < 2;
      if (same) continue;
      place_arrow(*at, static_cast<std::uint32_t>(at - first));
      last = &*at;
    }
  }

  const Scene& scene_;
  const Picture& picture_;
  const View& view_;
  const Metrics& m_;
  Interval visible_;
  std::vector<TimeNs> edges_;
  std::array<double, kBarStyles> style_width_{};
  Layout out_;
};

}  // namespace

Layout make_layout(const Picture& picture, const View& view, const Metrics& metrics) {
  return Layouter(picture, view, metrics).run();
}

Layout make_layout(const Scene& scene, const View& view, const Metrics& metrics) {
  LaneRows rows;
  for (std::uint32_t i = 0; i < scene.lanes.size(); ++i) rows.add(i, scene.lanes[i].kind, scene.lanes[i].kind == LaneKind::app);
  const std::map<std::uint32_t, Folded> nothing;
  return make_layout(Picture{scene, rows, nothing, nullptr}, view, metrics);
}

}  // namespace uptrail::timeline
