#include <algorithm>
#include <array>

#include "collector/base/text.h"
#include "collector/simulate/writers.h"

namespace uptrail::simulate {

namespace {

constexpr int kZoneMinutes = 60;
constexpr std::string_view kZone = "+0100";

// "2026-11-18 14:41:03.123456+0100"
std::string stamp(TimeNs t) {
  std::string text = format_iso(t, 6, kZoneMinutes).substr(0, 26);
  text[10] = ' ';
  return text + std::string(kZone);
}

// Continuation lines of a record stand alone in text logs; ours have none, since an event is one line.
std::string syslog(const std::vector<LogLine>& lines) {
  std::string out = "Timestamp                       (process)[PID]    \n";
  for (const LogLine& l : lines) {
    out += stamp(l.t) + "  localhost " + l.process + "[" + std::to_string(l.pid) + "]: ";
    out += l.library.empty() ? "" : "(" + l.library + ") ";
    out += "[" + l.subsystem + ":" + l.category + "] " + l.message + "\n";
  }
  return out;
}

std::string console(const std::vector<LogLine>& lines) {
  std::string out;
  for (const LogLine& l : lines) {
    out += "default\t" + stamp(l.t).substr(11) + "\t" + l.process + "\t" + l.message + "\n";
  }
  return out;
}

std::string idevicesyslog(const std::vector<LogLine>& lines) {
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::string out;
  for (const LogLine& l : lines) {
    const CivilTime at = to_civil(l.t + minutes(kZoneMinutes));
    out += kMonths[static_cast<std::size_t>(at.month - 1)];
    out += (at.day < 10 ? "  " : " ") + std::to_string(at.day) + " " + stamp(l.t).substr(11, 8) + " iPhone " + l.process;
    out += l.library.empty() ? "" : "(" + l.library + ")";
    out += "[" + std::to_string(l.pid) + "] <Notice>: " + l.message + "\n";
  }
  return out;
}

void pair(std::string& out, std::string_view name, std::string_view value) {
  out += ",\"" + std::string(name) + "\":";
  append_json_string(out, value);
}

std::string ndjson(const std::vector<LogLine>& lines) {
  std::string out;
  for (const LogLine& l : lines) {
    const std::string image = "/private/var/containers/" + l.process + ".app/" + l.process;
    out += "{\"traceID\":0,\"eventType\":\"logEvent\",\"messageType\":\"Default\",\"processID\":" + std::to_string(l.pid);
    out += ",\"threadID\":1";
    pair(out, "timestamp", stamp(l.t));
    pair(out, "processImagePath", image);
    pair(out, "senderImagePath",
         l.library.empty() ? image : "/System/Library/Frameworks/" + l.library + ".framework/" + l.library);
    pair(out, "subsystem", l.subsystem);
    pair(out, "category", l.category);
    pair(out, "eventMessage", l.message);
    out += "}\n";
  }
  return out + "{\"count\":" + std::to_string(lines.size()) + ",\"finished\":1}\n";
}

struct Form {
  std::string_view name;
  std::string (*write)(const std::vector<LogLine>& lines);
};
constexpr std::array kForms = {Form{"syslog", syslog}, Form{"ndjson", ndjson}, Form{"console", console},
                               Form{"idevicesyslog", idevicesyslog}};

}  // namespace

std::vector<std::string_view> container_names() {
  std::vector<std::string_view> out{"event"};
  for (const Form& form : kForms) {
    out.push_back(form.name);
  }
  return out;
}

Result<std::string> write_capture(const std::vector<Event>& events, std::string_view container, const Catalogue& catalogue,
                                  bool redacted) {
  if (container == "event") {
    return write_ndjson(events);
  }
  for (const Form& form : kForms) {
    if (form.name == container) {
      return form.write(log_lines(events, catalogue, redacted));
    }
  }
  return fail(ErrorKind::usage, "there is no container \"" + std::string(container) + "\"");
}

}  // namespace uptrail::simulate
