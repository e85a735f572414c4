// What readers of SQLite stores have in common: one table, read by the names of its columns, and a text of which nothing is
// believed. Private to this folder.
#pragma once

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

// A text of a row, cut and made valid; `bad` gets what is wrong with it ("" when nothing is). nullopt: NULL or no text.
std::optional<std::string> text_of(sqlite::Statement& row, int column, std::string_view name,
                                   std::optional<std::pair<IssueKind, std::string>>& bad);

}  // namespace uptrail
