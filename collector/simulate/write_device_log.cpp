// What devices send: lines copied out of Console.app, and idevicesyslog.
#include <array>

#include "collector/simulate/log_writers.h"

namespace uptrail::simulate {

std::string write_console_copy(const std::vector<LogLine>& lines) {
  std::string out;
  for (const LogLine& l : lines) {
    out += "default\t" + local_stamp(l.t).substr(11) + std::string(kZone) + "\t" + l.process + "\t" + l.message + "\n";
  }
  return out;
}

std::string write_idevicesyslog(const std::vector<LogLine>& lines) {
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::string out;
  for (const LogLine& l : lines) {
    const CivilTime at = to_civil(l.t + minutes(kZoneMinutes));
    out += kMonths[static_cast<std::size_t>(at.month - 1)];
    out += (at.day < 10 ? "  " : " ") + std::to_string(at.day) + " " + local_stamp(l.t).substr(11, 8) + " iPhone " + l.process;
    out += l.library.empty() ? "" : "(" + l.library + ")";
    out += "[" + std::to_string(l.pid) + "] <Notice>: " + l.message + "\n";
  }
  return out;
}

}  // namespace uptrail::simulate
