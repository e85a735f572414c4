#include "collector/stores/lzfse.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <numeric>
#include <string>

#include "collector/base/byte_reader.h"

namespace uptrail {

namespace {

constexpr std::size_t kLSymbols = 20, kMSymbols = 20, kDSymbols = 64, kLiteralSymbols = 256;
constexpr std::size_t kSymbols = kLSymbols + kMSymbols + kDSymbols + kLiteralSymbols;
constexpr unsigned kLStates = 64, kMStates = 64, kDStates = 256, kLiteralStates = 1024;
constexpr std::uint32_t kMostMatches = 10'000;
constexpr std::uint32_t kMostLiterals = 4 * kMostMatches;

// A value is the base of its symbol plus as many further bits from the stream.
constexpr std::array<std::uint8_t, kLSymbols> kLBits = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 3, 5, 8};
constexpr std::array<std::uint8_t, kMSymbols> kMBits = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 5, 8, 11};
constexpr auto kDBits = [] {
  std::array<std::uint8_t, kDSymbols> bits{};
  for (std::size_t i = 0; i < kDSymbols; ++i) {
    bits[i] = static_cast<std::uint8_t>(i / 4);
  }
  return bits;
}();
// Each base follows from the one before: the values of the symbols touch.
template <std::size_t N>
constexpr std::array<std::uint32_t, N> bases(const std::array<std::uint8_t, N>& bits) {
  std::array<std::uint32_t, N> base{};
  for (std::size_t i = 1; i < N; ++i) {
    base[i] = base[i - 1] + (1U << bits[i - 1]);
  }
  return base;
}
constexpr auto kLBase = bases(kLBits);
constexpr auto kMBase = bases(kMBits);
constexpr auto kDBase = bases(kDBits);

struct Header {
  std::size_t header_bytes = 0;
  std::uint32_t raw_bytes = 0, literals = 0, matches = 0, literal_bytes = 0, lmd_bytes = 0;
  int literal_bits = 0, lmd_bits = 0;
  std::array<unsigned, 4> literal_states{};
  unsigned l = 0, m = 0, d = 0;
  std::array<std::uint16_t, kSymbols> frequencies{};  // L, M, D, literals
};

// Bits are read backwards: from the last byte of a stream to its first, high bits first.
class BitReader {
 public:
  // `spare`: bits of the last byte that do not count, as a number from -7 to 0.
  BitReader(std::span<const std::byte> bytes, int spare) : bytes_(bytes), left_(bytes.size() * 8) {
    const std::size_t cut = spare >= -7 && spare <= 0 ? static_cast<std::size_t>(-spare) : left_ + 1;
    bad_ = cut > left_;
    if (!bad_ && cut != 0) {
      left_ -= cut;
      bad_ = std::to_integer<unsigned>(bytes.back()) >> (8 - cut) != 0;  // the encoder leaves zeros there
    }
  }
  [[nodiscard]] bool bad() const { return bad_; }
  std::uint32_t take(unsigned n) {
    if (n > left_) {
      bad_ = true;
      return 0;
    }
    left_ -= n;
    std::uint64_t window = 0;
    const std::size_t first = left_ / 8;
    for (std::size_t i = std::min(first + 5, bytes_.size()); i-- > first;) {
      window = window << 8U | std::to_integer<std::uint64_t>(bytes_[i]);
    }
    return static_cast<std::uint32_t>((window >> (left_ % 8)) & ((std::uint64_t{1} << n) - 1));
  }

 private:
  std::span<const std::byte> bytes_;
  std::size_t left_;  // bits
  bool bad_ = false;
};

// What a state of the finite-state decoder stands for, and how the next state is found.
struct State {
  std::uint8_t symbol = 0;
  std::uint8_t bits = 0;
  std::int16_t delta = 0;
};

