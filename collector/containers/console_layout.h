// The columns of a copy from Console.app: tab separated, chosen by the user, time first or last.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "collector/containers/container.h"
#include "collector/containers/header_scan.h"

namespace uptrail {

struct ConsoleLayout {
  bool time_last = false;
  std::size_t extra = 0;   // columns between process and message
  std::size_t starts = 0;  // lines of the head that are records of this layout
  std::size_t before = 0;  // lines of the head before the first of them
};
// From the first lines; starts == 0: no Console copy.
ConsoleLayout console_layout(std::string_view head, bool complete);

// "14:41:03.123456+0100" as nanoseconds of the day in UTC (negative when the zone is ahead); the whole text must be used.
struct ConsoleTime {
  std::int64_t utc_ns = 0;
  int zone_minutes = 0;
};
std::optional<ConsoleTime> console_time(std::string_view text);

// Sets process, the extra columns and message from what stands behind type and time (or behind type alone).
bool take_console_columns(std::string_view rest, std::size_t extra, Record& out);
// "default", "fehler": short, no digits. Which words there are depends on the language of the Mac.
bool is_console_type(std::string_view word);

// Console prints no date: counts days whenever the time of day falls back by many hours. Smaller steps back are disorder: a copy
// may be sorted by another column.
class ConsoleDays {
 public:
  TimeNs place(TimeNs of_day);

 private:
  std::optional<std::int64_t> last_;
  std::int64_t days_ = 0;
};

Status read_console_time_last(ByteSource& source, RecordSink& sink, const ConsoleLayout& layout);

}  // namespace uptrail
