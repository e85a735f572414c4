// Tiles the panels over the display, with splitters between them, and listens to the keys that work everywhere.
#include <algorithm>
#include <cmath>

#include "collector/base/text.h"
#include "viewer/load/names.h"
#include "viewer/panels/panels.h"
#include "viewer/panels/verdict.h"

namespace uptrail::viewer {

namespace {

using Which = MoveSplitter::Which;

// `whole` is what the share divides; `vertical`: the line stands upright.
void splitter(const Ui& ui, const char* id, const Rect& rect, const Rect& whole, bool vertical, Which which) {
  ImGui::SetCursorScreenPos(rect.min);
  click_area(id, {std::max(1.0F, rect.width()), std::max(1.0F, rect.height())});
  ui.mark(id, rect);
  if (ImGui::IsItemHovered() || ImGui::IsItemActive()) {
    ImGui::SetMouseCursor(vertical ? ImGuiMouseCursor_ResizeEW : ImGuiMouseCursor_ResizeNS);
    const ImVec2 c = rect.centre();
    const float half = ui.theme.px(1);
    ImDrawList& list = *ImGui::GetWindowDrawList();
    if (vertical) {
      list.AddRectFilled({c.x - half, rect.min.y}, {c.x + half, rect.max.y}, ui.color(Color::splitter_hover));
    } else {
      list.AddRectFilled({rect.min.x, c.y - half}, {rect.max.x, c.y + half}, ui.color(Color::splitter_hover));
    }
  }
  if (!ImGui::IsItemActive() || !ImGui::IsMouseDragging(ImGuiMouseButton_Left, 0)) return;
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  ui.act(MoveSplitter{which, vertical ? (mouse.x - whole.min.x) / whole.width() : (mouse.y - whole.min.y) / whole.height()});
}

struct Halves {
  Rect first, between, second;
};

Halves cut(const Rect& r, float share, float gap, bool vertical_line) {
  if (vertical_line) {
    const float x = std::round(r.min.x + r.width() * share);
    return {{r.min, {x - gap / 2, r.max.y}}, {{x - gap / 2, r.min.y}, {x + gap / 2, r.max.y}}, {{x + gap / 2, r.min.y}, r.max}};
  }
  const float y = std::round(r.min.y + r.height() * share);
  return {{r.min, {r.max.x, y - gap / 2}}, {{r.min.x, y - gap / 2}, {r.max.x, y + gap / 2}}, {{r.min.x, y + gap / 2}, r.max}};
}

// A table needs room: the SQL panel and the stores take a part of the whole row below, and the details and the log share the
// rest.
void draw_wide_tiles(const UiState& state, const Ui& ui, const Rect& area) {
  const float gap = ui.size(Size::splitter);
  const Splitters& s = state.splitters;
  const Halves rows = cut(area, s.timeline, gap, false);
  const Halves above = cut(rows.first, s.left, gap, true);
  const Halves below = cut(rows.second, s.query, gap, true);
  const Halves right = cut(below.second, s.details, gap, true);
  draw_causes(state, ui, above.first);
  draw_timeline(state, ui, above.second);
  draw_uploads(state, ui, below.first);
  draw_details(state, ui, right.first);
  draw_log(state, ui, right.second);
  splitter(ui, "split-timeline", rows.between, area, false, Which::timeline);
  splitter(ui, "split-left", above.between, rows.first, true, Which::left);
  splitter(ui, "split-query", below.between, rows.second, true, Which::query);
  splitter(ui, "split-details", right.between, below.second, true, Which::details);
}

void draw_tiles(const UiState& state, const Ui& ui, const Rect& area) {
  if (state.left_tab == LeftTab::query || state.left_tab == LeftTab::stores) return draw_wide_tiles(state, ui, area);
  const float gap = ui.size(Size::splitter);
  const Splitters& s = state.splitters;
  const Halves columns = cut(area, s.left, gap, true);
  const Halves left = cut(columns.first, s.causes, gap, false);
  const Halves right = cut(columns.second, s.timeline, gap, false);
  const Halves below = cut(right.second, s.details, gap, true);
  draw_causes(state, ui, left.first);
  draw_uploads(state, ui, left.second);
  draw_timeline(state, ui, right.first);
  draw_details(state, ui, below.first);
  draw_log(state, ui, below.second);
  splitter(ui, "split-left", columns.between, area, true, Which::left);
  splitter(ui, "split-causes", left.between, columns.first, false, Which::causes);
  splitter(ui, "split-timeline", right.between, columns.second, false, Which::timeline);
  splitter(ui, "split-details", below.between, right.second, true, Which::details);
}

}  // namespace

void draw_status_bar(const UiState& state, const Ui& ui, const Rect& rect) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float middle = (rect.min.y + rect.max.y) / 2;
  const float pad = ui.size(Size::padding);
  const std::string keys = "n / p causes    F frame    0 whole    Ctrl+F search    Ctrl+P commands    ? keys";
  const float keys_w = text_width(ui.fonts.small, keys);
  if (state.data) text_at(list, ui.fonts.small, rect.max.x - pad - keys_w, middle, ui.color(Color::text_faint), keys);
  std::string text;
  Color ink = Color::text_faint;
  if (state.data && state.load.phase == LoadPhase::loading) {
    text = "Opening: " + state.load.what;
    ink = Color::accent;
  } else if (state.data && state.load.phase == LoadPhase::failed) {
    text = state.load.error.text();
    ink = Color::error;
  } else if (state.data && state.compare_load.phase == LoadPhase::loading) {
    text = "Opening to compare: " + state.compare_load.what;
    ink = Color::accent;
  } else if (state.data && state.compare_load.phase == LoadPhase::failed) {
    text = "Not compared: " + state.compare_load.error.text();
    ink = Color::error;
  } else if (!state.message.empty()) {
    text = state.message;
    ink = state.message_bad ? Color::error : Color::accent;
  } else if (state.data && !state.data->unused.empty()) {
    text = file_name(state.data->unused.front().path) + " was not used: " + state.data->unused.front().error.message;
    ink = Color::warning;
  } else if (state.data) {
    const Derived& d = state.data->derived;
    text = count_of(state.data->event_count, "event", "events") + ", " + count_of(d.tasks.size(), "task", "tasks") + ", " +
           count_of(d.sessions.size(), "session", "sessions") + ", " + count_of(d.epochs.size(), "process", "processes");
  }
  text_at(list, ui.fonts.small, rect.min.x + pad, middle, ui.color(ink),
          elided(ui.fonts.small, text, rect.width() - 3 * pad - keys_w));
}

