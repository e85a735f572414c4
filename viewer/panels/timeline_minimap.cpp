// The whole case in one strip: how much was logged when, where findings lie, and which part the timeline shows.
#include <algorithm>
#include <cmath>

#include "viewer/panels/timeline_paint.h"

namespace uptrail::viewer {

namespace {

constexpr float kStep = 3;  // pixels a column

void paint_columns(const Ui& ui, const Rect& r, const std::vector<timeline::Column>& columns) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  std::uint64_t most_events = 1;
  std::uint32_t most_alive = 1;
  for (const auto& c : columns) {
    most_events = std::max(most_events, c.events);
    most_alive = std::max(most_alive, c.alive);
  }
  const float step = ui.theme.px(kStep);
  const float foot = r.max.y - ui.theme.px(4);
  const float room = r.height() - ui.theme.px(15);
  const auto part = [&](double value, double most) {
    return value <= 0 ? 0.0F : std::max(2.0F, room * static_cast<float>(std::log2(1 + value) / std::log2(1 + most)));
  };
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const float x = r.min.x + static_cast<float>(i) * step;
    const timeline::Column& c = columns[i];
    if (c.events > 0)
      list.AddRectFilled({x, foot - part(static_cast<double>(c.events), static_cast<double>(most_events))}, {x + step - 1, foot},
                         ui.color(Color::grid_strong));
    if (c.alive > 0)
      list.AddRectFilled({x, foot - part(c.alive, most_alive) * 0.45F}, {x + step - 1, foot},
                         faded(ui.color(Color::bar_task_transferring), 0.8F));
  }
  // Findings stand above, one sign for those that would overlap: the gravest.
  const float size = ui.theme.px(9);
  const auto wide = static_cast<std::size_t>(std::max(1.0F, std::ceil(size / step)));
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].findings == 0) continue;
    std::optional<Severity> worst;
    std::uint32_t count = 0;
    const std::size_t end = std::min(columns.size(), i + wide);
    for (std::size_t k = i; k < end; ++k) {
      count += columns[k].findings;
      if (columns[k].worst) worst = std::max(worst.value_or(Severity::info), *columns[k].worst);
    }
    const float x = r.min.x + (static_cast<float>(i) + 0.5F) * step;
    const ImU32 ink = ui.theme.severity(worst.value_or(Severity::info));
    list.AddRectFilled({x, r.min.y + size}, {x + 1, foot}, faded(ink, 0.55F));
    draw_icon(list, icon_of(worst.value_or(Severity::info)), {x, r.min.y + size / 2 + ui.theme.px(2)},
              size * (count > 5 ? 1.2F : 1.0F), ink, ui.color(Color::panel));
    i = end - 1;
  }
}

}  // namespace

void paint_minimap(const UiState& state, const Ui& ui, const TimelineFrame& frame, const timeline::TimeScale& scale,
                   double width) {
  const Rect& r = frame.minimap;
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const LoadedCase& data = *state.data;
  const timeline::TimeMap nothing;
  const timeline::TimeMap& map = state.timeline.map ? *state.timeline.map : nothing;
  list.PushClipRect(r.min, r.max, true);
  list.AddRectFilled(r.min, r.max, ui.color(Color::field));
  const auto count = static_cast<std::size_t>(std::max(1.0F, r.width() / ui.theme.px(kStep)));
  paint_columns(ui, r, timeline::make_columns(data.scene, data.overview, map, count));
  const timeline::TimeScale whole = timeline::TimeScale::fit(data.scene.whole, r.width(), state.timeline.map);
  const Interval seen = scale.visible(width);
  const float x0 = std::max(r.min.x, std::round(r.min.x + static_cast<float>(whole.px(seen.start))));
  const float x1 = std::min(r.max.x, std::max(x0 + ui.theme.px(3), std::round(r.min.x + static_cast<float>(whole.px(seen.end)))));
  const ImU32 veil = faded(ui.color(Color::window), 0.6F);
  list.AddRectFilled(r.min, {x0, r.max.y}, veil);
  list.AddRectFilled({x1, r.min.y}, r.max, veil);
  list.AddRect({x0, r.min.y}, {x1, r.max.y}, ui.color(Color::accent), ui.theme.px(2));
  for (const timeline::Fold& fold : map.folds()) {
    const auto at = static_cast<float>((whole.px(fold.span.start) + whole.px(fold.span.end)) / 2);
    const float x = std::round(r.min.x + at);
    for (const float dx : {-2.0F, 2.0F}) {
      list.AddLine({x + ui.theme.px(dx) - ui.theme.px(1), r.max.y}, {x + ui.theme.px(dx) + ui.theme.px(1), r.min.y},
                   ui.color(Color::arrow), 1);
    }
  }
  list.PopClipRect();
  ui.mark("minimap", r);
  text_at(list, ui.fonts.small, frame.labels.min.x + ui.size(Size::padding), r.centre().y, ui.color(Color::text_faint),
          "whole case");
}

}  // namespace uptrail::viewer
