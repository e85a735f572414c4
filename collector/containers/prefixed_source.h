// A source behind line prefixes, and the way back from the text without them to the file.
#pragma once

#include <deque>
#include <string>

#include "collector/containers/container.h"
#include "collector/containers/line_prefix.h"

namespace uptrail {

// Gives the text of `inner` without the prefix of each line, and without the breaks of a tool that wraps. Memory: some times
// kMaxRecordBytes.
class PrefixedSource final : public ByteSource {
 public:
  PrefixedSource(ByteSource& inner, const LinePrefix& prefix) : inner_(inner), prefix_(prefix) {}
  [[nodiscard]] std::string_view name() const override { return inner_.name(); }
  [[nodiscard]] std::optional<std::uint64_t> size() const override { return std::nullopt; }
  Result<std::size_t> read(std::span<char> into) override;

  // A span of the text as a span of the inner source: from the start of its first line to the end of its last.
  [[nodiscard]] SourceSpan original(const SourceSpan& span) const;
  // What stands there in the inner source; empty when it is no longer kept.
  [[nodiscard]] std::string_view bytes(const SourceSpan& original) const;
  // Nothing before this span of the text will be asked for again.
  void forget_before(const SourceSpan& span);

 private:
  struct Row {
    std::uint64_t text_at = 0, text_size = 0;  // without prefix and line end
    std::uint64_t file_at = 0, file_size = 0;  // with prefix, without line end
    std::uint64_t number = 0;
  };
  Status refill();
  void take_lines();
  void take(std::string_view line, bool terminated);
  void emit(std::string_view text);
  void end_line(std::string_view next, bool next_is_unmarked);
  void bound();
  [[nodiscard]] const Row* row_of(std::uint64_t text_offset) const;

  ByteSource& inner_;
  const LinePrefix& prefix_;
  std::string kept_;  // bytes of the inner source from kept_at_ on
  std::uint64_t kept_at_ = 0;
  std::uint64_t next_at_ = 0;    // in the inner source: the first byte not yet taken
  std::string out_;              // text not yet given
  std::size_t given_ = 0;        // of out_
  std::uint64_t text_size_ = 0;  // all text so far
  std::deque<Row> rows_;
  std::uint64_t number_ = 0;
  std::size_t last_width_ = 0;
  std::size_t scanned_ = 0;       // bytes behind next_at_ known to have no line end
  std::string_view pending_end_;  // line end of the last line, not yet given
  bool in_line_ = false;          // inside a line of more than kMaxRecordBytes
  bool eof_ = false;
  std::string scratch_;
};

// `text` as a reader behind `prefix` sees it.
std::string text_behind(const LinePrefix& prefix, std::string_view text);

}  // namespace uptrail
