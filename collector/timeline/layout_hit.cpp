// What lies where in a layout.
#include <algorithm>
#include <cmath>

#include "collector/timeline/layout.h"

namespace uptrail::timeline {

Hit hit_test(const Layout& layout, const Metrics& metrics, double x, double y) {
  Hit hit;
  for (const PlacedLane& lane : layout.lanes) {
    if (y >= lane.y0 && y < lane.y1) {
      hit.lane = lane.lane;
    }
  }
  for (const PlacedBeyond& b : layout.beyond) {
    if (b.box.contains(x, y)) {
      hit.beyond = true;
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
      hit.merged = b.merged;
    }
  }
  for (const PlacedHatch& h : layout.hatches) {
    if (h.box.contains(x, y)) {
      hit.hatch = h.hatch;
    }
  }
  return hit;
}

double scroll_to_lane(const LaneRows& rows, const View& view, const Metrics& metrics, std::uint32_t lane) {
  const std::size_t row = rows.row_of(lane);
  if (row == rows.size()) {
    return view.scroll_y;
  }
  const double top = rows.top(row, metrics);
  const double bottom = top + rows.height(row, metrics);
  const double margin = metrics.lane_height * 2;
  double scroll = view.scroll_y;
  if (top - margin < scroll) {
    scroll = top - margin;
  } else if (bottom + margin > scroll + view.height) {
    scroll = bottom + margin - view.height;
  }
  const std::size_t first = rows.row_at(scroll, metrics);
  if (scroll != view.scroll_y && first < row && rows.top(first, metrics) < scroll) {  // the upper edge cuts no row
    scroll = rows.top(scroll > view.scroll_y ? first + 1 : first, metrics);
  }
  return std::clamp(scroll, 0.0, std::max(0.0, rows.content(metrics) - view.height));
}

}  // namespace uptrail::timeline
