#include "viewer/app/workbench.h"

#include "collector/base/text.h"

namespace uptrail::viewer {

void Workbench::select_wanted(Effects& effects) {
  if (wanted_.empty() || !state_.data) return;
  const Derived& derived = state_.data->derived;
  const auto number = wanted_.front() == 'C' ? parse_int(std::string_view(wanted_).substr(1)) : std::nullopt;
  if (number && *number >= 1 && static_cast<std::size_t>(*number) <= derived.causes.size()) {
    return apply(SelectCause{CauseId{static_cast<std::uint32_t>(*number - 1)}}, state_, effects);
  }
  for (const Finding& finding : derived.findings) {
    if (finding.rule == wanted_ || (wanted_.size() >= 4 && finding.fingerprint.starts_with(wanted_))) {
      return apply(SelectFinding{finding.id}, state_, effects);
    }
  }
  missed_ = true;
}

void Workbench::perform(const Effects& effects) {
  if (effects.cancel_load) loader_.cancel();
  if (effects.request_log) loader_.request_log(effects.request_log->source, effects.request_log->line);
}

void Workbench::pump() {
  state_.load = loader_.status();
  Effects effects;
  if (auto loaded = loader_.take_case()) {
    show_case(std::move(loaded), state_, effects);
    select_wanted(effects);
  }
  if (auto page = loader_.take_log()) show_page(std::move(*page), state_);
  perform(effects);
}

bool Workbench::draw(const Theme& theme, const Fonts& fonts, Places* places) {
  Actions actions;
  draw_workspace(state_, Ui{theme, fonts, actions, places});
  Effects effects;
  for (const Action& action : actions) apply(action, state_, effects);
  perform(effects);
  return !actions.empty();
}

}  // namespace uptrail::viewer
