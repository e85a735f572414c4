// The only way untrusted binary data is read: every access is checked against the end of the buffer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace uptrail {

class ByteReader {
 public:
  explicit ByteReader(std::span<const std::byte> bytes) : bytes_(bytes) {}

  [[nodiscard]] std::size_t offset() const { return at_; }
  [[nodiscard]] std::size_t remaining() const { return bytes_.size() - at_; }

  // Each returns nullopt, and does not move, when fewer bytes are left.
  std::optional<std::uint8_t> u8() { return integer<std::uint8_t>(false); }
  std::optional<std::uint16_t> u16be() { return integer<std::uint16_t>(true); }
  std::optional<std::uint32_t> u32be() { return integer<std::uint32_t>(true); }
  std::optional<std::uint64_t> u64be() { return integer<std::uint64_t>(true); }
  std::optional<std::uint16_t> u16le() { return integer<std::uint16_t>(false); }
  std::optional<std::uint32_t> u32le() { return integer<std::uint32_t>(false); }
  std::optional<std::uint64_t> u64le() { return integer<std::uint64_t>(false); }
  std::optional<std::span<const std::byte>> take(std::size_t n) {
    if (n > remaining()) {
      return std::nullopt;
    }
    at_ += n;
    return bytes_.subspan(at_ - n, n);
  }
  bool seek(std::size_t offset) {
    if (offset > bytes_.size()) {
      return false;
    }
    at_ = offset;
    return true;
  }

 private:
  template <class T>
  std::optional<T> integer(bool big_endian) {
    const auto part = take(sizeof(T));
    if (!part) {
      return std::nullopt;
    }
    T v = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) {
      const auto b = static_cast<T>((*part)[big_endian ? i : sizeof(T) - 1 - i]);
      v = static_cast<T>(static_cast<T>(v << (sizeof(T) > 1 ? 8U : 0U)) | b);
    }
    return v;
  }

  std::span<const std::byte> bytes_;
  std::size_t at_ = 0;
};

}  // namespace uptrail
