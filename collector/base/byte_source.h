// Where bytes come from: a file, standard input, an archive member, a buffer in a test.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "collector/base/result.h"
#include "collector/base/time.h"

namespace uptrail {

// Whole lines that a source leaves out: each is a record of its own, valid and of no concern to anybody.
struct SkippedLines {
  std::uint64_t lines = 0;                 // 0: nothing was left out
  std::uint64_t bytes = 0;                 // with their line ends
  TimeNs first, last;                      // the earliest and the latest of their times
  std::optional<int> zone_offset_minutes;  // the first that is printed
  bool whole_seconds = true;               // no time shows more than seconds
};

// Sequential, read once. Not thread-safe.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  [[nodiscard]] virtual std::string_view name() const = 0;              // for messages; never used to recognise a format
  [[nodiscard]] virtual std::optional<std::uint64_t> size() const = 0;  // nullopt: unknown (a pipe)
  [[nodiscard]] virtual std::optional<TimeNs> modified() const { return std::nullopt; }  // last change, UTC
  // Fills the front of `into` and returns how much; 0 only at the end.
  virtual Result<std::size_t> read(std::span<char> into) = 0;
  // What was left out right before the bytes that the next read() gives; asked before each. It stands between two lines, and the
  // line behind it begins a record.
  virtual SkippedLines take_skipped() { return {}; }
};

// A buffer as a source. `chunk` limits one read, so that tests can prove that chunking does not matter.
class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(std::string_view bytes, std::string name = "memory", std::size_t chunk = SIZE_MAX)
      : bytes_(bytes), name_(std::move(name)), chunk_(chunk) {}
  [[nodiscard]] std::string_view name() const override { return name_; }
  [[nodiscard]] std::optional<std::uint64_t> size() const override { return bytes_.size(); }
  Result<std::size_t> read(std::span<char> into) override;

 private:
  std::string_view bytes_;  // not owned
  std::string name_;
  std::size_t chunk_;
  std::size_t at_ = 0;
};

}  // namespace uptrail
