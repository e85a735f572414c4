// Notes, and findings that are no problem.
#include <algorithm>

#include "viewer/load/names.h"
#include "viewer/panels/apply.h"

namespace uptrail::viewer {

namespace {

void say(UiState& state, std::string text) {
  state.message = std::move(text);
  state.message_bad = false;
}

// A note hangs at the finding that is selected, else at the current line, else in the middle of the view.
Note note_here(const UiState& state) {
  Note note;
  note.text = state.draft.text;
  if (const Finding* finding = selected_finding(state)) {
    note.fingerprint = finding->fingerprint;
    note.t = finding->t;
    note.title = finding->title;
    return note;
  }
  const Source* source = state.data->source(state.log.source);
  if (state.event && state.event->event.span.line > 0) {
    note.t = state.event->event.t;
    note.title = std::string(kind_name(state.event->event.kind));
  }
  if (source != nullptr && state.log.line > 0) {
    note.source_hash = source->content_hash;
    note.line = state.log.line;
    if (note.title.empty()) note.title = file_name(source->path);
    note.title += ":" + std::to_string(state.log.line);
    return note;
  }
  note.t = state.scale.time(state.view_width / 2);
  return note;
}

}  // namespace

void Applier::operator()(const SetDraft& a) { state_.draft = a.to; }

void Applier::operator()(const SetAside& /*a*/) {
  const Finding* finding = selected_finding(state_);
  const Draft& draft = state_.draft;
  if (finding == nullptr || draft.text.empty() || (!draft.expires.empty() && !is_day(draft.expires))) return;
  auto& all = state_.notes.not_problems;
  std::erase_if(all, [&](const NotAProblem& n) { return n.fingerprint == finding->fingerprint; });
  all.push_back({finding->fingerprint, finding->rule, finding->title, draft.text, draft.expires});
  effects_.save_notes = true;
  state_.overlay = Overlay::none;
  say(state_, "Set aside: " + finding->title);
  (*this)(StepCause{1});
}

void Applier::operator()(const PutBack& a) {
  const auto gone =
      std::erase_if(state_.notes.not_problems, [&](const NotAProblem& n) { return n.fingerprint == a.fingerprint; });
  if (gone > 0) effects_.save_notes = true;
}

void Applier::operator()(const AddNote& /*a*/) {
  if (!state_.data) return;
  state_.notes.notes.push_back(note_here(state_));
  effects_.save_notes = true;
  state_.overlay = Overlay::none;
  state_.left_tab = LeftTab::notes;
}

void Applier::operator()(const RemoveNote& a) {
  auto& notes = state_.notes.notes;
  if (a.note >= notes.size()) return;
  notes.erase(notes.begin() + static_cast<std::ptrdiff_t>(a.note));
  effects_.save_notes = true;
}

void Applier::operator()(const GoToNote& a) {
  if (!state_.data || a.note >= state_.notes.notes.size()) return;
  const Note note = state_.notes.notes[a.note];
  for (const Finding& finding : state_.data->derived.findings) {
    if (!note.fingerprint.empty() && finding.fingerprint == note.fingerprint) return (*this)(SelectFinding{finding.id});
  }
  for (const Source& source : state_.data->sources) {
    if (!note.source_hash.empty() && source.content_hash == note.source_hash) (*this)(ShowLine{source.id, note.line});
  }
  if (!note.t || state_.view_width <= 0) return;
  remember_view(state_);
  const double ns_per_px = state_.scale.ns_per_px();
  const auto half = static_cast<std::int64_t>(ns_per_px * state_.view_width / 2);
  state_.scale = timeline::TimeScale(*note.t - nanoseconds(half), ns_per_px);
}

void Applier::operator()(const ExportIgnored& /*a*/) {
  if (state_.data) effects_.export_ignored = true;
}

}  // namespace uptrail::viewer
