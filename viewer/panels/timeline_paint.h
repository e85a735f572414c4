// Draws one layout of the timeline. Knows colours and pixels, nothing about input.
#pragma once

#include "viewer/panels/panels.h"

namespace uptrail::viewer {

struct TimelineFrame {
  Rect minimap;  // the whole case, above the ruler
  Rect labels;   // the names of the lanes
  Rect lanes;    // where time runs
  Rect ruler;    // above the lanes
  Rect legend;   // below
};

timeline::Metrics timeline_metrics(const Ui& ui);

// What says the same as the colour of a bar.
enum class BarPattern : std::uint8_t { solid, thin, dots, stripes, cross };
BarPattern bar_pattern(timeline::BarStyle style);

// The line above the timeline: the part that is shown, clocks that are in doubt, switches.
void draw_timeline_header(const UiState& state, const Ui& ui, const timeline::View& view);

void paint_lanes(const UiState& state, const Ui& ui, const TimelineFrame& frame, const timeline::Layout& layout,
                 std::uint32_t hovered, const timeline::TimeScale& scale);
void paint_labels(const UiState& state, const Ui& ui, const TimelineFrame& frame, const timeline::Layout& layout,
                  std::uint32_t hovered);
void paint_ruler(const Ui& ui, const TimelineFrame& frame, const timeline::Layout& layout);
// What search, notes and the log point at: marks on the ruler, and a line at the event of the current raw line.
void paint_pins(const UiState& state, const Ui& ui, const TimelineFrame& frame, const timeline::TimeScale& scale);
// What the bars in `layout` mean.
void paint_legend(const UiState& state, const Ui& ui, const Rect& rect, const timeline::Layout& layout);
// Events and findings of the whole case, with the part that is shown framed.
void paint_minimap(const UiState& state, const Ui& ui, const TimelineFrame& frame, const timeline::TimeScale& scale,
                   double width);

}  // namespace uptrail::viewer
