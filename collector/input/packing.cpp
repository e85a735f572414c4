#include "collector/input/packing.h"

#include <array>
#include <cstddef>
#include <optional>

#include "collector/input/tree.h"

namespace uptrail {

namespace input {

namespace {

struct Magic {
  std::string_view bytes;
  Packing packing;
  std::string_view name;
};

using namespace std::string_view_literals;

constexpr std::array kMagics = {
    Magic{"\x1F\x8B\x08"sv, Packing::gzip, "gzip"},
    Magic{"\xFD"
          "7zXZ\0"sv,
          Packing::xz, "xz"},
    Magic{"\x28\xB5\x2F\xFD"sv, Packing::zstd, "zstd"},
    Magic{"PK\x03\x04"sv, Packing::zip, "zip"},
    Magic{"PK\x05\x06"sv, Packing::zip, "zip"},
    Magic{"PK\x07\x08PK\x03\x04"sv, Packing::zip, "zip"},
    Magic{"7z\xBC\xAF\x27\x1C"sv, Packing::unsupported, "7-Zip"},
    Magic{"Rar!\x1A\x07"sv, Packing::unsupported, "RAR"},
    Magic{"\x04\x22\x4D\x18"sv, Packing::unsupported, "lz4"},
    Magic{"\x1F\x9D"sv, Packing::unsupported, "compress (.Z)"},
    Magic{"xar!"sv, Packing::unsupported, "xar"},
};

const Magic* magic_of(std::string_view head) {
  for (const Magic& m : kMagics) {
    if (head.starts_with(m.bytes)) {
      return &m;
    }
  }
  return nullptr;
}

// "BZh" alone is a word that a text may begin with; the first block (or the end mark of an empty file) must follow.
bool is_bzip2(std::string_view head) {
  constexpr std::string_view kBlock("\x31\x41\x59\x26\x53\x59", 6);
  constexpr std::string_view kEnd("\x17\x72\x45\x38\x50\x90", 6);
  return head.size() >= 10 && head.starts_with("BZh") && head[3] >= '1' && head[3] <= '9' &&
         (head.substr(4).starts_with(kBlock) || head.substr(4).starts_with(kEnd));
}

constexpr std::size_t kTarBlock = 512;
constexpr std::size_t kSumAt = 148;
constexpr std::size_t kSumLength = 8;

// Octal digits with blanks around, as tar writes them.
std::optional<std::uint64_t> octal(std::string_view s) {
  std::uint64_t v = 0;
  bool any = false;
  for (const char c : s) {
    if (c >= '0' && c <= '7') {
      v = v * 8 + static_cast<std::uint64_t>(c - '0');
      any = true;
    } else if (c != ' ' && c != '\0') {
      return std::nullopt;
    } else if (any) {
      break;
    }
  }
  return any ? std::optional(v) : std::nullopt;
}

// The checksum of the first header is what all kinds of tar share; old ones have no magic.
bool is_tar(std::string_view head) {
  if (head.size() < kTarBlock || head.front() == '\0') {
    return false;
  }
  const auto stored = octal(head.substr(kSumAt, kSumLength));
  if (!stored) {
    return false;
  }
  std::uint64_t unsigned_sum = 0;
  std::int64_t signed_sum = 0;  // what some old programs wrote
  for (std::size_t i = 0; i < kTarBlock; ++i) {
    const char c = i >= kSumAt && i < kSumAt + kSumLength ? ' ' : head[i];
    unsigned_sum += static_cast<unsigned char>(c);
    signed_sum += static_cast<signed char>(c);
  }
  return unsigned_sum == *stored || signed_sum == static_cast<std::int64_t>(*stored);
}

}  // namespace

Packing packing_of(std::string_view head) {
  if (const Magic* m = magic_of(head)) {
    constexpr unsigned kReservedFlags = 0xE0;  // of gzip: must be zero
    const bool wrong =
        m->packing == Packing::gzip && head.size() > 3 && (static_cast<unsigned char>(head[3]) & kReservedFlags) != 0;
    return wrong ? Packing::none : m->packing;
  }
  return is_bzip2(head) ? Packing::bzip2 : is_tar(head) ? Packing::tar : Packing::none;
}

std::string_view packing_name(Packing packing, std::string_view head) {
  const Magic* m = magic_of(head);
  return m != nullptr ? m->name : packing == Packing::bzip2 ? "bzip2" : packing == Packing::tar ? "tar" : "";
}

}  // namespace input

bool looks_packed(std::string_view head) { return input::packing_of(head) != input::Packing::none; }
bool looks_compressed(std::string_view head) { return input::is_compression(input::packing_of(head)); }

}  // namespace uptrail
