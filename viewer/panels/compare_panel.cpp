// Two traces one above the other: the same scale, the first tasks in line, and which uploads ended differently.
#include <algorithm>
#include <array>
#include <cmath>

#include "collector/base/text.h"
#include "viewer/load/names.h"
#include "viewer/panels/compare_state.h"
#include "viewer/panels/controls.h"
#include "viewer/panels/panels.h"
#include "viewer/panels/verdict.h"

namespace uptrail::viewer {

namespace {

constexpr float kLeft = 0.25F;       // of the width
constexpr float kTimelines = 0.66F;  // of the height: both timelines together

struct Look {
  Icon icon = Icon::unknown;
  Color ink = Color::text_faint;
};

Look look_of(UploadOutcome outcome) {
  switch (outcome) {
    case UploadOutcome::affected:
      return {Icon::error, Color::error};
    case UploadOutcome::failed:
      return {Icon::failed, Color::warning};
    case UploadOutcome::cannot_tell:
      return {Icon::unknown, Color::unknown};
    case UploadOutcome::running:
      return {Icon::running, Color::info};
    case UploadOutcome::cancelled:
      return {Icon::cancelled, Color::text_faint};
    case UploadOutcome::succeeded:
      break;
  }
  return {Icon::succeeded, Color::ok};
}

std::string name_of(const LoadedCase& data) { return data.paths.empty() ? std::string("trace") : file_name(data.paths.front()); }

// What the user does to the second trace goes to its own state.
class OtherSide {
 public:
  explicit OtherSide(const Ui& ui) : ui_(ui) {}
  ~OtherSide() {
    for (const Action& action : actions_) ui_.act(InOther{std::make_shared<const OtherAction>(OtherAction{action})});
  }
  OtherSide(const OtherSide&) = delete;
  OtherSide& operator=(const OtherSide&) = delete;
  [[nodiscard]] Ui ui() { return {ui_.theme, ui_.fonts, actions_, ui_.places, "other-"}; }

 private:
  const Ui& ui_;
  Actions actions_;
};

// How an upload ended in one of the two: a sign and a word; a dash where it is not there.
void outcome_cell(const Ui& ui, const LoadedCase& data, const std::optional<UploadId>& upload, float x, float middle,
                  float width) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  if (!upload) {
    text_at(list, ui.fonts.small, x, middle, ui.color(Color::text_faint), "not there");
    return;
  }
  const UploadOutcome outcome = data.upload(*upload).outcome;
  const Look look = look_of(outcome);
  const float icon = ui.theme.px(12);
  draw_icon(list, look.icon, {x + icon / 2, middle}, icon, ui.color(look.ink), ui.color(Color::panel));
  const float from = x + icon + ui.theme.px(5);
  text_at(list, ui.fonts.small, from, middle, ui.color(Color::text_muted),
          elided(ui.fonts.small, upload_outcome_name(outcome), x + width - from));
}

struct Columns {
  float name = 0, a = 0, b = 0, end = 0;
  [[nodiscard]] float cell() const { return b - a; }
};

Columns columns_in(const Ui& ui, float left, float right) {
  const float cell = std::min(ui.theme.px(96), (right - left) * 0.3F);
  return {left + ui.theme.px(6), right - 2 * cell, right - cell, right};
}

void pair_row(const UiState& state, const Ui& ui, const UploadPair& pair, const std::string& id) {
  const Comparison& c = *state.compare;
  Rect r;
  const bool picked = c.picked && c.picked->a == pair.a && c.picked->b == pair.b;
  if (list_row(ui, id, ui.size(Size::row), picked, r)) ui.act(PickPair{pair});
  const Columns at = columns_in(ui, r.min.x, r.max.x);
  const float middle = r.centre().y;
  text_at(*ImGui::GetWindowDrawList(), ui.fonts.body, at.name, middle, ui.color(Color::text),
          elided(ui.fonts.body, pair.name.empty() ? std::string_view("upload") : std::string_view(pair.name),
                 at.a - ui.theme.px(8) - at.name));
  outcome_cell(ui, *state.data, pair.a, at.a, middle, at.cell());
  outcome_cell(ui, *c.other.data, pair.b, at.b, middle, at.cell());
}

void pair_rows(const UiState& state, const Ui& ui, const std::vector<UploadPair>& pairs, const std::string& title,
               const std::string& id) {
  if (pairs.empty()) return;
  caption(ui, title);
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
  ImGuiListClipper clipper;
  clipper.Begin(static_cast<int>(pairs.size()), ui.size(Size::row));
  while (clipper.Step()) {
    for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i) {
      pair_row(state, ui, pairs[static_cast<std::size_t>(i)], id + std::to_string(i));
    }
  }
  clipper.End();
  ImGui::PopStyleVar();
}

