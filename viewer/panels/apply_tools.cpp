// Actions around the case: windows over it, files, how it looks.
#include <algorithm>
#include <array>
#include <cmath>

#include "viewer/panels/apply.h"
#include "viewer/panels/copy.h"

namespace uptrail::viewer {

namespace {

void move_splitter(const MoveSplitter& move, UiState& state) {
  if (!std::isfinite(move.share)) return;  // dragged in a window without room
  const float share = std::clamp(move.share, 0.12F, 0.88F);
  switch (move.which) {
    case MoveSplitter::Which::left:
      state.splitters.left = std::min(share, 0.6F);
      break;
    case MoveSplitter::Which::causes:
      state.splitters.causes = share;
      break;
    case MoveSplitter::Which::timeline:
      state.splitters.timeline = share;
      break;
    case MoveSplitter::Which::details:
      state.splitters.details = share;
      break;
    case MoveSplitter::Which::query:
      state.splitters.query = share;
      break;
  }
}

void scale_text(int step, UiState& state) {
  constexpr std::array kSteps = {80, 90, 100, 110, 125, 150, 175, 200, 225, 250};
  int& percent = state.preferences.text_percent;
  if (step == 0) {
    percent = 100;
  } else if (step > 0) {
    const auto* at = std::upper_bound(kSteps.begin(), kSteps.end(), percent);
    percent = at == kSteps.end() ? kMaxTextPercent : *at;
  } else {
    const auto* at = std::lower_bound(kSteps.begin(), kSteps.end(), percent);
    percent = at == kSteps.begin() ? kMinTextPercent : *(at - 1);
  }
}

void show_overlay(Overlay overlay, UiState& state) {
  state.overlay = state.overlay == overlay ? Overlay::none : overlay;
  state.palette = {};
  if (state.overlay == Overlay::palette) state.wants_focus = Field::palette;
  const bool needs_finding = state.overlay == Overlay::not_a_problem;
  if (needs_finding && selected_finding(state) == nullptr) {
    state.overlay = Overlay::none;
    state.message = "Select a cause or a finding first";
  }
  if (state.overlay == Overlay::not_a_problem || state.overlay == Overlay::note) {
    state.draft = {};
    state.wants_focus = Field::draft;
  }
}

}  // namespace

void Applier::operator()(const ToggleTheme& /*a*/) {
  state_.theme = state_.theme == ThemeKind::dark ? ThemeKind::light : ThemeKind::dark;
}
void Applier::operator()(const CancelLoad& /*a*/) { effects_.cancel_load = true; }
void Applier::operator()(const DismissError& /*a*/) { state_.error_dismissed = true; }
void Applier::operator()(const ShowTab& a) {
  state_.left_tab = a.tab;
  if (a.tab == LeftTab::search) state_.wants_focus = Field::search;
  if (a.tab == LeftTab::query) state_.wants_focus = Field::query;
}
void Applier::operator()(const MoveSplitter& a) { move_splitter(a, state_); }
void Applier::operator()(const ShowOverlay& a) { show_overlay(a.overlay, state_); }
void Applier::operator()(const FieldFocused& /*a*/) { state_.wants_focus = Field::none; }
void Applier::operator()(const SetPaletteText& a) { state_.palette = {a.text, a.picked}; }
void Applier::operator()(const OpenPaths& a) { effects_.open = a.paths; }
void Applier::operator()(const Quit& /*a*/) { effects_.quit = true; }
void Applier::operator()(const ChangePreferences& a) {
  state_.preferences = a.to;
  state_.preferences.text_percent = std::clamp(a.to.text_percent, kMinTextPercent, kMaxTextPercent);
}
void Applier::operator()(const ScaleText& a) { scale_text(a.step, state_); }

void Applier::operator()(const FocusField& a) {
  state_.wants_focus = a.field;
  if (a.field == Field::search) state_.left_tab = LeftTab::search;
  if (a.field == Field::stores) state_.left_tab = LeftTab::stores;
}
void Applier::operator()(const Group& a) { state_.grouping = a.by; }
void Applier::operator()(const ToggleGrouping& /*a*/) {
  state_.grouping = state_.grouping == Grouping::by_cause ? Grouping::by_rule : Grouping::by_cause;
}
void Applier::operator()(const ShowDetails& a) { state_.details_tab = a.tab; }
void Applier::operator()(const CopySelection& a) {
  if (!state_.data) return;
  effects_.clipboard = selection_text(state_, a.format);
  state_.message = a.format == CopyFormat::text   ? "Copied"
                   : a.format == CopyFormat::json ? "Copied as JSON"
                                                  : "Copied as Markdown";
  state_.message_bad = false;
}

}  // namespace uptrail::viewer
