// The case: one or more sources of one device with everything derived from them. The file form is SQLite (docs/trace-file.md),
// but nothing here shows SQL. A reader sees one generation: what is derived never mixes with what is being derived anew.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "collector/base/result.h"
#include "collector/model/contents.h"
#include "collector/model/derived.h"

namespace uptrail {

inline constexpr int kCaseSchemaVersion = 4;
inline constexpr std::int32_t kCaseApplicationId = 0x55705472;  // "UpTr"

struct CaseInfo {
  std::string title;  // "Shoebox 3.2, iOS 26.1"
  std::int64_t generation = 0;
  bool synthetic = false;                  // a source says that it is made up
  std::optional<Interval> span;            // of all placed events
  std::optional<int> zone_offset_minutes;  // of the device, when a source shows it
  std::string tool_version;
};

// One stored line of a source: every matched and related record, and a few around them for context.
struct RawLine {
  SourceId source;
  SourceSpan span;
  std::optional<TimeNs> t_src;
  std::string text;       // valid UTF-8
  bool is_event = false;  // at least one event came from it
  EventId event;          // the first of them
};

// A stored line that tells no event, but concerns a task, a session or nsurlsessiond.
struct RelatedLine {
  RawLine line;
  Observer observer = Observer::sys;  // who wrote it
  bool known = false;                 // a message pattern knows it; false: not understood
  LineSubject about;
};

struct RelatedQuery {
  std::optional<Uuid> task;            // lines that name it
  std::vector<Uuid> sessions;          // or one of these, …
  std::optional<std::int64_t> number;  // … with this number, when given
  std::uint64_t limit = 0;             // 0: all
};

// What was given to collect, by its name there. `done` false: a run was stopped before it was read to its end.
struct CaseInput {
  std::string path;
  std::uint64_t size = 0;  // bytes
  TimeNs modified;
  std::string head_hash;
  bool done = false;
  friend bool operator==(const CaseInput&, const CaseInput&) = default;
};

// How many events there were when: enough to draw a density without reading them. One grid a domain, all of kGridCells cells.
struct EventGrid {
  struct Domain {
    DomainId domain;  // invalid: events without a domain
    TimeNs start;     // of cell 0
    DurationNs cell;  // width of a cell, at least 1 ns
    friend bool operator==(const Domain&, const Domain&) = default;
  };
  struct Count {
    DomainId domain;
    UnitId unit;  // invalid: concerns the whole device
    StreamId stream;
    std::uint32_t cell = 0;
    std::uint64_t events = 0;  // never 0
    friend bool operator==(const Count&, const Count&) = default;
  };
  std::vector<Domain> domains;  // ascending, the one without a domain first
  std::vector<Count> counts;    // by domain, unit, stream, cell; "none" first
};
inline constexpr std::uint32_t kGridCells = 1024;

struct EventQuery {
  std::optional<UnitId> unit;  // events of the unit and those that concern the whole device
  std::optional<SourceId> source;
  std::optional<TaskId> task;
  std::optional<SessionId> session;
  std::optional<Interval> span;  // normalised time
  std::vector<EventKind> kinds;  // empty: all
  std::uint64_t limit = 0;       // 0: all
};

class CaseQuery;  // collector/trace/case_query.h

// Answers about one case. Thread: one reader per thread. Every list is sorted as model/derived.h says.
class CaseReader {
 public:
  virtual ~CaseReader() = default;
  virtual Result<CaseInfo> info() = 0;
  virtual Result<std::vector<Source>> sources() = 0;
  virtual Result<std::vector<Stream>> streams() = 0;
  virtual Result<std::vector<CaseInput>> inputs() { return std::vector<CaseInput>(); }  // by path
  // Of the folders and archives that were given, by path.
  virtual Result<std::vector<Contents>> contents() { return std::vector<Contents>(); }
  // Units, entities, findings … of the current generation.
  virtual Result<Derived> derived() = 0;
  // The same without tasks, uploads and what belongs to them: there may be a million. Ids of tasks and uploads are checked all
  // the same.
  virtual Result<Derived> derived_without_tasks() {
    auto all = derived();
    if (all) {
      all->tasks = {};
      all->uploads = {};
    }
    return all;
  }
  virtual Result<std::uint64_t> task_count();
  virtual Result<std::uint64_t> upload_count();
  // One task, without its phases; nullopt: there is no such task.
  virtual Result<std::optional<Task>> task(TaskId id);
  // All of them from `first` on, by id, without their phases, read one by one; the callback returns false to stop.
  virtual Status for_each_task(TaskId first, const std::function<bool(const Task&)>& callback);
  // The picture of the current generation (schemas/trace/0003_picture.sql): the bytes of a part, 0 when it is not there, …
  virtual Result<std::uint64_t> picture_bytes(std::string_view /*part*/) { return std::uint64_t{0}; }
  // … and its pieces in their order. Nothing in them is checked. The callback returns false to stop.
  virtual Status for_each_picture(std::string_view /*part*/,
                                  const std::function<bool(std::span<const std::byte>)>& /*callback*/) {
    return done();
  }
  // One more reader of the same case, for another thread. nullptr: there is none.
  virtual Result<std::unique_ptr<CaseReader>> another() { return std::unique_ptr<CaseReader>(); }
  // Empty before commit(), and for a form that keeps none.
  virtual Result<EventGrid> event_grid() { return EventGrid{}; }
  // Streams events in the order (domain, t, stream, seq), those without a domain first; the callback returns false to stop.
  // Events are read from the store one by one. The callback of the reader of a writer that has not committed may call assign()
  // for the event that it is given; an event that comes later is better left alone.
  virtual Status for_each_event(const EventQuery& query, const std::function<bool(const Event&)>& callback) = 0;
  // As for_each_event({}, callback), for long cases: another thread reads the next events meanwhile, so the callback must not use
  // the case.
  virtual Status for_each_event_ahead(const std::function<bool(const Event&)>& callback) { return for_each_event({}, callback); }
  virtual Result<std::optional<Event>> event(EventId id) = 0;
  virtual Result<std::uint64_t> event_count() = 0;
  // Stored lines of a source from `first_line` on (or, for sources without lines, from that row), at most `count`.
  virtual Result<std::vector<RawLine>> raw_lines(SourceId source, std::uint64_t first_line, std::size_t count) = 0;
  virtual Result<std::optional<RawLine>> raw_of(EventId event) = 0;
  virtual Result<std::uint64_t> raw_line_count(SourceId source) = 0;
  // Related lines in the order in which they were stored; an empty query means all. The callback returns false to stop.
  virtual Status for_each_related(const RelatedQuery& /*query*/, const std::function<bool(const RelatedLine&)>& /*callback*/) {
    return done();
  }
  // For statements in SQL on another thread: a case in a file is opened once more, one in memory is copied, which takes as long
  // and as much as it is large. Of a case that is being written: after commit(). nullptr: this form knows no SQL.
  virtual Result<std::shared_ptr<CaseQuery>> query() { return std::shared_ptr<CaseQuery>(); }
  [[nodiscard]] virtual bool in_memory() const { return false; }
};

// Writes one generation. Nothing is visible to readers before commit(); without commit() nothing has happened. After commit()
// the writer is done: reader() still answers, every other call is an error. After an error commit() refuses.
//
// How derived rows are kept: each carries its generation, readers take the rows of the generation that the case names, and
// commit() moves that number and drops the older rows in one transaction. The rows of all units are written anew each time,
// since ids are positions in lists over all units; events and raw lines are never rewritten.
class CaseWriter {
 public:
  virtual ~CaseWriter() = default;
  // A source is written between begin_source and end_source; drop_source undoes it (a duplicate, found at its end), and its id
  // is given again. `id` of the argument of begin_source is ignored.
  virtual Result<SourceId> begin_source(const Source& source) = 0;
  virtual Result<EventId> add_event(const Event& event) = 0;  // facts with source and seq; other assigned parts may be unset
  virtual Status add_raw(const RawLine& line) = 0;
  virtual Status add_related(const RelatedLine& line) = 0;   // stores its line, too
  virtual Status end_source(const Source& final_state) = 0;  // also later, when derivation has placed its clock
  virtual Status drop_source(SourceId source) = 0;
  // The former one's events and lines are dropped, and `by`, which has ended, takes its id. Its streams stay as they were until
  // the next set_streams(): the clock of a file that grew is still where it was.
  virtual Status replace_source(SourceId former, SourceId by) = 0;
  // Among the sources that have ended; the one being read does not count.
  virtual Result<bool> has_content(const std::string& content_hash) = 0;
  // Assigned parts of already written events (stream, domain, t, unit, session, task, upload).
  virtual Status assign(const Event& event) = 0;
  // Says that all events and lines are there and assigned. What is left to do for them is done by another thread while the caller
  // derives; without this call, or when something is added later all the same, commit() does it.
  virtual Status end_facts() { return done(); }
  virtual Status set_streams(const std::vector<Stream>& streams) = 0;
  virtual Status set_info(const CaseInfo& info) = 0;
  virtual Status set_inputs(const std::vector<CaseInput>& inputs) = 0;  // replaces all
  // Replaces what was noted for the same path.
  virtual Status set_contents(const Contents& contents) = 0;
  // Replaces what is derived. The generation of the case goes up by one.
  virtual Status set_derived(const Derived& derived) = 0;
  // Adds a piece to a part of the picture of what set_derived() has set.
  virtual Status add_picture(std::string_view part, std::span<const std::byte> records) = 0;
  virtual Status commit() = 0;
  // What is written so far, set_derived() included, readable before commit by the same thread: derivation streams from here.
  virtual CaseReader& reader() = 0;
};

// -- SQLite form -------------------------------------------------------------------------------------------------------------
// Opens read-only and treats the file as hostile (defensive mode, no trusted schema, limits). Errors: not SQLite, not a case
// (application_id), written by a newer schema (its version and ours are named), another schema than ours, damaged. Ids that lead
// nowhere and words that nobody knows are errors of the call that meets them, never given on.
Result<std::unique_ptr<CaseReader>> open_case(const std::string& path);
// True when the head looks like a case file; says nothing about its health.
bool looks_like_case(std::string_view head);
// A new case is written beside `path` and renamed over it by commit(), so that whatever happens `path` is the old case or the
// new one. With `keep`, an existing case is copied, migrated, and added to; it stays as it was until commit(). What a killed
// process left beside is removed here. An existing file that is no case is never overwritten (ErrorKind::usage).
enum class CaseMode : std::uint8_t { fresh, keep };
Result<std::unique_ptr<CaseWriter>> create_case(const std::string& path, CaseMode mode);
// The same in memory, for `check` on captures and for tests.
Result<std::unique_ptr<CaseWriter>> create_memory_case();

}  // namespace uptrail
