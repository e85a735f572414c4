// The simulator's own random numbers: xoshiro256**, seeded by splitmix64. The standard library's distributions differ between
// libraries; here the same seed gives the same capture everywhere.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "collector/base/ids.h"
#include "collector/base/time.h"

namespace uptrail::simulate {

class Random {
 public:
  explicit Random(std::uint64_t seed) {
    for (std::uint64_t& word : state_) {
      seed += 0x9e3779b97f4a7c15U;
      std::uint64_t z = seed;
      z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
      z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
      word = z ^ (z >> 31U);
    }
  }

  std::uint64_t next() {
    const std::uint64_t result = rotate(state_[1] * 5, 7) * 9;
    const std::uint64_t t = state_[1] << 17U;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = rotate(state_[3], 45);
    return result;
  }

  // 0 … n-1; 0 for n = 0. The bias of the remainder is far below anything that matters here.
  std::uint64_t below(std::uint64_t n) { return n == 0 ? 0 : next() % n; }
  std::int64_t between(std::int64_t low, std::int64_t high) {  // both included
    return high <= low ? low : low + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(high - low) + 1));
  }
  DurationNs between(DurationNs low, DurationNs high) { return {between(low.ns, high.ns)}; }
  bool chance(int percent) { return static_cast<int>(below(100)) < percent; }

  // Short ones as likely as long ones, in orders of magnitude.
  DurationNs spread(DurationNs low, DurationNs high) {
    std::int64_t top = low.ns;
    while (top < high.ns && below(3) != 0) {
      top = top > high.ns / 2 ? high.ns : top * 2;
    }
    return between(low, {top});
  }

  Uuid uuid() {
    Uuid out;
    for (std::size_t i = 0; i < out.bytes.size(); i += 8) {
      const std::uint64_t word = next();
      for (std::size_t k = 0; k < 8; ++k) {
        out.bytes[i + k] = static_cast<std::uint8_t>(word >> (8 * k));
      }
    }
    out.bytes[6] = static_cast<std::uint8_t>((out.bytes[6] & 0x0fU) | 0x40U);  // version 4
    out.bytes[8] = static_cast<std::uint8_t>((out.bytes[8] & 0x3fU) | 0x80U);
    return out;
  }

 private:
  static std::uint64_t rotate(std::uint64_t x, unsigned by) { return (x << by) | (x >> (64U - by)); }
  std::array<std::uint64_t, 4> state_{};
};

}  // namespace uptrail::simulate