// False: the frequencies add up to more than there are states. Fewer leave states that no stream may reach.
template <unsigned kStates>
bool make_table(std::span<const std::uint16_t> frequencies, std::array<State, kStates>& table, unsigned& used) {
  used = 0;
  if (std::accumulate(frequencies.begin(), frequencies.end(), 0U) > kStates) {
    return false;
  }
  for (std::size_t symbol = 0; symbol < frequencies.size(); ++symbol) {
    const unsigned f = frequencies[symbol];
    if (f == 0) {
      continue;
    }
    const auto k = static_cast<unsigned>(std::countl_zero(f) - std::countl_zero(kStates));
    const unsigned few = (2 * kStates >> k) - f;
    for (unsigned j = 0; j < f; ++j) {
      State state{static_cast<std::uint8_t>(symbol), static_cast<std::uint8_t>(k), 0};
      if (j < few) {
        state.delta = static_cast<std::int16_t>(((f + j) << k) - kStates);
      } else {
        state.bits = static_cast<std::uint8_t>(k - 1);
        state.delta = static_cast<std::int16_t>((j - few) << (k - 1));
      }
      table[used++] = state;
    }
  }
  return true;
}

template <unsigned kStates>
class Decoder {
 public:
  bool init(std::span<const std::uint16_t> frequencies) { return make_table<kStates>(frequencies, table_, used_); }
  // The symbol of a state, which moves on. nullopt: no such state.
  std::optional<std::uint8_t> symbol(unsigned& state, BitReader& in) const {
    if (state >= used_) {
      return std::nullopt;
    }
    const State& s = table_[state];
    state = static_cast<unsigned>(s.delta + static_cast<int>(in.take(s.bits)));
    return s.symbol;
  }
  template <std::size_t N>
  std::optional<std::uint32_t> value(unsigned& state, BitReader& in, const std::array<std::uint8_t, N>& bits,
                                     const std::array<std::uint32_t, N>& base) const {
    if (state >= used_) {
      return std::nullopt;
    }
    // The state's own bits stand above the value's in the stream.
    const auto found = symbol(state, in);
    return base[*found] + in.take(bits[*found]);
  }

 private:
  std::array<State, kStates> table_{};
  unsigned used_ = 0;
};

constexpr std::uint32_t field(std::uint64_t word, unsigned at, unsigned n) {
  return static_cast<std::uint32_t>((word >> at) & ((std::uint64_t{1} << n) - 1));
}

// Frequencies are packed with a fixed code of 2 to 14 bits each, low bits first.
bool unpack_frequencies(std::span<const std::byte> packed, std::array<std::uint16_t, kSymbols>& out) {
  constexpr std::array<std::uint8_t, 32> kBits = {2, 3, 2, 5, 2, 3, 2, 8, 2, 3, 2, 5, 2, 3, 2, 14,
                                                  2, 3, 2, 5, 2, 3, 2, 8, 2, 3, 2, 5, 2, 3, 2, 14};
  constexpr std::array<std::uint8_t, 32> kValues = {0, 2, 1, 4, 0, 3, 1, 0, 0, 2, 1, 5, 0, 3, 1, 0,
                                                    0, 2, 1, 6, 0, 3, 1, 0, 0, 2, 1, 7, 0, 3, 1, 0};
  if (packed.empty()) {
    return true;  // left out: all are 0
  }
  std::uint32_t window = 0;
  unsigned held = 0;
  std::size_t at = 0;
  for (auto& value : out) {
    for (; at < packed.size() && held <= 24; held += 8) {
      window |= std::to_integer<std::uint32_t>(packed[at++]) << held;
    }
    const unsigned n = kBits[window & 31U];
    if (n > held) {
      return false;
    }
    value = n == 8    ? static_cast<std::uint16_t>(8 + field(window, 4, 4))
            : n == 14 ? static_cast<std::uint16_t>(24 + field(window, 4, 10))
                      : kValues[window & 31U];
    window >>= n;
    held -= n;
  }
  return held < 8 && at == packed.size();
}

std::optional<Header> packed_header(std::span<const std::byte> block) {
  constexpr std::size_t kFixed = 32;
  ByteReader in(block);
  in.seek(4);
  const auto raw = in.u32le();
  const auto a = in.u64le();
  const auto b = in.u64le();
  const auto c = in.u64le();
  if (!raw || !a || !b || !c) {
    return std::nullopt;
  }
  Header h;
  h.raw_bytes = *raw;
  h.literals = field(*a, 0, 20);
  h.literal_bytes = field(*a, 20, 20);
  h.matches = field(*a, 40, 20);
  h.literal_bits = static_cast<int>(field(*a, 60, 3)) - 7;
  for (unsigned i = 0; i < 4; ++i) {
    h.literal_states[i] = field(*b, 10 * i, 10);
  }
  h.lmd_bytes = field(*b, 40, 20);
  h.lmd_bits = static_cast<int>(field(*b, 60, 3)) - 7;
  h.header_bytes = field(*c, 0, 32);
  h.l = field(*c, 32, 10);
  h.m = field(*c, 42, 10);
  h.d = field(*c, 52, 10);
  if (h.header_bytes < kFixed || h.header_bytes > block.size() ||
      !unpack_frequencies(block.subspan(kFixed, h.header_bytes - kFixed), h.frequencies)) {
    return std::nullopt;
  }
  return h;
}

