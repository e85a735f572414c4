// `log show` as text: the default style, compact and syslog. An event is one line, so no record goes over several.
#include <algorithm>

#include "collector/base/text.h"
#include "collector/simulate/log_writers.h"

namespace uptrail::simulate {

namespace {

// "(CFNetwork) [com.apple.CFNetwork:Default] message"
std::string tagged(const LogLine& l) {
  return (l.library.empty() ? "" : "(" + l.library + ") ") + "[" + l.subsystem + ":" + l.category + "] " + l.message + "\n";
}

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(text.size(), width), ' ');
  return text;
}

}  // namespace

std::string local_stamp(TimeNs t) {
  std::string text = format_iso(t, 6, kZoneMinutes).substr(0, 26);
  text[10] = ' ';
  return text;
}

std::string hex(std::int64_t value) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (auto rest = static_cast<std::uint64_t>(value); rest != 0 || out.empty(); rest >>= 4U) {
    out.insert(out.begin(), kDigits[rest & 15U]);
  }
  return out;
}

std::string write_log_show_default(const std::vector<LogLine>& lines) {
  std::string out = "Timestamp                       Thread     Type        Activity             PID    TTL  \n";
  for (const LogLine& l : lines) {
    out += local_stamp(l.t) + std::string(kZone) + " " + padded("0x" + hex(l.thread), 10) + " Default     0x0                  ";
    out += padded(std::to_string(l.pid), 6) + " 0    " + l.process + ": " + tagged(l);
  }
  return out;
}

std::string write_log_show_compact(const std::vector<LogLine>& lines) {
  std::string out = "Timestamp               Ty Process[PID:TID]\n";
  for (const LogLine& l : lines) {
    out += local_stamp(l.t).substr(0, 23) + " Df " + l.process + "[" + std::to_string(l.pid) + ":" + hex(l.thread) + "] " +
           tagged(l);
  }
  return out;
}

std::string write_log_show_syslog(const std::vector<LogLine>& lines) {
  std::string out = "Timestamp                       (process)[PID]    \n";
  for (const LogLine& l : lines) {
    out += local_stamp(l.t) + std::string(kZone) + "  localhost " + l.process + "[" + std::to_string(l.pid) + "]: " + tagged(l);
  }
  return out;
}

}  // namespace uptrail::simulate
