// What reconstruction makes of events: plain data, no behaviour. Ids are dense indices into the vectors of Derived (derived.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "collector/base/ids.h"
#include "collector/base/time.h"
#include "collector/model/event.h"

namespace uptrail {

// How a source's clock came to its place on the UTC axis.
enum class PlacedBy : std::uint8_t {
  nothing,  // it floats, or there is no clock
  itself,   // it shows date and zone
  date,     // --date
  sync,     // clock.sync
  tasks,    // tasks that another source shows, too
};

// What reading and derivation know of a source's clock, beside its kind and zone.
struct SourceClockInfo {
  // -- facts
  ClockTraits traits;
  DurationNs step;                 // of a floating clock: the longest step that summer time or a change of zone may have made
  std::optional<TimeNs> modified;  // when the file was changed last, UTC
  std::optional<DurationNs> told;  // UTC - source time, as dated texts in the messages say
  // -- derived
  PlacedBy placed_by = PlacedBy::nothing;
  DurationNs offset;           // normalised time = source time + offset
  DurationNs uncertainty;      // of its streams
  std::string placed_as;       // what --date would have to say for the same place; "": no date says that
  std::string suggested_date;  // for a clock that floats: what could be given with --date; "+HH:MM" when no zone is known
  std::string suggested_why;   // one sentence
  friend bool operator==(const SourceClockInfo&, const SourceClockInfo&) = default;
};

// One input, known by its content: adding the same bytes twice changes nothing.
struct Source {
  SourceId id;
  std::string path;          // as given by the user
  std::string content_hash;  // XXH3-128 of all bytes, hex
  std::uint64_t size = 0;    // bytes
  std::string container;     // container id, or store id
  bool is_store = false;
  int confidence = 0;  // 0..100: how sure the recognition is
  ClockKind clock = ClockKind::none;
  std::optional<int> zone_offset_minutes;  // first one seen
  Accounting accounting;
  std::optional<TimeNs> first, last;  // of all records, irrelevant ones included, on the source's clock
  bool not_understood = false;        // records were read, none was matched or related
  SourceClockInfo clock_info;
  std::uint64_t repeated = 0;              // events that another source tells, too, and that count there: captures that overlap
  std::vector<std::string> message_files;  // read beside the built-in ones, as given; none for a store
  std::vector<Issue> issues;               // the first kMaxKeptIssues; the rest is in issue_count
  std::uint64_t issue_count = 0;
};
inline constexpr std::size_t kMaxKeptIssues = 200;

// Source x observer x clock. What the rules call "source": coverage and manifests belong to it.
struct Stream {
  StreamId id;
  SourceId source;
  Observer observer = Observer::app;
  DomainId domain;
  TimeNs offset;                 // normalised time = source time + offset.ns
  DurationNs uncertainty;        // against other streams of its domain
  bool placed = false;           // on the UTC axis (absolute clock, or placed by the user, a sync point, shared UUIDs)
  std::optional<Interval> open;  // normalised; nullopt: no clock
  bool manifest = false;         // declared by capture.begin
  bool lossy = false;
  bool redacted = false;
};

// One app (or extension) on one device: what is derived together.
struct Unit {
  UnitId id;
  std::string device;
  std::string bundle;    // "": unknown
  std::string title;     // for people: app name or bundle
  std::string platform;  // ios, macos, watchos …; "": unknown
};

enum class ProcessState : std::uint8_t { unknown, not_running, force_quit, launching, foreground, background, suspended };
struct ProcessSpan {
  Interval span;
  ProcessState state = ProcessState::unknown;
};

// One life of one process.
struct ProcessEpoch {
  EpochId id;
  UnitId unit;
  std::string process;
  std::optional<std::int64_t> pid;
  std::string build;
  DomainId domain;
  std::optional<TimeNs> launch, end;     // nullopt: not seen
  std::string launch_reason, end_cause;  // words of app.launch reason / app.terminate cause; "force-quit" for app.force-quit
  Interval seen;                         // first to last evidence
  std::vector<ProcessSpan> states;       // ascending, gapless inside `seen`
  IntervalSet running;                   // known to be running (not suspended, not dead)
};

struct Session {
  SessionId id;
  UnitId unit;
  std::string identifier;   // "": unknown (redacted)
  std::vector<Uuid> uuids;  // a set; a changed UUID is only a hint
  std::vector<ObjectId> objects;
};

enum class ObjectState : std::uint8_t { unknown, connecting, active, reconnecting, failed, invalidating, invalid };
struct SessionObject {
  ObjectId id;
  SessionId session;
  EpochId epoch;
  std::string object;  // address or name; "": unknown
  std::string delegate;
  std::optional<TimeNs> created, invalidated, became_invalid;
  bool cancel = false;  // invalidateAndCancel
  ObjectState last_state = ObjectState::unknown;
};

enum class TaskPhase : std::uint8_t {
  created,
  resumed,
  waiting,
  transferring,
  response,
  finished_in_daemon,
  delivered,
  cancelled
};
struct TaskPhaseSpan {
  Interval span;
  TaskPhase phase = TaskPhase::created;
};

struct Task {
  TaskId id;
  UnitId unit;
  SessionId session;
  UploadId upload;
  std::optional<Uuid> uuid;
  std::optional<std::int64_t> identifier;  // taskIdentifier as the app has it
  std::string desc;                        // taskDescription
  std::string kind, method, url, file;     // "": unknown
  std::optional<std::int64_t> status;      // last HTTP status
  std::optional<std::int64_t> error_code;  // of didCompleteWithError, else of the daemon
  std::string error_domain;
  std::optional<std::int64_t> bytes_sent, bytes_expected;
  std::optional<TimeNs> created, finished_in_daemon, delivered;
  Interval seen;
  std::vector<TaskPhaseSpan> phases;
};

// The app's own thing, usually named by taskDescription: what a person calls "the upload".
enum class UploadOutcome : std::uint8_t { succeeded, failed, cancelled, running, affected, cannot_tell };
struct Upload {
  UploadId id;
  UnitId unit;
  std::string name;  // the app's id
  std::vector<TaskId> tasks;
  std::string last_state;  // of upload.state; "": the app says nothing
  UploadOutcome outcome = UploadOutcome::cannot_tell;
  Interval seen;
};

// One wake: handleEventsForBackgroundURLSession to the call of its handler.
struct Wake {
  UnitId unit;
  SessionId session;
  EpochId epoch;
  std::optional<TimeNs> requested, launched, handle_events, did_finish_events, handler_called;
  Interval seen;
};

// Intervals in which the absence of `kind` in `stream` means something.
struct CoverageSpan {
  StreamId stream;
  UnitId unit;  // invalid: all
  EventKind kind = EventKind::capture_begin;
  Interval span;
  bool declared = false;     // by a manifest; false: demonstrated
  bool ever_logged = false;  // at least one event of the kind by this build
};

std::string_view placed_by_name(PlacedBy p);  // "nothing", "itself", "date", "sync", "tasks"
std::string_view process_state_name(ProcessState s);
std::string_view object_state_name(ObjectState s);
std::string_view task_phase_name(TaskPhase p);
std::string_view upload_outcome_name(UploadOutcome o);

}  // namespace uptrail
