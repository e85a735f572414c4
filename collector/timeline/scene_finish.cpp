// What lies over all lanes: findings, hatches, order.
#include <algorithm>

#include "collector/base/text.h"
#include "collector/timeline/scene_builder.h"

namespace uptrail::timeline {

namespace {

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

// Without a date the axis shows the time of day; script and relative clocks lie near zero.
AxisKind axis_kind(const std::vector<Stream>& streams, const Interval& seen) {
  const bool placed = std::any_of(streams.begin(), streams.end(), [](const Stream& s) { return s.placed; });
  if (placed) {
    return AxisKind::utc;
  }
  return seen.end.ns < hours(24 * 30).ns && seen.start.ns >= minutes(1).ns ? AxisKind::time_of_day : AxisKind::relative;
}

template <class Id>
std::uint32_t at(const std::vector<std::uint32_t>& lanes, Id id) {
  return id.valid() && static_cast<std::size_t>(id.value) < lanes.size() ? lanes[static_cast<std::size_t>(id.value)] : kNoLane;
}

template <class T, class Less>
void sort_if_needed(std::vector<T>& items, Less less) {
  if (!std::is_sorted(items.begin(), items.end(), less)) std::stable_sort(items.begin(), items.end(), less);
}

}  // namespace

// Wherever none of the unit's streams covers any of the kinds. Lanes of one sort share one hatch.
std::uint32_t SceneBuilder::hatch_of(UnitId unit, std::initializer_list<EventKind> kinds, const std::string& why) {
  const auto [known, fresh] = hatches_.try_emplace({unit, why}, kNoLane);
  if (!fresh) return known->second;
  IntervalSet open;
  open.add(seen_);
  for (const CoverageSpan& c : derived_.coverage) {
    if ((!c.unit.valid() || c.unit == unit) && std::find(kinds.begin(), kinds.end(), c.kind) != kinds.end()) {
      open.subtract({c.span.start, c.span.end == kTimeMax ? capture_end() : c.span.end});
    }
  }
  if (open.empty()) return kNoLane;
  known->second = static_cast<std::uint32_t>(scene_.hatches.size());
  scene_.hatches.push_back({open.intervals(), why});
  return known->second;
}

std::uint32_t SceneBuilder::lane_of(const Subject& s) const {
  for (const std::uint32_t lane : {at(task_lanes_, s.task), at(upload_lanes_, s.upload), at(session_lanes_, s.session),
                                   at(epoch_lanes_, s.epoch), at(unit_lanes_, s.unit)}) {
    if (lane != kNoLane) return lane;
  }
  return kNoLane;
}

void SceneBuilder::add_related(std::vector<RelatedMark> related) {
  std::stable_sort(related.begin(), related.end(),
                   [](const RelatedMark& a, const RelatedMark& b) { return std::pair(a.task, a.t) < std::pair(b.task, b.t); });
  const std::int64_t cell = std::max<std::int64_t>(seen_.length().ns / kRelatedCells, 1);
  for (std::size_t i = 0; i < related.size();) {
    const RelatedMark& first = related[i];
    std::size_t next = i + 1;
    while (next < related.size() && related[next].task == first.task && (related[next].t - first.t).ns < cell) {
      ++next;
    }
    const std::uint32_t lane = at(task_lanes_, first.task);
    if (lane != kNoLane) {
      const std::string more = next - i > 1 ? " (+" + std::to_string(next - i - 1) + ")" : "";
      add_mark(lane, first.t, MarkStyle::related, ellipsize(first.text, kRelatedLabel) + more);
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
      scene_.ghosts.push_back({lane, m.due, f.id, scene_.texts.intern(missing_label(m.kind))});
    }
    if (f.folded_into.valid() || f.confidence == Confidence::hint || f.rule == "capture-incomplete") {
      continue;
    }
    Mark mark;
    mark.t = f.t;
    mark.lane = lane;
    mark.label = scene_.texts.intern(f.title);
    mark.finding = f.id;
    mark.style = MarkStyle::finding;
    mark.severity = f.severity;
    scene_.marks.push_back(mark);
    std::optional<Severity>& worst = scene_.lanes[lane].worst;
    worst = worst ? std::max(*worst, f.severity) : f.severity;
  }
}

void SceneBuilder::add_upload_list() {
  UploadList& out = scene_.uploads;
  const std::size_t count = derived_.uploads.size();
  std::size_t tasks = 0;
  for (const Upload& upload : derived_.uploads) tasks += upload.tasks.size();
  const auto reserve = [&](auto&... lists) { (lists.reserve(count), ...); };
  reserve(out.seen, out.units, out.names, out.states, out.task_ends, out.outcomes);
  out.tasks.reserve(tasks);
  for (const Upload& upload : derived_.uploads) {
    // Mostly its lane is called as it is.
    const std::uint32_t lane = at(upload_lanes_, upload.id);
    const TextId label = lane == kNoLane ? 0 : scene_.lanes[lane].label;
    out.names.push_back(label != 0 && scene_.texts[label] == upload.name ? label : scene_.texts.add(upload.name));
    out.states.push_back(scene_.texts.intern(upload.last_state));
    out.seen.push_back(upload.seen);
    out.units.push_back(upload.unit);
    out.outcomes.push_back(upload.outcome);
    out.tasks.insert(out.tasks.end(), upload.tasks.begin(), upload.tasks.end());
    out.task_ends.push_back(static_cast<std::uint32_t>(out.tasks.size()));
  }
}

void SceneBuilder::sort_items() {
  sort_if_needed(scene_.bars, [](const Bar& a, const Bar& b) {
    return std::tuple(a.lane, a.span.start, a.span.end, a.style) < std::tuple(b.lane, b.span.start, b.span.end, b.style);
  });
  const auto key = [](const Mark& m) {
    return std::tuple(m.lane, m.t, m.style == MarkStyle::finding, m.severity.value_or(Severity::info), m.style, m.finding);
  };
  sort_if_needed(scene_.marks, [&](const Mark& a, const Mark& b) { return key(a) < key(b); });
  sort_if_needed(scene_.ghosts, [](const Ghost& a, const Ghost& b) {
    return std::tuple(a.lane, a.due, a.finding) < std::tuple(b.lane, b.due, b.finding);
  });
  sort_if_needed(scene_.arrows, [](const Arrow& a, const Arrow& b) {
    return std::tuple(a.from, a.to, a.from_lane, a.to_lane) < std::tuple(b.from, b.to, b.from_lane, b.to_lane);
  });
}

// Where families end, and how far in time what lies on each lane reaches.
void SceneBuilder::close_lanes() {
  std::vector<Lane>& lanes = scene_.lanes;
  for (std::uint32_t i = 0; i < lanes.size(); ++i) lanes[i].end = i + 1;
  for (std::size_t i = lanes.size(); i-- > 0;) {
    if (lanes[i].parent != kNoLane) lanes[lanes[i].parent].end = std::max(lanes[lanes[i].parent].end, lanes[i].end);
  }
  const auto reach = [&](std::uint32_t lane, TimeNs from, TimeNs to) {
    Interval& extent = lanes[lane].extent;
    const bool first = extent.start.ns == 0 && extent.end.ns == 0;
    extent = first ? Interval{from, to} : Interval{std::min(extent.start, from), std::max(extent.end, to)};
  };
  for (const Bar& b : scene_.bars) {
    // What the app goes on believing is no part of the task's life.
    if (b.style != BarStyle::disagreement) reach(b.lane, b.span.start, b.span.end);
  }
  for (const Mark& m : scene_.marks) reach(m.lane, m.t, m.t);
  for (const Ghost& g : scene_.ghosts) reach(g.lane, g.due, g.due);
}

void SceneBuilder::finish(const CaseInfo& info) {
  sort_items();
  close_lanes();
  scene_.texts.seal();
  for (const auto& [lane, clock] : clocks_) scene_.clocks.push_back(clock);
  for (const Ghost& g : scene_.ghosts) {
    seen_.end = std::max(seen_.end, g.due);
  }
  const std::int64_t margin = std::max<std::int64_t>(seen_.length().ns / 50, seconds(1).ns);
  scene_.seen = seen_;
  scene_.whole = {seen_.start - nanoseconds(margin), seen_.end + nanoseconds(margin)};
  scene_.axis = axis_kind(streams_, seen_);
  scene_.zone_offset_minutes = scene_.axis == AxisKind::utc ? info.zone_offset_minutes.value_or(0) : 0;
  for (const Stream& s : streams_) {
    if (s.observer == Observer::daemon) scene_.daemon_uncertainty = std::max(scene_.daemon_uncertainty, s.uncertainty);
  }
}

}  // namespace uptrail::timeline
