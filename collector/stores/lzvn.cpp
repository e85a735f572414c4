#include <cstdint>

#include "collector/base/byte_reader.h"
#include "collector/stores/lzfse.h"

namespace uptrail {

namespace {

// L bytes are copied from the input, then M bytes from D bytes back in the output.
struct Operation {
  std::size_t literals = 0;
  std::size_t match = 0;
  std::size_t distance = 0;  // 0: as before
  bool end = false;
};

constexpr std::uint8_t kEnd = 0x06;
constexpr std::size_t kEndPadding = 7;

std::optional<Operation> short_distance(std::uint8_t code, ByteReader& in) {
  Operation op{std::size_t{code} >> 6U, ((code >> 3U) & 7U) + 3U, 0, false};
  switch (code & 7U) {
    case 6:  // the distance of the last match
      return op;
    case 7: {
      const auto distance = in.u16le();
      if (!distance || *distance == 0) {
        return std::nullopt;
      }
      op.distance = *distance;
      return op;
    }
    default: {
      const auto low = in.u8();
      op.distance = low ? (code & 7U) << 8U | *low : 0U;
      return op.distance == 0 ? std::nullopt : std::optional(op);
    }
  }
}

std::optional<Operation> medium_distance(std::uint8_t code, ByteReader& in) {
  const auto more = in.u16le();
  if (!more || *more >> 2U == 0) {
    return std::nullopt;
  }
  return Operation{(code >> 3U) & 3U, ((code & 7U) << 2U | (*more & 3U)) + 3U, std::size_t{*more} >> 2U, false};
}

// 0xE0: 16 and more literals, 0xE1 to 0xEF: as many as the low bits say; 0xF0 to 0xFF the same of matches.
std::optional<Operation> single(std::uint8_t code, ByteReader& in) {
  std::size_t n = code & 15U;
  if (n == 0) {
    const auto more = in.u8();
    if (!more) {
      return std::nullopt;
    }
    n = *more + std::size_t{16};
  }
  return code < 0xF0 ? Operation{n, 0, 0, false} : Operation{0, n, 0, false};
}

std::optional<Operation> next(ByteReader& in) {
  for (;;) {
    const auto code = in.u8();
    if (!code) {
      return std::nullopt;
    }
    if (*code == kEnd) {
      return in.take(kEndPadding) ? std::optional(Operation{0, 0, 0, true}) : std::nullopt;
    }
    if (*code == 0x0E || *code == 0x16) {
      continue;  // no operation
    }
    if (*code >= 0xE0) {
      return single(*code, in);
    }
    if (*code >= 0xA0 && *code < 0xC0) {
      return medium_distance(*code, in);
    }
    const bool undefined = (*code >= 0x70 && *code < 0x80) || *code >= 0xD0 || ((*code & 7U) == 6 && *code < 0x40);
    return undefined ? std::nullopt : short_distance(*code, in);
  }
}

}  // namespace

std::string_view decode_lzvn(std::span<const std::byte> in, std::size_t raw_bytes, std::vector<std::byte>& out) {
  ByteReader reader(in);
  const std::size_t end = out.size() + raw_bytes;
  std::size_t distance = 0;
  for (;;) {
    const auto op = next(reader);
    if (!op) {
      return "an operation is unknown or cut off";
    }
    if (op->end) {
      return out.size() == end ? std::string_view() : "the block ends too early";
    }
    const auto literals = reader.take(op->literals);
    if (!literals || op->literals + op->match > end - out.size()) {
      return "the block holds more or less than it says";
    }
    out.insert(out.end(), literals->begin(), literals->end());
    distance = op->distance != 0 ? op->distance : distance;
    if (op->match != 0 && (distance == 0 || distance > out.size())) {
      return "a match reaches back before the beginning";
    }
    for (std::size_t i = 0; i < op->match; ++i) {
      out.push_back(out[out.size() - distance]);
    }
  }
}

}  // namespace uptrail