namespace {

void draw_overlay(const UiState& state, const Ui& ui) {
  switch (state.overlay) {
    case Overlay::none:
      return;
    case Overlay::keys:
      return draw_keys_overlay(ui);
    case Overlay::palette:
      return draw_palette(state, ui);
    case Overlay::settings:
      return draw_settings(state, ui);
    case Overlay::not_a_problem:
      return draw_not_a_problem(state, ui);
    case Overlay::note:
      return draw_note_dialog(state, ui);
    case Overlay::compare:
      return draw_compare_dialog(state, ui);
  }
}

}  // namespace

void draw_workspace(const UiState& state, const Ui& ui) {
  const ImVec2 display = ImGui::GetIO().DisplaySize;
  ImGui::SetNextWindowPos({0, 0});
  ImGui::SetNextWindowSize(display);
  ImGui::Begin("Uptrail", nullptr,
               ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
                   ImGuiWindowFlags_NoBringToFrontOnFocus | ImGuiWindowFlags_NoNav | ImGuiWindowFlags_NoScrollWithMouse);
  push_font(ui.fonts.body.font, ui.fonts.body.size);
  handle_keys(state, ui);
  const float gap = ui.size(Size::splitter);
  const float top = ui.size(Size::top_bar);
  const float bottom = display.y - ui.size(Size::status_bar);
  const bool compares = state.data && state.compare;  // then each of the two says its own outcome
  if (!compares) draw_top_bar(state, ui, {{gap, gap}, {display.x - gap, gap + top}});
  Rect area{{gap, 2 * gap + top}, {display.x - gap, bottom}};
  if (compares) {
    draw_comparison(state, ui, {{gap, gap}, area.max});
  } else if (state.data) {
    const float filters = ui.theme.px(40);
    draw_filter_bar(state, ui, {area.min, {area.max.x, area.min.y + filters}});
    area.min.y += filters + gap;
    draw_tiles(state, ui, area);
  } else {
    draw_empty(state, ui, area);
  }
  draw_status_bar(state, ui, {{0, bottom}, display});
  ImGui::PopFont();
  ImGui::End();
  draw_overlay(state, ui);
}

}  // namespace uptrail::viewer
