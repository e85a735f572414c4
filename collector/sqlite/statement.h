// A prepared statement. Errors of binding show at the next step.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "collector/base/result.h"
#include "collector/sqlite/binder.h"

struct sqlite3_stmt;

namespace uptrail::sqlite {

enum class ColumnType : std::uint8_t { null, integer, real, text, blob };

class Statement : private Binder<Statement> {
 public:
  Statement() = default;  // empty: only assignment and destruction are allowed
  Statement(sqlite3_stmt* statement, std::string path) : statement_(statement), path_(std::move(path)) {}
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&& other) noexcept;
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement();
  [[nodiscard]] bool prepared() const { return statement_ != nullptr; }

  // Binds ?1, ?2 … (what: binder.h) and starts anew. Texts and blobs must live until the last step.
  template <class... Args>
  void bind(const Args&... args) {
    reset();
    put_all(args...);
  }
  // One of them, after reset().
  void take(int index, std::int64_t value);
  void take(int index, double value);
  void take(int index, std::string_view value);
  void take(int index, std::span<const std::byte> value);
  void take(int index, std::nullptr_t value);
  // bind, one step, reset: for statements without rows.
  template <class... Args>
  Status run(const Args&... args) {
    bind(args...);
    const auto row = step();
    reset();
    return row.ok() ? done() : Status(row.error());
  }
  // True: a row is there. Views into it live until the next step, reset or bind.
  Result<bool> step();
  void reset();

  [[nodiscard]] int columns() const;
  [[nodiscard]] std::string_view column_name(int column) const;
  [[nodiscard]] ColumnType type(int column) const;
  [[nodiscard]] bool is_null(int column) const { return type(column) == ColumnType::null; }
  // Values of another type are converted as SQLite does: a text that is no number reads as 0.
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] double real(int column) const;
  [[nodiscard]] std::string_view text(int column) const;
  [[nodiscard]] std::span<const std::byte> blob(int column) const;  // bytes of a blob or a text as stored

 private:
  friend class Binder<Statement>;
  void note(int code);

  sqlite3_stmt* statement_ = nullptr;
  std::string path_;
  int bind_error_ = 0;
};

}  // namespace uptrail::sqlite
