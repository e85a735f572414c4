// Stories of sessions and of their wakes.
#include <algorithm>

#include "collector/analysis/story/ending.h"
#include "collector/analysis/story/fold.h"
#include "collector/analysis/story/labels.h"
#include "collector/analysis/story/scope.h"
#include "collector/analysis/story/storyteller.h"
#include "collector/analysis/story/tell.h"
#include "collector/base/text.h"
#include "collector/model/session_identifier.h"

namespace uptrail::analysis {

namespace {

using K = EventKind;

}  // namespace

Clause Storyteller::task_counts(SessionId id) const {
  std::size_t tasks = 0;
  std::size_t told = 0;
  std::size_t failed = 0;
  std::size_t waiting = 0;
  for (const Task& t : in_.derived.tasks) {
    if (t.session != id) {
      continue;
    }
    ++tasks;
    told += t.delivered ? 1 : 0;
    failed += t.delivered && (t.error_code.value_or(0) != 0 || t.status.value_or(0) >= 400) ? 1 : 0;
    waiting += !t.delivered && t.finished_in_daemon ? 1 : 0;
  }
  if (tasks == 0) {
    return {"no task of it was seen", {}, Joint::sentence};
  }
  std::string text = "of its " + count_of(tasks, "task") + ", the app was told the end of " + std::to_string(told);
  text += failed > 0 ? " (" + std::to_string(failed) + " with an error or an HTTP status of 400 or more)" : "";
  text += waiting > 0 ? ", " + std::to_string(waiting) + " finished without a callback that was seen" : "";
  const std::size_t open = tasks - told - waiting;
  text += open > 0 ? ", and of " + std::to_string(open) + " no end was seen" : "";
  return {std::move(text), {}, Joint::sentence};
}

// It rests on the first event that names the session.
Clause Storyteller::said_by_identifier(SessionId id) const {
  Clause clause{sentence_of_identifier(in_.derived.sessions[id.value].identifier), {}, Joint::sentence};
  for (const Event& e : context_) {
    if (e.session == id && !e.fields.text(Field::identifier).empty()) {
      clause.events = {e.id};
      break;
    }
  }
  return clause;
}

Story Storyteller::session(SessionId id) const {
  const Telling telling{in_.sources, in_.streams, in_.zone_offset_minutes.value_or(0)};
  Story story{StoryKind::session, id.value, capital(session_label(in_.derived.sessions[id.value])), {}, {}};
  std::vector<Beat> beats;
  for (const Event& e : context_) {
    const bool gone = e.kind == K::app_terminate || e.kind == K::app_force_quit || e.kind == K::app_launch;
    const bool mine = e.session.valid() && e.session == id && e.kind != K::upload_state && e.kind != K::task_create_failed;
    auto beat = mine || gone ? beat_of(e, {"it", "the session", false}) : std::nullopt;
    if (beat) {
      beats.push_back(std::move(*beat));
    }
  }
  const bool known = std::any_of(beats.begin(), beats.end(), [](const Beat& b) { return !b.life; });
  if (!known) {
    beats.clear();
  }
  sort_beats(beats);
  fold_beats(beats);
  story.clauses = tell(telling, beats);
  if (auto said = said_by_identifier(id); !said.text.empty()) story.clauses.push_back(std::move(said));
  story.clauses.push_back(task_counts(id));
  const auto notes = clock_notes(telling, beats);
  story.clauses.insert(story.clauses.end(), notes.begin(), notes.end());
  story.clauses.front().joint = Joint::first;
  Scope scope;
  scope.session = id;
  scope.whole_session = true;
  story.findings = findings_of(scope);
  return story;
}

Story Storyteller::wake(std::size_t index, std::span<const Event> own) const {
  const Telling telling{in_.sources, in_.streams, in_.zone_offset_minutes.value_or(0)};
  const Wake& wake = in_.derived.wakes[index];
  const std::string of = wake.session.valid() ? " of " + session_label(in_.derived.sessions[wake.session.value]) : std::string();
  Story story{StoryKind::wake, static_cast<std::uint32_t>(index), "Wake " + std::to_string(index + 1) + of, {}, {}};
  DomainId domain;
  std::vector<Beat> beats;
  std::vector<EventId> completed;
  for (const Event& e : own) {
    domain = domain.valid() ? domain : e.domain;
    if (e.kind == K::task_did_complete) {
      completed.push_back(e.id);
    }
    auto beat = beat_of(e, {"it", "the session", false});
    const bool told = beat && e.domain == domain && !e.task.valid() && e.kind != K::upload_state;
    if (!told && e.kind != K::task_did_complete) {
      continue;
    }
    if (e.kind == K::task_did_complete && completed.size() > 1) {
      const auto first = std::find_if(beats.begin(), beats.end(), [](const Beat& b) { return b.kind == K::task_did_complete; });
      first->events = completed;
      first->text = "received didCompleteWithError for " + count_of(completed.size(), "task");
      continue;
    }
    if (e.kind == K::task_did_complete) {
      beat->text = "received didCompleteWithError for 1 task";
      beat->detail.clear();
    }
    beats.push_back(std::move(*beat));
  }
  sort_beats(beats);
  fold_beats(beats);
  story.clauses = tell(telling, beats);
  if (auto clause = wake_ending({in_.derived, in_.streams, telling, unit_, context_}, wake, domain)) {
    story.clauses.push_back(std::move(*clause));
  } else if (wake.handle_events && wake.handler_called) {
    story.clauses.push_back(
        {"the app held the handler for " + format_duration(*wake.handler_called - *wake.handle_events), {}, Joint::sentence});
  }
  const auto notes = clock_notes(telling, beats);
  story.clauses.insert(story.clauses.end(), notes.begin(), notes.end());
  Scope scope;
  scope.session = wake.session;
  scope.whole_session = wake.session.valid();
  scope.span = wake.seen;
  story.findings = findings_of(scope);
  if (story.clauses.empty()) {
    story.clauses.push_back({"nothing more is known of it", {}, Joint::first});
  }
  story.clauses.front().joint = Joint::first;
  return story;
}

}  // namespace uptrail::analysis
