// The case as a picture without pixels: lanes, and what lies on them in time. Pure data; nothing here draws.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "collector/base/result.h"
#include "collector/model/derived.h"
#include "collector/trace/case_file.h"

namespace uptrail::timeline {

inline constexpr std::uint32_t kNoLane = UINT32_MAX;

enum class LaneKind : std::uint8_t { app, device, process, session, task };

struct Lane {
  LaneKind kind = LaneKind::task;
  std::string label;   // "photos", "upload 17"
  std::string detail;  // smaller, behind the label: "task 7", "pid 412"
  int depth = 0;       // 0 app heading, 1 device/process/session, 2 task
  UnitId unit;
  SessionId session;
  TaskId task;
  UploadId upload;
  std::optional<Severity> worst;  // of the findings on it
};

enum class BarStyle : std::uint8_t {
  process_foreground,
  process_background,
  process_suspended,
  process_launching,
  process_force_quit,
  process_unknown,
  session_connecting,
  session_active,
  session_invalidating,
  session_invalid,
  session_failed,
  session_unknown,
  wake,
  task_created,
  task_resumed,
  task_waiting,
  task_transferring,
  task_response,
  task_finished,
  task_delivered,
  task_cancelled,
  device_offline,
  device_locked,
};
std::string_view bar_style_name(BarStyle style);  // for the legend and tooltips: "foreground", "waiting" …

struct Bar {
  std::uint32_t lane = 0;
  Interval span;
  BarStyle style = BarStyle::task_created;
  bool open_end = false;  // still so when the capture stopped
  std::string label;      // drawn inside when it fits
};

enum class MarkStyle : std::uint8_t {
  finding,
  launch,
  terminate,
  force_quit,
  invalidate,
  http_error,
  succeeded,
  failed,
  store,
  other,
  related  // lines that name the task and tell no event: faint
};

struct Mark {
  std::uint32_t lane = 0;
  TimeNs t;
  MarkStyle style = MarkStyle::other;
  std::optional<Severity> severity;  // findings
  FindingId finding;
  EventId event;
  std::string label;
};

// What should have been there and was not: drawn hollow, where it was due.
struct Ghost {
  std::uint32_t lane = 0;
  TimeNs due;
  FindingId finding;
  std::string label;  // "didCompleteWithError"
};

// Nothing can be concluded here.
struct Hatch {
  std::uint32_t lane = 0;
  Interval span;
  std::string why;
};

struct Arrow {
  std::uint32_t from_lane = 0, to_lane = 0;
  TimeNs from, to;
  std::string label;  // "asked for a wake", "launched for the session"
};

enum class AxisKind : std::uint8_t { utc, time_of_day, relative };

struct Scene {
  std::vector<Lane> lanes;     // in drawing order, parents before children
  std::vector<Bar> bars;       // by lane, start
  std::vector<Mark> marks;     // by lane, time; findings last at equal times
  std::vector<Ghost> ghosts;   // by lane, time
  std::vector<Hatch> hatches;  // by lane, start
  std::vector<Arrow> arrows;   // by from
  Interval whole;              // everything, with a small margin; never empty
  AxisKind axis = AxisKind::utc;
  int zone_offset_minutes = 0;  // how the device shows time
};

// Reads what is derived and a few device events; never all events. Folded findings make no marks of their own, but their ghosts
// are kept.
Result<Scene> build_scene(CaseReader& reader);
// The same from parts, for tests. `device_events` need only device.network and device.lock.
// `related` in any order.
struct RelatedMark {
  TaskId task;
  TimeNs t;  // normalised
  std::string text;
};
Scene make_scene(const CaseInfo& info, const Derived& derived, const std::vector<Stream>& streams,
                 const std::vector<Event>& device_events, const std::vector<RelatedMark>& related = {});
// The related lines of all tasks, by their UUID, or by their session's UUID and their number. Lines without a time have no mark.
Result<std::vector<RelatedMark>> related_marks(CaseReader& reader, const Derived& derived, const std::vector<Stream>& streams);

// Where the evidence of a finding lies: its lanes and the time from its first evidence (or `t`) to its last or due event, with a
// margin. For framing.
struct Frame {
  Interval span;
  std::uint32_t lane = kNoLane;  // the finding's own lane
};
Frame frame_of(const Scene& scene, const Finding& finding, const std::vector<TimeNs>& evidence_times);

}  // namespace uptrail::timeline
