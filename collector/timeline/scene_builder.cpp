#include "collector/timeline/scene_builder.h"

#include <algorithm>
#include <set>

#include "collector/base/text.h"

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

// The callback's own name, where people know it by one.
std::string_view missing_label(EventKind kind) {
  switch (kind) {
    case EventKind::task_did_complete:
      return "didCompleteWithError";
    case EventKind::wake_handler_called:
      return "completion handler";
    case EventKind::session_did_become_invalid:
      return "didBecomeInvalid";
    case EventKind::session_did_finish_events:
      return "didFinishEvents";
    default:
      return kind_name(kind);
  }
}

constexpr std::int64_t kRelatedCells = 4096;
constexpr std::size_t kRelatedLabel = 200;  // bytes

bool is_empty(const Interval& i) { return i.end < i.start || (i.start.ns == 0 && i.end.ns == 0); }

// Without a date the axis shows the time of day; script and relative clocks lie near zero.
AxisKind axis_kind(const std::vector<Stream>& streams, const Interval& seen) {
  const bool placed = std::any_of(streams.begin(), streams.end(), [](const Stream& s) { return s.placed; });
  if (placed) {
    return AxisKind::utc;
  }
  return seen.end.ns < hours(24 * 30).ns && seen.start.ns >= minutes(1).ns ? AxisKind::time_of_day : AxisKind::relative;
}

}  // namespace

std::uint32_t SceneBuilder::add_lane(Lane lane) {
  scene_.lanes.push_back(std::move(lane));
  return static_cast<std::uint32_t>(scene_.lanes.size() - 1);
}

void SceneBuilder::extend(Interval span) {
  if (span.start == kTimeMin || is_empty(span)) {
    return;
  }
  seen_.start = std::min(seen_.start, span.start);
  seen_.end = std::max(seen_.end, span.end == kTimeMax ? span.start : span.end);
}

void SceneBuilder::add_bar(std::uint32_t lane, Interval span, BarStyle style, std::string label) {
  const bool open_end = span.end == kTimeMax || span.end >= capture_end();
  span.end = std::min(span.end, std::max(capture_end(), span.start));
  if (!span.empty()) {
    scene_.bars.push_back({lane, span, style, open_end, std::move(label)});
  }
}

void SceneBuilder::add_mark(std::uint32_t lane, TimeNs t, MarkStyle style, std::string label) {
  Mark mark;
  mark.lane = lane;
  mark.t = t;
  mark.style = style;
  mark.label = std::move(label);
  scene_.marks.push_back(std::move(mark));
}

// Open bars end where the capture ends, so that has to be known before the first lane is made.
void SceneBuilder::find_span() {
  span_known_ = true;
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
  if (seen_.end <= seen_.start) {
    seen_ =
        seen_.start == kTimeMax ? Interval{TimeNs{0}, TimeNs{seconds(60).ns}} : Interval{seen_.start, seen_.start + seconds(60)};
  }
}

void SceneBuilder::add_unit(const Unit& unit, const std::vector<Event>& device_events) {
  if (!span_known_) {
    find_span();
  }
  Lane heading;
  heading.kind = LaneKind::app;
  heading.label = !unit.title.empty() ? unit.title : !unit.bundle.empty() ? unit.bundle : "unknown app";
  heading.detail = unit.bundle == heading.label ? "" : unit.bundle;
  heading.unit = unit.id;
  unit_lanes_[unit.id] = add_lane(std::move(heading));
  if (unit.id == derived_.units.front().id) {
    add_device_lane(unit, device_events);
  }
  add_process_lanes(unit);
  for (const Session& session : derived_.sessions) {
    if (session.unit == unit.id) {
      add_session(unit, session);
    }
  }
  for (const Task& task : derived_.tasks) {
    if (task.unit == unit.id && !task_lanes_.contains(task.id)) {
      add_task(task);
    }
  }
}

