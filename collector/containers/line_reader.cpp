#include "collector/containers/line_reader.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

#include "collector/containers/container.h"

namespace uptrail {

namespace {
constexpr std::size_t kChunk = 1U << 20U;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
}  // namespace

SourceSpan Line::span() const {
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint32_t>::max();
  return {offset, static_cast<std::uint32_t>(std::min(length, kMost)), number};
}

LineReader::LineReader(ByteSource& source) : source_(source) {
  const auto size = source.size();
  const bool small = size && *size < kChunk;
  // One byte more than a small source has, so that its end is seen without another buffer.
  buffer_.resize((small ? static_cast<std::size_t>(*size) + 1 : kChunk) + kLinePadding);
  least_free_ = small ? 1 : kChunk / 2;
}

// Reads more bytes behind end_, making room first. False: nothing more comes.
bool LineReader::fill() {
  if (eof_) {
    return false;
  }
  const std::size_t keep = holding_ ? held_at_ : begin_;
  if (keep > 0 && buffer_.size() - kLinePadding - end_ < least_free_) {
    std::memmove(buffer_.data(), buffer_.data() + keep, end_ - keep);
    for (std::size_t* p : {&begin_, &at_, &end_, &line_end_, &held_end_}) {
      *p -= std::min(*p, keep);
    }
    held_at_ = holding_ ? 0 : held_at_;
    base_ += keep;
    ++moves_;
  }
  if (buffer_.size() - kLinePadding - end_ < least_free_) {
    buffer_.resize(std::max(buffer_.size() * 2, buffer_.size() + kChunk));
    ++moves_;
  }
  pass_skipped();
  auto got = source_.read(std::span(buffer_).subspan(end_, buffer_.size() - kLinePadding - end_));
  if (!got) {
    status_ = got.error();
    eof_ = true;
    return false;
  }
  eof_ = *got == 0;
  end_ += *got;
  return *got > 0;
}

// Lines were left out between the bytes in the buffer and the next ones: they count, but nobody sees them.
void LineReader::pass_skipped() {
  const SkippedLines skipped = source_.take_skipped();
  if (skipped.lines > 0) {
    skipped_ = skipped;
    base_ += skipped.bytes;
    number_ += skipped.lines;
  }
}

bool LineReader::next() {
  held_end_ = line_end_;
  begin_ = at_;
  if (number_ == 0) {
    while (end_ < kByteOrderMark.size() && fill()) {
    }
    if (std::string_view(buffer_.data(), end_).starts_with(kByteOrderMark)) {
      begin_ = at_ = kByteOrderMark.size();
    }
  }
  std::size_t scanned = begin_;
  for (;;) {
    const void* found = std::memchr(buffer_.data() + scanned, '\n', end_ - scanned);
    if (found != nullptr) {
      give(static_cast<std::size_t>(static_cast<const char*>(found) - buffer_.data()), true);
      return true;
    }
    if (end_ - begin_ > kMaxRecordBytes) {
      return long_line(end_);
    }
    const std::size_t in_line = end_ - begin_;
    if (!fill()) {
      if (begin_ == end_ || !status_.ok()) {
        return false;
      }
      give(end_, false);
      return true;
    }
    scanned = begin_ + in_line;
  }
}

void LineReader::give(std::size_t end, bool terminated) {
  at_ = terminated ? end + 1 : end;
  if (terminated && end > begin_ && buffer_[end - 1] == '\r') {
    --end;
  }
  line_end_ = end;
  line_ = {std::string_view(buffer_.data() + begin_, end - begin_),
           base_ + begin_,
           ++number_,
           end - begin_,
           terminated,
           std::exchange(skipped_, {})};
}

// The line is longer than may be kept: its first kMaxRecordBytes are given, the rest is skipped up to its end.
bool LineReader::long_line(std::size_t scanned) {
  const std::size_t kept_end = begin_ + kMaxRecordBytes;
  std::uint64_t length = scanned - begin_;
  bool terminated = false;
  std::vector<char> scratch(kChunk);
  std::size_t rest = 0;
  std::size_t rest_at = 0;
  while (!terminated) {
    auto got = source_.read(scratch);
    if (!got) {
      status_ = got.error();
      eof_ = true;
      break;
    }
    if (*got == 0) {
      eof_ = true;
      break;
    }
    const void* found = std::memchr(scratch.data(), '\n', *got);
    const std::size_t used = found != nullptr ? static_cast<std::size_t>(static_cast<const char*>(found) - scratch.data()) : *got;
    length += used;
    if (found != nullptr) {
      terminated = true;
      rest_at = used + 1;
      rest = *got - rest_at;
    }
  }
  // The buffer goes on with what follows the long line; base_ is set so that offsets stay true.
  const std::uint64_t line_offset = base_ + begin_;
  if (buffer_.size() < kept_end + rest + kLinePadding) {
    buffer_.resize(kept_end + rest + kLinePadding);
    ++moves_;
  }
  std::memmove(buffer_.data() + kept_end, scratch.data() + rest_at, rest);
  end_ = kept_end + rest;
  at_ = kept_end;
  line_end_ = kept_end;
  base_ = line_offset + length + (terminated ? 1U : 0U) - kept_end;
  line_ = {std::string_view(buffer_.data() + begin_, kMaxRecordBytes),
           line_offset,
           ++number_,
           length,
           terminated,
           std::exchange(skipped_, {})};
  return true;
}

void LineReader::hold() {
  held_at_ = begin_;
  holding_ = true;
}

std::string_view LineReader::held() const {
  return std::string_view(buffer_.data() + held_at_, std::max(held_end_, held_at_) - held_at_);
}

}  // namespace uptrail
