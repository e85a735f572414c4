// The persisted stores of a case, and what their rows claim. Pure reading; the worker calls it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "collector/base/result.h"
#include "collector/trace/case_file.h"

namespace uptrail::viewer {

// How the moment of a store is known.
enum class TakenBy : std::uint8_t {
  nothing,    // nobody says
  file_time,  // the store speaks of the moment when its file (or its -wal) was changed last
  log,        // a log tells what was read, and when
  rows        // every row has its own time
};

// A store as it was read: one for each source that is one, and one for each time that a log tells of reading one.
struct StoreHeading {
  SourceId source;
  std::string path;
  std::string format;                // "nsurlsessiond's task store (tasks.sqlite)"
  std::string store;                 // "app", "daemon", "background-db"; "": its rows are dated events
  std::vector<std::string> bundles;  // whose, ascending; empty: it names nobody
  bool told = false;                 // a log tells of it; else the source is the store
  TakenBy taken_by = TakenBy::nothing;
  Interval taken;  // normalised; one moment, or from the first to the last row
  bool placed = false;
  std::optional<Interval> span;       // in which all its events lie, normalised; nullopt: its source has no clock
  std::optional<bool> complete;       // as the reader says
  std::uint64_t rows = 0;             // that claim something
  std::uint64_t unparsed = 0;         // rows that could not be used
  std::vector<std::string> problems;  // what was lost or doubtful, the first ones
  std::uint64_t problem_count = 0;
  std::uint64_t first_seq = 0, end_seq = UINT64_MAX;  // of its events in the source
};
using StoreList = std::vector<StoreHeading>;

// One row: whom it is about, and what it claims. Texts are "" where the row says nothing.
struct StoreRow {
  EventId event;
  TaskId task;
  UploadId upload;
  std::optional<TimeNs> t;  // normalised; of rows that have their own
  std::string row;          // "session_tasks rowid 7"
  std::string about;        // "photo-5", "task 7"
  std::string claims;       // "completed, callback pending"
  std::string bytes, error, session;
};

inline constexpr std::size_t kMaxStoreRows = 250'000;
struct StoreRows {
  std::vector<StoreRow> rows;
  bool cut = false;     // there are more than kMaxStoreRows
  std::string problem;  // why it stopped before its end; "": it did not
};

Result<StoreList> read_store_list(CaseReader& reader, const std::vector<Source>& sources, const std::vector<Stream>& streams);
StoreRows read_store_rows(CaseReader& reader, const StoreHeading& store);
// Rows whose texts hold it, whatever the case of letters; all for "".
std::vector<std::uint32_t> rows_with(const StoreRows& rows, const std::string& text);

// What was asked for, with what passes its text.
struct StoreAnswer {
  std::uint64_t number = 0;  // of the question
  std::size_t store = 0;     // index into the list
  std::shared_ptr<const StoreRows> rows;
  std::vector<std::uint32_t> shown;  // indices into the rows
};

}  // namespace uptrail::viewer