void draw_differences(const UiState& state, const Ui& ui, const Rect& rect) {
  const UploadDifferences& d = state.compare->uploads;
  begin_panel(ui, "differences", rect);
  panel_header(ui, "Uploads",
               d.differ.empty() ? "none ends differently" : count_of(d.differ.size(), "ends", "end") + " differently");
  begin_body(ui, "differences-body");
  const ImVec2 top = ImGui::GetCursorScreenPos();
  const Columns at = columns_in(ui, top.x, top.x + ImGui::GetContentRegionAvail().x);
  const float middle = top.y + ui.theme.px(10);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  chip(list, ui, at.a, middle, "A", ui.color(Color::accent), ui.color(Color::accent_soft));
  chip(list, ui, at.b, middle, "B", ui.color(Color::accent), ui.color(Color::accent_soft));
  ImGui::Dummy({0, ui.theme.px(20)});
  pair_rows(state, ui, d.differ, "Another outcome", "differ-");
  pair_rows(state, ui, d.only_a, "Only in A", "only-a-");
  pair_rows(state, ui, d.only_b, "Only in B", "only-b-");
  caption(ui, d.same == 0
                  ? "No upload ends the same in both."
                  : count_of(d.same, "upload", "uploads") + (d.same == 1 ? " ends the same in both." : " end the same in both."));
  end_body();
  end_panel();
}

// SQL over one of the two; which one, the switch says.
void draw_sql(const UiState& state, const Ui& ui, const Rect& rect, Asked asked) {
  begin_panel(ui, "compare-sql", rect);
  const Rect header = panel_header(ui, "SQL");
  const ImVec2 below = ImGui::GetCursorScreenPos();
  const float middle = header.centre().y;
  OtherSide side(ui);
  const Ui second = side.ui();
  const auto show = [&](const Ui& of, LeftTab tab) { of.act(ShowTab{tab}); };
  const float icon = ui.theme.px(14);
  const float close = header.max.x - ui.theme.px(10) - icon;
  if (icon_button(ui, "compare-sql-close", Icon::close, {close, middle}, "Leave SQL")) {
    show(ui, LeftTab::uploads);
    show(second, LeftTab::uploads);
  }
  const std::vector<std::string> names = {"A", "B"};
  const int now = static_cast<int>(asked);
  const float left = close - icon - ui.theme.px(8) - segments_width(ui, names);
  const auto pick = segments(ui, "asked", {left, middle}, names, now);
  if (pick && *pick != now) {
    show(ui, *pick == 0 ? LeftTab::query : LeftTab::uploads);
    show(second, *pick == 1 ? LeftTab::query : LeftTab::uploads);
  }
  const std::string name = "asks " + name_of(asked == Asked::first ? *state.data : *state.compare->other.data);
  const float from = header.min.x + ui.size(Size::padding) + text_width(ui.fonts.heading, "SQL") + ui.theme.px(14);
  text_at(*ImGui::GetWindowDrawList(), ui.fonts.small, from, middle, ui.color(Color::text_muted),
          elided(ui.fonts.small, name, left - ui.theme.px(10) - from));
  ImGui::SetCursorScreenPos(below);
  begin_body(ui, asked == Asked::first ? "compare-sql-a" : "compare-sql-b");
  if (asked == Asked::first) {
    draw_query_body(state, ui);
  } else {
    draw_query_body(state.compare->other, second);
  }
  end_body();
  end_panel();
}

// Name, what stands in line, and the way out.
void draw_bar(const UiState& state, const Ui& ui, const Rect& rect) {
  begin_panel(ui, "comparison", rect);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float middle = rect.centre().y;
  const float pad = ui.size(Size::padding);
  float right = rect.max.x - ui.theme.px(6) - button_width(ui, "End comparison");
  if (button(ui, "end-comparison", "End comparison", {right, middle})) ui.act(EndComparison{});
  right -= button_width(ui, "SQL") + ui.theme.px(8);
  if (button(ui, "compare-to-sql", "SQL", {right, middle}, ButtonLook::quiet)) ui.act(ShowTab{LeftTab::query});
  if (can_share_time(state)) {
    const std::vector<std::string> ways = {"first tasks in line", "same time"};
    right -= segments_width(ui, ways) + ui.theme.px(12);
    const int now = state.compare->same_time ? 1 : 0;
    const auto way = segments(ui, "align", {right, middle}, ways, now);
    if (way && *way != now) ui.act(ShareTime{});
  }
  const std::string text =
      "B begins " +
      format_duration(state.compare->starts.ns < 0 ? DurationNs{-state.compare->starts.ns} : state.compare->starts) +
      (state.compare->starts.ns < 0 ? " before A" : " after A");
  const bool together = std::abs(state.compare->starts.ns) < milliseconds(1).ns;
  const float x = text_at(list, ui.fonts.heading, rect.min.x + pad, middle, ui.color(Color::text),
                          elided(ui.fonts.heading, name_of(*state.data) + "  beside  " + name_of(*state.compare->other.data),
                                 (right - rect.min.x) * 0.6F));
  if (can_share_time(state)) {
    text_at(list, ui.fonts.small, x + ui.theme.px(14), middle + ui.theme.px(1), ui.color(Color::text_muted),
            elided(ui.fonts.small, together ? "both begin together" : text, right - ui.theme.px(24) - x));
  }
  end_panel();
}

}  // namespace

