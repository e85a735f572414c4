// One log record as a container reads it, before anybody asks what it means.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "collector/base/ids.h"
#include "collector/base/time.h"

namespace simdjson::dom {
class element;
}  // namespace simdjson::dom

namespace uptrail {

// What the time stamps of a source are worth.
enum class ClockKind : std::uint8_t {
  absolute,  // TimeNs is UTC since 1970
  floating,  // exact inside the source, place on the common axis unknown: no date, no zone, or only relative
  none,      // no time at all; only the order in the file is known
};

// How much of a date the time stamps show.
enum class DateShown : std::uint8_t { full, month_day, none };

// What else there is to know about the clock of a source.
struct ClockTraits {
  DateShown date = DateShown::full;
  DurationNs precision{1};  // of the coarsest stamp: 1 s when only whole seconds are printed
  // month_day only. Years are counted from that of the first record, 0.
  std::optional<int> leap_year;    // the first that has lines of 29 February
  std::optional<int> common_year;  // the first in which the lines go past the end of February without one of the 29th
  friend bool operator==(const ClockTraits&, const ClockTraits&) = default;
};

// Where something stands in its source. Bytes are counted from 0, lines from 1; line 0: not a text source.
struct SourceSpan {
  std::uint64_t offset = 0;
  std::uint32_t length = 0;  // bytes, continuation lines included; saturates at 4 GiB - 1
  std::uint64_t line = 0;
};

enum class LogLevel : std::uint8_t { unknown, debug, info, standard, error, fault };

// Views are valid only while the sink is called. Text is as found; it may be invalid UTF-8.
struct Record {
  SourceSpan span;
  // Set unless the container's clock is `none`. A floating clock without date counts from midnight UTC of the unknown first
  // day and goes on past 24 h when the clock wraps. One that shows month and day but no year begins in 1972, which stands for
  // the unknown year of the first record, and counts on from there.
  std::optional<TimeNs> time;
  std::optional<int> zone_offset_minutes;  // as printed; for showing times as the device did
  std::string_view process;
  std::optional<std::int64_t> pid;
  std::string_view thread;
  LogLevel level = LogLevel::unknown;
  std::string_view library;  // sender image, "(CFNetwork)"
  std::string_view subsystem;
  std::string_view category;
  std::string_view message;  // header cut off; continuation lines kept, joined by '\n'
  std::string_view raw;      // the whole record as found, without its last line end
  // `message` parsed, by a container that had to do so anyway; nullptr: it was not.
  const simdjson::dom::element* json = nullptr;
};

enum class IssueKind : std::uint8_t {
  unparsed,      // bytes that belong to no record: counted as unparsed
  bad_value,     // a record was kept, but one of its values was not understood
  truncated,     // the input stops inside a record
  invalid_utf8,  // replaced by U+FFFD where shown
  limit,         // a record was cut to a limit
  loss,          // the source itself says that records are missing
  clock,         // time went back, or left int64
  damaged,       // the source is damaged beyond this point
  repeated,      // lines that the copy holds twice; the second of each was left out and is not counted as read
  note,          // the source says something about itself; nothing is lost
};

// Something that was lost or doubtful. Never fatal; stored with the source and shown.
struct Issue {
  IssueKind kind = IssueKind::bad_value;
  SourceSpan span;
  std::string detail;  // one sentence
};

std::string_view issue_kind_name(IssueKind kind);
std::string_view level_name(LogLevel level);
std::string_view clock_kind_name(ClockKind kind);
std::string_view date_shown_name(DateShown date);  // "full", "month and day", "none"

// The task or session that a line names, in clear: nullopt where it is not named, or redacted.
struct LineSubject {
  std::optional<Uuid> task;
  std::optional<Uuid> session;
  std::optional<std::int64_t> number;  // behind the task: a key together with `session`, never alone
  friend bool operator==(const LineSubject&, const LineSubject&) = default;
};

// read = matched + related + irrelevant + unparsed, always.
struct Accounting {
  std::uint64_t read = 0;        // records, and pieces that should have been one
  std::uint64_t matched = 0;     // gave at least one event
  std::uint64_t related = 0;     // tells no event, but concerns a task, a session or nsurlsessiond
  std::uint64_t irrelevant = 0;  // valid header, nothing to do with background sessions (not: checked and found good)
  std::uint64_t unparsed = 0;    // no valid header
  std::uint64_t known = 0;       // of `related`: a pattern knows the line; the others were not understood
  [[nodiscard]] bool balanced() const { return read == matched + related + irrelevant + unparsed && known <= related; }
};

}  // namespace uptrail
