// A prepared statement. Errors of binding show at the next step.
#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "collector/base/ids.h"
#include "collector/base/result.h"
#include "collector/base/time.h"

struct sqlite3_stmt;

namespace uptrail::sqlite {

enum class ColumnType : std::uint8_t { null, integer, real, text, blob };

class Statement {
 public:
  Statement() = default;  // empty: only assignment and destruction are allowed
  Statement(sqlite3_stmt* statement, std::string path) : statement_(statement), path_(std::move(path)) {}
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&& other) noexcept;
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement();
  [[nodiscard]] bool prepared() const { return statement_ != nullptr; }

  // Binds ?1, ?2 … and starts anew. Texts and blobs must live until the last step.
  // Accepts integers, bool, double, texts, blobs (span of bytes), nullptr, optional of these, TimeNs, DurationNs, StrongId
  // (NULL when there is none).
  template <class... Args>
  void bind(const Args&... args) {
    reset();
    int index = 0;
    (put(++index, args), ...);
  }
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
  [[nodiscard]] ColumnType type(int column) const;
  [[nodiscard]] bool is_null(int column) const { return type(column) == ColumnType::null; }
  // Values of another type are converted as SQLite does: a text that is no number reads as 0.
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] double real(int column) const;
  [[nodiscard]] std::string_view text(int column) const;
  [[nodiscard]] std::span<const std::byte> blob(int column) const;  // bytes of a blob or a text as stored

 private:
  void put(int index, std::int64_t value);
  void put(int index, double value);
  void put(int index, std::string_view value);
  void put(int index, std::span<const std::byte> value);
  void put(int index, std::nullptr_t);
  void put(int index, bool value) { put(index, static_cast<std::int64_t>(value ? 1 : 0)); }
  void put(int index, const char* value) { put(index, std::string_view(value)); }
  void put(int index, const std::string& value) { put(index, std::string_view(value)); }
  void put(int index, TimeNs value) { put(index, value.ns); }
  void put(int index, DurationNs value) { put(index, value.ns); }
  // Unsigned values above int64 are stored as its maximum.
  template <std::integral T>
  requires(!std::same_as<T, bool> && !std::same_as<T, std::int64_t>) void put(int index, T value) {
    constexpr auto kMax = std::numeric_limits<std::int64_t>::max();
    put(index, std::in_range<std::int64_t>(value) ? static_cast<std::int64_t>(value) : kMax);
  }
  template <class Tag, class Rep>
  void put(int index, StrongId<Tag, Rep> value) {
    if (value.valid()) {
      put(index, static_cast<std::int64_t>(value.value));
    } else {
      put(index, nullptr);
    }
  }
  template <class T>
  void put(int index, const std::optional<T>& value) {
    if (value) {
      put(index, *value);
    } else {
      put(index, nullptr);
    }
  }
  void note(int code);

  sqlite3_stmt* statement_ = nullptr;
  std::string path_;
  int bind_error_ = 0;
};

}  // namespace uptrail::sqlite