std::optional<Header> plain_header(std::span<const std::byte> block) {
  constexpr std::size_t kBytes = 772;  // 50 of numbers, 720 of frequencies, 2 of padding
  if (block.size() < kBytes) {
    return std::nullopt;
  }
  ByteReader in(block);
  in.seek(4);
  Header h;
  h.raw_bytes = *in.u32le();
  in.take(4);  // both payloads together
  h.literals = *in.u32le();
  h.matches = *in.u32le();
  h.literal_bytes = *in.u32le();
  h.lmd_bytes = *in.u32le();
  h.literal_bits = static_cast<int>(*in.u32le());
  for (auto& state : h.literal_states) {
    state = *in.u16le();
  }
  h.lmd_bits = static_cast<int>(*in.u32le());
  h.l = *in.u16le();
  h.m = *in.u16le();
  h.d = *in.u16le();
  for (auto& value : h.frequencies) {
    value = *in.u16le();
  }
  h.header_bytes = kBytes;
  return h;
}

// One block of LZFSE: literals in a stream of their own, then triples of literal length, match length and distance.
class Block {
 public:
  Block(const Header& header, std::span<const std::byte> payload, std::vector<std::byte>& out)
      : h_(header), payload_(payload), out_(out), end_(out.size() + header.raw_bytes) {}

  std::string_view decode() {
    const std::span<const std::uint16_t> f = h_.frequencies;
    if (h_.literals > kMostLiterals || h_.matches > kMostMatches || !l_.init(f.subspan(0, kLSymbols)) ||
        !m_.init(f.subspan(kLSymbols, kMSymbols)) || !d_.init(f.subspan(kLSymbols + kMSymbols, kDSymbols)) ||
        !literal_.init(f.subspan(kLSymbols + kMSymbols + kDSymbols))) {
      return "a table or a number in the header is impossible";
    }
    if (!decode_literals()) {
      return "the literals cannot be decoded";
    }
    return decode_matches();
  }

 private:
  bool decode_literals() {
    BitReader in(payload_.first(h_.literal_bytes), h_.literal_bits);
    auto states = h_.literal_states;
    literals_.reserve(h_.literals);
    for (std::uint32_t i = 0; i < h_.literals && !in.bad(); ++i) {
      const auto symbol = literal_.symbol(states[i % 4], in);
      if (!symbol) {
        return false;
      }
      literals_.push_back(static_cast<std::byte>(*symbol));
    }
    return !in.bad();
  }

  std::string_view decode_matches() {
    BitReader in(payload_.subspan(h_.literal_bytes, h_.lmd_bytes), h_.lmd_bits);
    unsigned l = h_.l, m = h_.m, d = h_.d;
    std::size_t distance = 0, used = 0;
    for (std::uint32_t i = 0; i < h_.matches; ++i) {
      const auto literals = l_.value(l, in, kLBits, kLBase);
      const auto match = m_.value(m, in, kMBits, kMBase);
      const auto back = d_.value(d, in, kDBits, kDBase);
      if (!literals || !match || !back || in.bad()) {
        return "the matches cannot be decoded";
      }
      distance = *back != 0 ? *back : distance;
      if (*literals > literals_.size() - used || *literals + std::size_t{*match} > end_ - out_.size()) {
        return "the block holds more than it says";
      }
      out_.insert(out_.end(), literals_.begin() + static_cast<std::ptrdiff_t>(used),
                  literals_.begin() + static_cast<std::ptrdiff_t>(used + *literals));
      used += *literals;
      if (*match != 0 && (distance == 0 || distance > out_.size())) {
        return "a match reaches back before the beginning";
      }
      for (std::uint32_t n = 0; n < *match; ++n) {
        out_.push_back(out_[out_.size() - distance]);
      }
    }
    return out_.size() == end_ ? std::string_view() : "the block holds less than it says";
  }

