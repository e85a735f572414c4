// Internal to this folder: the bars of one lane, merged where they are narrower than a pixel.
#pragma once

#include <vector>

#include "collector/timeline/layout.h"

namespace uptrail::timeline {

// Bars of one layer (wakes are brackets around the others and have their own). Give bars in the order of their start, then
// finish(). No bar is lost: each is drawn, or counted by the one that took its pixel, which is at least as grave.
class BarMerger {
 public:
  BarMerger(const Scene& scene, double y0, double y1) : scene_(scene), y0_(y0), y1_(y1) {}
  void wide(std::uint32_t bar, double x0, double x1);
  // `count` bars within one column of pixels, the gravest of which is `best`.
  void narrow(std::uint32_t best, double column, std::uint32_t count);
  void finish(std::vector<PlacedBar>& out);

 private:
  struct Cell {
    double column = 0;
    std::uint32_t best = 0, count = 0;
  };
  void place(const Cell& cell, std::vector<PlacedBar>& out);

  const Scene& scene_;
  double y0_, y1_;
  std::vector<PlacedBar> wide_;
  std::vector<Cell> cells_;
};

}  // namespace uptrail::timeline
