#include "collector/timeline/scene.h"

#include <algorithm>
#include <array>
#include <map>

#include "collector/timeline/scene_builder.h"

namespace uptrail::timeline {

namespace {

constexpr DurationNs kContext = minutes(10);

struct ByLane {
  bool operator()(const Bar& bar, std::uint32_t lane) const { return bar.lane < lane; }
  bool operator()(std::uint32_t lane, const Bar& bar) const { return lane < bar.lane; }
};

}  // namespace

std::string_view bar_style_name(BarStyle style) {
  constexpr std::array<std::string_view, 23> kNames = {"foreground",
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
                                                       "locked"};
  return kNames[static_cast<std::size_t>(style)];
}

Scene make_scene(const CaseInfo& info, const Derived& derived, const std::vector<Stream>& streams,
                 const std::vector<Event>& device_events, const std::vector<RelatedMark>& related) {
  SceneBuilder builder(derived, streams);
  for (const Unit& unit : derived.units) {
    builder.add_unit(unit, device_events);
  }
  builder.add_related(related);
  builder.add_findings();
  builder.finish(info);
  return builder.take();
}

Result<std::vector<RelatedMark>> related_marks(CaseReader& reader, const Derived& derived, const std::vector<Stream>& streams) {
  std::map<Uuid, TaskId> by_uuid;
  std::map<std::pair<Uuid, std::int64_t>, TaskId> by_number;
  for (const Task& task : derived.tasks) {
    if (task.uuid) {
      by_uuid.emplace(*task.uuid, task.id);
    }
    if (task.session.valid() && task.identifier) {
      for (const Uuid& session : derived.sessions[task.session.value].uuids) {
        by_number.emplace(std::pair(session, *task.identifier), task.id);
      }
    }
  }
  std::map<std::pair<SourceId, Observer>, const Stream*> stream_of;
  for (const Stream& s : streams) {
    stream_of.emplace(std::pair(s.source, s.observer), &s);
  }
  std::vector<RelatedMark> out;
  UPTRAIL_TRY(reader.for_each_related({}, [&](const RelatedLine& related) {
    const LineSubject& about = related.about;
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
  std::vector<Event> device_events;
  EventQuery query;
  query.kinds = {EventKind::device_network, EventKind::device_lock};
  UPTRAIL_TRY(reader.for_each_event(query, [&](const Event& event) {
    if (event.stream.valid()) {  // else it is repeated: another capture tells it
      device_events.push_back(event);
    }
    return true;
  }));
  const auto related = related_marks(reader, *derived, *streams);
  UPTRAIL_TRY(related);
  return make_scene(*info, *derived, *streams, device_events, *related);
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
  const auto on_lane = std::equal_range(scene.bars.begin(), scene.bars.end(), frame.lane, ByLane{});
  for (auto bar = on_lane.first; bar != on_lane.second; ++bar) {
    if (scene.lanes[frame.lane].kind == LaneKind::task && bar->span.overlaps(near)) {
      span = {std::min(span.start, std::max(bar->span.start, near.start)), std::max(span.end, std::min(bar->span.end, near.end))};
    }
  }
  const std::int64_t margin = std::max<std::int64_t>(span.length().ns / 12, seconds(20).ns);
  frame.span = {span.start - nanoseconds(margin), span.end + nanoseconds(margin)};
  return frame;
}

}  // namespace uptrail::timeline