  const Header& h_;
  std::span<const std::byte> payload_;
  std::vector<std::byte>& out_;
  std::size_t end_;
  std::vector<std::byte> literals_;
  Decoder<kLStates> l_;
  Decoder<kMStates> m_;
  Decoder<kDStates> d_;
  Decoder<kLiteralStates> literal_;
};

constexpr std::uint32_t kEnd = 0x24787662, kRaw = 0x2d787662, kPlain = 0x31787662, kPacked = 0x32787662, kLzvn = 0x6e787662;

class Stream {
 public:
  Stream(std::span<const std::byte> in, std::size_t max_bytes) : in_(in), max_bytes_(max_bytes) {}

  Result<std::vector<std::byte>> decode() {
    for (;;) {
      ByteReader reader(in_);
      reader.seek(at_);
      const auto magic = reader.u32le();
      if (!magic) {
        return wrong("the end is missing");
      }
      if (*magic == kEnd) {
        return std::move(out_);
      }
      std::string_view what = "no block of LZFSE begins here";
      switch (*magic) {
        case kRaw:
          what = raw(reader);
          break;
        case kLzvn:
          what = lzvn(reader);
          break;
        case kPlain:
        case kPacked:
          what = compressed(*magic);
          break;
        default:
          break;
      }
      if (over_) {
        return fail(ErrorKind::limit, "more than " + std::to_string(max_bytes_) + " bytes would come out", {}, at_);
      }
      if (!what.empty()) {
        return wrong(what);
      }
    }
  }

 private:
  static constexpr std::string_view kCut = "the block is cut off";
  [[nodiscard]] Error wrong(std::string_view what) const {
    return fail(ErrorKind::malformed, "LZFSE: " + std::string(what), {}, at_);
  }
  bool fits(std::size_t raw_bytes) {
    over_ = raw_bytes > max_bytes_ - out_.size();
    return !over_;
  }

  std::string_view raw(ByteReader& reader) {
    const auto n = reader.u32le();
    const auto bytes = n ? reader.take(*n) : std::nullopt;
    if (!bytes) {
      return kCut;
    }
    if (fits(bytes->size())) {
      out_.insert(out_.end(), bytes->begin(), bytes->end());
      at_ = reader.offset();
    }
    return {};
  }

  std::string_view lzvn(ByteReader& reader) {
    const auto raw_bytes = reader.u32le();
    const auto n = reader.u32le();
    const auto payload = n ? reader.take(*n) : std::nullopt;
    if (!payload) {
      return kCut;
    }
    const std::string_view what = fits(*raw_bytes) ? decode_lzvn(*payload, *raw_bytes, out_) : std::string_view();
    at_ = what.empty() && !over_ ? reader.offset() : at_;
    return what;
  }

  std::string_view compressed(std::uint32_t magic) {
    const auto block = in_.subspan(at_);
    const auto header = magic == kPacked ? packed_header(block) : plain_header(block);
    if (!header) {
      return "the header of the block is damaged or cut off";
    }
    const std::uint64_t payload = std::uint64_t{header->literal_bytes} + header->lmd_bytes;
    if (payload > block.size() - header->header_bytes) {
      return kCut;
    }
    if (!fits(header->raw_bytes)) {
      return {};
    }
    const std::size_t bytes = header->header_bytes + static_cast<std::size_t>(payload);
    const std::string_view what =
        Block(*header, block.subspan(header->header_bytes, static_cast<std::size_t>(payload)), out_).decode();
    at_ += what.empty() ? bytes : 0;
    return what;
  }

  std::span<const std::byte> in_;
  std::size_t max_bytes_;
  std::size_t at_ = 0;
  bool over_ = false;
  std::vector<std::byte> out_;
};

}  // namespace

bool is_lzfse(std::string_view head) {
  return head.size() >= 4 && head.starts_with("bvx") && std::string_view("-n12$").find(head[3]) != std::string_view::npos;
}

Result<std::vector<std::byte>> decode_lzfse(std::span<const std::byte> in, std::size_t max_bytes) {
  return Stream(in, max_bytes).decode();
}

}  // namespace uptrail
