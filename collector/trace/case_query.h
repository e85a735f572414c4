// Questions in SQL that people type, about one case. Nothing they say can change it, and every answer is bounded.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "collector/base/result.h"
#include "collector/trace/query_table.h"

namespace uptrail {

struct QueryLimits {
  std::size_t rows = 10'000;           // more are not read
  std::size_t cell_bytes = 4'000;      // of a text or a blob; the rest is cut off
  std::size_t total_bytes = 64 << 20;  // of all cells together
  std::int64_t memory = 1 << 30;       // that SQLite may take for sorting and the like, beyond what it has; 0: no limit
};

// Shared with the thread that asked.
struct QueryWatch {
  std::atomic<bool> cancel = false;
  std::atomic<std::uint64_t> rows = 0;  // read so far
};

// One thread at a time, but not that of the reader it came from.
class CaseQuery {
 public:
  virtual ~CaseQuery() = default;
  // One statement that reads. Errors: usage (message of SQLite, offset: the byte in `sql` where it is wrong), interrupted
  // (watch.cancel), limit (memory), malformed (the file is damaged).
  virtual Result<QueryTable> run(std::string_view sql, const QueryLimits& limits, QueryWatch& watch) = 0;
};

// -- help for those who type
struct SchemaColumn {
  std::string name;
  std::string type;     // "integer", "text", "real"; "" for computed columns of views
  std::string comment;  // "" for columns of views that are computed
};
struct SchemaTable {
  std::string name;
  bool is_view = false;
  std::string comment;
  std::vector<SchemaColumn> columns;
};
// As the migrations make it, with their comments: views first, then tables, by name.
const std::vector<SchemaTable>& case_schema();

struct QueryExample {
  std::string_view title;
  std::string_view sql;
};
const std::vector<QueryExample>& query_examples();
std::string first_rows_of(std::string_view table);  // a statement

// Where an offset of an error is, for people; both from 1, columns in characters.
struct TextPlace {
  std::size_t line = 1;
  std::size_t column = 1;
};
TextPlace place_of(std::string_view text, std::size_t offset);

}  // namespace uptrail
