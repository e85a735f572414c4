#include "viewer/panels/state.h"

#include <algorithm>

namespace uptrail::viewer {

namespace {

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

void select_finding(FindingId id, UiState& state, Effects& effects) {
  const Finding* finding = state.data ? state.data->finding(id) : nullptr;
  if (finding == nullptr) return;
  state.selection = {};
  state.selection.finding = id;
  if (finding->cause.valid()) state.selection.cause = finding->cause;
  state.selection.lane = lane_of_subject(*state.data, *finding);
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
  if (!state.data || id.value >= state.data->derived.uploads.size()) return;
  state.selection = {};
  state.selection.upload = id;
  const auto& lanes = state.data->scene.lanes;
  const auto at = std::find_if(lanes.begin(), lanes.end(), [&](const timeline::Lane& lane) { return lane.upload == id; });
  if (at != lanes.end()) state.selection.lane = static_cast<std::uint32_t>(at - lanes.begin());
  state.frame = FrameRequest::selection;
}

void select_lane(std::uint32_t lane, UiState& state) {
  if (!state.data || lane >= state.data->scene.lanes.size()) {
    state.selection = {};
    return;
  }
  state.selection = {};
  state.selection.lane = lane;
  const timeline::Lane& picked = state.data->scene.lanes[lane];
  if (picked.upload.valid()) state.selection.upload = picked.upload;
}

void step_cause(int step, UiState& state, Effects& effects) {
  if (!state.data || state.data->derived.causes.empty()) return;
  const auto count = static_cast<int>(state.data->derived.causes.size());
  int at = step > 0 ? 0 : count - 1;
  if (state.selection.cause) at = (static_cast<int>(state.selection.cause->value) + step + count) % count;
  select_cause(CauseId{static_cast<std::uint32_t>(at)}, state, effects);
}

void move_splitter(const MoveSplitter& move, UiState& state) {
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
  }
}

// Esc: help first, then the selection, then the view.
void go_back(UiState& state) {
  if (state.help) {
    state.help = false;
  } else if (state.selection != Selection{}) {
    state.selection = {};
  } else {
    state.frame = FrameRequest::whole;
  }
}

template <class... F>
struct Overload : F... {
  using F::operator()...;
};
template <class... Ts>
Overload(Ts...) -> Overload<Ts...>;  // clang before 17 deduces no aggregates

}  // namespace

std::optional<ShowLine> line_of(const LoadedCase& data, const Finding& finding) {
  std::optional<ShowLine> first;
  for (const EvidenceRef& ref : finding.evidence) {
    const auto at = data.evidence.find(ref.event);
    if (at == data.evidence.end() || at->second.text.empty()) continue;
    const ShowLine line{at->second.source, at->second.span.line};
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
  state.data = std::move(data);
  state.selection = {};
  state.log = {};
  state.scroll_y = 0;
  state.scale = {};
  state.frame = FrameRequest::whole;
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
  state.log.page = std::move(page);
}

void apply(const Action& action, UiState& state, Effects& effects) {
  std::visit(
      Overload{[&](const SelectCause& a) { select_cause(a.cause, state, effects); },
               [&](const SelectFinding& a) { select_finding(a.finding, state, effects); },
               [&](const SelectUpload& a) { select_upload(a.upload, state); },
               [&](const SelectLane& a) { select_lane(a.lane, state); },
               [&](const StepCause& a) { step_cause(a.step, state, effects); },
               [&](const ShowLine& a) { show_line(a, state, effects); }, [&](const LogScrolled&) { state.log.scroll_to = false; },
               [&](const ShowView& a) {
                 state.scale = a.scale;
                 state.scroll_y = a.scroll_y;
                 state.frame = FrameRequest::none;
               },
               [&](const FrameSelection&) { state.frame = FrameRequest::selection; },
               [&](const FrameWhole&) { state.frame = FrameRequest::whole; }, [&](const GoBack&) { go_back(state); },
               [&](const ToggleTheme&) { state.theme = state.theme == ThemeKind::dark ? ThemeKind::light : ThemeKind::dark; },
               [&](const ToggleHelp&) { state.help = !state.help; }, [&](const CancelLoad&) { effects.cancel_load = true; },
               [&](const DismissError&) { state.error_dismissed = true; }, [&](const ShowTab& a) { state.left_tab = a.tab; },
               [&](const MoveSplitter& a) { move_splitter(a, state); }},
      action);
}

}  // namespace uptrail::viewer
