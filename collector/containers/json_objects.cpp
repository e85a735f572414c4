#include "collector/containers/json_objects.h"

#include <algorithm>
#include <cstring>

#include "collector/containers/container.h"
#include "collector/containers/line_reader.h"

namespace uptrail {

namespace {

constexpr std::size_t kChunk = 256U << 10U;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// A closing brace here is what was left of a damaged object.
bool is_between(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ',' || c == '[' || c == ']' || c == '}';
}

}  // namespace

JsonObjects::JsonObjects(ByteSource& source) : source_(source) {
  buffer_.resize(kChunk + kLinePadding);
  if (have(kByteOrderMark.size()) && std::string_view(buffer_.data(), end_).starts_with(kByteOrderMark)) {
    at_ = kByteOrderMark.size();
  }
  start_ = at_;
}

// Reads behind end_, keeping what stands from start_ on. False: nothing more comes.
bool JsonObjects::more() {
  if (eof_) {
    return false;
  }
  if (at_ - start_ > kMaxRecordBytes) {
    long_ = true;
  }
  const std::size_t keep = long_ ? at_ : start_;
  if (keep > 0 && buffer_.size() - kLinePadding - end_ < kChunk) {
    std::memmove(buffer_.data(), buffer_.data() + keep, end_ - keep);
    base_ += keep;
    at_ -= keep;
    end_ -= keep;
    start_ = 0;
  }
  if (buffer_.size() - kLinePadding - end_ < kChunk) {
    buffer_.resize(std::max(buffer_.size() * 2, end_ + kChunk + kLinePadding));
  }
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

// Are so many bytes behind the position?
bool JsonObjects::have(std::size_t bytes) {
  while (end_ - at_ < bytes && more()) {
  }
  return end_ - at_ >= bytes;
}

void JsonObjects::take(char c) {
  line_ += c == '\n' ? 1U : 0U;
  ++at_;
}

// At the start of a line: does it begin an object of the array, whatever came before? `log` indents all that is inside of one.
bool JsonObjects::object_begins_here() {
  constexpr std::size_t kMost = 5;
  have(kMost);
  std::string_view line(buffer_.data() + at_, std::min(end_ - at_, kMost));
  for (const std::string_view start : {"},{", "[{", "{"}) {
    if (line.starts_with(start)) {
      line.remove_prefix(start.size());
      return line.empty() || line.starts_with('\n') || line.starts_with("\r\n");
    }
  }
  return false;
}

// Skips what stands between objects. False: the end. Else the position is at '{' or at other text.
bool JsonObjects::find_start() {
  for (;;) {
    start_ = at_;
    long_ = false;
    if (!have(1)) {
      return false;
    }
    if (!is_between(buffer_[at_])) {
      return true;
    }
    take(buffer_[at_]);
  }
}

// Behind a damaged object: goes on to a line that begins another one. What is skipped belongs to the damaged one.
bool JsonObjects::find_next_object() {
  for (bool fresh = false; have(1);) {
    if (fresh && object_begins_here()) {
      return true;
    }
    const char c = buffer_[at_];
    fresh = c == '\n';
    take(c);
  }
  return false;
}

bool JsonObjects::finish(What what, Piece& out) {
  std::string_view text(buffer_.data() + start_, at_ - start_);
  while (!long_ && (text.ends_with('\n') || text.ends_with('\r'))) {
    text.remove_suffix(1);
  }
  const std::uint64_t size = long_ ? base_ + at_ - start_offset_ : text.size();
  out.what = long_ || text.size() > kMaxRecordBytes ? What::too_long : what;
  out.text = out.what == What::too_long ? std::string_view() : text;
  out.span = {start_offset_, static_cast<std::uint32_t>(std::min<std::uint64_t>(size, UINT32_MAX)), start_line_};
  start_ = at_;
  return true;
}

bool JsonObjects::other_text(Piece& out) {
  while (have(1) && buffer_[at_] != '\n') {
    ++at_;
  }
  finish(What::other_text, out);
  return true;
}

bool JsonObjects::object(Piece& out) {
  std::size_t depth = 0;
  bool in_string = false;
  while (have(1)) {
    const char c = buffer_[at_];
    if (c == '\n') {
      take(c);
      const bool next_begins = object_begins_here();
      const bool closes = depth == 1 && !in_string && have(1) && buffer_[at_] == '}';
      if (in_string || (next_begins && !closes)) {
        if (!next_begins) {
          find_next_object();
        }
        return finish(What::damaged, out);
      }
    } else if (in_string) {
      ++at_;
      if (c == '\\' && have(1) && buffer_[at_] != '\n') {
        ++at_;
      }
      in_string = c != '"';
    } else {
      ++at_;
      in_string = c == '"';
      depth += c == '{' ? 1U : 0U;
      if (c == '}' && --depth == 0) {
        return finish(What::object, out);
      }
    }
  }
  return status_.ok() && finish(What::cut_off, out);
}

bool JsonObjects::next(Piece& out) {
  if (!find_start()) {
    return false;
  }
  start_offset_ = base_ + start_;
  start_line_ = line_;
  return buffer_[at_] == '{' ? object(out) : other_text(out);
}

}  // namespace uptrail