void SceneBuilder::add_device_lane(const Unit& unit, const std::vector<Event>& events) {
  if (events.empty()) {
    return;
  }
  Lane lane;
  lane.kind = LaneKind::device;
  lane.label = unit.device.empty() ? "device" : unit.device;
  lane.detail = "network, lock";
  lane.depth = 1;
  lane.unit = unit.id;
  const std::uint32_t at = add_lane(std::move(lane));
  std::optional<TimeNs> offline;
  std::optional<TimeNs> locked;
  const auto toggle = [&](std::optional<TimeNs>& since, bool on, TimeNs t, BarStyle style) {
    if (on && !since) {
      since = t;
    } else if (!on && since) {
      add_bar(at, {*since, t}, style, std::string(bar_style_name(style)));
      since.reset();
    }
  };
  for (const Event& e : events) {
    if (e.kind == EventKind::device_network) {
      toggle(offline, !e.fields.boolean(Field::satisfied).value_or(true), e.t, BarStyle::device_offline);
    } else if (e.kind == EventKind::device_lock) {
      toggle(locked, e.fields.boolean(Field::locked).value_or(false), e.t, BarStyle::device_locked);
    }
  }
  toggle(offline, false, kTimeMax, BarStyle::device_offline);
  toggle(locked, false, kTimeMax, BarStyle::device_locked);
}

void SceneBuilder::add_process_lanes(const Unit& unit) {
  std::map<std::string, std::uint32_t> by_name;
  for (const ProcessEpoch& epoch : derived_.epochs) {
    if (epoch.unit != unit.id) {
      continue;
    }
    auto it = by_name.find(epoch.process);
    if (it == by_name.end()) {
      Lane lane;
      lane.kind = LaneKind::process;
      lane.label = epoch.process.empty() ? "app process" : epoch.process;
      lane.detail = "process";
      lane.depth = 1;
      lane.unit = unit.id;
      it = by_name.emplace(epoch.process, add_lane(std::move(lane))).first;
      add_app_hatches(it->second, unit.id, {EventKind::app_launch, EventKind::app_suspend, EventKind::app_terminate},
                      "the app's life is not recorded here");
    }
    epoch_lanes_[epoch.id] = it->second;
    add_epoch(it->second, epoch);
  }
}

