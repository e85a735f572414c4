#include "collector/stores/clipped_json.h"

#include "collector/base/text.h"

namespace uptrail {

namespace {

constexpr std::size_t kBlockBytes = 256U << 10U;
constexpr unsigned char kFirstOfMany = 0x80;
constexpr unsigned char kLead = 0xc0;

unsigned digit_of(char c) {
  return c >= '0' && c <= '9'   ? static_cast<unsigned>(c - '0')
         : c >= 'a' && c <= 'f' ? static_cast<unsigned>(c - 'a') + 10U
         : c >= 'A' && c <= 'F' ? static_cast<unsigned>(c - 'A') + 10U
                                : 0U;
}

bool continues(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= kFirstOfMany && byte < kLead;
}

// Where a character begins that may go on behind the end.
std::size_t whole_part(const std::string& bytes) {
  constexpr std::size_t kLongest = 4;
  for (std::size_t back = 1; back <= std::min(kLongest, bytes.size()); ++back) {
    if (!continues(bytes[bytes.size() - back])) {
      const bool one = static_cast<unsigned char>(bytes[bytes.size() - back]) < kFirstOfMany;
      return one ? bytes.size() : bytes.size() - back;
    }
  }
  return bytes.size();
}

}  // namespace

ClippedJson::ClippedJson(const std::string& path, std::size_t most) : in_(path, std::ios::binary), most_(most) {
  readable_ = in_.is_open();
  advance();
}

bool ClippedJson::fill() {
  offset_ += block_.size();
  block_ = std::move(rest_);
  rest_.clear();
  const std::size_t had = block_.size();
  block_.resize(had + kBlockBytes);
  in_.read(block_.data() + had, static_cast<std::streamsize>(kBlockBytes));
  const auto got = static_cast<std::size_t>(in_.gcount());
  block_.resize(had + got);
  readable_ = readable_ && !in_.bad();
  if (got == kBlockBytes) {
    const std::size_t whole = whole_part(block_);
    rest_ = block_.substr(whole);
    block_.resize(whole);
  }
  if (!is_valid_utf8(block_)) {
    ++repaired_;
    block_ = to_valid_utf8(block_);
  }
  at_ = 0;
  return !block_.empty();
}

void ClippedJson::advance() {
  while (!ended_) {
    if (at_ == block_.size() && !fill()) {
      ended_ = true;
      return;
    }
    const char c = block_[at_++];
    if (step(c)) {
      const bool control = in_string_ && static_cast<unsigned char>(c) < ' ';
      current_ = control ? ' ' : c;
      return;
    }
  }
}

// False: the byte is left out.
bool ClippedJson::step(char c) {
  if (in_string_) {
    return step_in_string(c);
  }
  if (c == '"') {
    in_string_ = true;
    escaped_ = dropping_ = after_high_ = false;
    hex_left_ = 0;
    length_ = 0;
  }
  return true;
}

// A string is cut between characters: not inside an escape, nor between the halves of a pair.
bool ClippedJson::step_in_string(char c) {
  ++length_;
  if (hex_left_ > 0) {
    unit_ = unit_ << 4U | digit_of(c);
    constexpr unsigned kPairs = 0x3ffU;
    constexpr unsigned kHigh = 0xd800U;
    if (--hex_left_ == 0) {
      after_high_ = !after_high_ && (unit_ & ~kPairs) == kHigh;
    }
    return !dropping_;
  }
  if (escaped_) {
    escaped_ = false;
    if (c == 'u') {
      hex_left_ = 4;
      unit_ = 0;
    }
    return !dropping_;
  }
  if (c == '"') {
    in_string_ = false;
    return true;
  }
  after_high_ = after_high_ && c == '\\';
  dropping_ = dropping_ || (length_ > most_ && !continues(c) && !after_high_);
  escaped_ = c == '\\';
  return !dropping_;
}

}  // namespace uptrail
