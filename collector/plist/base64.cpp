#include "collector/plist/base64.h"

#include <cstdint>

namespace uptrail::plist {

namespace {

int value_of(char c) {
  if (c >= 'A' && c <= 'Z') {
    return c - 'A';
  }
  if (c >= 'a' && c <= 'z') {
    return c - 'a' + 26;
  }
  if (c >= '0' && c <= '9') {
    return c - '0' + 52;
  }
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

}  // namespace

std::optional<std::vector<std::byte>> decode_base64(std::string_view text) {
  constexpr unsigned kBitsOfByte = 8;
  constexpr unsigned kBitsOfDigit = 6;
  std::vector<std::byte> bytes;
  bytes.reserve(text.size() / 4 * 3 + 3);
  std::uint32_t held = 0;
  unsigned bits = 0;
  std::size_t digits = 0;
  bool ended = false;
  for (const char c : text) {
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      continue;
    }
    if (c == '=') {
      ended = true;
      continue;
    }
    const int value = value_of(c);
    if (value < 0 || ended) {
      return std::nullopt;
    }
    ++digits;
    held = held << kBitsOfDigit | static_cast<std::uint32_t>(value);
    bits += kBitsOfDigit;
    if (bits >= kBitsOfByte) {
      bits -= kBitsOfByte;
      bytes.push_back(static_cast<std::byte>(held >> bits & 0xFFU));
    }
  }
  if (digits % 4 == 1) {
    return std::nullopt;
  }
  return bytes;
}

}  // namespace uptrail::plist
