#include "collector/sqlite/connection.h"

#include <sqlite3.h>

#include <array>
#include <utility>

#include "collector/sqlite/failure.h"
#include "collector/sqlite/statement.h"

namespace uptrail::sqlite {

namespace {

constexpr int kOpsBetweenCancelChecks = 20000;

int cancelled(void* flag) { return static_cast<const std::atomic<bool>*>(flag)->load(std::memory_order_relaxed) ? 1 : 0; }

int open_flags(Access access) {
  switch (access) {
    case Access::read_foreign:
      return SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX;
    case Access::write:
      return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    case Access::memory:
      return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX;
  }
  return 0;
}

}  // namespace

Result<Connection> Connection::open(const std::string& path, Access access) {
  sqlite3* db = nullptr;
  const int code = sqlite3_open_v2(access == Access::memory ? ":memory:" : path.c_str(), &db, open_flags(access), nullptr);
  Connection connection(db, path);  // owns `db` even when opening failed
  if (code != SQLITE_OK) {
    return failure(code, db, path);
  }
  sqlite3_extended_result_codes(db, 1);
  UPTRAIL_TRY(connection.harden());
  if (access == Access::read_foreign) {
    // Not for our own: defensive mode forbids to do without a journal.
    if (const int defensive = sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr); defensive != SQLITE_OK) {
      return failure(defensive, db, path);
    }
    UPTRAIL_TRY(connection.exec("PRAGMA query_only = ON; PRAGMA mmap_size = 0; PRAGMA cell_size_check = ON"));
  }
  return connection;
}

// Our own databases get the same treatment: a case to be extended may come from anywhere.
Status Connection::harden() {
  constexpr std::array<std::pair<int, int>, 5> kSwitches = {{{SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
                                                             {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
                                                             {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
                                                             {SQLITE_DBCONFIG_DQS_DML, 0},
                                                             {SQLITE_DBCONFIG_DQS_DDL, 0}}};
  for (const auto& [option, value] : kSwitches) {
    if (const int code = sqlite3_db_config(db_, option, value, nullptr); code != SQLITE_OK) {
      return failure(code, db_, path_);
    }
  }
  constexpr std::array<std::pair<int, int>, 9> kLimits = {{{SQLITE_LIMIT_LENGTH, kMaxForeignValueBytes},
                                                           {SQLITE_LIMIT_SQL_LENGTH, 1 << 18},
                                                           {SQLITE_LIMIT_COLUMN, 256},
                                                           {SQLITE_LIMIT_EXPR_DEPTH, 64},
                                                           {SQLITE_LIMIT_COMPOUND_SELECT, 16},
                                                           {SQLITE_LIMIT_VDBE_OP, 100000},
                                                           {SQLITE_LIMIT_ATTACHED, 0},
                                                           {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 256},
                                                           {SQLITE_LIMIT_TRIGGER_DEPTH, 1}}};
  for (const auto& [limit, value] : kLimits) {
    sqlite3_limit(db_, limit, value);
  }
  return done();
}

Connection::Connection(Connection&& other) noexcept
    : db_(std::exchange(other.db_, nullptr)), path_(std::move(other.path_)), before_use_(std::move(other.before_use_)) {}

Connection& Connection::operator=(Connection&& other) noexcept {
  if (this != &other) {
    close();
    db_ = std::exchange(other.db_, nullptr);
    path_ = std::move(other.path_);
    before_use_ = std::move(other.before_use_);
  }
  return *this;
}

Connection::~Connection() { close(); }

// close_v2: the handle outlives statements that are still there, so an error in the order of destruction is no crash.
void Connection::close() {
  if (db_ != nullptr) {
    sqlite3_close_v2(std::exchange(db_, nullptr));
  }
}

Result<Statement> Connection::prepare(std::string_view sql, bool persistent) {
  if (before_use_) {
    UPTRAIL_TRY(before_use_());
  }
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(db_, sql.data(), static_cast<int>(sql.size()),
                                      persistent ? static_cast<unsigned>(SQLITE_PREPARE_PERSISTENT) : 0U, &statement, nullptr);
  if (code != SQLITE_OK) {
    return failure(code, db_, path_);
  }
  return Statement(statement, path_);
}

Status Connection::exec(const std::string& sql) {
  if (before_use_) {
    UPTRAIL_TRY(before_use_());
  }
  const int code = sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? done() : Status(failure(code, db_, path_));
}

Result<std::int64_t> Connection::integer(std::string_view sql) {
  auto statement = prepare(sql);
  UPTRAIL_TRY(statement);
  const auto row = statement->step();
  UPTRAIL_TRY(row);
  return *row ? statement->integer(0) : std::int64_t{0};
}

Result<std::string> Connection::text(std::string_view sql) {
  auto statement = prepare(sql);
  UPTRAIL_TRY(statement);
  const auto row = statement->step();
  UPTRAIL_TRY(row);
  return *row ? std::string(statement->text(0)) : std::string();
}

void Connection::set_cancel(const std::atomic<bool>* cancel) {
  if (cancel == nullptr) {
    sqlite3_progress_handler(db_, 0, nullptr, nullptr);
  } else {
    // The handler only reads; SQLite's signature has no const.
    sqlite3_progress_handler(db_, kOpsBetweenCancelChecks, &cancelled, const_cast<std::atomic<bool>*>(cancel));
  }
}

void Connection::interrupt() {
  if (db_ != nullptr) {
    sqlite3_interrupt(db_);
  }
}

std::int64_t Connection::changes() const { return sqlite3_changes64(db_); }

Status Connection::copy_to(Connection& target) {
  sqlite3_backup* backup = sqlite3_backup_init(target.db_, "main", db_, "main");
  if (backup == nullptr) {
    return failure(sqlite3_errcode(target.db_), target.db_, target.path_);
  }
  const int code = sqlite3_backup_step(backup, -1);
  const int end = sqlite3_backup_finish(backup);
  if (code != SQLITE_DONE) {
    return failure(end != SQLITE_OK ? end : code, nullptr, path_);
  }
  return done();
}

}  // namespace uptrail::sqlite
