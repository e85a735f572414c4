#include "collector/stores/sqlite_table.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <span>

#include "collector/base/byte_reader.h"
#include "collector/base/text.h"

namespace uptrail {

namespace {
constexpr std::string_view kMagic{"SQLite format 3\0", 16};
// In the head of the file: https://www.sqlite.org/fileformat2.html
constexpr std::size_t kHeadBytes = 100;
constexpr std::size_t kPageSizeAt = 16;
constexpr std::size_t kWriteVersionAt = 18;  // 2: WAL mode
constexpr std::size_t kChangesAt = 24;
constexpr std::size_t kPagesAt = 28;
constexpr std::size_t kPagesValidForAt = 92;

constexpr std::string_view kBehindDamage = "the rows behind the damage are missing";

using Head = std::array<char, kHeadBytes>;
bool read_head(const std::string& path, Head& head) {
  std::ifstream file(path, std::ios::binary);
  return static_cast<bool>(file.read(head.data(), head.size()));
}
}  // namespace

bool is_sqlite_head(std::string_view head) { return head.starts_with(kMagic); }

Result<sqlite::Connection> open_store(const StoreFiles& files) {
  auto db = sqlite::Connection::open(files.private_path, sqlite::Access::read_foreign);
  UPTRAIL_TRY(db);
  db->set_shown_path(files.shown_path);
  return db;
}

bool is_wal(const std::string& path) {
  Head head{};
  return read_head(path, head) && head[kWriteVersionAt] == 2;
}

std::string truncation_of(const StoreFiles& files) {
  Head head{};
  if (files.has_wal || !read_head(files.private_path, head)) {
    return {};
  }
  ByteReader in(std::as_bytes(std::span(head.data(), head.size())));
  const auto u32_at = [&](std::size_t at) {
    in.seek(at);
    return in.u32be().value_or(0);
  };
  in.seek(kPageSizeAt);
  const std::uint64_t page_size = in.u16be().value_or(0);
  const std::uint64_t wanted = (page_size == 1 ? 65536 : page_size) * u32_at(kPagesAt);
  std::error_code error;
  const auto size = std::filesystem::file_size(files.private_path, error);
  if (error || size >= wanted || u32_at(kChangesAt) != u32_at(kPagesValidForAt)) {
    return {};
  }
  return "the file is cut off: " + std::to_string(size) + " of " + std::to_string(wanted) + " bytes are there";
}

Result<std::set<std::string>> columns_of(sqlite::Connection& db, const std::string& table) {
  auto tables = db.prepare("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?1 AND rootpage > 0");
  UPTRAIL_TRY(tables);
  tables->bind(table);
  const auto found = tables->step();
  UPTRAIL_TRY(found);
  std::set<std::string> names;
  if (!*found || tables->integer(0) == 0) {
    return names;
  }
  auto rows = db.prepare("SELECT name FROM pragma_table_info(?1)");
  UPTRAIL_TRY(rows);
  rows->bind(table);
  for (auto more = rows->step();; more = rows->step()) {
    UPTRAIL_TRY(more);
    if (!*more) {
      return names;
    }
    names.emplace(rows->text(0));
  }
}

std::string missing_structure(const std::string& table, const std::set<std::string>& columns,
                              std::span<const std::string_view> required) {
  if (columns.empty()) {
    return "no table " + table;
  }
  const auto lacks =
      std::find_if(required.begin(), required.end(), [&](std::string_view name) { return !columns.contains(std::string(name)); });
  return lacks == required.end() ? std::string() : "table " + table + " has no column " + std::string(*lacks);
}

std::string select_list(const std::set<std::string>& columns, std::span<const WantedColumn> wanted) {
  std::string sql = "rowid";
  for (const auto& column : wanted) {
    sql += ", ";
    sql += columns.contains(std::string(column.name)) ? column.sql : "NULL";
  }
  return sql;
}

Result<bool> probe_table(const StoreFiles& files, const std::string& table, std::span<const std::string_view> required,
                         std::string_view structure, std::string& why) {
  auto db = open_store(files);
  UPTRAIL_TRY(db);
  const auto columns = columns_of(*db, table);
  UPTRAIL_TRY(columns);
  why = missing_structure(table, *columns, required);
  const bool fits = why.empty();
  if (fits) {
    why = "has the " + std::string(structure);
  }
  return fits;
}

Result<OpenTable> open_table(const StoreFiles& files, const std::string& table, std::span<const std::string_view> required,
                             std::string_view what, EventSink& sink) {
  auto db = open_store(files);
  UPTRAIL_TRY(db);
  auto columns = columns_of(*db, table);
  UPTRAIL_TRY(columns);
  if (const auto missing = missing_structure(table, *columns, required); !missing.empty()) {
    return fail(ErrorKind::unreadable, std::string(what) + ": " + missing, files.shown_path);
  }
  OpenTable open{db.take(), columns.take()};
  if (!files.has_wal && is_wal(files.private_path)) {
    open.complete = false;
    sink.issue({IssueKind::loss, {}, std::string(kWalMissing)});
  }
  if (auto cut = truncation_of(files); !cut.empty()) {
    open.complete = false;
    open.cut_off = true;
    sink.issue({IssueKind::damaged, {}, std::move(cut)});
    sink.issue({IssueKind::loss, {}, std::string(kBehindDamage)});
  }
  return open;
}

Result<bool> read_rows(OpenTable& open, const std::string& sql, std::uint64_t most, std::uint64_t& read, EventSink& sink,
                       const std::function<bool(sqlite::Statement&)>& take) {
  auto rows = open.db.prepare(sql);
  UPTRAIL_TRY(rows);
  const std::uint64_t before = read;
  for (auto more = rows->step();; more = rows->step()) {
    if (!more.ok()) {
      if (read == before) {
        return more.error();
      }
      sink.issue({IssueKind::damaged, {}, "after " + count_of(read - before, "row") + ": " + more.error().message});
      if (!open.cut_off) {
        sink.issue({IssueKind::loss, {}, std::string(kBehindDamage)});
      }
      return false;
    }
    if (!*more) {
      return true;
    }
    if (read - before == most) {
      sink.issue({IssueKind::limit, {}, "only the first " + std::to_string(most) + " rows were read"});
      return false;
    }
    ++read;
    if (!take(*rows)) {
      return true;
    }
  }
}

std::optional<std::string> text_of(sqlite::Statement& row, int column, std::string_view name,
                                   std::optional<std::pair<IssueKind, std::string>>& bad) {
  bad.reset();
  if (row.type(column) != sqlite::ColumnType::text) {
    if (!row.is_null(column)) {
      bad = {IssueKind::bad_value, std::string(name) + " is no text"};
    }
    return std::nullopt;
  }
  const auto found = row.text(column);
  if (found.size() > kMaxStoreText) {
    bad = {IssueKind::limit, std::string(name) + " was cut, it has " + std::to_string(found.size()) + " bytes"};
  } else if (!is_valid_utf8(found)) {
    bad = {IssueKind::invalid_utf8, std::string(name) + " is no valid text"};
  }
  return ellipsize(to_valid_utf8(found), kMaxStoreText);
}

}  // namespace uptrail
