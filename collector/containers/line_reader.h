// Splits a source into lines without copying them: one buffer, memchr, views into it.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "collector/base/byte_source.h"
#include "collector/model/record.h"

namespace uptrail {

// Bytes that may be read (but mean nothing) behind every line: what simdjson needs.
inline constexpr std::size_t kLinePadding = 64;

struct Line {
  std::string_view text;     // without line end ("\n" or "\r\n") and, in the first line, without byte order mark
  std::uint64_t offset = 0;  // of the first byte of `text` in the source
  std::uint64_t number = 0;  // from 1
  std::uint64_t length = 0;  // bytes in the source without line end; more than text.size() when the line was cut
  bool terminated = false;   // a line end was there
  SkippedLines skipped;      // what the source left out before this line
  [[nodiscard]] bool cut() const { return length > text.size(); }
  [[nodiscard]] SourceSpan span() const;
};

// Lines longer than kMaxRecordBytes are cut; memory is bounded by a small multiple of it.
class LineReader {
 public:
  explicit LineReader(ByteSource& source);

  // False at the end or after an error (see status()). Views given earlier die, except what hold() keeps.
  bool next();
  [[nodiscard]] const Line& line() const { return line_; }
  [[nodiscard]] const Status& status() const { return status_; }

  // Keeps everything from the start of the current line on, until hold() or release() is called again. It may move: take a new
  // held() view after next().
  void hold();
  void release() { holding_ = false; }
  // From the held line's start to the end of the line before the current one (without that line end); after next() returned
  // false, to the end of the last line.
  [[nodiscard]] std::string_view held() const;
  // Bytes from the held start to the current position; more than kMaxRecordBytes means: stop holding.
  [[nodiscard]] std::size_t held_size() const { return at_ - held_at_; }
  // Grows whenever the buffer moved, so that views derived from held() can be made again.
  [[nodiscard]] std::uint64_t moves() const { return moves_; }

 private:
  bool fill();
  void pass_skipped();
  bool long_line(std::size_t scanned);
  void give(std::size_t end, bool terminated);

  ByteSource& source_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;     // of the current line in buffer_
  std::size_t at_ = 0;        // behind the current line and its end
  std::size_t end_ = 0;       // of the bytes in buffer_
  std::size_t line_end_ = 0;  // of the current line's text in buffer_
  std::size_t held_at_ = 0;   // start of what is kept
  std::size_t held_end_ = 0;  // end of the text of the line before the current one
  std::uint64_t base_ = 0;    // source offset of buffer_[0]
  std::uint64_t number_ = 0;
  std::uint64_t moves_ = 0;
  std::size_t least_free_ = 1;  // so much room is made before reading
  bool holding_ = false;
  bool eof_ = false;
  SkippedLines skipped_;  // before the next line
  Line line_;
  Status status_ = done();
};

}  // namespace uptrail
