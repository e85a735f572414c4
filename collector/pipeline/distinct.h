// Equal keys kept once: a number for each, in the order of first use.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace uptrail {

// Key: trivially copyable, ==, and std::uint64_t hash() const. Keys follow each other in runs: the last one is asked first.
template <class Key>
class Distinct {
 public:
  std::uint32_t number(const Key& key) {
    if (last_ < keys_.size() && keys_[last_] == key) {
      return last_;
    }
    if (2 * (keys_.size() + 1) > slots_.size()) {
      grow();
    }
    std::size_t at = place(key);
    for (; slots_[at] != kFree; at = (at + 1) & (slots_.size() - 1)) {
      if (keys_[slots_[at]] == key) {
        return last_ = slots_[at];
      }
    }
    last_ = static_cast<std::uint32_t>(keys_.size());
    keys_.push_back(key);
    return slots_[at] = last_;
  }
  [[nodiscard]] const Key& key(std::uint32_t number) const { return keys_[number]; }
  [[nodiscard]] std::size_t size() const { return keys_.size(); }

 private:
  static constexpr std::uint32_t kFree = UINT32_MAX;
  // The upper bits of a product with a large odd number are well mixed.
  [[nodiscard]] std::size_t place(const Key& key) const {
    constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15U;
    return static_cast<std::size_t>((key.hash() * kOdd) >> 32U) & (slots_.size() - 1);
  }
  void grow() {
    constexpr std::size_t kFirst = 16;
    slots_.assign(slots_.empty() ? kFirst : 2 * slots_.size(), kFree);
    for (std::uint32_t n = 0; n < keys_.size(); ++n) {
      std::size_t at = place(keys_[n]);
      while (slots_[at] != kFree) {
        at = (at + 1) & (slots_.size() - 1);
      }
      slots_[at] = n;
    }
  }

  std::vector<Key> keys_;
  std::vector<std::uint32_t> slots_;  // open addressing, at most half full, a power of two
  std::uint32_t last_ = 0;
};

}  // namespace uptrail
