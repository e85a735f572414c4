// The header of the timeline: what is shown, and switches for its lanes.
#include <utility>
#include <vector>

#include "collector/timeline/lane_order.h"
#include "viewer/load/names.h"
#include "viewer/panels/controls.h"
#include "viewer/panels/timeline_paint.h"
#include "viewer/panels/verdict.h"

namespace uptrail::viewer {

namespace {

constexpr float kLaneFilter = 118;

struct HeaderSwitch {
  const char* id;
  std::string text;
  bool on = false;
  const char* tip = "";
};

bool header_switch(const Ui& ui, float& right, float middle, const HeaderSwitch& what) {
  const float width = chip_width(ui, what.text);
  right -= width;
  ImGui::SetCursorScreenPos({right, middle - ui.theme.px(10)});
  const bool clicked = click_area(what.id, {width, ui.theme.px(20)});
  const bool hovered = ImGui::IsItemHovered();
  if (hovered) ImGui::SetTooltip("%s", what.tip);
  const ImU32 ground = hovered ? ui.color(Color::card_hover) : ui.color(what.on ? Color::accent_soft : Color::raised);
  chip(*ImGui::GetWindowDrawList(), ui, right, middle, what.text, ui.color(what.on ? Color::accent : Color::text_muted), ground);
  ui.mark(what.id, {{right, middle - ui.theme.px(10)}, {right + width, middle + ui.theme.px(10)}});
  right -= ui.theme.px(6);
  return clicked;
}

struct LaneSwitch {
  HeaderSwitch look;
  LaneStep step;
};

// From right to left; the first ones stay longest where there is no room for all.
std::vector<LaneSwitch> lane_switches(const UiState& state) {
  std::vector<LaneSwitch> all;
  const timeline::LaneChoice& choice = state.timeline.choice;
  const auto offer = [&](HeaderSwitch what, LaneStep step) { all.push_back({std::move(what), step}); };
  if (!state.data->overview.folds.empty()) {
    offer({"timeline-fold", "fold idle time", state.timeline.fold_idle,
           "Y: long stretches in which nothing happens take a torn band"},
          LaneStep::fold_idle);
  }
  offer({"timeline-problems", "only with findings", choice.only_findings, "J: tasks and uploads without a finding are left out"},
        LaneStep::only_findings);
  offer({"timeline-sort", "sort: " + std::string(timeline::lane_sort_name(choice.sort)), choice.sort != timeline::LaneSort::time,
         "O: time, duration, severity, size"},
        LaneStep::sort);
  offer({"timeline-collapse", choice.collapsed.empty() ? "fold all" : "open all", false,
         "Shift+C: all sessions; C: the selected one"},
        LaneStep::collapse_all);
  if (!choice.hidden.empty()) {
    offer({"timeline-hidden", "show hidden (" + std::to_string(choice.hidden.size()) + ")", true, "Shift+H"},
          LaneStep::show_hidden);
  }
  return all;
}

// Returns where it begins.
float lane_filter(const UiState& state, const Ui& ui, float right, float middle) {
  const timeline::LaneChoice& choice = state.timeline.choice;
  const float width = ui.theme.px(kLaneFilter);
  const Rect field{{right - width, middle - ui.theme.px(10)}, {right, middle + ui.theme.px(10)}};
  const FieldDone done = text_field(ui, "lane-filter", field, choice.filter,
                                    {"filter lanes", &ui.fonts.small, state.wants_focus == Field::lanes, true});
  if (done.text && *done.text != choice.filter) {
    timeline::LaneChoice to = choice;
    to.filter = *done.text;
    ui.act(ChooseLanes{std::move(to)});
  }
  return field.min.x;
}

// From `left` on; what finds no room is left out, keys and the palette do the same. Returns where they begin.
float header_switches(const UiState& state, const Ui& ui, const Rect& header, float left) {
  const float middle = header.centre().y;
  const float gap = ui.theme.px(6);
  float right = header.max.x - ui.theme.px(10);
  const auto all = lane_switches(state);
  float wanted = ui.theme.px(kLaneFilter);
  for (const LaneSwitch& s : all) wanted += chip_width(ui, s.look.text) + gap;
  const bool tight = right - wanted < left;
  if (tight && right - ui.theme.px(kLaneFilter) < left) return right;
  if (tight) right = lane_filter(state, ui, right, middle) - gap;
  for (const LaneSwitch& s : all) {
    if (right - chip_width(ui, s.look.text) < left) return right;
    if (header_switch(ui, right, middle, s.look)) ui.act(DoLanes{s.step});
  }
  return tight ? right : lane_filter(state, ui, right, middle);
}

// Sources whose clock floats, or may be off by more than two files usually are: said where times are read.
std::string clock_note(const LoadedCase& data) {
  std::string out;
  for (const Stream& s : data.streams) {
    const Source* source = data.source(s.source);
    if (source == nullptr || (s.placed && s.uncertainty <= seconds(2))) continue;
    const std::string name = file_name(source->path);
    if (out.find(name) != std::string::npos) continue;
    out += (out.empty() ? "" : ", ") + name + (s.placed ? " ±" + format_duration(s.uncertainty) : " floats");
  }
  return out.empty() ? out : "  ·  clock: " + out;
}

// Which of two traces this is, and how it came out.
void compared_header(const UiState& state, const Ui& ui) {
  const Rect header = panel_header(ui, "");
  const ImVec2 below = ImGui::GetCursorScreenPos();
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float middle = header.centre().y;
  const bool upper = state.timeline.role == TimelineRole::upper;
  float right = header.max.x - ui.theme.px(10);
  const auto offer = [&](const HeaderSwitch& what, LaneStep step) {
    if (header_switch(ui, right, middle, what)) ui.act(DoLanes{step});
  };
  const timeline::LaneChoice& choice = state.timeline.choice;
  offer({"timeline-problems", "only with findings", choice.only_findings, "Tasks and uploads without a finding are left out"},
        LaneStep::only_findings);
  offer({"timeline-collapse", choice.collapsed.empty() ? "fold all" : "open all", false, "All sessions"}, LaneStep::collapse_all);
  const Derived& d = state.data->derived;
  const ImU32 ground = outcome_color(ui, d.outcome);
  float x = header.min.x + ui.size(Size::padding);
  x = chip(list, ui, x, middle, upper ? "A" : "B", ui.color(Color::accent), ui.color(Color::accent_soft)) + ui.theme.px(9);
  const std::string name = state.data->paths.empty() ? std::string("trace") : file_name(state.data->paths.front());
  x = text_at(list, ui.fonts.heading, x, middle, ui.color(Color::text), elided(ui.fonts.heading, name, ui.theme.px(240))) +
      ui.theme.px(10);
  x = chip(list, ui, x, middle, outcome_word(d.outcome), ui.color(Color::badge_text), ground) + ui.theme.px(10);
  text_at(list, ui.fonts.small, x, middle + ui.theme.px(1), ui.color(Color::text_muted),
          elided(ui.fonts.small, state.lists->verdict, right - ui.theme.px(12) - x));
  ImGui::SetCursorScreenPos(below);
}

}  // namespace

void draw_timeline_header(const UiState& state, const Ui& ui, const timeline::View& view) {
  if (state.timeline.role != TimelineRole::alone) return compared_header(state, ui);
  const Interval seen = view.scale.visible(view.width);
  const std::string note = clock_text(state, seen.start, 0) + " – " + clock_text(state, seen.end, 0) + "  ·  " +
                           format_duration(seen.length()) + " shown" + clock_note(*state.data);
  const Rect header = panel_header(ui, "Timeline");
  const ImVec2 below = ImGui::GetCursorScreenPos();
  const float from = header.min.x + ui.size(Size::padding) + text_width(ui.fonts.heading, "Timeline") + ui.theme.px(10);
  const float end = header_switches(state, ui, header, from);
  text_at(*ImGui::GetWindowDrawList(), ui.fonts.small, from, header.centre().y + ui.theme.px(1), ui.color(Color::text_muted),
          elided(ui.fonts.small, note, end - ui.theme.px(12) - from));
  ImGui::SetCursorScreenPos(below);
}

}  // namespace uptrail::viewer
