// What readers of SQLite stores have in common: one table, read by the names of its columns, and a text of which nothing is
// believed. Private to this folder.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "collector/base/result.h"
#include "collector/model/record.h"
#include "collector/sqlite/connection.h"
#include "collector/sqlite/statement.h"
#include "collector/stores/store.h"

namespace uptrail {

inline constexpr std::size_t kMaxStoreText = 64U << 10U;

bool is_sqlite_head(std::string_view head);
// The private copy, read-only and treated as hostile; errors name the shown path.
Result<sqlite::Connection> open_store(const StoreFiles& files);
// True when the file keeps its latest changes in a -wal.
bool is_wal(const std::string& path);

// What to say when that -wal is not here.
inline constexpr std::string_view kWalMissing =
    "the store keeps its latest changes in a -wal file beside it, and that file is not here: what was written last is missing";

// What is missing at the end of a file that was not copied whole, in words; "" when it is whole. A -wal may hold what is missing.
std::string truncation_of(const StoreFiles& files);

// Names of the columns of a table; empty when there is no such table. A view or a virtual table of that name does not count.
Result<std::set<std::string>> columns_of(sqlite::Connection& db, const std::string& table);
// What is missing, in words; "" when the table is there and has all required columns.
std::string missing_structure(const std::string& table, const std::set<std::string>& columns,
                              std::span<const std::string_view> required);

// `name`: what the column is called in the file; `sql`: how it is read.
struct WantedColumn {
  std::string_view name;
  std::string_view sql;
};
// "rowid, a, NULL, c": a column that the file lacks reads as NULL.
std::string select_list(const std::set<std::string>& columns, std::span<const WantedColumn> wanted);

// probe() of a store that is known by one table.
Result<bool> probe_table(const StoreFiles& files, const std::string& table, std::span<const std::string_view> required,
                         std::string_view structure, std::string& why);

// A store of which read() can begin: its structure is there, and what is known to be missing has been told.
struct OpenTable {
  sqlite::Connection db;
  std::set<std::string> columns;
  bool complete = true;  // nothing is known to be missing
  bool cut_off = false;
};
// `what`: of an error, "not nsurlsessiond's tasks.sqlite".
Result<OpenTable> open_table(const StoreFiles& files, const std::string& table, std::span<const std::string_view> required,
                             std::string_view what, EventSink& sink);

// Gives every row to `take`, which says whether to go on. Damage in the middle keeps the rows before it. `read` counts. False:
// not everything could be read, which has been told. Errors: not even the first row can be read.
Result<bool> read_rows(OpenTable& open, const std::string& sql, std::uint64_t most, std::uint64_t& read, EventSink& sink,
                       const std::function<bool(sqlite::Statement&)>& take);

// A text of a row, cut and made valid; `bad` gets what is wrong with it ("" when nothing is). nullopt: NULL or no text.
std::optional<std::string> text_of(sqlite::Statement& row, int column, std::string_view name,
                                   std::optional<std::pair<IssueKind, std::string>>& bad);

}  // namespace uptrail
