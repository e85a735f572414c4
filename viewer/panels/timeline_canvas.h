// Internal to this folder: what the painters of the timeline share.
#pragma once

#include <algorithm>
#include <cmath>

#include "viewer/panels/panels.h"

namespace uptrail::viewer {

// The area of the lanes on the screen; a layout counts from its upper left corner.
struct LaneCanvas {
  LaneCanvas(const UiState& state, const Ui& ui, const Rect& area)
      : scene_(state.data->scene), state_(state), ui_(ui), area_(area), list_(*ImGui::GetWindowDrawList()) {}

  [[nodiscard]] float x_of(double x) const { return area_.min.x + static_cast<float>(x); }
  [[nodiscard]] float y_of(double y) const { return area_.min.y + static_cast<float>(y); }
  [[nodiscard]] Rect rect_of(const timeline::Box& b) const {
    return {{std::round(x_of(b.x0)), std::round(y_of(b.y0))},
            {std::max(std::round(x_of(b.x1)), std::round(x_of(b.x0)) + 1), std::round(y_of(b.y1))}};
  }

  const timeline::Scene& scene_;
  const UiState& state_;
  const Ui& ui_;
  Rect area_;
  ImDrawList& list_;
};

// How many marks stand in one place is said right of them; 0: nothing is said.
float badge_width(const Ui& ui, std::uint32_t grouped);

// Marks, ghosts, arrows and what is uncertain: everything that stands in front of the bars.
class MarkPainter : LaneCanvas {
 public:
  using LaneCanvas::LaneCanvas;
  void paint(const timeline::Layout& layout);

 private:
  void whisker(const timeline::PlacedWhisker& w);
  void arrow(const timeline::PlacedArrow& a);
  void ghost(const timeline::PlacedGhost& placed);
  void ghost_chip(const timeline::PlacedGhost& placed, const timeline::PlacedLane& lane, const timeline::Layout& layout);
  void mark(const timeline::PlacedMark& placed);
  void badges(const timeline::Layout& layout, timeline::Range marks);
  void beyond(const timeline::PlacedBeyond& placed);
  [[nodiscard]] ImU32 ink_for(const timeline::Mark& m) const;
  [[nodiscard]] bool is_chosen(const timeline::Mark& m) const;
  // Of a finding that the filter or the notes leave out.
  [[nodiscard]] bool is_out(FindingId id) const;
};

}  // namespace uptrail::viewer