void draw_comparison(const UiState& state, const Ui& ui, const Rect& rect) {
  const UiState& other = state.compare->other;
  const float gap = ui.size(Size::splitter);
  const float bar = ui.theme.px(40);
  draw_bar(state, ui, {rect.min, {rect.max.x, rect.min.y + bar}});
  const float top = rect.min.y + bar + gap;
  const float left = std::round(rect.min.x + rect.width() * kLeft);
  const float low = std::round(top + (rect.max.y - top) * kTimelines);
  const float half = std::round((top + low) / 2);
  const float middle = std::round((left + rect.max.x) / 2);
  const auto asked = asked_in_sql(state);
  draw_differences(state, ui, {{rect.min.x, top}, {left - gap, asked ? low - gap : rect.max.y}});
  const Rect both{{left, top}, {rect.max.x, low - gap}};
  OtherSide side(ui);
  const Ui second = side.ui();
  draw_timeline(state, ui, {both.min, {both.max.x, half - gap}}, &both);
  draw_timeline(other, second, {{both.min.x, half}, both.max}, &both);
  if (!asked) {
    draw_details(state, ui, {{left, low}, {middle - gap / 2, rect.max.y}});
    draw_details(other, second, {{middle + gap / 2, low}, rect.max});
    return;
  }
  const float cut = std::round(rect.min.x + rect.width() * state.splitters.query);
  draw_sql(state, ui, {{rect.min.x, low}, {cut - gap / 2, rect.max.y}}, *asked);
  const Rect rest{{cut + gap / 2, low}, rect.max};
  if (*asked == Asked::first) {
    draw_details(state, ui, rest);
  } else {
    draw_details(other, second, rest);
  }
}

void draw_compare_dialog(const UiState& state, const Ui& ui) {
  std::vector<const std::vector<std::string>*> offered;
  for (std::size_t i = 0; i < state.recent.size(); ++i) {
    if (i > 0 || !state.data) offered.push_back(&state.recent[i]);  // the first one is open
  }
  const float pad = ui.theme.px(20);
  const float row = ui.theme.px(32);
  const float height = ui.theme.px(92) + row * static_cast<float>(offered.size()) + pad;
  const Rect box = begin_overlay(ui, "compare", {ui.theme.px(560), height}, 0.3F);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float icon = ui.theme.px(22);
  text_at(list, ui.fonts.title, box.min.x + pad, box.min.y + ui.theme.px(32), ui.color(Color::text), "Compare with…");
  draw_icon(list, Icon::drop, {box.min.x + pad + icon / 2, box.min.y + ui.theme.px(64)}, icon, ui.color(Color::accent),
            ui.color(Color::panel));
  text_at(
      list, ui.fonts.body, box.min.x + pad + icon + ui.theme.px(10), box.min.y + ui.theme.px(64), ui.color(Color::text_muted),
      offered.empty() ? "Drop a case or capture on the window" : "Drop a case or capture on the window, or take one of these");
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
  ImGui::SetCursorScreenPos({box.min.x + pad - ui.theme.px(8), box.min.y + ui.theme.px(88)});
  ImGui::BeginChild("compare-list",
                    {box.width() - 2 * pad + ui.theme.px(16), box.max.y - ui.theme.px(10) - box.min.y - ui.theme.px(88)});
  for (std::size_t i = 0; i < offered.size(); ++i) {
    Rect r;
    if (list_row(ui, "compare-" + std::to_string(i), row, false, r)) {
      ui.act(ShowOverlay{Overlay::none});
      ui.act(CompareWith{*offered[i]});
    }
    std::string names;
    for (const std::string& path : *offered[i]) names += (names.empty() ? "" : ", ") + file_name(path);
    text_at(*ImGui::GetWindowDrawList(), ui.fonts.body, r.min.x + ui.theme.px(8), r.centre().y, ui.color(Color::text),
            elided(ui.fonts.body, names, r.width() - ui.theme.px(16)));
  }
  ImGui::EndChild();
  ImGui::PopStyleVar();
  end_overlay();
}

}  // namespace uptrail::viewer
