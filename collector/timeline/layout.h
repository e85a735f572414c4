// Scene -> rectangles, labels and ticks in pixels for one view. Pure: the same scene and view give the same layout. Cost follows
// what is visible: lanes off screen are skipped and bars narrower than a pixel are merged.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collector/timeline/scene.h"

namespace uptrail::timeline {

// Piecewise nothing: one linear map. Times are subtracted as integers first and become double last.
class TimeScale {
 public:
  TimeScale() = default;
  TimeScale(TimeNs start, double ns_per_px) : start_(start), ns_per_px_(ns_per_px) {}
  // The whole interval over `width` pixels.
  static TimeScale fit(Interval span, double width);
  [[nodiscard]] double px(TimeNs t) const { return static_cast<double>((t - start_).ns) / ns_per_px_; }
  [[nodiscard]] TimeNs time(double px) const;
  [[nodiscard]] TimeNs start() const { return start_; }
  [[nodiscard]] double ns_per_px() const { return ns_per_px_; }
  // factor > 1 zooms in. The time under `at_px` stays there. Limits: 10 ns a pixel, and 20 times `whole` over `width`.
  [[nodiscard]] TimeScale zoomed(double at_px, double factor, Interval whole, double width) const;
  // Moves by pixels; at least a tenth of the width stays on `whole`.
  [[nodiscard]] TimeScale panned(double dx_px, Interval whole, double width) const;
  [[nodiscard]] Interval visible(double width) const { return {time(0), time(width)}; }

 private:
  TimeNs start_;
  double ns_per_px_ = 1e9;
};

struct View {
  TimeScale scale;
  double width = 1000;  // of the lane area, without labels
  double height = 600;
  double scroll_y = 0;
  std::optional<int> zone_offset_minutes = {};  // of the ruler; nullopt: as the scene says
  bool twelve_hours = false;                    // the ruler says "2:41 PM"
};

// Pixels; the drawing side scales them with the DPI before asking.
struct Metrics {
  double app_height = 26, lane_height = 24, task_height = 22, gap = 2;
  double bar_inset = 5;  // above and below a bar
  double mark_size = 13;
  double min_tick_px = 110;
  std::function<double(std::string_view)> text_width;  // required
};

struct Box {
  double x0 = 0, y0 = 0, x1 = 0, y1 = 0;
  [[nodiscard]] bool contains(double x, double y) const { return x0 <= x && x < x1 && y0 <= y && y < y1; }
};

struct PlacedLane {
  std::uint32_t lane = 0;
  double y0 = 0, y1 = 0;
};
struct PlacedBar {
  Box box;
  BarStyle style = BarStyle::task_created;
  std::uint32_t bar = 0;  // first one, when merged
  std::uint32_t merged = 1;
  bool open_end = false;
  std::string label;  // "": does not fit
};
struct PlacedMark {
  double x = 0, y = 0;        // centre
  std::uint32_t mark = 0;     // the gravest, when grouped
  std::uint32_t grouped = 1;  // how many marks stand here
};
struct PlacedGhost {
  Box box;
  std::uint32_t ghost = 0;
  std::string label;  // "": does not fit
  double label_x = 0;
};
struct PlacedHatch {
  Box box;
  std::uint32_t hatch = 0;
};
struct PlacedArrow {
  double x0 = 0, y0 = 0, x1 = 0, y1 = 0;
  std::uint32_t arrow = 0;
};
struct Tick {
  double x = 0;
  std::string label;  // "14:41:03"
  std::string date;   // "18 Nov 2026" where the day begins or the view starts; else ""
};

struct Layout {
  std::vector<PlacedLane> lanes;  // visible ones
  std::vector<PlacedHatch> hatches;
  std::vector<PlacedBar> bars;
  std::vector<PlacedArrow> arrows;
  std::vector<PlacedGhost> ghosts;
  std::vector<PlacedMark> marks;
  std::vector<Tick> ticks;
  double content_height = 0;  // of all lanes
};

Layout make_layout(const Scene& scene, const View& view, const Metrics& metrics);

// What lies under a point: marks before ghosts before bars before lanes.
struct Hit {
  std::uint32_t lane = kNoLane;
  std::optional<std::uint32_t> mark, ghost, bar, hatch;  // indices into the scene
};
Hit hit_test(const Layout& layout, const Metrics& metrics, double x, double y);

// Scroll position that shows a lane, as near to the present one as possible.
double scroll_to_lane(const Scene& scene, const View& view, const Metrics& metrics, std::uint32_t lane);

}  // namespace uptrail::timeline
