// The verdict: outcome, counts, what the case is, what evidence there was.
#include <algorithm>
#include <cmath>

#include "viewer/panels/controls.h"
#include "viewer/panels/panels.h"
#include "viewer/panels/verdict.h"

namespace uptrail::viewer {

namespace {

Icon badge_icon(Outcome outcome) {
  if (outcome == Outcome::ok) return Icon::ok;
  return outcome == Outcome::fail ? Icon::error : Icon::unknown;
}

float draw_badge(const Ui& ui, ImDrawList& list, const Rect& rect, Outcome outcome) {
  const std::string word = outcome_word(outcome);
  const float icon = ui.theme.px(20);
  const float pad = ui.theme.px(12);
  const float x = rect.min.x + ui.size(Size::padding);
  const float width = pad + icon + ui.theme.px(9) + text_width(ui.fonts.title, word) + pad + ui.theme.px(2);
  const float middle = (rect.min.y + rect.max.y) / 2;
  const float half = ui.theme.px(20);
  const ImU32 ground = outcome_color(ui, outcome);
  list.AddRectFilled({x, middle - half}, {x + width, middle + half}, ground, ui.size(Size::radius));
  draw_icon(list, badge_icon(outcome), {x + pad + icon / 2, middle}, icon, ui.color(Color::badge_text), ground);
  text_at(list, ui.fonts.title, x + pad + icon + ui.theme.px(9), middle, ui.color(Color::badge_text), word);
  ui.mark("badge", {{x, middle - half}, {x + width, middle + half}});
  return x + width;
}

std::string evidence_line(const EvidenceKind& kind) {
  const char* word = kind.state == EvidenceKind::State::yes    ? "yes"
                     : kind.state == EvidenceKind::State::none ? "none"
                                                               : "in part";
  return kind.name + ": " + (kind.detail.empty() ? word : kind.detail);
}

// Where the names have no room: how many kinds of evidence there are, and the rest when the mouse asks. Returns where it begins.
float draw_evidence_count(const std::vector<EvidenceKind>& kinds, const Ui& ui, ImDrawList& list, float left, float right,
                          float middle) {
  const auto there =
      std::count_if(kinds.begin(), kinds.end(), [](const auto& k) { return k.state != EvidenceKind::State::none; });
  const bool all = std::all_of(kinds.begin(), kinds.end(), [](const auto& k) { return k.state == EvidenceKind::State::yes; });
  const std::string text = "evidence " + std::to_string(there) + " of " + std::to_string(kinds.size());
  const float icon = ui.theme.px(11);
  const float width = icon + ui.theme.px(6) + text_width(ui.fonts.small, text);
  const float x = right - width;
  if (x < left) return right;
  draw_icon(list, all ? Icon::ok : Icon::warning, {x + icon / 2, middle}, icon, ui.color(all ? Color::ok : Color::warning),
            ui.color(Color::panel));
  text_at(list, ui.fonts.small, x + icon + ui.theme.px(6), middle, ui.color(Color::text_muted), text);
  ui.mark("evidence", {{x, middle - icon}, {right, middle + icon}});
  if (ImGui::IsMouseHoveringRect({x, middle - icon}, {right, middle + icon})) {
    std::string tip;
    for (const EvidenceKind& kind : kinds) tip += (tip.empty() ? "" : "\n") + evidence_line(kind);
    ImGui::SetTooltip("%s", tip.c_str());
  }
  return x - ui.theme.px(16);
}

// Right aligned and right of `left`; returns the x it begins at.
float draw_evidence(const UiState& state, const Ui& ui, ImDrawList& list, float left, float right, float middle) {
  const auto& kinds = state.data->evidence_kinds;
  float needed = 0;
  for (const auto& kind : kinds) needed += ui.theme.px(11 + 6 + 16) + text_width(ui.fonts.small, kind.name);
  if (needed > right - left) return draw_evidence_count(kinds, ui, list, left, right, middle);
  float x = right;
  for (auto kind = kinds.rbegin(); kind != kinds.rend(); ++kind) {
    const float icon = ui.theme.px(11);
    const float width = icon + ui.theme.px(6) + text_width(ui.fonts.small, kind->name);
    x -= width;
    const bool yes = kind->state == EvidenceKind::State::yes;
    const bool none = kind->state == EvidenceKind::State::none;
    const Color ink = yes ? Color::ok : (none ? Color::text_faint : Color::warning);
    draw_icon(list, yes ? Icon::ok : (none ? Icon::ghost : Icon::warning), {x + icon / 2, middle}, icon, ui.color(ink),
              ui.color(Color::panel));
    text_at(list, ui.fonts.small, x + icon + ui.theme.px(6), middle, ui.color(none ? Color::text_faint : Color::text_muted),
            kind->name);
    if (!kind->detail.empty() && ImGui::IsMouseHoveringRect({x, middle - icon}, {x + width, middle + icon})) {
      ImGui::SetTooltip("%s: %s", kind->name.c_str(), kind->detail.c_str());
    }
    x -= ui.theme.px(16);
  }
  ui.mark("evidence", {{x + ui.theme.px(16), middle - ui.theme.px(8)}, {right, middle + ui.theme.px(8)}});
  return x;
}

}  // namespace

void draw_top_bar(const UiState& state, const Ui& ui, const Rect& rect) {
  begin_panel(ui, "top", rect);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float pad = ui.size(Size::padding);
  const float right = rect.max.x - pad;
  const float button = right - ui.theme.px(14);
  const float middle = (rect.min.y + rect.max.y) / 2;
  if (icon_button(ui, "theme", state.theme == ThemeKind::dark ? Icon::sun : Icon::moon, {button, middle}, "Dark or light (T)")) {
    ui.act(ToggleTheme{});
  }
  if (icon_button(ui, "help", Icon::unknown, {button - ui.theme.px(34), middle}, "Keys (?)")) ui.act(ShowOverlay{Overlay::keys});
  const float text_right = button - ui.theme.px(34 + 30);
  if (!state.data) {
    const float icon = ui.theme.px(24);
    draw_icon(list, Icon::logo, {rect.min.x + pad + icon / 2, middle}, icon, ui.color(Color::accent), ui.color(Color::panel));
    text_at(list, ui.fonts.title, rect.min.x + pad + icon + ui.theme.px(10), middle, ui.color(Color::text), "Uptrail");
    end_panel();
    return;
  }
  const float x = draw_badge(ui, list, rect, state.data->derived.outcome) + ui.theme.px(14);
  const float first = middle - ui.theme.px(11);
  const float second = middle + ui.theme.px(12);
  text_at(list, ui.fonts.heading, x, first, ui.color(Color::text),
          elided(ui.fonts.heading, state.lists->verdict, text_right - x));
  const float evidence = draw_evidence(state, ui, list, x, text_right, second);
  text_at(list, ui.fonts.body, x, second, ui.color(Color::text_muted),
          elided(ui.fonts.body, title_line(*state.data), evidence - x));
  end_panel();
}

}  // namespace uptrail::viewer
