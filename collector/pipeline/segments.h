// An input that holds several containers one behind the other is divided: each segment is a source of its own.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "collector/base/byte_source.h"
#include "collector/containers/container.h"
#include "collector/input/input.h"

namespace uptrail {

// "scroll.log#2 (lines 120-340)"
std::string segment_path(std::string_view path, std::size_t number, std::uint64_t first_line, std::uint64_t last_line);
// "scroll.log" of such a path; any other path as it is.
std::string_view without_segment(std::string_view path);

// What was read before, and what follows, without moving the reader: of a regular file by reading it again, of a stream by
// keeping its last bytes.
class LookBack {
 public:
  virtual ~LookBack() = default;
  // The source of the first segment.
  virtual ByteSource& source() = 0;
  // True: read_at() and source() read apart from each other, so that two threads may do so.
  [[nodiscard]] virtual bool is_file() const = 0;
  // Bytes from `offset` on, 0 at the end. Errors: the file cannot be read any more or has changed, or the bytes are no longer
  // kept.
  virtual Result<std::size_t> read_at(std::uint64_t offset, std::span<char> into) = 0;
  // Content hash of the segment that begins where the last one ended, up to `end`.
  virtual Result<std::string> end_segment(std::uint64_t end) = 0;
};
// `peeked` must outlive it. `path` may be anything; it is used when it is the regular file that `peeked` reads.
std::unique_ptr<LookBack> make_look_back(PeekedSource& peeked, const std::string& path);

struct Segment {
  Recognition found;
  std::uint64_t offset = 0;  // of its first byte in the input
  std::uint64_t line = 1;
};

// Between a reader and its sink: spans of a later segment become those of the file, and the reader is stopped where the next
// segment begins.
class SegmentSink final : public RecordSink {
 public:
  SegmentSink(RecordSink& inner, LookBack& back, const Segment& segment) : inner_(inner), back_(back), segment_(segment) {}
  bool record(const Record& record) override;
  bool skipped(const SkippedLines& lines) override { return inner_.skipped(lines); }
  void issue(const Issue& issue) override;
  void clock(ClockKind kind) override { inner_.clock(kind); }
  void clock_traits(const ClockTraits& traits) override { inner_.clock_traits(traits); }
  bool ends_before(const SourceSpan& line) override;
  [[nodiscard]] const std::optional<Segment>& next() const { return next_; }
  // Number of the last line that was given.
  [[nodiscard]] std::uint64_t last_line() const;

 private:
  [[nodiscard]] SourceSpan in_file(const SourceSpan& span) const;
  std::optional<Recognition> ask(std::uint64_t offset);

  RecordSink& inner_;
  LookBack& back_;
  const Segment& segment_;
  std::optional<Segment> next_;
  SourceSpan last_;
  std::uint64_t refused_ = 0;
};

// Reads the input from an offset on.
class RestSource final : public ByteSource {
 public:
  RestSource(LookBack& back, std::uint64_t offset) : back_(back), at_(offset) {}
  [[nodiscard]] std::string_view name() const override { return back_.source().name(); }
  [[nodiscard]] std::optional<std::uint64_t> size() const override { return std::nullopt; }
  Result<std::size_t> read(std::span<char> into) override {
    auto got = back_.read_at(at_, into);
    at_ += got ? *got : 0;
    return got;
  }

 private:
  LookBack& back_;
  std::uint64_t at_;
};

}  // namespace uptrail
