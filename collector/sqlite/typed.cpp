// Statements that people type: what they may do, and where they are wrong.
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <optional>

#include "collector/base/text.h"
#include "collector/sqlite/connection.h"
#include "collector/sqlite/failure.h"
#include "collector/sqlite/statement.h"

namespace uptrail::sqlite {

namespace {

constexpr int kOpsBetweenQuestions = 5000;
constexpr const char* kOnlyReading = "only statements that read are allowed: SELECT, WITH, VALUES, EXPLAIN, PRAGMA table_info(…)";

int ask_guard(void* guard) { return (*static_cast<const std::function<bool()>*>(guard))() ? 1 : 0; }

// Pragmas that only tell something; with an argument most of the others would set it.
bool is_harmless_pragma(std::string_view name, const char* argument) {
  constexpr std::array<std::string_view, 7> kAboutNamed = {"table_info", "table_xinfo", "table_list",      "index_list",
                                                           "index_info", "index_xinfo", "foreign_key_list"};
  constexpr std::array<std::string_view, 8> kPlain = {"application_id", "user_version",  "schema_version", "page_count",
                                                      "page_size",      "function_list", "database_list",  "compile_options"};
  const std::string lower = to_lower_ascii(name);
  if (std::find(kAboutNamed.begin(), kAboutNamed.end(), lower) != kAboutNamed.end()) return true;
  return argument == nullptr && std::find(kPlain.begin(), kPlain.end(), lower) != kPlain.end();
}

int authorize(void* /*unused*/, int action, const char* first, const char* second, const char* /*database*/,
              const char* /*trigger*/) {
  switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_RECURSIVE:
      return SQLITE_OK;
    // Asked when a table-valued function (json_each, pragma_table_info) is set up. A statement that would do it is not read-only.
    case SQLITE_UPDATE:
      return first != nullptr && std::string_view(first) == "sqlite_master" ? SQLITE_OK : SQLITE_DENY;
    case SQLITE_FUNCTION:
      return second != nullptr && to_lower_ascii(second) == "load_extension" ? SQLITE_DENY : SQLITE_OK;
    case SQLITE_PRAGMA:
      return first != nullptr && is_harmless_pragma(first, second) ? SQLITE_OK : SQLITE_DENY;
    default:
      return SQLITE_DENY;
  }
}

// Where older versions of SQLite, which give no place, mean: the quoted word behind "near".
std::optional<std::size_t> place_in(std::string_view sql, std::string_view message) {
  const std::size_t near = message.find("near \"");
  if (near == std::string_view::npos) return std::nullopt;
  const std::size_t from = near + 6;
  const std::size_t to = message.find('"', from);
  const std::size_t at = to == std::string_view::npos ? to : sql.find(message.substr(from, to - from));
  return at == std::string_view::npos ? std::nullopt : std::optional(at);
}

Error usage_failure(int code, sqlite3* db, std::string_view sql) {
  if ((code & 0xff) == SQLITE_AUTH) return fail(ErrorKind::usage, kOnlyReading);
  const std::string message = to_valid_utf8(sqlite3_errmsg(db));
  std::optional<std::size_t> at;
#if SQLITE_VERSION_NUMBER >= 3038000
  if (const int offset = sqlite3_error_offset(db); offset >= 0) at = static_cast<std::size_t>(offset);
#endif
  if (!at) at = place_in(sql, message);
  if (!at && message == "incomplete input") at = sql.size();
  return fail(ErrorKind::usage, message, "", at ? std::optional<std::uint64_t>(std::min(*at, sql.size())) : std::nullopt);
}

bool is_fault_of_statement(int code) {
  const int primary = code & 0xff;
  return primary == SQLITE_ERROR || primary == SQLITE_AUTH || primary == SQLITE_MISMATCH || primary == SQLITE_RANGE;
}

}  // namespace

Result<Connection> Connection::another() {
  if (!in_memory()) {
    auto again = open(sqlite3_db_filename(db_, "main"), Access::read_foreign);
    if (again) again->set_shown_path(path_);
    return again;
  }
  auto copy = open(path_, Access::memory);
  UPTRAIL_TRY(copy);
  UPTRAIL_TRY(copy_to(*copy));
  return copy;
}

bool Connection::in_memory() const {
  const char* file = sqlite3_db_filename(db_, "main");
  return file == nullptr || *file == '\0';
}

Status Connection::allow_only_reading() {
  UPTRAIL_TRY(exec("PRAGMA query_only = ON; PRAGMA temp_store = MEMORY"));
  if (const int code = sqlite3_db_config(db_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr); code != SQLITE_OK) {
    return failure(code, db_, path_);
  }
  const int code = sqlite3_set_authorizer(db_, &authorize, nullptr);
  return code == SQLITE_OK ? done() : Status(failure(code, db_, path_));
}

Result<Statement> Connection::prepare_typed(std::string_view sql) {
  sqlite3_stmt* raw = nullptr;
  const char* rest = nullptr;
  const int code = sqlite3_prepare_v3(db_, sql.data(), static_cast<int>(sql.size()), 0, &raw, &rest);
  if (code != SQLITE_OK) {
    return is_fault_of_statement(code) ? usage_failure(code, db_, sql) : failure(code, db_, path_);
  }
  Statement statement(raw, path_);
  if (raw == nullptr) return fail(ErrorKind::usage, "there is no statement", "", 0);
  if (sqlite3_stmt_readonly(raw) == 0) return fail(ErrorKind::usage, kOnlyReading);
  if (sqlite3_bind_parameter_count(raw) > 0)
    return fail(ErrorKind::usage, "parameters have no value here: write the value itself");
  const auto used = static_cast<std::size_t>(rest - sql.data());
  sqlite3_stmt* next = nullptr;
  const int behind = sqlite3_prepare_v3(db_, rest, static_cast<int>(sql.size() - used), 0, &next, nullptr);
  const Statement second(next, path_);
  if (behind != SQLITE_OK || next != nullptr) {
    const std::size_t blank = sql.substr(used).find_first_not_of(" \t\r\n;");
    return fail(ErrorKind::usage, "one statement at a time", "", used + (blank == std::string_view::npos ? 0 : blank));
  }
  return statement;
}

Error Connection::typed_failure(const Error& of_step) {
  const int code = sqlite3_extended_errcode(db_);
  return is_fault_of_statement(code) ? usage_failure(code, db_, "") : of_step;
}

void Connection::set_guard(const std::function<bool()>* guard) {
  if (guard == nullptr) {
    sqlite3_progress_handler(db_, 0, nullptr, nullptr);
  } else {
    // The handler only calls it; SQLite's signature has no const.
    sqlite3_progress_handler(db_, kOpsBetweenQuestions, &ask_guard, const_cast<std::function<bool()>*>(guard));
  }
}

std::int64_t memory_used() { return sqlite3_memory_used(); }

}  // namespace uptrail::sqlite