void SceneBuilder::add_epoch(std::uint32_t lane, const ProcessEpoch& epoch) {
  for (const ProcessSpan& s : epoch.states) {
    if (s.state != ProcessState::not_running) {
      add_bar(lane, s.span, style_of(s.state), std::string(process_state_name(s.state)));
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

void SceneBuilder::add_session(const Unit& unit, const Session& session) {
  Lane lane;
  lane.kind = LaneKind::session;
  lane.label = session.identifier.empty() ? "session <private>" : session.identifier;
  lane.detail = "session";
  lane.depth = 1;
  lane.unit = unit.id;
  lane.session = session.id;
  const std::uint32_t at = add_lane(std::move(lane));
  session_lanes_[session.id] = at;
  for (const ObjectId id : session.objects) {
    add_object(at, derived_.objects[id.value]);
  }
  for (const Wake& wake : derived_.wakes) {
    if (wake.session == session.id) {
      add_wake(at, wake);
    }
  }
  for (const Task& task : derived_.tasks) {
    if (task.session == session.id) {
      add_task(task);
    }
  }
}

void SceneBuilder::add_object(std::uint32_t lane, const SessionObject& o) {
  TimeNs end = kTimeMax;
  if (o.epoch.valid()) {
    const ProcessEpoch& epoch = derived_.epochs[o.epoch.value];
    end = epoch.end.value_or(kTimeMax);
  }
  if (!o.created && !o.invalidated) {
    return;
  }
  const TimeNs start = o.created.value_or(o.invalidated.value_or(end));
  const TimeNs alive_end = o.invalidated.value_or(end);
  const BarStyle alive = o.last_state == ObjectState::failed ? BarStyle::session_failed : BarStyle::session_active;
  add_bar(lane, {start, alive_end}, alive, o.object);
  if (o.invalidated) {
    const TimeNs gone = std::min(o.became_invalid.value_or(end), end);
    add_bar(lane, {*o.invalidated, gone}, BarStyle::session_invalidating, "invalidating");
    add_mark(lane, *o.invalidated, MarkStyle::invalidate, o.cancel ? "invalidateAndCancel" : "finishTasksAndInvalidate");
  }
}

void SceneBuilder::add_wake(std::uint32_t lane, const Wake& w) {
  const std::optional<TimeNs> first = w.requested ? w.requested : w.launched ? w.launched : w.handle_events;
  if (!first) {
    return;
  }
  const TimeNs end = w.handler_called ? *w.handler_called : std::max(w.seen.end, *first + milliseconds(1));
  add_bar(lane, {*first, end}, BarStyle::wake, "wake");
  const auto process = epoch_lanes_.find(w.epoch);
  if (w.requested && process != epoch_lanes_.end()) {
    const std::optional<TimeNs> there = w.launched ? w.launched : w.handle_events;
    if (there) {
      scene_.arrows.push_back({lane, process->second, *w.requested, *there, "wakes the app"});
    }
  }
}

void SceneBuilder::add_task(const Task& task) {
  Lane lane;
  lane.kind = LaneKind::task;
  const Upload* upload = task.upload.valid() ? &derived_.uploads[task.upload.value] : nullptr;
  const std::string number = task.identifier ? "task " + std::to_string(*task.identifier) : std::string();
  const std::string uuid = task.uuid ? task.uuid->text().substr(0, 8) : std::string();
  const std::string named = upload != nullptr ? upload->name : task.desc;
  lane.label = !named.empty() ? named : !number.empty() ? number : "task";
  lane.detail = !named.empty() && !number.empty() ? number : uuid;
  lane.depth = 2;
  lane.unit = task.unit;
  lane.session = task.session;
  lane.task = task.id;
  lane.upload = task.upload;
  const std::uint32_t at = add_lane(std::move(lane));
  task_lanes_[task.id] = at;
  if (upload != nullptr) {
    upload_lanes_.emplace(task.upload, at);
  }
  for (const TaskPhaseSpan& p : task.phases) {
    add_bar(at, p.span, style_of(p.phase), std::string(task_phase_name(p.phase)));
  }
  const bool http_error = task.status && (*task.status < 200 || *task.status > 299);
  const std::optional<TimeNs> end = task.delivered ? task.delivered : task.finished_in_daemon;
  if (end) {
    if (http_error) {
      add_mark(at, *end, MarkStyle::http_error, "HTTP " + std::to_string(*task.status));
    } else if (task.error_code && *task.error_code != 0) {
      add_mark(at, *end, MarkStyle::failed, "error " + std::to_string(*task.error_code));
    } else if (task.delivered) {
      add_mark(at, *end, MarkStyle::succeeded, "delivered to the app");
    }
  }
}

// Hatches a lane wherever none of the unit's streams covers any of the kinds.
void SceneBuilder::add_app_hatches(std::uint32_t lane, UnitId unit, const std::vector<EventKind>& kinds, const std::string& why) {
  IntervalSet open;
  open.add(seen_);
  for (const CoverageSpan& c : derived_.coverage) {
    if ((!c.unit.valid() || c.unit == unit) && std::find(kinds.begin(), kinds.end(), c.kind) != kinds.end()) {
      open.subtract({c.span.start, c.span.end == kTimeMax ? capture_end() : c.span.end});
    }
  }
  for (const Interval& i : open.intervals()) {
    scene_.hatches.push_back({lane, i, why});
  }
}

std::uint32_t SceneBuilder::lane_of(const Subject& s) const {
  const auto find = [](const auto& lanes, auto id) { return id.valid() && lanes.contains(id) ? lanes.at(id) : kNoLane; };
  for (const std::uint32_t lane : {find(task_lanes_, s.task), find(upload_lanes_, s.upload), find(session_lanes_, s.session),
                                   find(epoch_lanes_, s.epoch), find(unit_lanes_, s.unit)}) {
    if (lane != kNoLane) {
      return lane;
    }
  }
  return kNoLane;
}

void SceneBuilder::add_related(std::vector<RelatedMark> related) {
  if (!span_known_) {
    find_span();
  }
  std::stable_sort(related.begin(), related.end(),
                   [](const RelatedMark& a, const RelatedMark& b) { return std::pair(a.task, a.t) < std::pair(b.task, b.t); });
  const std::int64_t cell = std::max<std::int64_t>(seen_.length().ns / kRelatedCells, 1);
  for (std::size_t i = 0; i < related.size();) {
    const RelatedMark& first = related[i];
    std::size_t next = i + 1;
    while (next < related.size() && related[next].task == first.task && (related[next].t - first.t).ns < cell) {
      ++next;
    }
    if (const auto lane = task_lanes_.find(first.task); lane != task_lanes_.end()) {
      const std::string more = next - i > 1 ? " (+" + std::to_string(next - i - 1) + ")" : "";
      add_mark(lane->second, first.t, MarkStyle::related, ellipsize(first.text, kRelatedLabel) + more);
    }
    i = next;
  }
}

void SceneBuilder::add_findings() {
  for (const Finding& f : derived_.findings) {
    const std::uint32_t lane = lane_of(f.subject);
    if (lane == kNoLane) {
      continue;
    }
    for (const MissingEvent& m : f.missing) {
      scene_.ghosts.push_back({lane, m.due, f.id, std::string(missing_label(m.kind))});
    }
    if (f.folded_into.valid() || f.confidence == Confidence::hint || f.rule == "capture-incomplete") {
      continue;
    }
    Mark mark;
    mark.lane = lane;
    mark.t = f.t;
    mark.style = MarkStyle::finding;
    mark.severity = f.severity;
    mark.finding = f.id;
    mark.label = f.title;
    scene_.marks.push_back(std::move(mark));
    std::optional<Severity>& worst = scene_.lanes[lane].worst;
    worst = worst ? std::max(*worst, f.severity) : f.severity;
  }
}

void SceneBuilder::finish(const CaseInfo& info) {
  if (!span_known_) {
    find_span();
  }
  for (const auto& [session, lane] : session_lanes_) {
    add_app_hatches(lane, derived_.sessions[session.value].unit,
                    {EventKind::session_create, EventKind::session_invalidate, EventKind::session_did_become_invalid},
                    "the app's session calls are not recorded here");
  }
  for (const auto& [task, lane] : task_lanes_) {
    add_app_hatches(lane, derived_.tasks[task.value].unit, {EventKind::task_did_complete},
                    "the app's callbacks are not recorded here");
  }
  const auto by = [](auto lane_time) {
    return [lane_time](const auto& a, const auto& b) { return lane_time(a) < lane_time(b); };
  };
  std::stable_sort(scene_.bars.begin(), scene_.bars.end(), by([](const Bar& b) { return std::pair(b.lane, b.span.start); }));
  std::stable_sort(scene_.marks.begin(), scene_.marks.end(),
                   by([](const Mark& m) { return std::tuple(m.lane, m.t, m.style == MarkStyle::finding); }));
  std::stable_sort(scene_.ghosts.begin(), scene_.ghosts.end(), by([](const Ghost& g) { return std::pair(g.lane, g.due); }));
  std::stable_sort(scene_.hatches.begin(), scene_.hatches.end(),
                   by([](const Hatch& h) { return std::pair(h.lane, h.span.start); }));
  std::stable_sort(scene_.arrows.begin(), scene_.arrows.end(), by([](const Arrow& a) { return a.from; }));
  for (const Ghost& g : scene_.ghosts) {
    seen_.end = std::max(seen_.end, g.due);
  }
  const std::int64_t margin = std::max<std::int64_t>(seen_.length().ns / 50, seconds(1).ns);
  scene_.whole = {seen_.start - nanoseconds(margin), seen_.end + nanoseconds(margin)};
  scene_.axis = axis_kind(streams_, seen_);
  scene_.zone_offset_minutes = scene_.axis == AxisKind::utc ? info.zone_offset_minutes.value_or(0) : 0;
}

}  // namespace uptrail::timeline
