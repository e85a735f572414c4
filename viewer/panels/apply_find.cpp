// Search, filter, and the way from a raw line to its event.
#include <algorithm>
#include <utility>

#include "viewer/panels/apply.h"

namespace uptrail::viewer {

namespace {

void use_filter(const Filter& filter, UiState& state, Effects& effects) {
  if (filter == state.filter) return;
  const bool lines_too = filter.about_lines() || state.filter.about_lines();
  state.filter = filter;
  if (state.data && needs_reading(*state.data, filter)) {
    effects.sift = true;  // what passed before stays until the answer is there
  } else {
    show_passing(filter.active() && state.data ? std::make_shared<const Passing>(make_passing(*state.data, filter)) : nullptr,
                 state);
  }
  if (lines_too && state.data) {
    state.log.requested = true;
    effects.ask_log_again = true;
  }
}

std::uint32_t lane_where(const LoadedCase& data, const auto& fits) {
  const auto& lanes = data.scene.lanes;
  const auto at = std::find_if(lanes.begin(), lanes.end(), fits);
  return at == lanes.end() ? timeline::kNoLane : static_cast<std::uint32_t>(at - lanes.begin());
}

std::uint32_t lane_of(const LoadedCase& data, const Event& event) {
  if (event.task.valid()) {
    const std::uint32_t lane = lane_where(data, [&](const timeline::Lane& l) { return l.task == event.task; });
    if (lane != timeline::kNoLane) return lane;
  }
  if (event.upload.valid()) {
    const std::uint32_t lane = lane_where(data, [&](const timeline::Lane& l) { return l.upload == event.upload; });
    if (lane != timeline::kNoLane) return lane;
  }
  using timeline::LaneKind;
  if (event.session.valid()) {
    return lane_where(data, [&](const timeline::Lane& l) { return l.kind == LaneKind::session && l.session == event.session; });
  }
  const LaneKind kind = event.unit.valid() ? LaneKind::process : LaneKind::device;
  return lane_where(data,
                    [&](const timeline::Lane& l) { return l.kind == kind && (!event.unit.valid() || l.unit == event.unit); });
}

}  // namespace

void show_passing(std::shared_ptr<const Passing> passing, UiState& state) {
  state.passing = std::move(passing);
  dim_lanes(state);
  state.lists = make_lists(state);
}

bool is_shown(const UiState& state, const Finding& finding) {
  if (state.notes.set_aside(finding.fingerprint, state.today) != nullptr) return false;
  return !state.passing || state.passing->findings[finding.id.value];
}

bool is_shown(const UiState& state, const Cause& cause) {
  if (state.passing && !state.passing->causes[cause.id.value]) return false;
  const Finding* main = state.data->finding(cause.main);
  return main == nullptr || state.notes.set_aside(main->fingerprint, state.today) == nullptr;
}

bool is_shown(const UiState& state, UploadId upload) { return !state.passing || state.passing->uploads[upload.value]; }

std::vector<CauseId> shown_causes(const UiState& state) {
  std::vector<CauseId> out;
  if (!state.data) return out;
  for (const Cause& cause : state.data->derived.causes) {
    if (is_shown(state, cause)) out.push_back(cause.id);
  }
  return out;
}

std::vector<FindingId> findings_by_rule(const UiState& state) {
  std::vector<FindingId> out;
  if (!state.data) return out;
  const auto& all = state.data->derived.findings;
  for (const Finding& finding : all) {
    // Without a cause it is no part of the verdict: a question that the capture leaves open.
    if (finding.cause.valid() && is_shown(state, finding)) out.push_back(finding.id);
  }
  std::stable_sort(out.begin(), out.end(), [&](FindingId a, FindingId b) {
    const Finding& x = all[a.value];
    const Finding& y = all[b.value];
    if (x.severity != y.severity) return x.severity > y.severity;
    return x.rule < y.rule;
  });
  return out;
}

void show_event(EventShown event, UiState& state, Effects& effects) {
  const std::uint32_t lane = lane_of(*state.data, event.event);
  if (state.wants_line_of == event.event.id && event.event.span.line > 0) {
    show_line({event.event.source, event.event.span.line}, state, effects);
  }
  state.wants_line_of.reset();
  state.event = std::move(event);
  if (lane != timeline::kNoLane) state.selection.lane = lane;
  if (!state.event->event.t_src) return;  // no clock: there is no place for it
  remember_view(state);
  state.frame = FrameRequest::event;
}

void show_found(std::shared_ptr<const SearchResult> found, UiState& state) {
  if (found->number == state.search.number) state.search.result = std::move(found);
}

void Applier::operator()(const SetFilter& a) { use_filter(a.to, state_, effects_); }

void Applier::operator()(const FilterToView& /*a*/) {
  if (!state_.data || state_.view_width <= 0) return;
  Filter filter = state_.filter;
  filter.span = state_.scale.visible(state_.view_width);
  use_filter(filter, state_, effects_);
}

void Applier::operator()(const SetSearch& a) {
  if (a.text == state_.search.text) return;
  state_.search.text = a.text;
  ++state_.search.number;
  state_.search.result.reset();
  state_.search.picked.reset();
  effects_.search = true;
}

void Applier::operator()(const StepHit& a) {
  const auto& result = state_.search.result;
  if (!result || result->hits.empty()) return;
  const auto count = static_cast<std::int64_t>(result->hits.size());
  std::int64_t at = a.step > 0 ? 0 : count - 1;
  if (state_.search.picked) at = (static_cast<std::int64_t>(*state_.search.picked) + a.step + count) % count;
  (*this)(PickHit{static_cast<std::size_t>(at)});
}

void Applier::show_subject(TaskId task, SessionId session) {
  const std::uint32_t lane = lane_where(*state_.data, [&](const timeline::Lane& l) {
    if (task.valid()) return l.task == task;
    return l.kind == timeline::LaneKind::session && l.session == session;
  });
  (*this)(SelectLane{lane});
  if (lane != timeline::kNoLane) (*this)(FrameSelection{});
}

void Applier::operator()(const PickHit& a) {
  const auto& result = state_.search.result;
  if (!result || a.hit >= result->hits.size()) return;
  const SearchHit hit = result->hits[a.hit];
  state_.search.picked = a.hit;
  switch (hit.kind) {
    case HitKind::finding:
      return (*this)(SelectFinding{hit.finding});
    case HitKind::upload:
      return (*this)(SelectUpload{hit.upload});
    case HitKind::task:
      return show_subject(hit.task, {});
    case HitKind::session:
      return show_subject({}, hit.session);
    case HitKind::line:
      (*this)(ShowLine{hit.source, hit.line});
      if (hit.event.valid()) (*this)(ShowEvent{hit.event});
      return;
  }
}

void Applier::operator()(const ShowEvent& a) {
  if (a.event.valid()) {
    effects_.request_event = a.event;
  } else {
    state_.event.reset();
  }
}

}  // namespace uptrail::viewer
