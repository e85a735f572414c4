// Beginnings of texts that were read before: what a text says that begins with the same bytes needs not be read again.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace uptrail {

// Are `size` bytes the same? At least eight; without a call, because most are few.
inline bool equal_bytes(const char* a, const char* b, std::size_t size) {
  const auto eight = [](const char* from) {
    std::uint64_t out = 0;
    std::memcpy(&out, from, sizeof out);
    return out;
  };
  for (std::size_t i = 0; i + 8 < size; i += 8) {
    if (eight(a + i) != eight(b + i)) {
      return false;
    }
  }
  return eight(a + size - 8) == eight(b + size - 8);
}

// Keeps the beginnings met last, a few for each eight bytes that they begin with. Exact: all bytes are compared. Not thread-safe.
class PrefixMemo {
 public:
  static constexpr std::size_t kLeast = 8;  // bytes of a beginning
  static constexpr std::size_t kMost = 110;

  // The length of a kept beginning of `text`, as far as `fits(length)` agrees; 0: there is none.
  template <class Fits>
  [[nodiscard]] std::size_t find(std::string_view text, Fits fits) const {
    if (text.size() < kLeast) {
      return 0;
    }
    for (const Entry& e : sets_[set_of(text)].entries) {
      if (e.size != 0 && text.size() >= e.size && equal_bytes(text.data(), e.text.data(), e.size) && fits(e.size)) {
        return e.size;
      }
    }
    return 0;
  }
  // Too short and too long ones are not kept.
  void keep(std::string_view beginning) {
    if (beginning.size() < kLeast || beginning.size() > kMost) {
      return;
    }
    Set& set = sets_[set_of(beginning)];
    Entry& e = set.entries[set.next];
    set.next = static_cast<std::uint8_t>((set.next + 1) % set.entries.size());
    e.size = static_cast<std::uint8_t>(beginning.size());
    std::copy(beginning.begin(), beginning.end(), e.text.begin());
  }

 private:
  struct Entry {
    std::uint8_t size = 0;
    std::array<char, kMost> text{};
  };
  struct Set {
    std::array<Entry, 4> entries;
    std::uint8_t next = 0;  // to be replaced
  };
  static constexpr unsigned kSetBits = 7;
  static std::size_t set_of(std::string_view text) {
    std::uint64_t key = 0;
    std::memcpy(&key, text.data(), kLeast);
    return static_cast<std::size_t>((key * 0x9E3779B97F4A7C15ULL) >> (64U - kSetBits));
  }

  std::array<Set, std::size_t{1} << kSetBits> sets_{};
};

}  // namespace uptrail
