#include "collector/timeline/bar_merger.h"

#include <algorithm>

namespace uptrail::timeline {

void BarMerger::wide(std::uint32_t bar, double x0, double x1) {
  const Bar& b = scene_.bars[bar];
  wide_.push_back({{x0, y0_, x1, y1_}, b.style, bar, 1, b.open_end, {}});
}

void BarMerger::narrow(std::uint32_t best, double column, std::uint32_t count) {
  if (cells_.empty() || cells_.back().column != column) {
    cells_.push_back({column, best, count});
    return;
  }
  Cell& cell = cells_.back();
  cell.count += count;
  if (gravity(scene_.bars[best].style) > gravity(scene_.bars[cell.best].style)) cell.best = best;
}

// Into a wide bar that covers the column and is as grave, else in front of it.
void BarMerger::place(const Cell& cell, std::vector<PlacedBar>& out) {
  const Bar& bar = scene_.bars[cell.best];
  auto at =
      std::upper_bound(wide_.begin(), wide_.end(), cell.column + 1, [](double x, const PlacedBar& b) { return x < b.box.x0; });
  // Bars of a lane follow each other; a few may overlap.
  for (int look = 0; look < 4 && at != wide_.begin(); ++look) {
    --at;
    if (at->box.x1 > cell.column && gravity(at->style) >= gravity(bar.style)) {
      at->merged += cell.count;
      return;
    }
  }
  // Neighbouring columns of one style are one box.
  if (!out.empty() && out.back().style == bar.style && out.back().box.x1 == cell.column && out.back().box.y0 == y0_ &&
      out.back().merged > 1) {
    out.back().box.x1 = cell.column + 1;
    out.back().merged += cell.count;
    return;
  }
  out.push_back({{cell.column, y0_, cell.column + 1, y1_}, bar.style, cell.best, cell.count, bar.open_end, {}});
}

void BarMerger::finish(std::vector<PlacedBar>& out) {
  std::vector<PlacedBar> narrow;
  for (const Cell& cell : cells_) place(cell, narrow);
  out.insert(out.end(), wide_.begin(), wide_.end());
  out.insert(out.end(), narrow.begin(), narrow.end());
}

}  // namespace uptrail::timeline
