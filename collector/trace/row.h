// Reads the columns of one row from left to right and notices values that cannot be: a case may come from anywhere. Private to
// this folder.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "collector/base/ids.h"
#include "collector/base/text.h"
#include "collector/base/time.h"
#include "collector/sqlite/statement.h"

namespace uptrail::trace {

class Row {
 public:
  explicit Row(sqlite::Statement& statement) : statement_(statement) {}

  std::int64_t i64() { return statement_.integer(column_++); }
  double real() { return statement_.real(column_++); }
  bool flag() { return i64() != 0; }
  TimeNs time() { return {i64()}; }
  DurationNs duration() { return {i64()}; }
  Interval interval() {
    const TimeNs start = time();
    return {start, time()};
  }
  // A number that must fit T and not be negative.
  template <class T>
  T count() {
    const std::int64_t v = i64();
    if (!std::in_range<T>(v)) {
      bad_ = true;
      return 0;
    }
    return static_cast<T>(v);
  }
  template <class Id>
  Id id() {
    if (skip_null()) {
      return {};
    }
    const auto v = i64();
    if (v < 0 || !std::in_range<decltype(Id::value)>(v) || static_cast<decltype(Id::value)>(v) == Id::kNone) {
      bad_ = true;
      return {};
    }
    return {static_cast<decltype(Id::value)>(v)};
  }
  std::optional<std::int64_t> optional_i64() { return skip_null() ? std::nullopt : std::optional(i64()); }
  std::optional<double> optional_real() { return skip_null() ? std::nullopt : std::optional(real()); }
  std::optional<TimeNs> optional_time() { return skip_null() ? std::nullopt : std::optional(time()); }
  std::optional<int> optional_int() {
    const auto v = optional_i64();
    if (v && !std::in_range<int>(*v)) {
      bad_ = true;
      return std::nullopt;
    }
    return v ? std::optional(static_cast<int>(*v)) : std::nullopt;
  }
  std::string_view view() { return statement_.text(column_++); }  // until the next step; may be invalid UTF-8
  std::string text() {
    const auto s = view();
    return is_valid_utf8(s) ? std::string(s) : to_valid_utf8(s);
  }
  // The enumerator among the first `count` whose name this is.
  template <class E>
  E named(std::string_view (*name)(E), int count) {
    const auto s = view();
    for (int i = 0; i < count; ++i) {
      if (name(static_cast<E>(i)) == s) {
        return static_cast<E>(i);
      }
    }
    bad_ = true;
    return E{};
  }
  Uuid uuid() {
    const auto parsed = Uuid::parse(view());
    bad_ = bad_ || !parsed;
    return parsed.value_or(Uuid{});
  }
  std::optional<Uuid> optional_uuid() { return skip_null() ? std::nullopt : std::optional(uuid()); }
  void reject() { bad_ = true; }
  [[nodiscard]] bool bad() const { return bad_; }

 private:
  bool skip_null() {
    if (!statement_.is_null(column_)) {
      return false;
    }
    ++column_;
    return true;
  }

  sqlite::Statement& statement_;
  int column_ = 0;
  bool bad_ = false;
};

}  // namespace uptrail::trace
