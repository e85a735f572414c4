// The case as a picture without pixels: lanes, and what lies on them in time. Pure data; nothing here draws.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collector/base/result.h"
#include "collector/model/derived.h"
#include "collector/timeline/beliefs.h"
#include "collector/timeline/text_pool.h"
#include "collector/trace/case_file.h"

namespace uptrail::timeline {

inline constexpr std::uint32_t kNoLane = UINT32_MAX;

enum class LaneKind : std::uint8_t { app, device, process, daemon, store, session, connection, upload, task };

struct Lane {
  LaneKind kind = LaneKind::task;
  std::uint8_t depth = 0;         // 0 heading of an app or a device; its lanes are deeper
  std::optional<Severity> worst;  // of the findings on it
  std::uint32_t parent = kNoLane;
  std::uint32_t end = 0;          // behind its last descendant; its own index + 1 when it has none
  std::uint32_t hatch = kNoLane;  // index into Scene::hatches
  TextId label = 0;               // "photos", "upload 17"
  TextId detail = 0;              // smaller, behind the label: "task 7", "pid 412"
  UnitId unit;
  SessionId session;
  TaskId task;
  UploadId upload;
  std::int64_t bytes = 0;  // sent or to be sent, as far as known
  Interval extent;         // of what lies on it; {0, 0}: nothing
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
  process_not_running,
  device_online,
  device_charging,
  device_low_power,
  daemon_running,
  connection_up,
  connection_lost,
  upload_life,
  disagreement,  // the app takes its upload for under way while every other witness saw the task end: lies over another bar
};
inline constexpr std::size_t kBarStyles = static_cast<std::size_t>(BarStyle::disagreement) + 1;
std::string_view bar_style_name(BarStyle style);  // for the legend and tooltips: "foreground", "waiting" …
// 0 to 3: of several bars in one pixel the gravest is drawn.
int gravity(BarStyle style);

inline constexpr TextId kMostBarLabels = 1U << 25U;

// There may be many millions. A label beyond the limit is left out.
struct Bar {
  Bar() = default;
  Bar(Interval s, std::uint32_t l, TextId text, BarStyle look, bool open = false)
      : span(s), lane(l), label(text < kMostBarLabels ? text & (kMostBarLabels - 1) : 0), style(look), open_end(open) {}
  Interval span;
  std::uint32_t lane = 0;
  TextId label : 25 = 0;  // 0: the name of its style
  BarStyle style : 6 = BarStyle::task_created;
  bool open_end : 1 = false;  // still so when the capture stopped
};
static_assert(sizeof(Bar) == 24 && kBarStyles <= 1U << 6U);

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
  related,      // lines that name the task and tell no event: faint
  disagreement  // what a witness says here cannot be, if another one is right
};

struct Mark {
  TimeNs t;
  std::uint32_t lane = 0;
  TextId label = 0;
  FindingId finding;
  MarkStyle style = MarkStyle::other;
  std::optional<Severity> severity;  // findings
};

// What should have been there and was not: drawn hollow, where it was due.
struct Ghost {
  std::uint32_t lane = 0;
  TimeNs due;
  FindingId finding;
  TextId label = 0;  // "didCompleteWithError"
};

// Nothing can be concluded here. Lanes share these.
struct Hatch {
  std::vector<Interval> spans;  // ascending, disjoint
  std::string why;
};

struct Arrow {
  std::uint32_t from_lane = 0, to_lane = 0;
  TimeNs from, to;
  TextId label = 0;  // "wakes the app", "session re-created"
};

// The clock behind a lane stands apart from the others: what lies on it may be shifted against other lanes.
struct LaneClock {
  std::uint32_t lane = 0;
  DurationNs uncertainty;  // plus or minus; meaningless when it floats
  bool floats = false;     // nothing places it on the axis of the others
};

// An upload as lists show it.
struct UploadView {
  UploadId id;
  UnitId unit;
  std::string_view name, last_state;  // "": nothing
  UploadOutcome outcome = UploadOutcome::cannot_tell;
  Interval seen;
  std::span<const TaskId> tasks;
};
UploadView view_of(const Upload& upload);

// All uploads of a case in 37 bytes each. Their texts are in the pool of the scene, most of them as labels of its lanes.
struct UploadList {
  std::vector<Interval> seen;
  std::vector<UnitId> units;
  std::vector<TextId> names, states;
  std::vector<std::uint32_t> task_ends;  // in `tasks`: behind the last one of each
  std::vector<TaskId> tasks;
  std::vector<UploadOutcome> outcomes;
  [[nodiscard]] std::size_t size() const { return seen.size(); }
  [[nodiscard]] std::size_t memory() const;
};

enum class AxisKind : std::uint8_t { utc, time_of_day, relative };

struct Scene {
  std::vector<Lane> lanes;        // in drawing order, parents before children
  std::vector<Bar> bars;          // by lane, start
  std::vector<Mark> marks;        // by lane, time; findings last at equal times
  std::vector<Ghost> ghosts;      // by lane, time
  std::vector<Hatch> hatches;     // those that lanes name
  std::vector<Arrow> arrows;      // by from
  std::vector<LaneClock> clocks;  // by lane; those in doubt by more than two files usually are
  UploadList uploads;             // by id
  TextPool texts;
  Interval whole;  // everything, with a small margin; never empty
  Interval seen;   // without the margin
  AxisKind axis = AxisKind::utc;
  int zone_offset_minutes = 0;    // how the device shows time
  DurationNs daemon_uncertainty;  // how far the daemon's clock may be off beside the app's; 0: one clock
  [[nodiscard]] std::string_view text(TextId id) const { return texts[id]; }
  [[nodiscard]] std::string_view label(const Bar& bar) const {
    return bar.label == 0 ? bar_style_name(bar.style) : texts[bar.label];
  }
  [[nodiscard]] UploadView upload(UploadId id) const;  // must be there
  // nullptr: as good as any.
  [[nodiscard]] const LaneClock* clock_of(std::uint32_t lane) const;
  [[nodiscard]] std::span<const Bar> bars_of(std::uint32_t lane) const;
  [[nodiscard]] std::span<const Mark> marks_of(std::uint32_t lane) const;
  [[nodiscard]] std::span<const Ghost> ghosts_of(std::uint32_t lane) const;
  // From the end of a task in the daemon to the callback in the process of its app; nullopt: one of them was not seen.
  [[nodiscard]] std::optional<Arrow> callback_arrow(std::uint32_t lane) const;
  // Bytes that this takes, for the accounting of large cases.
  [[nodiscard]] std::size_t memory() const;
};

// Reads what is derived and a few device events; never all events. Folded findings make no marks of their own, but their ghosts
// are kept.
Result<Scene> build_scene(CaseReader& reader);
// The same for those who have read these parts.
Result<Scene> build_scene(CaseReader& reader, const CaseInfo& info, const Derived& derived, const std::vector<Stream>& streams);
// The events that build_scene() asks for: of the device, the daemon, connections and stores.
std::vector<EventKind> scene_event_kinds();
// The same from parts, for tests. `events`: of scene_event_kinds(), ascending.
// `related` in any order; `beliefs` by time, of the tasks and uploads that stores speak of.
struct RelatedMark {
  TaskId task;
  TimeNs t;  // normalised
  std::string text;
};
Scene make_scene(const CaseInfo& info, const Derived& derived, const std::vector<Stream>& streams,
                 const std::vector<Event>& events, const std::vector<RelatedMark>& related = {},
                 const std::vector<Belief>& beliefs = {});
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
