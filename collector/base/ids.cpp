#include "collector/base/ids.h"

#include <cstring>

namespace uptrail {

namespace {
int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}
constexpr bool dash_at(std::size_t i) { return i == 8 || i == 13 || i == 18 || i == 23; }
}  // namespace

std::string Uuid::text() const {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out(36, '-');
  std::size_t at = 0;
  for (const std::uint8_t byte : bytes) {
    at += dash_at(at) ? 1 : 0;
    out[at++] = kHex[byte >> 4U];
    out[at++] = kHex[byte & 15U];
  }
  return out;
}

std::optional<Uuid> Uuid::parse(std::string_view text) {
  if (text.size() != 36) {
    return std::nullopt;
  }
  Uuid u;
  std::size_t n = 0;
  for (std::size_t i = 0; i < 36;) {
    if (dash_at(i)) {
      if (text[i++] != '-') {
        return std::nullopt;
      }
      continue;
    }
    const int hi = hex_value(text[i]);
    const int lo = hex_value(text[i + 1]);
    if (hi < 0 || lo < 0) {
      return std::nullopt;
    }
    u.bytes[n++] = static_cast<std::uint8_t>(hi * 16 + lo);
    i += 2;
  }
  return u;
}

Uuid Uuid::from_name(std::string_view name) {
  // Two FNV-1a passes with different offsets; only stability matters, not strength.
  Uuid u;
  for (std::size_t half = 0; half < 2; ++half) {
    std::uint64_t h = 14695981039346656037ULL ^ (half * 0x9E3779B97F4A7C15ULL);
    for (const char c : name) {
      h = (h ^ static_cast<std::uint8_t>(c)) * 1099511628211ULL;
    }
    for (std::size_t i = 0; i < 8; ++i) {
      u.bytes[half * 8 + i] = static_cast<std::uint8_t>(h >> (56 - 8 * i));
    }
  }
  u.bytes[6] = static_cast<std::uint8_t>((u.bytes[6] & 0x0FU) | 0x80U);  // version 8: custom
  u.bytes[8] = static_cast<std::uint8_t>((u.bytes[8] & 0x3FU) | 0x80U);
  return u;
}

}  // namespace uptrail

std::size_t std::hash<uptrail::Uuid>::operator()(const uptrail::Uuid& u) const noexcept {
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  std::memcpy(&a, u.bytes.data(), 8);
  std::memcpy(&b, u.bytes.data() + 8, 8);
  return static_cast<std::size_t>(a * 0x9E3779B97F4A7C15ULL ^ b);
}
