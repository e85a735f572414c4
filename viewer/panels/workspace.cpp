// Tiles the panels over the display, with splitters between them, and listens to the keys that work everywhere.
#include <algorithm>
#include <cmath>

#include "collector/base/text.h"
#include "viewer/panels/panels.h"
#include "viewer/panels/verdict.h"

namespace uptrail::viewer {

namespace {

using Which = MoveSplitter::Which;

// `whole` is what the share divides; `vertical`: the line stands upright.
void splitter(const Ui& ui, const char* id, const Rect& rect, const Rect& whole, bool vertical, Which which) {
  ImGui::SetCursorScreenPos(rect.min);
  ImGui::InvisibleButton(id, {std::max(1.0F, rect.width()), std::max(1.0F, rect.height())});
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

void draw_tiles(const UiState& state, const Ui& ui, const Rect& area) {
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

void handle_keys(const UiState& state, const Ui& ui) {
  const ImGuiIO& io = ImGui::GetIO();
  if (io.WantTextInput || io.KeyCtrl || io.KeySuper || io.KeyAlt) return;
  if (key_pressed(Key::escape)) ui.act(GoBack{});
  if (key_pressed(Key::t)) ui.act(ToggleTheme{});
  for (const ImWchar c : io.InputQueueCharacters) {
    if (c == '?') ui.act(ToggleHelp{});
  }
  if (!state.data) return;
  if (key_pressed(Key::n, true)) ui.act(StepCause{1});
  if (key_pressed(Key::p, true)) ui.act(StepCause{-1});
  if (key_pressed(Key::f)) ui.act(FrameSelection{});
  if (key_pressed(Key::zero)) ui.act(FrameWhole{});
}

void draw_status_bar(const UiState& state, const Ui& ui, const Rect& rect) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float middle = (rect.min.y + rect.max.y) / 2;
  const float pad = ui.size(Size::padding);
  const std::string keys = "n / p causes    F frame    0 whole    wheel zoom    drag pan    ? keys";
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

void draw_help(const Ui& ui, const Rect& rect) {
  struct Row {
    const char* keys;
    const char* what;
  };
  constexpr Row kRows[] = {{"n  p", "next, previous cause"},
                           {"F", "frame what is selected"},
                           {"0", "show the whole capture"},
                           {"Esc", "back: selection, then view"},
                           {"W  S", "zoom in, out"},
                           {"A  D", "pan left, right"},
                           {"wheel", "zoom at the cursor"},
                           {"Shift + wheel", "pan"},
                           {"Ctrl + wheel", "scroll the lanes"},
                           {"drag", "pan and scroll"},
                           {"T", "dark or light"},
                           {"?", "this list"}};
  const float row = ui.theme.px(26);
  const float width = ui.theme.px(400);
  const float height = ui.theme.px(64) + row * static_cast<float>(std::size(kRows));
  const ImVec2 c = rect.centre();
  const Rect box{{std::round(c.x - width / 2), std::round(c.y - height / 2)},
                 {std::round(c.x + width / 2), std::round(c.y + height / 2)}};
  ImDrawList& list = *ImGui::GetForegroundDrawList();
  list.AddRectFilled(rect.min, rect.max, IM_COL32(0, 0, 0, 120));
  list.AddRectFilled(box.min, box.max, ui.color(Color::raised), ui.theme.px(10));
  list.AddRect(box.min, box.max, ui.color(Color::border), ui.theme.px(10));
  ui.mark("help-box", box);
  text_at(list, ui.fonts.heading, box.min.x + ui.theme.px(24), box.min.y + ui.theme.px(28), ui.color(Color::text), "Keys");
  float y = box.min.y + ui.theme.px(62);
  for (const Row& r : kRows) {
    text_at(list, ui.fonts.mono, box.min.x + ui.theme.px(24), y, ui.color(Color::accent), r.keys);
    text_at(list, ui.fonts.body, box.min.x + ui.theme.px(150), y, ui.color(Color::text), r.what);
    y += row;
  }
}

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
  const Rect all{{0, 0}, display};
  const float top = ui.size(Size::top_bar);
  const float bottom = display.y - ui.size(Size::status_bar);
  draw_top_bar(state, ui, {{gap, gap}, {display.x - gap, gap + top}});
  const Rect area{{gap, 2 * gap + top}, {display.x - gap, bottom}};
  if (state.data) {
    draw_tiles(state, ui, area);
  } else {
    draw_empty(state, ui, area);
  }
  draw_status_bar(state, ui, {{0, bottom}, display});
  if (state.help) draw_help(ui, all);
  ImGui::PopFont();
  ImGui::End();
}

}  // namespace uptrail::viewer
