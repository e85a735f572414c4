// Scene -> rectangles, labels and ticks in pixels for one view. Pure: the same scene and view give the same layout. Cost follows
// what is visible: rows off screen are never looked at, and what is narrower than a pixel is merged, the gravest in front.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collector/timeline/lane_order.h"
#include "collector/timeline/level_of_detail.h"
#include "collector/timeline/scene.h"
#include "collector/timeline/time_scale.h"

namespace uptrail::timeline {

struct View {
  TimeScale scale;
  double width = 1000;  // of the lane area, without labels
  double height = 600;
  double scroll_y = 0;
  std::optional<int> zone_offset_minutes = {};  // of the ruler; nullopt: as the scene says
  bool twelve_hours = false;                    // the ruler says "2:41 PM"
  std::uint32_t focus = kNoLane;                // the lane whose arrow to its callback is shown
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

// Positions in the lists of a Layout.
struct Range {
  std::uint32_t from = 0, to = 0;
};
struct PlacedLane {
  std::uint32_t lane = 0;
  double y0 = 0, y1 = 0;
  bool folded = false;  // others are hidden below it
  Range bars, marks, ghosts;
};
struct PlacedBar {
  Box box;
  BarStyle style = BarStyle::task_created;
  std::uint32_t bar = 0;     // the gravest, when merged
  std::uint32_t merged = 1;  // how many bars this one stands for
  bool open_end = false;
  std::string_view label;  // of the scene; "": does not fit
};
struct PlacedMark {
  double x = 0, y = 0;        // centre
  std::uint32_t mark = 0;     // the gravest, when grouped
  std::uint32_t grouped = 1;  // how many marks stand here
};
struct PlacedGhost {
  Box box;
  std::uint32_t ghost = 0;
  std::string_view label;  // of the scene; "": does not fit
  double label_x = 0;
};
struct PlacedHatch {
  Box box;
  std::uint32_t hatch = 0;
};
struct PlacedArrow {
  double x0 = 0, y0 = 0, x1 = 0, y1 = 0;
  std::uint32_t arrow = kNoLane;  // kNoLane: from the end in the daemon to the callback, of the focused lane
};
// How many tasks of a folded lane were alive at once: one step.
struct PlacedDensity {
  Box box;
  std::uint32_t alive = 0;
};
// A task or upload of which nothing is in sight: where it lies. At the left or right edge of its lane.
struct PlacedBeyond {
  Box box;
  std::uint32_t lane = 0;
  bool before = false;  // it lies before the view, else behind
};
// A time that may be off by as much as this spans.
struct PlacedWhisker {
  double x0 = 0, x1 = 0, y = 0;
};
struct Tick {
  double x = 0;
  std::string label;  // "14:41:03"
  std::string date;   // "18 Nov 2026" where the day begins or the view starts; else ""
};
// A folded stretch: what is drawn over it says how long it is.
struct PlacedFold {
  double x0 = 0, x1 = 0;
  std::string label;  // "9 h 12 min"; "": does not fit
};

struct Layout {
  std::vector<PlacedLane> lanes;  // visible ones, from top to bottom
  std::vector<PlacedHatch> hatches;
  std::vector<PlacedDensity> densities;
  std::vector<PlacedBar> bars;  // by lane; within it the narrow ones last, in front
  std::vector<PlacedArrow> arrows;
  std::vector<PlacedWhisker> whiskers;
  std::vector<PlacedBeyond> beyond;
  std::vector<PlacedGhost> ghosts;
  std::vector<PlacedMark> marks;
  std::vector<Tick> ticks;
  std::vector<PlacedFold> folds;
  double content_height = 0;  // of all rows
};

// What there is to lay out. `detail` nullptr: every bar and mark of a visible lane is looked at; the layout is the same.
struct Picture {
  const Scene& scene;
  const LaneRows& rows;
  const std::map<std::uint32_t, Folded>& folded;
  const LevelOfDetail* detail = nullptr;
};
// What is returned keeps texts of the scene.
Layout make_layout(const Picture& picture, const View& view, const Metrics& metrics);
// All lanes in the order of the scene.
Layout make_layout(const Scene& scene, const View& view, const Metrics& metrics);

// What lies under a point: marks before ghosts before bars before lanes.
struct Hit {
  std::uint32_t lane = kNoLane;
  bool beyond = false;                                   // the sign that the lane's things are out of sight
  std::optional<std::uint32_t> mark, ghost, bar, hatch;  // indices into the scene
  std::uint32_t merged = 1;                              // bars under the point that one pixel stands for
};
Hit hit_test(const Layout& layout, const Metrics& metrics, double x, double y);

// Scroll position that shows a lane, as near to the present one as possible.
double scroll_to_lane(const LaneRows& rows, const View& view, const Metrics& metrics, std::uint32_t lane);

}  // namespace uptrail::timeline
