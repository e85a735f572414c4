// Turns lines into records for the containers whose records begin with a header line and may go on over more lines.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "collector/containers/container.h"
#include "collector/containers/line_reader.h"

namespace uptrail {

// How one style looks. parse() sets time, zone, process, pid, thread, level, library, subsystem, category; message last.
class TextStyle {
 public:
  enum class Kind : std::uint8_t { header, other, banner };
  virtual ~TextStyle() = default;
  // Is `line` the first line of a record? If so `out` gets what its header says and message the rest of `line`.
  virtual bool parse_header(std::string_view line, Record& out) = 0;
  // Called for the whole record (header line and continuation lines), for what only the whole can tell. `out` is what
  // parse_header gave for its first line; out.message is the rest of the whole text.
  virtual void finish(Record& out) { static_cast<void>(out); }
  // Should this record have a time? One without is reported.
  [[nodiscard]] virtual bool is_timed(const Record& record) const { return static_cast<void>(record), true; }
  // Column headers, banners and footers: neither record nor continuation.
  [[nodiscard]] virtual bool is_banner(std::string_view line) const = 0;
  // What a banner says about the source itself: reported with the banner's place.
  [[nodiscard]] virtual std::optional<Issue> note(std::string_view line) const {
    static_cast<void>(line);
    return std::nullopt;
  }
  // May an unterminated last line be the beginning of a header?
  [[nodiscard]] virtual bool begins_header(std::string_view line) const = 0;
};

// A judge for a style whose records depend on their own lines only.
std::unique_ptr<LineJudge> judge_text_records(std::unique_ptr<TextStyle> style, RecordFilter& filter);

Status read_text_records(ByteSource& source, RecordSink& sink, TextStyle& style);

// `text` with "\r\n" as "\n"; made in `scratch` when there is any.
std::string_view plain_line_ends(std::string_view text, std::string& scratch);
// Lines that `log show` and `log stream` print around the records.
bool is_log_banner(std::string_view line);
// The share of header lines among the first lines, as a verdict.
Sniffed sniff_text_style(std::string_view head, bool complete, TextStyle& style, std::string_view what);

}  // namespace uptrail
