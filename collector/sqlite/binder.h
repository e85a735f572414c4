// Values of our types as the few that SQLite knows.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "collector/base/ids.h"
#include "collector/base/time.h"

namespace uptrail::sqlite {

// Accepts integers, bool, double, texts, blobs (span of bytes), nullptr, optional of these, TimeNs, DurationNs, StrongId (NULL
// when there is none). Self has take(int index, v) for std::int64_t, double, std::string_view, std::span<const std::byte> and
// std::nullptr_t; indexes count from 1.
template <class Self>
class Binder {
 protected:
  template <class... Args>
  void put_all(const Args&... args) {
    int index = 0;
    (put(++index, args), ...);
  }

 private:
  Self& self() { return static_cast<Self&>(*this); }
  void put(int index, std::int64_t value) { self().take(index, value); }
  void put(int index, double value) { self().take(index, value); }
  void put(int index, std::string_view value) { self().take(index, value); }
  void put(int index, std::span<const std::byte> value) { self().take(index, value); }
  void put(int index, std::nullptr_t value) { self().take(index, value); }
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
};

}  // namespace uptrail::sqlite
