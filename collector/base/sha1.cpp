#include "collector/base/sha1.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

namespace uptrail {

namespace {

constexpr std::size_t kBlock = 64;
constexpr std::size_t kLengthAt = 56;  // in the last block
constexpr std::size_t kRounds = 80;
using State = std::array<std::uint32_t, 5>;

// FIPS 180-4, 6.1.2.
void mix(State& state, std::string_view block) {
  std::array<std::uint32_t, kRounds> w{};
  for (std::size_t t = 0; t < kRounds; ++t) {
    if (t < kBlock / 4) {
      for (std::size_t i = 0; i < 4; ++i) {
        w[t] = w[t] << 8U | static_cast<std::uint8_t>(block[t * 4 + i]);
      }
    } else {
      w[t] = std::rotl(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
    }
  }
  auto [a, b, c, d, e] = state;
  for (std::size_t t = 0; t < kRounds; ++t) {
    const std::uint32_t f = t < 20 ? (b & c) | (~b & d) : t < 40 || t >= 60 ? b ^ c ^ d : (b & c) | (b & d) | (c & d);
    const std::uint32_t k = t < 20 ? 0x5a827999U : t < 40 ? 0x6ed9eba1U : t < 60 ? 0x8f1bbcdcU : 0xca62c1d6U;
    const std::uint32_t next = std::rotl(a, 5) + f + e + k + w[t];
    e = d;
    d = c;
    c = std::rotl(b, 30);
    b = a;
    a = next;
  }
  state = {state[0] + a, state[1] + b, state[2] + c, state[3] + d, state[4] + e};
}

}  // namespace

std::string sha1_hex(std::string_view bytes) {
  State state{0x67452301U, 0xefcdab89U, 0x98badcfeU, 0x10325476U, 0xc3d2e1f0U};
  const std::uint64_t bits = static_cast<std::uint64_t>(bytes.size()) * 8;
  for (; bytes.size() >= kBlock; bytes.remove_prefix(kBlock)) {
    mix(state, bytes.substr(0, kBlock));
  }
  std::string end(bytes);
  end += '\x80';
  end.resize(end.size() <= kLengthAt ? kLengthAt : kBlock + kLengthAt, '\0');
  for (unsigned shift = 64; shift > 0; shift -= 8) {
    end += static_cast<char>(bits >> (shift - 8) & 0xffU);
  }
  for (std::size_t at = 0; at < end.size(); at += kBlock) {
    mix(state, std::string_view(end).substr(at, kBlock));
  }
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const std::uint32_t word : state) {
    for (unsigned shift = 32; shift > 0; shift -= 4) {
      out += kDigits[word >> (shift - 4) & 0xfU];
    }
  }
  return out;
}

bool is_sha1_hex(std::string_view text) {
  return text.size() == kSha1Digits &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F'); });
}

}  // namespace uptrail
