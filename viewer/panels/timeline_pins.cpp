// What search, notes and the log point at on the timeline.
#include <algorithm>
#include <cmath>

#include "viewer/panels/timeline_paint.h"
#include "viewer/panels/verdict.h"

namespace uptrail::viewer {

namespace {

// Marks of one kind stand at most once a pixel, so that thousands of results cost no more than the width.
class Pins {
 public:
  Pins(const Ui& ui, const TimelineFrame& frame, const timeline::TimeScale& scale)
      : ui_(ui), frame_(frame), scale_(scale), taken_(static_cast<std::size_t>(std::max(1.0F, frame.lanes.width())) + 1, false) {}

  void search(TimeNs t) {
    const auto x = place(t);
    if (!x) return;
    const float half = ui_.theme.px(1);
    list_.AddRectFilled({*x - half, frame_.ruler.max.y - ui_.theme.px(9)}, {*x + half, frame_.ruler.max.y},
                        ui_.color(Color::log_current_edge));
    list_.AddRectFilled({*x, frame_.lanes.min.y}, {*x + 1, frame_.lanes.max.y}, faded(ui_.color(Color::log_current_edge), 0.22F));
  }

  void picked(TimeNs t, const std::string& text) {
    const double at = scale_.px(t);
    if (at < 0 || at >= frame_.lanes.width()) return;
    const float x = std::round(frame_.lanes.min.x + static_cast<float>(at));
    const float half = ui_.theme.px(1);
    list_.AddRectFilled({x - half, frame_.ruler.max.y}, {x + half, frame_.lanes.max.y}, ui_.color(Color::log_current_edge));
    const float width = chip_width(ui_, text);
    const float from = std::clamp(x - width / 2, frame_.ruler.min.x, std::max(frame_.ruler.min.x, frame_.ruler.max.x - width));
    chip(list_, ui_, from, frame_.ruler.max.y - ui_.theme.px(11), text, ui_.theme.ink_on(ui_.color(Color::log_current_edge)),
         ui_.color(Color::log_current_edge));
  }

  // A small flag on the upper edge of the ruler.
  void note(TimeNs t) {
    const auto x = place(t);
    if (!x) return;
    const float top = frame_.ruler.min.y + ui_.theme.px(3);
    const float w = ui_.theme.px(9);
    const float h = ui_.theme.px(8);
    list_.AddRectFilled({*x, top}, {*x + ui_.theme.px(1.5F), frame_.ruler.max.y}, ui_.color(Color::accent));
    list_.AddTriangleFilled({*x, top}, {*x + w, top + h / 2}, {*x, top + h}, ui_.color(Color::accent));
  }

  void next_kind() { std::fill(taken_.begin(), taken_.end(), false); }

 private:
  std::optional<float> place(TimeNs t) {
    const double at = scale_.px(t);
    if (at < 0 || at >= frame_.lanes.width()) return std::nullopt;
    const auto pixel = static_cast<std::size_t>(at);
    if (taken_[pixel]) return std::nullopt;
    taken_[pixel] = true;
    return std::round(frame_.lanes.min.x + static_cast<float>(at));
  }

  const Ui& ui_;
  const TimelineFrame& frame_;
  const timeline::TimeScale& scale_;
  std::vector<bool> taken_;
  ImDrawList& list_ = *ImGui::GetWindowDrawList();
};

}  // namespace

void paint_pins(const UiState& state, const Ui& ui, const TimelineFrame& frame, const timeline::TimeScale& scale) {
  Pins pins(ui, frame, scale);
  ImGui::GetWindowDrawList()->PushClipRect({frame.ruler.min.x, frame.ruler.min.y}, frame.lanes.max, true);
  if (state.search.result) {
    for (const SearchHit& hit : state.search.result->hits) {
      if (hit.t) pins.search(*hit.t);
    }
  }
  pins.next_kind();
  for (const Note& note : state.notes.notes) {
    if (note.t) pins.note(*note.t);
  }
  if (state.event && state.event->event.t_src) {
    pins.picked(state.event->event.t, std::string(kind_name(state.event->event.kind)));
  }
  ImGui::GetWindowDrawList()->PopClipRect();
}

}  // namespace uptrail::viewer
