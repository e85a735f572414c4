#include "collector/analysis/story/storyteller.h"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

#include "collector/analysis/story/ending.h"
#include "collector/analysis/story/fold.h"
#include "collector/analysis/story/labels.h"
#include "collector/analysis/story/scope.h"
#include "collector/analysis/story/tell.h"
#include "collector/analysis/upload_label.h"

namespace uptrail::analysis {

namespace {

using K = EventKind;

constexpr std::array kContext{K::capture_begin,
                              K::capture_end,
                              K::device_boot,
                              K::app_launch,
                              K::app_foreground,
                              K::app_background,
                              K::app_suspend,
                              K::app_resume,
                              K::app_terminate,
                              K::app_force_quit,
                              K::session_create,
                              K::session_exists_warning,
                              K::session_blocked_first_unlock,
                              K::session_setup_failed,
                              K::session_invalidate,
                              K::session_did_become_invalid,
                              K::session_connection_lost,
                              K::session_connection_restored,
                              K::session_tasks_answered,
                              K::session_did_finish_events,
                              K::task_create_failed,
                              K::upload_state,
                              K::wake_handle_events,
                              K::wake_handler_called,
                              K::wake_never_called_warning,
                              K::daemon_start,
                              K::daemon_exit,
                              K::daemon_session_refused,
                              K::daemon_session_invalidating,
                              K::daemon_session_cleaned,
                              K::daemon_callback_held,
                              K::daemon_callback_released,
                              K::daemon_wake_requested,
                              K::daemon_wake_launched,
                              K::daemon_wake_failed,
                              K::daemon_wake_suppressed,
                              K::daemon_assertion_released,
                              K::daemon_delay_set,
                              K::daemon_force_quit_noticed,
                              K::store_snapshot};

// Steps of a session that matter to each of its tasks at any time.
bool touches_all_tasks(K kind) {
  return kind == K::session_invalidate || kind == K::session_did_become_invalid || kind == K::session_setup_failed ||
         kind == K::daemon_session_invalidating || kind == K::daemon_session_cleaned || kind == K::daemon_force_quit_noticed ||
         kind == K::session_blocked_first_unlock || kind == K::daemon_session_refused || kind == K::daemon_exit;
}

// Steps on the way from the end of a task to the app.
bool is_delivery(K kind) {
  return kind == K::daemon_wake_requested || kind == K::daemon_wake_failed || kind == K::daemon_wake_suppressed ||
         kind == K::daemon_delay_set || kind == K::wake_handle_events || kind == K::session_create ||
         kind == K::session_did_finish_events || kind == K::wake_handler_called || kind == K::wake_never_called_warning ||
         kind == K::daemon_callback_held;
}

// Later ones are about other tasks of the session as a rule; they are folded with the life of the process.
constexpr std::size_t kToldDeliveries = 8;

// Duller words for what another event of the same step says better.
bool is_said_better(const Beat& beat, const std::set<std::pair<TaskId, K>>& seen) {
  const auto has = [&](K kind) { return seen.contains({beat.task, kind}); };
  switch (beat.kind) {
    case K::task_cfn_finished:
    case K::task_response:
    case K::daemon_callback_acknowledged:
      return has(K::task_did_complete);
    case K::daemon_task_begin:
      return has(K::daemon_task_connection) || has(K::daemon_task_sent);
    case K::daemon_task_enqueued:
      return has(K::task_create) && has(K::daemon_task_connection);
    default:
      return false;
  }
}

}  // namespace

std::span<const EventKind> story_context_kinds() { return kContext; }

Storyteller::Storyteller(const StoryInput& input, UnitId unit, std::vector<Event> context)
    : in_(input), unit_(unit), context_(std::move(context)) {}

std::string Storyteller::state_at(TimeNs t, DomainId domain) const {
  for (const ProcessEpoch& epoch : in_.derived.epochs) {
    if (epoch.unit != unit_ || epoch.domain != domain) {
      continue;
    }
    for (const ProcessSpan& span : epoch.states) {
      if (span.span.contains(t)) {
        return span.state == ProcessState::foreground   ? " in the foreground"
               : span.state == ProcessState::background ? " in the background"
               : span.state == ProcessState::launching  ? " while launching"
                                                        : "";
      }
    }
  }
  return {};
}

std::vector<Beat> Storyteller::own_beats(const Scope& scope, std::span<const Event> own) const {
  const bool many = scope.tasks.size() > 1;
  std::set<std::pair<TaskId, K>> seen;
  for (const Event& e : own) {
    seen.emplace(e.task, e.kind);
  }
  std::vector<Beat> beats;
  const auto take = [&](const Event& e) {
    const bool known = e.task.valid() && e.task.value < in_.derived.tasks.size();
    const Names names{many && known ? task_label(in_.derived.tasks[e.task.value]) : "it", "the session", many};
    auto beat = beat_of(e, names);
    if (!beat || is_said_better(*beat, seen)) {
      return;
    }
    if (beat->kind == K::task_create) {
      beat->detail = state_at(e.t, e.domain) + beat->detail;
    }
    beats.push_back(std::move(*beat));
  };
  std::for_each(own.begin(), own.end(), take);
  for (const Event& e : context_) {
    const bool of_upload = scope.upload.valid() && e.upload == scope.upload && !scope.has(e.task);
    if (of_upload && (e.kind == K::upload_state || e.kind == K::task_create_failed)) {
      take(e);
    }
  }
  // "uploading" beside the creation says nothing new.
  std::erase_if(beats, [&](const Beat& b) {
    return b.kind == K::upload_state && b.text.ends_with(" uploading") &&
           std::any_of(beats.begin(), beats.end(), [&](const Beat& o) {
             return o.kind == K::task_create && o.domain == b.domain && o.t - b.t <= seconds(2) && b.t - o.t <= seconds(2);
           });
  });
  bring_stores_home(beats);
  sort_beats(beats);
  return beats;
}

bool Storyteller::is_placed(StreamId stream) const {
  return stream.valid() && stream.value < in_.streams.size() && in_.streams[stream.value].placed;
}

// When a store was written is told with the rest, however it was seen: by the time of its file, which says so.
void Storyteller::bring_stores_home(std::vector<Beat>& beats) const {
  const auto of_store = [](const Beat& b) { return b.actor == Actor::app_store || b.actor == Actor::daemon_store; };
  const auto other = std::find_if(beats.begin(), beats.end(), [&](const Beat& b) { return !of_store(b) && is_placed(b.stream); });
  if (other == beats.end()) {
    return;
  }
  const DomainId home = other->domain;
  for (Beat& b : beats) {
    if (of_store(b) && b.domain != home && is_placed(b.stream)) {
      b.domain = home;
      b.detail = " by the time of its file" + b.detail;
    }
  }
}

// getAllTasks tells what the app could have known of the task.
std::optional<Beat> Storyteller::listing_beat(const Event& answer, const Scope& scope, const Beat* ended) const {
  const auto* list = answer.fields.tasks(Field::tasks);
  if (list == nullptr || scope.tasks.size() != 1) {
    return std::nullopt;
  }
  const Task& task = in_.derived.tasks[scope.tasks.front().value];
  const auto entry = std::find_if(list->begin(), list->end(), [&](const TaskListing& l) {
    if (l.uuid && task.uuid) return *l.uuid == *task.uuid;
    if (l.id && task.identifier) return *l.id == *task.identifier;
    return !l.desc.empty() && l.desc == task.desc;
  });
  Beat out = beat_at(answer);
  out.task = task.id;
  if (entry != list->end()) {
    out.text = "found it in the list of tasks" + (entry->state.empty() ? std::string() : " as " + entry->state);
    return out;
  }
  if (ended == nullptr || !answer.fields.boolean(Field::complete).value_or(false)) {
    return std::nullopt;
  }
  out.text = "did not find it in the list of tasks";
  return out;
}

// A finding rests on it that the store has no such task; a copy that no finding speaks of proves nothing.
std::optional<Beat> Storyteller::absence_beat(const Event& snapshot, const Scope& scope) const {
  const auto cites = [&](FindingId id) {
    const auto& evidence = in_.derived.findings[id.value].evidence;
    return std::any_of(evidence.begin(), evidence.end(), [&](const EvidenceRef& ref) { return ref.event == snapshot.id; });
  };
  const std::vector<FindingId> findings = findings_of(scope);
  if (store_actor(snapshot) != Actor::daemon_store || scope.tasks.size() != 1 ||
      std::none_of(findings.begin(), findings.end(), cites)) {
    return std::nullopt;
  }
  Beat out = beat_at(snapshot);
  out.task = scope.tasks.front();
  out.actor = Actor::daemon_store;
  out.text = "no longer had it";
  return out;
}

void Storyteller::add_context(const Scope& scope, std::vector<Beat>& beats) const {
  if (beats.empty()) {
    return;
  }
  const DomainId domain = beats.front().domain;
  const Beat* ended = nullptr;
  bool delivered = true;
  bool created = false;
  for (const TaskId id : scope.tasks) {
    const Task& task = in_.derived.tasks[id.value];
    delivered = delivered && task.delivered.has_value();
    created = created || task.created;
  }
  Interval span{beats.front().t, delivered ? beats.front().t : kTimeMax};
  for (const Beat& b : beats) {
    ended = ended == nullptr && b.kind == K::daemon_task_finished ? &b : ended;
    if (delivered && b.domain == domain) {
      span.end = std::max(span.end, b.t + nanoseconds(1));
    }
  }
  const TimeNs end_at = ended != nullptr ? ended->t : kTimeMax;
  std::size_t deliveries = 0;
  std::vector<Beat> more;
  for (const Event& e : context_) {
    if (e.kind == K::store_snapshot) {
      if (auto beat = absence_beat(e, scope)) {
        more.push_back(std::move(*beat));
      }
      continue;
    }
    // A task that was made before the capture may be seen in a list before it does anything.
    const bool early = !created && e.kind == K::session_tasks_answered && e.t < span.end;
    if (e.domain != domain || (!early && !span.contains(e.t))) {
      continue;
    }
    const bool mine = e.session.valid() && e.session == scope.session;
    if (mine && e.kind == K::session_tasks_answered) {
      if (auto beat = listing_beat(e, scope, ended)) {
        more.push_back(std::move(*beat));
      }
      continue;
    }
    auto beat = beat_of(e, {"it", "the session", false});
    const bool later = e.t >= end_at;
    const bool delivery = mine && later && is_delivery(e.kind);
    const bool matters = beat && (beat->life || (mine && (touches_all_tasks(e.kind) || delivery)));
    if (!matters) {
      continue;
    }
    if (e.kind == K::session_create) {
      beat->text = "created the session again";
    }
    beat->life = beat->life || (delivery && ++deliveries > kToldDeliveries);
    more.push_back(std::move(*beat));
  }
  beats.insert(beats.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  bring_stores_home(beats);
  sort_beats(beats);
}

std::vector<FindingId> Storyteller::findings_of(const Scope& scope) const {
  std::vector<const Finding*> found;
  for (const Finding& f : in_.derived.findings) {
    const Subject& s = f.subject;
    const bool mine = (s.task.valid() && scope.has(s.task)) || (s.upload.valid() && s.upload == scope.upload) ||
                      (scope.whole_session && s.session == scope.session &&
                       (!scope.span || (f.t >= scope.span->start && f.t <= scope.span->end)));
    if (mine) {
      found.push_back(&f);
    }
  }
  std::stable_sort(found.begin(), found.end(), [](const Finding* a, const Finding* b) {
    return std::tie(a->severity, a->confidence) > std::tie(b->severity, b->confidence);
  });
  std::vector<FindingId> out;
  out.reserve(found.size());
  for (const Finding* f : found) {
    out.push_back(f->id);
  }
  return out;
}

Story Storyteller::about_tasks(Story story, const Scope& scope, std::span<const Event> own) const {
  const Telling telling{in_.sources, in_.streams, in_.zone_offset_minutes.value_or(0)};
  story.findings = findings_of(scope);
  std::vector<Beat> beats = own_beats(scope, own);
  add_context(scope, beats);
  const std::vector<Beat> all = beats;
  fold_beats(beats);
  story.clauses = tell(telling, beats);
  const EndingInput ending{in_.derived, in_.streams, telling, unit_, context_};
  for (const TaskId id : scope.tasks) {
    const bool fired = std::any_of(story.findings.begin(), story.findings.end(), [&](FindingId f) {
      const Finding& finding = in_.derived.findings[f.value];
      return finding.rule == "task-completed-without-callback" && finding.subject.task == id &&
             finding.confidence != Confidence::hint;
    });
    const Task& task = in_.derived.tasks[id.value];
    const auto listed = std::find_if(all.begin(), all.end(), [&](const Beat& b) {
      return b.kind == K::session_tasks_answered && b.task == id && b.text.ends_with("as completed");
    });
    const std::string it = scope.tasks.size() > 1 ? task_label(task) : "it";
    if (auto clause = task_ending(ending, task, it, own, listed == all.end() ? nullptr : &*listed, fired)) {
      story.clauses.push_back(std::move(*clause));
    }
  }
  if (scope.tasks.empty()) {
    story.clauses.push_back({"no task of it was seen", {}, story.clauses.empty() ? Joint::first : Joint::sentence});
  }
  const auto notes = clock_notes(telling, beats);
  story.clauses.insert(story.clauses.end(), notes.begin(), notes.end());
  if (!story.clauses.empty()) {
    story.clauses.front().joint = Joint::first;
  }
  return story;
}

Story Storyteller::upload(UploadId id, std::span<const Event> own) const {
  const Upload& upload = in_.derived.uploads[id.value];
  Scope scope;
  scope.tasks = upload.tasks;
  scope.upload = id;
  scope.session = upload.tasks.empty() ? SessionId{} : in_.derived.tasks[upload.tasks.back().value].session;
  return about_tasks({StoryKind::upload, id.value, capital(upload_label(upload)), {}, {}}, scope, own);
}

Story Storyteller::task(TaskId id, std::span<const Event> own) const {
  const Task& task = in_.derived.tasks[id.value];
  Scope scope;
  scope.tasks = {id};
  scope.session = task.session;
  std::string subject = capital(task_label(task));
  if (task.session.valid()) {
    subject += " of " + session_label(in_.derived.sessions[task.session.value]);
  }
  return about_tasks({StoryKind::task, id.value, std::move(subject), {}, {}}, scope, own);
}

}  // namespace uptrail::analysis
