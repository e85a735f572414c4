// One open SQLite database. sqlite3.h stays inside this folder; everybody else sees results.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "collector/base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace uptrail::sqlite {

class Statement;

enum class Access : std::uint8_t {
  read_foreign,  // read-only, and the file is treated as hostile: see connection.cpp for what that switches off
  write,         // opens or creates
  memory,        // private database in memory; the path is only shown in messages
};

// Values above these make a foreign database unreadable instead of eating memory.
inline constexpr int kMaxForeignValueBytes = 64 << 20;

// Movable, one thread at a time. Statements must die before their connection.
class Connection {
 public:
  // Does not read the file yet: a file that is no database shows at the first statement.
  static Result<Connection> open(const std::string& path, Access access);
  Connection(Connection&& other) noexcept;
  Connection& operator=(Connection&& other) noexcept;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  // `persistent`: it is kept and used many times.
  Result<Statement> prepare(std::string_view sql, bool persistent = false);
  // Any number of statements without arguments; rows are dropped.
  Status exec(const std::string& sql);
  // First column of the first row of a statement without arguments; 0 / "" when there is none.
  Result<std::int64_t> integer(std::string_view sql);
  Result<std::string> text(std::string_view sql);

  // Statements end with ErrorKind::interrupted soon after `*cancel` becomes true. nullptr: never. Not owned.
  void set_cancel(const std::atomic<bool>* cancel);
  // Runs first in prepare() and exec(), whose error its error is: what another thread does with statements of this connection
  // must be over then.
  void set_before_use(std::function<Status()> hook) { before_use_ = std::move(hook); }
  // Statements at work end with ErrorKind::interrupted. May be called by any thread while the connection lives.
  void interrupt();
  // A path to name in errors instead of the one that was opened (a private copy of what the user gave).
  void set_shown_path(std::string path) { path_ = std::move(path); }
  [[nodiscard]] const std::string& shown_path() const { return path_; }
  [[nodiscard]] std::int64_t changes() const;  // rows changed by the last statement
  // Copies everything into `target`, whose content is replaced.
  Status copy_to(Connection& target);

  // -- for statements that people type (typed.cpp)
  // A connection of its own to the same database, for reading: a file is opened again, a database in memory is copied.
  Result<Connection> another();
  [[nodiscard]] bool in_memory() const;
  // From now on nothing is written, attached, loaded or set, whatever a statement says. Intermediate results stay in memory.
  Status allow_only_reading();
  // One statement. What is wrong with it is ErrorKind::usage, with the byte in `sql` where SQLite points as its offset.
  Result<Statement> prepare_typed(std::string_view sql);
  Error typed_failure(const Error& of_step);  // the same for an error of its steps
  // Asked every few thousand steps of the virtual machine; true ends the statement with ErrorKind::interrupted. Replaces
  // set_cancel(). Not owned; nullptr: never.
  void set_guard(const std::function<bool()>* guard);

 private:
  Connection(sqlite3* db, std::string path) : db_(db), path_(std::move(path)) {}
  [[nodiscard]] Status harden();
  void close();

  sqlite3* db_ = nullptr;
  std::string path_;
  std::function<Status()> before_use_;
};

// Bytes that SQLite holds in this process; 0 when it does not count.
std::int64_t memory_used();

}  // namespace uptrail::sqlite
