#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "collector/input/digest.h"
#include "collector/input/input.h"

namespace uptrail {

Result<std::unique_ptr<PeekedSource>> PeekedSource::make(std::unique_ptr<ByteSource> inner, std::size_t head_bytes) {
  std::unique_ptr<PeekedSource> out(new PeekedSource());
  out->inner_ = std::move(inner);
  // Small files are many in an archive; a size that is wrong (a file of /proc) only makes the head shorter.
  constexpr std::uint64_t kLeastHead = 4096;
  head_bytes = std::min<std::uint64_t>(head_bytes, std::max(out->inner_->size().value_or(head_bytes), kLeastHead));
  out->head_.resize(head_bytes);
  std::size_t have = 0;
  while (have < head_bytes) {
    auto got = out->inner_->read(std::span(out->head_).subspan(have));
    if (!got && have == 0) {
      return got.error();
    }
    if (!got) {
      out->error_ = got.error();
      break;
    }
    if (*got == 0) {
      out->head_is_all_ = true;
      break;
    }
    have += *got;
  }
  out->head_.resize(have);
  if (!out->head_is_all_ && !out->error_ && out->inner_->size() == have) {
    out->head_is_all_ = true;
  }
  return out;
}

Result<std::size_t> PeekedSource::read(std::span<char> into) {
  if (given_ < head_.size()) {
    const std::size_t n = std::min(into.size(), head_.size() - given_);
    std::memcpy(into.data(), head_.data() + given_, n);
    given_ += n;
    return n;
  }
  if (error_) {
    return *error_;
  }
  return inner_->read(into);
}

struct HashingSource::State {
  Digest digest;
};

HashingSource::HashingSource(ByteSource& inner) : inner_(inner), state_(std::make_unique<State>()) {}
HashingSource::~HashingSource() = default;

Result<std::size_t> HashingSource::read(std::span<char> into) {
  auto got = inner_.read(into);
  if (got) {
    state_->digest.add(std::string_view(into.data(), *got));
    bytes_ += *got;
  }
  return got;
}

std::string HashingSource::hex_digest() const { return state_->digest.hex(); }

Status HashingSource::drain() {
  std::vector<char> buffer(64U << 10U);
  for (;;) {
    auto got = read(buffer);
    if (!got) {
      return got.error();
    }
    if (*got == 0) {
      return done();
    }
  }
}

struct Digest::State {
  XXH3_state_t* hash = XXH3_createState();
};

Digest::Digest() : state_(std::make_unique<State>()) { XXH3_128bits_reset(state_->hash); }
Digest::~Digest() { XXH3_freeState(state_->hash); }

void Digest::add(std::string_view bytes) { XXH3_128bits_update(state_->hash, bytes.data(), bytes.size()); }

std::string Digest::hex() const {
  XXH128_canonical_t canonical{};
  XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(state_->hash));
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (const unsigned char byte : canonical.digest) {
    out += kDigits[byte >> 4U];
    out += kDigits[byte & 15U];
  }
  return out;
}

bool looks_like_sqlite_wal(std::string_view head) {
  // The last bit says in which order of bytes the checksums are.
  return head.starts_with(std::string_view("\x37\x7F\x06\x82", 4)) || head.starts_with(std::string_view("\x37\x7F\x06\x83", 4));
}

}  // namespace uptrail
