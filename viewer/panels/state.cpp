#include "viewer/panels/state.h"

#include <algorithm>
#include <variant>

#include "viewer/panels/apply.h"
#include "viewer/panels/compare_state.h"
#include "viewer/panels/timeline_state.h"

namespace uptrail::viewer {

void show_line(const ShowLine& line, UiState& state, Effects& effects) {
  state.log.line = line.line;
  state.log.scroll_to = true;
  const auto& page = state.log.page;
  const bool loaded = page && page->source == line.source && !page->lines.empty() && page->lines.front().span.line <= line.line &&
                      line.line <= page->lines.back().span.line;
  if (state.log.source != line.source) state.log.page.reset();
  state.log.source = line.source;
  if (loaded) return;
  state.log.requested = true;
  effects.request_log = line;
}

namespace {

// A folded finding has no mark of its own: then the lane of its task, upload or session.
std::uint32_t lane_of_subject(const LoadedCase& data, const Finding& finding) {
  const std::uint32_t marked = timeline::frame_of(data.scene, finding, {}).lane;
  if (marked != timeline::kNoLane) return marked;
  const Subject& subject = finding.subject;
  const auto& lanes = data.scene.lanes;
  const auto at = std::find_if(lanes.begin(), lanes.end(), [&](const timeline::Lane& lane) {
    if (subject.task.valid()) return lane.task == subject.task;
    if (subject.upload.valid()) return lane.upload == subject.upload;
    return subject.session.valid() && lane.kind == timeline::LaneKind::session && lane.session == subject.session;
  });
  return at == lanes.end() ? timeline::kNoLane : static_cast<std::uint32_t>(at - lanes.begin());
}

constexpr std::size_t kRemembered = 200;

// Call before the selection changes.
void remember_selection(UiState& state) {
  auto& past = state.history.selections;
  if (state.selection == Selection{} || (!past.empty() && past.back() == state.selection)) return;
  if (past.size() >= kRemembered) past.erase(past.begin());
  past.push_back(state.selection);
}

void show_searched(const ShowSearched& what, UiState& state, Effects& effects) {
  if (!state.data) return;
  state.timeline.searched = what.search;
  state.frame = FrameRequest::searched;
  const auto& streams = state.data->streams;
  const auto at = std::find_if(streams.begin(), streams.end(), [&](const Stream& s) { return s.id == what.search.stream; });
  if (at == streams.end()) return;
  if (state.log.source != at->source) state.log.page.reset();
  state.log.source = at->source;
  state.log.line = 0;
  state.log.requested = true;
  effects.request_searched = what;
}

void select_finding(FindingId id, UiState& state, Effects& effects) {
  const Finding* finding = state.data ? state.data->finding(id) : nullptr;
  if (finding == nullptr) return;
  state.selection = {};
  state.event.reset();
  state.timeline.searched.reset();
  state.selection.finding = id;
  if (finding->cause.valid()) state.selection.cause = finding->cause;
  state.selection.lane = lane_of_subject(*state.data, *finding);
  reveal_lane(state.selection.lane, state);
  state.frame = FrameRequest::selection;
  if (const auto line = line_of(*state.data, *finding)) show_line(*line, state, effects);
}

void select_cause(CauseId id, UiState& state, Effects& effects) {
  const Cause* cause = state.data ? state.data->cause(id) : nullptr;
  if (cause == nullptr) return;
  select_finding(cause->main, state, effects);
  state.selection.cause = id;
}

void select_upload(UploadId id, UiState& state) {
  if (!state.data || !state.data->has(id)) return;
  state.selection = {};
  state.selection.upload = id;
  const auto& lanes = state.data->scene.lanes;
  const auto at = std::find_if(lanes.begin(), lanes.end(), [&](const timeline::Lane& lane) { return lane.upload == id; });
  if (at != lanes.end()) state.selection.lane = static_cast<std::uint32_t>(at - lanes.begin());
  reveal_lane(state.selection.lane, state);
  state.frame = FrameRequest::selection;
}

// To the next of a list, around its end; without a current one to its first or last.
template <class Id>
std::optional<Id> stepped(const std::vector<Id>& all, const std::optional<Id>& current, int step) {
  if (all.empty()) return std::nullopt;
  const auto at = current ? std::find(all.begin(), all.end(), *current) : all.end();
  if (at == all.end()) return step > 0 ? all.front() : all.back();
  const auto count = static_cast<int>(all.size());
  return all[static_cast<std::size_t>((static_cast<int>(at - all.begin()) + step + count) % count)];
}

void step_cause(int step, UiState& state, Effects& effects) {
  if (state.grouping == Grouping::by_rule) {
    if (const auto next = stepped(findings_by_rule(state), state.selection.finding, step)) select_finding(*next, state, effects);
  } else if (const auto next = stepped(shown_causes(state), state.selection.cause, step)) {
    select_cause(*next, state, effects);
  }
}

// Esc: what lies above first, then what was selected before, then the whole.
void go_back(UiState& state, Effects& effects) {
  auto& past = state.history.selections;
  if (state.overlay != Overlay::none) {
    state.overlay = Overlay::none;
  } else if (state.timeline.measured) {
    state.timeline.measured.reset();
  } else if (state.timeline.searched) {
    state.timeline.searched.reset();
    state.frame = FrameRequest::selection;
  } else if (!past.empty()) {
    const Selection before = past.back();
    past.pop_back();
    if (before.finding) {
      select_finding(*before.finding, state, effects);
    } else if (before != Selection{}) {
      state.frame = FrameRequest::selection;
    }
    state.selection = before;
  } else if (state.selection != Selection{}) {
    state.selection = {};
  } else {
    state.frame = FrameRequest::whole;
  }
}

void show_view(const ShowView& to, UiState& state) {
  if (to.width > 0) state.view_width = to.width;
  constexpr double kOneMove = 0.7;  // seconds
  const timeline::TimeScale scale = to.scroll_only ? state.scale : to.scale;
  const bool moved =
      scale.start() != state.scale.start() || scale.ns_per_px() != state.scale.ns_per_px() || to.scroll_y != state.scroll_y;
  if (moved && state.frame == FrameRequest::none) {
    const auto& last = state.history.changed_at;
    if (!last || to.now - *last > kOneMove || to.now < *last) remember_view(state);
    state.history.changed_at = to.now;
  }
  state.scale = scale;
  state.scroll_y = to.scroll_y;
  state.frame = FrameRequest::none;
}

void step_view(std::vector<History::Place>& from, std::vector<History::Place>& onto, UiState& state) {
  if (from.empty()) return;
  onto.push_back({state.scale, state.scroll_y});
  state.scale = from.back().scale;
  state.scroll_y = from.back().scroll_y;
  from.pop_back();
  state.frame = FrameRequest::none;
  state.history.changed_at.reset();
}

void frame(FrameRequest what, UiState& state) {
  remember_view(state);
  state.frame = what;
}

}  // namespace

void select_lane(std::uint32_t lane, UiState& state) {
  state.selection = {};
  if (!state.data || lane >= state.data->scene.lanes.size()) return;
  state.selection.lane = lane;
  const timeline::Lane& picked = state.data->scene.lanes[lane];
  if (picked.upload.valid()) state.selection.upload = picked.upload;
}

std::optional<ShowLine> line_of(const LoadedCase& data, const Finding& finding) {
  std::optional<ShowLine> first;
  for (const EvidenceRef& ref : finding.evidence) {
    const EvidenceLine* at = data.evidence_of(ref.event);
    if (at == nullptr || at->text.empty()) continue;
    const ShowLine line{at->source, at->span.line};
    if (ref.key) return line;
    if (!first) first = line;
  }
  return first;
}

const Finding* selected_finding(const UiState& state) {
  if (!state.data) return nullptr;
  if (state.selection.finding) return state.data->finding(*state.selection.finding);
  if (const Cause* cause = state.selection.cause ? state.data->cause(*state.selection.cause) : nullptr) {
    return state.data->finding(cause->main);
  }
  return nullptr;
}

void show_case(std::shared_ptr<const LoadedCase> data, UiState& state, Effects& effects) {
  state.compare.reset();
  state.data = std::move(data);
  state.selection = {};
  state.history = {};
  state.event.reset();
  state.filter = {};  // its ids are those of the case before
  state.passing.reset();
  state.search.result.reset();
  state.search.picked.reset();
  state.wants_line_of.reset();
  ++state.query.number;  // an answer about the case before is none any more
  state.query.running = false;
  state.query.answer.reset();
  state.query.picked.reset();
  const std::uint64_t asked = state.stores.number + 1;
  state.stores = {};
  state.stores.number = asked;
  state.message.clear();
  state.log = {};
  state.scroll_y = 0;
  state.scale = {};
  state.frame = FrameRequest::whole;
  reset_timeline(state);
  state.lists = make_lists(state);
  if (!state.data) return;
  if (!state.data->derived.causes.empty()) {
    select_cause(CauseId{0}, state, effects);
    // Something that is only worth a note is no reason to look at one moment.
    if (state.data->derived.causes.front().severity == Severity::info) state.frame = FrameRequest::whole;
  } else if (!state.data->sources.empty()) {
    show_line({state.data->sources.front().id, 0}, state, effects);
  }
}

void show_page(LogPage page, UiState& state) {
  if (page.source != state.log.source) return;  // an answer to an older question
  state.log.requested = false;
  state.log.scroll_to = true;
  if (page.found_line > 0) state.log.line = page.found_line;
  state.log.page = std::move(page);
}

void remember_view(UiState& state) {
  auto& past = state.history.past;
  if (past.size() >= kRemembered) past.erase(past.begin());
  past.push_back({state.scale, state.scroll_y});
  state.history.future.clear();
  state.history.changed_at.reset();
}

void Applier::remember() {
  remember_selection(state_);
  remember_view(state_);
}

void Applier::operator()(const SelectCause& a) {
  remember();
  select_cause(a.cause, state_, effects_);
}
void Applier::operator()(const SelectFinding& a) {
  remember();
  select_finding(a.finding, state_, effects_);
}
void Applier::operator()(const SelectUpload& a) {
  remember();
  select_upload(a.upload, state_);
}
void Applier::operator()(const SelectLane& a) {
  remember_selection(state_);  // the view stays
  select_lane(a.lane, state_);
}
void Applier::operator()(const StepCause& a) {
  remember();
  step_cause(a.step, state_, effects_);
}
void Applier::operator()(const ShowLine& a) { show_line(a, state_, effects_); }
void Applier::operator()(const LogScrolled& /*a*/) { state_.log.scroll_to = false; }
void Applier::operator()(const ShowView& a) { show_view(a, state_); }
void Applier::operator()(const ChooseLanes& a) { choose_lanes(a.choice, state_); }
void Applier::operator()(const Measure& a) { state_.timeline.measured = a.span; }
void Applier::operator()(const ShowSearched& a) {
  remember_view(state_);
  show_searched(a, state_, effects_);
}
void Applier::operator()(const FrameSelection& /*a*/) { frame(FrameRequest::selection, state_); }
void Applier::operator()(const FrameWhole& /*a*/) { frame(FrameRequest::whole, state_); }
void Applier::operator()(const UndoView& /*a*/) { step_view(state_.history.past, state_.history.future, state_); }
void Applier::operator()(const RedoView& /*a*/) { step_view(state_.history.future, state_.history.past, state_); }
void Applier::operator()(const GoBack& /*a*/) { go_back(state_, effects_); }

void apply(const Action& action, UiState& state, Effects& effects) {
  if (goes_to_other(state, action)) {
    Applier(state, effects)(InOther{std::make_shared<const OtherAction>(OtherAction{action})});
  } else {
    std::visit(Applier(state, effects), action);
  }
  follow(state);
}

}  // namespace uptrail::viewer
