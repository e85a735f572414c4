// CaseWriter over SQLite: one transaction in a file beside the target, or in memory. Private to this folder.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "collector/sqlite/connection.h"
#include "collector/sqlite/statement.h"
#include "collector/trace/case_file.h"
#include "collector/trace/partial_file.h"
#include "collector/trace/row_queue.h"
#include "collector/trace/sqlite_reader.h"

namespace uptrail::trace {

struct Table;

class SqliteCaseWriter final : public CaseWriter {
 public:
  // `db` is empty or a case of the current schema. `file` is where it lives; nullopt: in memory.
  static Result<std::unique_ptr<CaseWriter>> make(sqlite::Connection db, std::optional<PartialFile> file, bool is_new);

  ~SqliteCaseWriter() override;
  SqliteCaseWriter(const SqliteCaseWriter&) = delete;
  SqliteCaseWriter& operator=(const SqliteCaseWriter&) = delete;

  Result<SourceId> begin_source(const Source& source) override;
  Result<EventId> add_event(const Event& event) override;
  Status add_raw(const RawLine& line) override;
  Status add_related(const RelatedLine& line) override;
  Status end_source(const Source& final_state) override;
  Status drop_source(SourceId source) override;
  Status replace_source(SourceId former, SourceId by) override;
  Result<bool> has_content(const std::string& content_hash) override;
  Status assign(const Event& event) override;
  Status end_facts() override;
  Status set_streams(const std::vector<Stream>& streams) override;
  Status set_info(const CaseInfo& info) override;
  Status set_inputs(const std::vector<CaseInput>& inputs) override;
  Status set_contents(const Contents& contents) override;
  Status set_derived(const Derived& derived) override;
  Status add_picture(std::string_view part, std::span<const std::byte> records) override;
  Status commit() override;
  CaseReader& reader() override { return *reader_; }

 private:
  SqliteCaseWriter(sqlite::Connection db, std::optional<PartialFile> file);
  Status start(bool is_new);
  Status load_dictionaries();
  Status prepare_statements();
  Status find_next_rows();
  Status usable() const;
  // Remembers a failure: what follows it would be a case with a hole.
  Status keep(Status status);
  Status store_source(const Source& source);
  Status fill_assignments();
  Result<std::int64_t> kind_id(EventKind kind);
  Result<std::optional<std::int64_t>> string_id(std::string_view text);
  // Adds a row by a statement that has no answer: at once while the reader streams, else whenever the queue comes to it.
  template <class... Args>
  Status append(sqlite::Statement& statement, const Args&... args) {
    if (!reader_->streaming()) {
      return rows_.add(statement, args...);
    }
    UPTRAIL_TRY(rows_.drain());
    return statement.run(args...);
  }
  Status insert_event(const Event& event, EventId id);
  Status insert_assigned(const Event& event, EventId id);
  void note_place(const Event& event, EventId id);
  Status write_derived(const Derived& derived, std::int64_t generation);
  Status write_entities(const Derived& derived, std::int64_t generation);
  Status write_tasks(const Derived& derived, std::int64_t generation);
  Status write_findings(const Derived& derived, std::int64_t generation);
  Status write_causes(const Derived& derived, std::int64_t generation);
  Result<sqlite::Statement> inserter(const Table& table, bool derived);
  Status write_grid();
  Status drop_other_generations(std::int64_t generation);
  Status finish();

  std::optional<PartialFile> file_;  // removed after the connection is closed
  sqlite::Connection db_;
  std::unique_ptr<SqliteCaseReader> reader_;
  std::vector<std::string> indexes_;  // made when all facts are there
  bool jobs_added_ = false;           // indexes and grid are made, or will be
  bool changed_since_ = false;        // facts or assignments were changed after that
  sqlite::Statement insert_event_, insert_assigned_, insert_raw_, insert_related_, insert_string_, insert_kind_;
  sqlite::Statement insert_events_, insert_all_assigned_, insert_raws_;  // many rows at once
  std::unordered_map<std::string, std::int64_t> strings_;
  // Device, bundle, process, thread and pattern of the event before: mostly those of the next, too.
  struct LastText {
    std::string text;
    std::optional<std::int64_t> id;
  };
  std::array<LastText, 5> last_texts_;
  std::string encoded_;                // fields of the event being added
  std::vector<std::int64_t> kinds_;    // by EventKind; -1: not in the dictionary
  std::optional<SourceId> untouched_;  // the source that was begun last, while nothing was written for it
  std::int64_t next_event_ = 1;
  std::int64_t next_raw_ = 1;
  std::int64_t next_string_ = 1;
  std::int64_t assigned_through_ = 0;  // every event up to this one has its row in events_assigned
  bool assignments_missing_ = false;
  // Place of an event in the order of all: domain, time, stream, seq; no domain and no stream come first.
  using EventPlace = std::tuple<std::int64_t, TimeNs, std::int64_t, std::uint64_t>;
  EventPlace last_place_;
  std::int64_t in_order_through_ = 0;  // up to this one, the events were assigned one after the other, in their order
  std::optional<std::int64_t> new_generation_;
  bool failed_ = false;
  bool finished_ = false;
  RowQueue rows_;  // ends before the statements and the connection
};

}  // namespace uptrail::trace
