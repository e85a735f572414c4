// Result<T>: the value, or an Error that says what failed, where and why. Failures are returned, never thrown.
#pragma once

#include <cassert>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace uptrail {

enum class ErrorKind : std::uint8_t {
  usage,        // the caller asked for something impossible
  unreadable,   // the input cannot be opened or is not what it claims to be
  malformed,    // the bytes are of the format, but damaged
  limit,        // a safety limit was reached (size, depth, count)
  interrupted,  // the user asked to stop
  internal,     // our own fault
};

struct Error {
  ErrorKind kind = ErrorKind::internal;
  std::string message;                  // what went wrong, one sentence without final stop
  std::string path;                     // the file or input it happened in; empty: none
  std::optional<std::uint64_t> offset;  // byte offset in `path`
  std::string hint;                     // what the user can do; empty: nothing known

  // "path:offset: message (hint)"
  [[nodiscard]] std::string text() const;
};

inline Error fail(ErrorKind kind, std::string message) {
  Error e;
  e.kind = kind;
  e.message = std::move(message);
  return e;
}
inline Error fail(ErrorKind kind, std::string message, std::string path, std::optional<std::uint64_t> offset = std::nullopt) {
  Error e = fail(kind, std::move(message));
  e.path = std::move(path);
  e.offset = offset;
  return e;
}

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  // Precondition for value access: ok(). For error access: !ok().
  T& value() {
    assert(ok());
    return *std::get_if<0>(&state_);
  }
  const T& value() const {
    assert(ok());
    return *std::get_if<0>(&state_);
  }
  T& operator*() { return value(); }
  const T& operator*() const { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  T take() { return std::move(value()); }
  [[nodiscard]] const Error& error() const {
    assert(!ok());
    return *std::get_if<1>(&state_);
  }

 private:
  std::variant<T, Error> state_;
};

struct Done {};
using Status = Result<Done>;
inline Status done() { return Done{}; }

}  // namespace uptrail

// Returns the error of `expr` (a Result) from the enclosing function, if it has one.
#define UPTRAIL_TRY(expr)                \
  do {                                   \
    auto&& uptrail_try_result = (expr);  \
    if (!uptrail_try_result.ok()) {      \
      return uptrail_try_result.error(); \
    }                                    \
  } while (false)
