#include "collector/timeline/scene.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "collector/timeline/scene_builder.h"

namespace uptrail::timeline {

namespace {

constexpr DurationNs kContext = minutes(10);

// The items of one lane, in a vector sorted by lane.
template <class T>
std::span<const T> of_lane(const std::vector<T>& items, std::uint32_t lane) {
  const auto lo = std::lower_bound(items.begin(), items.end(), lane, [](const T& i, std::uint32_t l) { return i.lane < l; });
  const auto hi = std::upper_bound(lo, items.end(), lane, [](std::uint32_t l, const T& i) { return l < i.lane; });
  return {lo, hi};
}

template <class T>
std::size_t bytes_of(const std::vector<T>& items) {
  return items.capacity() * sizeof(T);
}

}  // namespace

std::string_view bar_style_name(BarStyle style) {
  constexpr std::array<std::string_view, kBarStyles> kNames = {"foreground",
                                                               "background",
                                                               "suspended",
                                                               "launching",
                                                               "force-quit",
                                                               "state unknown",
                                                               "connecting",
                                                               "session alive",
                                                               "invalidating",
                                                               "invalidated",
                                                               "failed",
                                                               "state unknown",
                                                               "wake",
                                                               "created",
                                                               "resumed",
                                                               "waiting",
                                                               "transferring",
                                                               "response",
                                                               "finished in daemon",
                                                               "delivered to app",
                                                               "cancelled",
                                                               "no network",
                                                               "locked",
                                                               "not running",
                                                               "network",
                                                               "charging",
                                                               "low power",
                                                               "nsurlsessiond running",
                                                               "connected to nsurlsessiond",
                                                               "connection lost",
                                                               "upload",
                                                               "app disagrees"};
  return kNames[static_cast<std::size_t>(style)];
}

int gravity(BarStyle style) {
  switch (style) {
    case BarStyle::process_force_quit:
    case BarStyle::session_failed:
      return 3;
    case BarStyle::session_invalidating:
    case BarStyle::session_invalid:
    case BarStyle::connection_lost:
    case BarStyle::task_finished:
    case BarStyle::device_offline:
    case BarStyle::disagreement:
      return 2;
    case BarStyle::task_cancelled:
    case BarStyle::wake:
    case BarStyle::device_low_power:
      return 1;
    default:
      return 0;
  }
}

UploadView view_of(const Upload& upload) {
  return {upload.id, upload.unit, upload.name, upload.last_state, upload.outcome, upload.seen, upload.tasks};
}

std::size_t UploadList::memory() const {
  return bytes_of(seen) + bytes_of(units) + bytes_of(names) + bytes_of(states) + bytes_of(task_ends) + bytes_of(tasks) +
         bytes_of(outcomes);
}

UploadView Scene::upload(UploadId id) const {
  const std::size_t i = id.value;
  const std::uint32_t from = i == 0 ? 0 : uploads.task_ends[i - 1];
  return {id,
          uploads.units[i],
          texts[uploads.names[i]],
          texts[uploads.states[i]],
          uploads.outcomes[i],
          uploads.seen[i],
          std::span(uploads.tasks).subspan(from, uploads.task_ends[i] - from)};
}

const LaneClock* Scene::clock_of(std::uint32_t lane) const {
  const auto at =
      std::lower_bound(clocks.begin(), clocks.end(), lane, [](const LaneClock& c, std::uint32_t l) { return c.lane < l; });
  return at == clocks.end() || at->lane != lane ? nullptr : &*at;
}

std::span<const Bar> Scene::bars_of(std::uint32_t lane) const { return of_lane(bars, lane); }
std::span<const Mark> Scene::marks_of(std::uint32_t lane) const { return of_lane(marks, lane); }
std::span<const Ghost> Scene::ghosts_of(std::uint32_t lane) const { return of_lane(ghosts, lane); }

std::optional<Arrow> Scene::callback_arrow(std::uint32_t lane) const {
  if (lane >= lanes.size() || lanes[lane].kind != LaneKind::task) return std::nullopt;
  const auto own = bars_of(lane);
  const auto finished = std::find_if(own.begin(), own.end(), [](const Bar& b) { return b.style == BarStyle::task_finished; });
  if (finished == own.end() || finished->open_end) return std::nullopt;
  std::uint32_t heading = lane;
  while (lanes[heading].parent != kNoLane) heading = lanes[heading].parent;
  for (std::uint32_t i = heading + 1; i < lanes[heading].end; i = lanes[i].end) {
    if (lanes[i].kind != LaneKind::process) continue;
    Arrow arrow;
    arrow.from_lane = lane;
    arrow.to_lane = i;
    arrow.from = finished->span.start;
    arrow.to = finished->span.end;
    return arrow;
  }
  return std::nullopt;
}

std::size_t Scene::memory() const {
  std::size_t bytes = bytes_of(lanes) + bytes_of(bars) + bytes_of(marks) + bytes_of(ghosts) + bytes_of(arrows) +
                      bytes_of(clocks) + uploads.memory() + texts.memory();
  for (const Hatch& hatch : hatches) bytes += sizeof hatch + bytes_of(hatch.spans) + hatch.why.capacity();
  return bytes;
}

std::vector<EventKind> scene_event_kinds() {
  using K = EventKind;
  return {K::device_boot,
          K::device_first_unlock,
          K::device_lock,
          K::device_network,
          K::device_power,
          K::daemon_start,
          K::daemon_exit,
          K::daemon_client_connected,
          K::daemon_client_disconnected,
          K::session_setup_ok,
          K::session_connection_lost,
          K::session_connection_restored,
          K::store_snapshot};
}

Scene make_scene(const CaseInfo& info, const Derived& derived, const std::vector<Stream>& streams,
                 const std::vector<Event>& events, const std::vector<RelatedMark>& related, const std::vector<Belief>& beliefs) {
  SceneBuilder builder(derived, streams, events);
  builder.add_device();
  for (const Unit& unit : derived.units) {
    builder.add_unit(unit);
  }
  builder.add_beliefs(beliefs);
  builder.add_related(related);
  builder.add_findings();
  builder.add_upload_list();
  builder.finish(info);
  return builder.take();
}

Result<std::vector<RelatedMark>> related_marks(CaseReader& reader, const Derived& derived, const std::vector<Stream>& streams) {
  std::map<Uuid, TaskId> by_uuid;
  std::map<std::pair<Uuid, std::int64_t>, TaskId> by_number;
  bool indexed = false;  // only when there is a line to look up: a million tasks take a while
  const auto index = [&] {
    if (std::exchange(indexed, true)) return;
    for (const Task& task : derived.tasks) {
      if (task.uuid) by_uuid.emplace(*task.uuid, task.id);
      if (!task.session.valid() || !task.identifier) continue;
      for (const Uuid& session : derived.sessions[task.session.value].uuids) {
        by_number.emplace(std::pair(session, *task.identifier), task.id);
      }
    }
  };
  std::map<std::pair<SourceId, Observer>, const Stream*> stream_of;
  for (const Stream& s : streams) {
    stream_of.emplace(std::pair(s.source, s.observer), &s);
  }
  std::vector<RelatedMark> out;
  UPTRAIL_TRY(reader.for_each_related({}, [&](const RelatedLine& related) {
    const LineSubject& about = related.about;
    index();
    TaskId task;
    if (about.task) {
      const auto it = by_uuid.find(*about.task);
      task = it == by_uuid.end() ? TaskId{} : it->second;
    } else if (about.session && about.number) {
      const auto it = by_number.find({*about.session, *about.number});
      task = it == by_number.end() ? TaskId{} : it->second;
    }
    const auto stream = stream_of.find({related.line.source, related.observer});
    if (task.valid() && related.line.t_src && stream != stream_of.end()) {
      out.push_back({task, *related.line.t_src + DurationNs{stream->second->offset.ns}, related.line.text});
    }
    return true;
  }));
  return out;
}

Result<Scene> build_scene(CaseReader& reader) {
  auto info = reader.info();
  UPTRAIL_TRY(info);
  auto derived = reader.derived();
  UPTRAIL_TRY(derived);
  auto streams = reader.streams();
  UPTRAIL_TRY(streams);
  return build_scene(reader, *info, *derived, *streams);
}

Result<Scene> build_scene(CaseReader& reader, const CaseInfo& info, const Derived& derived, const std::vector<Stream>& streams) {
  std::vector<Event> events;
  EventQuery query;
  query.kinds = scene_event_kinds();
  UPTRAIL_TRY(reader.for_each_event(query, [&](const Event& event) {
    if (event.stream.valid()) {  // else it is repeated: another capture tells it
      events.push_back(event);
    }
    return true;
  }));
  const auto related = related_marks(reader, derived, streams);
  UPTRAIL_TRY(related);
  const auto beliefs = beliefs_beside_stores(reader, streams);
  UPTRAIL_TRY(beliefs);
  return make_scene(info, derived, streams, events, *related, *beliefs);
}

Frame frame_of(const Scene& scene, const Finding& finding, const std::vector<TimeNs>& evidence_times) {
  Interval span{finding.t, finding.t};
  for (const TimeNs t : evidence_times) {
    span = {std::min(span.start, t), std::max(span.end, t)};
  }
  for (const MissingEvent& m : finding.missing) {
    span = {std::min(span.start, m.due), std::max(span.end, m.due)};
  }
  Frame frame;
  for (const Mark& mark : scene.marks) {
    if (mark.finding == finding.id && mark.style == MarkStyle::finding) {
      frame.lane = mark.lane;
    }
  }
  // The task's own life, as far as it lies near, says how it came to this.
  const Interval near{span.start - kContext, span.end + kContext};
  if (frame.lane != kNoLane && scene.lanes[frame.lane].kind == LaneKind::task) {
    for (const Bar& bar : scene.bars_of(frame.lane)) {
      if (!bar.span.overlaps(near)) continue;
      span = {std::min(span.start, std::max(bar.span.start, near.start)), std::max(span.end, std::min(bar.span.end, near.end))};
    }
  }
  const std::int64_t margin = std::max<std::int64_t>(span.length().ns / 12, seconds(20).ns);
  frame.span = {span.start - nanoseconds(margin), span.end + nanoseconds(margin)};
  return frame;
}

}  // namespace uptrail::timeline
