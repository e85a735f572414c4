// CaseReader over a SQLite connection: of an opened file, or of what a writer has written so far. Private to this folder.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "collector/sqlite/connection.h"
#include "collector/sqlite/statement.h"
#include "collector/trace/case_file.h"
#include "collector/trace/row.h"

namespace uptrail::trace {

struct Table;

SourceSpan read_span(Row& row);  // three columns: offset, length, line

// How many of each thing there are (of tasks and uploads: behind the last id): ids at or above these must not reach anybody who
// indexes with them.
struct Bounds {
  std::uint32_t streams = 0, units = 0, sessions = 0, tasks = 0, uploads = 0;
  int domains = 0;
};

class SqliteCaseReader final : public CaseReader {
 public:
  // A foreign file: ids are checked against the current generation.
  static Result<std::unique_ptr<SqliteCaseReader>> of_file(sqlite::Connection db);
  // A case being written. `before_reading` runs before events are read, `after_event` when one was; `db` and what they refer to
  // must outlive the reader.
  SqliteCaseReader(sqlite::Connection& db, std::function<Status()> before_reading, std::function<void()> after_event)
      : db_(&db), before_reading_(std::move(before_reading)), after_event_(std::move(after_event)) {}

  Result<CaseInfo> info() override;
  Result<std::vector<Source>> sources() override;
  Result<std::vector<Stream>> streams() override;
  Result<std::vector<CaseInput>> inputs() override;
  Result<std::vector<Contents>> contents() override;
  Result<Derived> derived() override;
  Result<Derived> derived_without_tasks() override;
  Result<std::uint64_t> task_count() override;
  Result<std::uint64_t> upload_count() override;
  Result<std::optional<Task>> task(TaskId id) override;
  Status for_each_task(TaskId first, const std::function<bool(const Task&)>& callback) override;
  Result<std::uint64_t> picture_bytes(std::string_view part) override;
  Status for_each_picture(std::string_view part, const std::function<bool(std::span<const std::byte>)>& callback) override;
  Result<std::unique_ptr<CaseReader>> another() override;
  Result<EventGrid> event_grid() override;
  Status for_each_event(const EventQuery& query, const std::function<bool(const Event&)>& callback) override;
  Status for_each_event_ahead(const std::function<bool(const Event&)>& callback) override;
  Result<std::optional<Event>> event(EventId id) override;
  Result<std::uint64_t> event_count() override;
  Result<std::vector<RawLine>> raw_lines(SourceId source, std::uint64_t first_line, std::size_t count) override;
  Result<std::optional<RawLine>> raw_of(EventId event) override;
  Result<std::uint64_t> raw_line_count(SourceId source) override;
  Status for_each_related(const RelatedQuery& query, const std::function<bool(const RelatedLine&)>& callback) override;
  Result<std::shared_ptr<CaseQuery>> query() override;
  [[nodiscard]] bool in_memory() const override { return db_->in_memory(); }

  // A writer shows the generation that it is writing.
  void show_generation(std::int64_t generation) { generation_ = generation; }
  void set_indexed(bool indexed) { indexed_ = indexed; }
  // A writer knows whether the order of event ids is that of the events: then nothing has to be sorted.
  void set_in_order(bool in_order) { in_order_ = in_order; }
  [[nodiscard]] bool streaming() const { return streaming_ > 0; }  // for_each_event() is at work
  // A writer has added a kind to the dictionary.
  void forget_kinds() { kinds_loaded_ = false; }

 private:
  explicit SqliteCaseReader(sqlite::Connection db) : owned_(std::move(db)), db_(&*owned_), indexed_(true) {}

  Result<std::int64_t> generation();
  Status load_kinds();
  Status read_source_clocks(std::map<SourceId, SourceClockInfo>& out);
  EventKind known_kind(Row& row);                      // rejects the row when the kind is not in the dictionary
  Result<const std::string*> string(std::int64_t id);  // nullptr: no such string
  Status read_event(sqlite::Statement& rows, Event& out);
  Status read_texts(Row& row, Event& out);
  Status check_event(const Event& event) const;
  Status prepare_to_read();
  // The event may be swapped for another one that is no longer needed.
  using TakeEvent = std::function<bool(Event&)>;
  Status stream_events(const EventQuery& query, const TakeEvent& take);
  Status run_query(const EventQuery& query, std::string_view domain_condition, std::uint64_t& left, bool& stop,
                   const TakeEvent& take);
  Result<std::vector<RawLine>> read_raw(sqlite::Statement& rows);
  // Calls `use` for every row of a derived table of the shown generation.
  Status each(const Table& table, const std::function<void(Row&)>& use);
  Status read_all(Derived& out, bool tasks);
  Status check_task(const Task& task) const;
  Status read_processes(Derived& out);
  Status read_sessions(Derived& out);
  Status read_tasks(Derived& out);
  Status read_uploads(Derived& out);
  Status read_coverage(Derived& out);
  Status read_findings(Derived& out);
  Status read_finding_parts(Derived& out);
  Status read_causes(Derived& out);
  Status read_outcome(Derived& out);
  Error impossible(std::string_view table) const;

  std::optional<sqlite::Connection> owned_;  // statements below die first
  sqlite::Connection* db_;
  std::function<Status()> before_reading_;
  std::function<void()> after_event_;
  std::optional<std::int64_t> generation_;
  std::optional<Bounds> bounds_;  // set: ids are checked
  bool indexed_ = false;
  bool in_order_ = false;
  int streaming_ = 0;
  bool kinds_loaded_ = false;
  std::unordered_map<std::int64_t, EventKind> kinds_;
  std::unordered_map<std::int64_t, std::string> strings_;
  // Device, bundle, process, thread and pattern of the event before: mostly those of the next, too.
  struct LastText {
    std::int64_t id = 0;
    const std::string* text = nullptr;  // in strings_; nullptr: none yet
  };
  std::array<LastText, 5> last_texts_;
  std::optional<std::string> undecoded_;  // set: fields are left undecoded, as text, here
  sqlite::Statement string_query_;
  sqlite::Statement event_query_;
  sqlite::Statement task_query_;
};

// The columns of kTasks behind its id.
void read_task(Row& row, Task& task);

// Fails when an id of `derived` leads nowhere. `streams`: how many streams the case has, `domains`: how many order domains.
Status check_derived(const Derived& derived, const Bounds& bounds, const std::string& path);

}  // namespace uptrail::trace
