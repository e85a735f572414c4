// Two traces, one view.
#include <algorithm>

#include "viewer/panels/apply.h"
#include "viewer/panels/compare_state.h"

namespace uptrail::viewer {

namespace {

using timeline::TimeScale;

Interval moved(Interval span, DurationNs by) { return {span.start + by, span.end + by}; }

// Both can be brought into sight, each in its own time.
void set_reach(UiState& state) {
  Comparison& c = *state.compare;
  const Interval a = state.data->scene.whole;
  const Interval b = moved(c.other.data->scene.whole, DurationNs{-c.shift().ns});
  const Interval both{std::min(a.start, b.start), std::max(a.end, b.end)};
  state.timeline.reach = both;
  c.other.timeline.reach = moved(both, c.shift());
  state.timeline.start = first_task_moment(*state.data);
  c.other.timeline.start = first_task_moment(*c.other.data);
}

// What the second timeline reports about the common view, in the time of the first one.
ShowView in_first_time(const UiState& state, ShowView view) {
  if (!view.scroll_only) view.scale = TimeScale(view.scale.start() - state.compare->shift(), view.scale.ns_per_px());
  view.scroll_y = state.scroll_y;
  return view;
}

void pick(const UploadPair& pair, UiState& state) {
  UiState& other = state.compare->other;
  state.compare->picked = pair;
  const auto select = [](const std::optional<UploadId>& upload, UiState& in) {
    Effects none;
    if (upload) {
      apply(SelectUpload{*upload}, in, none);
    } else {
      in.selection = {};
    }
  };
  remember_view(state);
  select(pair.a, state);
  select(pair.b, other);
  state.frame = FrameRequest::pair;
  other.frame = FrameRequest::lane;
}

}  // namespace

void begin_comparison(std::shared_ptr<const LoadedCase> other, UiState& state) {
  if (!state.data || !other) return;
  if (state.compare) end_comparison(state);
  auto compare = std::make_shared<Comparison>();
  Effects none;
  show_case(std::move(other), compare->other, none);
  compare->other.frame = FrameRequest::none;
  compare->other.selection = {};
  compare->other.today = state.today;
  compare->other.timeline.role = TimelineRole::lower;
  compare->uploads = compare_uploads(*state.data, *compare->other.data);
  compare->starts = first_task_moment(*compare->other.data) - first_task_moment(*state.data);
  compare->folded_before = state.timeline.fold_idle;
  state.compare = std::move(compare);
  if (state.left_tab == LeftTab::query) state.left_tab = LeftTab::uploads;  // both timelines first
  state.timeline.role = TimelineRole::upper;
  fold_idle(false, state);
  fold_idle(false, state.compare->other);
  state.selection = {};
  state.timeline.searched.reset();
  state.timeline.measured.reset();
  state.history.past.clear();
  state.history.future.clear();
  set_reach(state);
  // The whole of both, with the first difference told below.
  if (!state.compare->uploads.differ.empty()) pick(state.compare->uploads.differ.front(), state);
  state.history.past.clear();
  state.frame = FrameRequest::whole;
}

void end_comparison(UiState& state) {
  if (!state.compare) return;
  const bool folded = state.compare->folded_before;
  state.compare.reset();
  state.timeline.role = TimelineRole::alone;
  state.timeline.reach.reset();
  state.timeline.start.reset();
  fold_idle(folded, state);
  state.frame = FrameRequest::whole;
}

void follow(UiState& state) {
  if (!state.compare) return;
  UiState& other = state.compare->other;
  other.scale = TimeScale(state.scale.start() + state.compare->shift(), state.scale.ns_per_px());
  other.view_width = state.view_width;
  other.theme = state.theme;
  other.preferences = state.preferences;
  other.local_zone_minutes = state.local_zone_minutes;
}

std::optional<Asked> asked_in_sql(const UiState& state) {
  if (!state.compare) return std::nullopt;
  if (state.left_tab == LeftTab::query) return Asked::first;
  return state.compare->other.left_tab == LeftTab::query ? std::optional(Asked::second) : std::nullopt;
}

bool goes_to_other(const UiState& state, const Action& action) {
  if (asked_in_sql(state) != Asked::second) return false;
  return std::holds_alternative<RunQuery>(action) || std::holds_alternative<CancelQuery>(action) ||
         std::holds_alternative<ShowQueryPage>(action) || std::holds_alternative<CopyTable>(action) ||
         std::holds_alternative<ForgetQueries>(action);
}

bool can_share_time(const UiState& state) {
  return state.compare && state.data->scene.axis == timeline::AxisKind::utc &&
         state.compare->other.data->scene.axis == timeline::AxisKind::utc;
}

std::optional<Interval> picked_span(const UiState& state) {
  std::optional<Interval> out;
  const auto add = [&](const UiState& in, DurationNs by) {
    const auto& lanes = in.data->scene.lanes;
    if (in.selection.lane >= lanes.size() || lanes[in.selection.lane].extent.empty()) return;
    const Interval span = moved(lanes[in.selection.lane].extent, by);
    out = out ? Interval{std::min(out->start, span.start), std::max(out->end, span.end)} : span;
  };
  add(state, DurationNs{0});
  if (state.compare) add(state.compare->other, DurationNs{-state.compare->shift().ns});
  return out;
}

void Applier::operator()(const CompareWith& a) {
  if (!a.paths.empty()) effects_.compare = a.paths;
}
void Applier::operator()(const EndComparison& /*a*/) {
  effects_.end_compare = true;
  end_comparison(state_);
}
void Applier::operator()(const ShareTime& /*a*/) {
  if (!state_.compare) return;
  state_.compare->same_time = !state_.compare->same_time && can_share_time(state_);
  set_reach(state_);
  state_.frame = FrameRequest::whole;
}
void Applier::operator()(const PickPair& a) {
  if (state_.compare) pick(a.pair, state_);
}
void Applier::operator()(const InOther& a) {
  if (!state_.compare || !a.what) return;
  UiState& other = state_.compare->other;
  if (const auto* view = std::get_if<ShowView>(&a.what->action)) {
    (*this)(in_first_time(state_, *view));
    other.scroll_y = view->scroll_y;
    other.frame = FrameRequest::none;
    return;
  }
  // What is typed for one is there for the other, too.
  const bool comes = other.left_tab != LeftTab::query;
  Effects wanted;  // its log is not shown
  apply(a.what->action, other, wanted);
  if (comes && other.left_tab == LeftTab::query) {
    if (other.query.text.empty()) other.query.text = state_.query.text;
    other.query.history = state_.query.history;
  }
  if (wanted.save_queries) state_.query.history = other.query.history;
  if (wanted.run_query || wanted.cancel_query || wanted.save_queries || wanted.request_event || wanted.clipboard) {
    state_.compare->wanted.push_back(std::move(wanted));
  }
}

}  // namespace uptrail::viewer
