// The forms of a unified log, one file a family: what `log show` prints as text and as JSON, and what devices send.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "collector/simulate/writers.h"

namespace uptrail::simulate {

// The simulated Mac is an hour ahead of UTC.
inline constexpr int kZoneMinutes = 60;
inline constexpr std::string_view kZone = "+0100";

// "2026-11-18 14:41:03.123456", local time.
std::string local_stamp(TimeNs t);
std::string hex(std::int64_t value);  // without 0x

std::string write_log_show_default(const std::vector<LogLine>& lines);
std::string write_log_show_compact(const std::vector<LogLine>& lines);
std::string write_log_show_syslog(const std::vector<LogLine>& lines);
std::string write_log_show_ndjson(const std::vector<LogLine>& lines);
std::string write_log_show_json(const std::vector<LogLine>& lines);
std::string write_console_copy(const std::vector<LogLine>& lines);
std::string write_idevicesyslog(const std::vector<LogLine>& lines);

}  // namespace uptrail::simulate
