#include "collector/timeline/scene_builder.h"

#include <algorithm>
#include <string_view>
#include <tuple>

#include "collector/model/session_identifier.h"

namespace uptrail::timeline {

namespace {

BarStyle style_of(ProcessState state) {
  switch (state) {
    case ProcessState::foreground:
      return BarStyle::process_foreground;
    case ProcessState::background:
      return BarStyle::process_background;
    case ProcessState::suspended:
      return BarStyle::process_suspended;
    case ProcessState::launching:
      return BarStyle::process_launching;
    case ProcessState::force_quit:
      return BarStyle::process_force_quit;
    default:
      return BarStyle::process_unknown;
  }
}

BarStyle style_of(TaskPhase phase) {
  switch (phase) {
    case TaskPhase::created:
      return BarStyle::task_created;
    case TaskPhase::resumed:
      return BarStyle::task_resumed;
    case TaskPhase::waiting:
      return BarStyle::task_waiting;
    case TaskPhase::transferring:
      return BarStyle::task_transferring;
    case TaskPhase::response:
      return BarStyle::task_response;
    case TaskPhase::finished_in_daemon:
      return BarStyle::task_finished;
    case TaskPhase::delivered:
      return BarStyle::task_delivered;
    case TaskPhase::cancelled:
      return BarStyle::task_cancelled;
  }
  return BarStyle::task_created;
}

constexpr DurationNs kUsual = seconds(2);  // between two files; beyond that people should know

bool is_empty(const Interval& i) { return i.end < i.start || (i.start.ns == 0 && i.end.ns == 0); }

// In the list of a valid id; else in none.
template <class Id>
std::uint32_t at(const std::vector<std::uint32_t>& lanes, Id id) {
  return id.valid() && static_cast<std::size_t>(id.value) < lanes.size() ? lanes[static_cast<std::size_t>(id.value)] : kNoLane;
}

}  // namespace

SceneBuilder::SceneBuilder(const Derived& derived, const std::vector<Stream>& streams, const std::vector<Event>& events)
    : derived_(derived), streams_(streams), events_(events) {
  any_placed_ = std::any_of(streams.begin(), streams.end(), [](const Stream& s) { return s.placed; });
  find_span();
  index_parts();
}

void SceneBuilder::note_clock(std::uint32_t lane, const Stream& stream) {
  const bool floats = any_placed_ && !stream.placed;
  if (!floats && stream.uncertainty <= kUsual) return;
  LaneClock& clock = clocks_.try_emplace(lane, LaneClock{lane, {}, false}).first->second;
  clock.floats = clock.floats || floats;
  clock.uncertainty = std::max(clock.uncertainty, stream.uncertainty);
}

void SceneBuilder::note_clock(std::uint32_t lane, StreamId stream) {
  for (const Stream& s : streams_) {
    if (s.id == stream) note_clock(lane, s);
  }
}

void SceneBuilder::note_clock(std::uint32_t lane, DomainId domain) {
  for (const Stream& s : streams_) {
    if (s.domain == domain && domain.valid() && s.observer == Observer::app) note_clock(lane, s);
  }
}

void SceneBuilder::index_parts() {
  const auto none = [](const auto& list) { return std::vector<std::uint32_t>(list.size(), kNoLane); };
  unit_lanes_ = none(derived_.units);
  epoch_lanes_ = none(derived_.epochs);
  session_lanes_ = none(derived_.sessions);
  task_lanes_ = none(derived_.tasks);
  upload_lanes_ = none(derived_.uploads);
  tasks_of_session_.resize(derived_.sessions.size());
  wakes_of_session_.resize(derived_.sessions.size());
  index_epochs();
  std::size_t phases = 0;
  for (std::uint32_t i = 0; i < derived_.tasks.size(); ++i) {
    const Task& task = derived_.tasks[i];
    phases += task.phases.size();
    if (task.session.valid() && task.session.value < tasks_of_session_.size()) {
      tasks_of_session_[task.session.value].push_back(i);
    } else {
      loose_tasks_[task.unit].push_back(i);
    }
  }
  for (std::uint32_t i = 0; i < derived_.wakes.size(); ++i) {
    const SessionId session = derived_.wakes[i].session;
    if (session.valid() && session.value < wakes_of_session_.size()) wakes_of_session_[session.value].push_back(i);
  }
  scene_.lanes.reserve(derived_.tasks.size() + 64);
  scene_.bars.reserve(phases + 256);
}

// Epochs come by unit and time. One life of a process is over when the next one begins, seen or not.
void SceneBuilder::index_epochs() {
  std::map<std::tuple<UnitId, DomainId, std::string_view>, const ProcessEpoch*> before;
  epoch_ends_.assign(derived_.epochs.size(), kTimeMax);
  for (const ProcessEpoch& epoch : derived_.epochs) {
    if (epoch.end) epoch_ends_[epoch.id.value] = *epoch.end;
    const ProcessEpoch*& last = before[{epoch.unit, epoch.domain, epoch.process}];
    if (last != nullptr && !last->end) epoch_ends_[last->id.value] = last->seen.end;
    last = &epoch;
  }
}

TimeNs SceneBuilder::life_end(EpochId epoch) const {
  return epoch.valid() && epoch.value < epoch_ends_.size() ? epoch_ends_[epoch.value] : kTimeMax;
}

std::uint32_t SceneBuilder::add_lane(LaneKind kind, std::uint32_t parent, std::string_view label, std::string_view detail) {
  Lane lane;
  lane.kind = kind;
  lane.parent = parent;
  if (parent != kNoLane) {
    const Lane& above = scene_.lanes[parent];
    lane.depth = static_cast<std::uint8_t>(above.depth + 1);
    lane.unit = above.unit;
    lane.session = above.session;
    lane.upload = above.upload;
  }
  lane.label = scene_.texts.add(label);
  lane.detail = scene_.texts.add(detail);
  scene_.lanes.push_back(lane);
  return static_cast<std::uint32_t>(scene_.lanes.size() - 1);
}

void SceneBuilder::extend(Interval span) {
  if (span.start == kTimeMin || is_empty(span)) {
    return;
  }
  seen_.start = std::min(seen_.start, span.start);
  seen_.end = std::max(seen_.end, span.end == kTimeMax ? span.start : span.end);
}

void SceneBuilder::add_bar(std::uint32_t lane, Interval span, BarStyle style, TextId label) {
  const bool open_end = span.end == kTimeMax || span.end >= capture_end();
  span.end = std::min(span.end, std::max(capture_end(), span.start));
  if (!span.empty()) {
    scene_.bars.emplace_back(span, lane, label, style, open_end);
  }
}

void SceneBuilder::add_mark(std::uint32_t lane, TimeNs t, MarkStyle style, std::string_view label) {
  Mark mark;
  mark.t = t;
  mark.lane = lane;
  mark.label = scene_.texts.intern(label);
  mark.style = style;
  scene_.marks.push_back(mark);
}

// Open bars end where the capture ends, so that has to be known before the first lane is made.
void SceneBuilder::find_span() {
  for (const Stream& s : streams_) {
    if (s.open) {
      extend(*s.open);
    }
  }
  for (const ProcessEpoch& e : derived_.epochs) {
    extend(e.seen);
  }
  for (const Task& t : derived_.tasks) {
    extend(t.seen);
  }
  for (const Finding& f : derived_.findings) {
    extend({f.t, f.t + nanoseconds(1)});
  }
  for (const Event& e : events_) {
    if (e.kind == EventKind::store_snapshot) extend({e.t, e.t});
  }
  if (seen_.end <= seen_.start) {
    seen_ =
        seen_.start == kTimeMax ? Interval{TimeNs{0}, TimeNs{seconds(60).ns}} : Interval{seen_.start, seen_.start + seconds(60)};
  }
}

void SceneBuilder::add_unit(const Unit& unit) {
  const std::string& title = !unit.title.empty() ? unit.title : unit.bundle;
  const std::uint32_t heading = add_lane(LaneKind::app, kNoLane, title.empty() ? "unknown app" : title,
                                         unit.bundle == title ? std::string_view() : std::string_view(unit.bundle));
  scene_.lanes[heading].unit = unit.id;
  unit_lanes_[unit.id.value] = heading;
  add_process_lanes(unit, heading);
  add_stores(unit, heading);
  for (const Session& session : derived_.sessions) {
    if (session.unit == unit.id) {
      add_session(session, heading);
    }
  }
  for (const std::uint32_t i : loose_tasks_[unit.id]) {
    if (task_lanes_[i] == kNoLane) add_task(derived_.tasks[i], heading);
  }
  // An upload whose task was refused has none.
  for (const Upload& upload : derived_.uploads) {
    if (upload.unit == unit.id && upload.tasks.empty()) add_upload(upload, heading);
  }
}

void SceneBuilder::add_process_lanes(const Unit& unit, std::uint32_t parent) {
  std::map<std::string, std::uint32_t> by_name;
  // All epochs of one process name first: its bars lie side by side.
  for (const ProcessEpoch& epoch : derived_.epochs) {
    if (epoch.unit != unit.id) continue;
    const auto [it, fresh] = by_name.try_emplace(epoch.process, kNoLane);
    if (fresh) {
      it->second = add_lane(LaneKind::process, parent, epoch.process.empty() ? "app process" : epoch.process, "process");
      scene_.lanes[it->second].hatch =
          hatch_of(unit.id, {EventKind::app_launch, EventKind::app_suspend, EventKind::app_terminate},
                   "the app's life is not recorded here");
    }
    epoch_lanes_[epoch.id.value] = it->second;
    note_clock(it->second, epoch.domain);
    add_epoch(it->second, epoch);
  }
  for (const auto& [name, lane] : by_name) add_not_running(lane);
}

// Between a seen end and the next seen launch; anything else could be a life that nobody recorded.
void SceneBuilder::add_not_running(std::uint32_t lane) {
  const ProcessEpoch* before = nullptr;
  for (const ProcessEpoch& epoch : derived_.epochs) {
    if (epoch_lanes_[epoch.id.value] != lane) continue;
    if (before != nullptr && before->end && epoch.launch) {
      add_bar(lane, {*before->end, *epoch.launch}, BarStyle::process_not_running);
    }
    before = &epoch;
  }
}

void SceneBuilder::add_epoch(std::uint32_t lane, const ProcessEpoch& epoch) {
  for (const ProcessSpan& s : epoch.states) {
    if (s.state != ProcessState::not_running) {
      add_bar(lane, s.span, style_of(s.state));
    }
  }
  if (epoch.launch) {
    add_mark(lane, *epoch.launch, MarkStyle::launch,
             epoch.launch_reason.empty() ? "launched" : "launched: " + epoch.launch_reason);
  }
  if (epoch.end) {
    const bool forced = epoch.end_cause == "force-quit";
    add_mark(lane, *epoch.end, forced ? MarkStyle::force_quit : MarkStyle::terminate,
             forced ? "closed by the user" : "ended: " + (epoch.end_cause.empty() ? "unknown cause" : epoch.end_cause));
  }
}

void SceneBuilder::add_session(const Session& session, std::uint32_t parent) {
  const std::uint32_t lane =
      add_lane(LaneKind::session, parent, session.identifier.empty() ? "session <private>" : shown_identifier(session.identifier),
               "session");
  scene_.lanes[lane].session = session.id;
  session_lanes_[session.id.value] = lane;
  scene_.lanes[lane].hatch =
      hatch_of(session.unit, {EventKind::session_create, EventKind::session_invalidate, EventKind::session_did_become_invalid},
               "the app's session calls are not recorded here");
  for (const ObjectId id : session.objects) {
    add_object(lane, derived_.objects[id.value]);
  }
  for (const std::uint32_t i : wakes_of_session_[session.id.value]) add_wake(lane, derived_.wakes[i]);
  add_connection(session, lane);
  for (const std::uint32_t i : tasks_of_session_[session.id.value]) {
    if (task_lanes_[i] != kNoLane) continue;  // stands with its upload
    const Task& task = derived_.tasks[i];
    if (task.upload.valid() && derived_.uploads[task.upload.value].tasks.size() > 1) {
      add_upload(derived_.uploads[task.upload.value], lane);
    } else {
      add_task(task, lane);
    }
  }
}

void SceneBuilder::add_object(std::uint32_t lane, const SessionObject& o) {
  const TimeNs end = life_end(o.epoch);  // nothing outlives its process
  if (!o.created && !o.invalidated) {
    return;
  }
  const TimeNs start = o.created.value_or(o.invalidated.value_or(end));
  const TimeNs alive_end = o.invalidated.value_or(end);
  const BarStyle alive = o.last_state == ObjectState::failed ? BarStyle::session_failed : BarStyle::session_active;
  add_bar(lane, {start, alive_end}, alive, scene_.texts.intern(o.object));
  if (o.invalidated) {
    const TimeNs gone = std::min(o.became_invalid.value_or(end), end);
    add_bar(lane, {*o.invalidated, gone}, BarStyle::session_invalidating);
    add_mark(lane, *o.invalidated, MarkStyle::invalidate, o.cancel ? "invalidateAndCancel" : "finishTasksAndInvalidate");
  }
}

void SceneBuilder::add_wake(std::uint32_t lane, const Wake& w) {
  const std::optional<TimeNs> first = w.requested ? w.requested : w.launched ? w.launched : w.handle_events;
  if (!first) {
    return;
  }
  const TimeNs end = w.handler_called ? *w.handler_called : std::max(w.seen.end, *first + milliseconds(1));
  add_bar(lane, {*first, end}, BarStyle::wake);
  if (w.did_finish_events) add_mark(lane, *w.did_finish_events, MarkStyle::other, "urlSessionDidFinishEvents");
  if (w.handler_called) add_mark(lane, *w.handler_called, MarkStyle::other, "completion handler called");
  const std::uint32_t process = at(epoch_lanes_, w.epoch);
  const std::optional<TimeNs> there = w.launched ? w.launched : w.handle_events;
  if (process == kNoLane || !there) return;
  if (w.requested) scene_.arrows.push_back({lane, process, *w.requested, *there, scene_.texts.intern("wakes the app")});
  for (const ObjectId id : derived_.sessions[w.session.value].objects) {
    const SessionObject& o = derived_.objects[id.value];
    if (o.epoch != w.epoch || !o.created || *o.created < *there) continue;
    scene_.arrows.push_back({process, lane, *there, *o.created, scene_.texts.intern("session re-created")});
    break;  // the first one answers the wake
  }
}

void SceneBuilder::add_upload(const Upload& upload, std::uint32_t parent) {
  const std::size_t count = upload.tasks.size();
  const std::uint32_t lane = add_lane(LaneKind::upload, parent, upload.name.empty() ? "upload" : upload.name,
                                      count == 0 ? "no task" : std::to_string(count) + " tasks");
  scene_.lanes[lane].upload = upload.id;
  upload_lanes_[upload.id.value] = lane;
  if (!is_empty(upload.seen)) add_bar(lane, upload.seen, BarStyle::upload_life, scene_.texts.intern(upload.last_state));
  for (const TaskId id : upload.tasks) add_task(derived_.tasks[id.value], lane);
}

void SceneBuilder::add_task(const Task& task, std::uint32_t parent) {
  const bool grouped = scene_.lanes[parent].kind == LaneKind::upload;
  const Upload* upload = task.upload.valid() && !grouped ? &derived_.uploads[task.upload.value] : nullptr;
  const std::string number = task.identifier ? "task " + std::to_string(*task.identifier) : std::string();
  const std::string uuid = task.uuid ? task.uuid->text().substr(0, 8) : std::string();
  const std::string& named = upload != nullptr ? upload->name : grouped ? number : task.desc;
  const std::string& label = !named.empty() ? named : number;
  const std::uint32_t lane = add_lane(LaneKind::task, parent, label.empty() ? "task" : label,
                                      !named.empty() && !number.empty() && !grouped ? number : uuid);
  Lane& made = scene_.lanes[lane];
  made.session = task.session;
  made.task = task.id;
  made.upload = task.upload;
  made.bytes = std::max(task.bytes_sent.value_or(0), task.bytes_expected.value_or(0));
  made.hatch = hatch_of(task.unit, {EventKind::task_did_complete}, "the app's callbacks are not recorded here");
  task_lanes_[task.id.value] = lane;
  if (upload != nullptr && upload_lanes_[task.upload.value] == kNoLane) upload_lanes_[task.upload.value] = lane;
  for (const TaskPhaseSpan& p : task.phases) {
    add_bar(lane, p.span, style_of(p.phase));
  }
  add_disagreement(task, lane);
  const bool http_error = task.status && (*task.status < 200 || *task.status > 299);
  const std::optional<TimeNs> end = task.delivered ? task.delivered : task.finished_in_daemon;
  if (!end) return;
  if (http_error) {
    add_mark(lane, *end, MarkStyle::http_error, "HTTP " + std::to_string(*task.status));
  } else if (task.error_code && *task.error_code != 0) {
    add_mark(lane, *end, MarkStyle::failed, "error " + std::to_string(*task.error_code));
  } else if (task.delivered) {
    add_mark(lane, *end, MarkStyle::succeeded, "delivered to the app");
  }
}

// The app's last word is that the upload goes on, but its only task is over, and the rules say that this did harm.
void SceneBuilder::add_disagreement(const Task& task, std::uint32_t lane) {
  if (!task.upload.valid()) return;
  const Upload& upload = derived_.uploads[task.upload.value];
  const std::string& says = upload.last_state;
  const bool goes_on = says == "queued" || says == "waiting" || says == "uploading" || says == "paused";
  if (upload.outcome != UploadOutcome::affected || !goes_on || upload.tasks.size() != 1) return;
  const std::optional<TimeNs> end = task.delivered ? task.delivered : task.finished_in_daemon;
  if (end) add_bar(lane, {*end, kTimeMax}, BarStyle::disagreement, scene_.texts.intern("the app says " + says));
}

}  // namespace uptrail::timeline
