// `log show` as JSON: ndjson (an object a line) and json (one array of pretty printed objects).
#include <utility>

#include "collector/base/text.h"
#include "collector/simulate/log_writers.h"

namespace uptrail::simulate {

namespace {

std::string quoted(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

std::string with_escaped_slashes(std::string_view json) {
  std::string out;
  for (const char c : json) {
    out += c == '/' ? "\\/" : std::string(1, c);
  }
  return out;
}

using Pairs = std::vector<std::pair<std::string_view, std::string>>;  // name, value as JSON

Pairs row(const LogLine& l) {
  const bool of_system = l.subsystem.starts_with("com.apple.");
  const std::string image =
      (of_system && l.library.empty() ? "/usr/libexec/" : "/private/var/containers/Bundle/Application/" + l.process + ".app/") +
      l.process;
  const std::string sender = l.library.empty() ? image : "/System/Library/Frameworks/" + l.library + ".framework/" + l.library;
  return {{"traceID", "0"},
          {"eventMessage", quoted(l.message)},
          {"eventType", quoted("logEvent")},
          {"source", "null"},
          {"activityIdentifier", "0"},
          {"subsystem", quoted(l.subsystem)},
          {"category", quoted(l.category)},
          {"threadID", std::to_string(l.thread)},
          {"senderImagePath", quoted(sender)},
          {"timestamp", quoted(local_stamp(l.t) + std::string(kZone))},
          {"machTimestamp", "0"},
          {"messageType", quoted("Default")},
          {"processImagePath", quoted(image)},
          {"processID", std::to_string(l.pid)}};
}

}  // namespace

std::string write_log_show_ndjson(const std::vector<LogLine>& lines) {
  std::string out;
  for (const LogLine& l : lines) {
    char before = '{';
    for (const auto& [name, value] : row(l)) {
      out += before;
      out += quoted(name) + ":" + value;
      before = ',';
    }
    out += "}\n";
  }
  return out + "{\"count\":" + std::to_string(lines.size()) + ",\"finished\":1}\n";
}

std::string write_log_show_json(const std::vector<LogLine>& lines) {
  std::string out = "[";
  for (const LogLine& l : lines) {
    out += out.size() > 1 ? ",{" : "{";
    std::string_view before = "\n  ";
    for (const auto& [name, value] : row(l)) {
      out += before;
      out += quoted(name) + " : " + with_escaped_slashes(value);
      before = ",\n  ";
    }
    out += "\n}";
  }
  return out + "]\n";
}

}  // namespace uptrail::simulate
