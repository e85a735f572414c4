// What the mouse and the keys do to the view of the timeline.
#pragma once

#include "viewer/panels/timeline_paint.h"

namespace uptrail::viewer {

enum class DragMode : std::uint8_t { none, pan, box, measure, minimap };

struct TimelineInput {
  timeline::View view;  // as the user wants it now
  DragMode drag = DragMode::none;
  std::optional<Interval> box;  // of a box zoom under way
  bool released = false;        // the button went up without a drag: a click
};

// Call behind the invisible button over the whole of `frame`. `content`: height of all rows.
TimelineInput read_timeline_input(const UiState& state, const Ui& ui, const TimelineFrame& frame, const timeline::View& view,
                                  double content, bool hovered);
// Collapses or opens.
void toggle_lane(const UiState& state, const Ui& ui, std::uint32_t lane);
void toggle_pin(const UiState& state, const Ui& ui, std::uint32_t lane);

}  // namespace uptrail::viewer
