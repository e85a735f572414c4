// What can be said of event JSON, and repaired in it, before it is parsed.
#include <algorithm>
#include <cmath>

#include "collector/base/text.h"
#include "collector/messages/event_json.h"

namespace uptrail {

namespace {
constexpr std::size_t kHeadBytes = 1024;  // where "uptrail" or "kind" must stand
}

bool looks_like_event_json(std::string_view text) {
  if (text.empty() || text.front() != '{') {
    return false;
  }
  const std::string_view head = text.substr(0, kHeadBytes);
  for (std::size_t at = head.find('"'); at != std::string_view::npos; at = head.find('"', at + 1)) {
    const std::string_view rest = head.substr(at + 1);
    if (rest.starts_with('u') ? rest.starts_with("uptrail\"") : rest.starts_with("kind\"")) {
      return true;
    }
  }
  return false;
}

bool was_meant_as_event(std::string_view text) {
  const std::string_view head = text.substr(0, kHeadBytes);
  if (contains(head, "\"uptrail\"")) {
    return true;
  }
  constexpr std::string_view kKey = "\"kind\":\"";
  const std::size_t at = head.find(kKey);
  if (at == std::string_view::npos) {
    return false;
  }
  const std::string_view name = head.substr(at + kKey.size());
  return kind_from_name(name.substr(0, name.find('"'))).has_value();
}

std::string quote_unholdable_numbers(std::string_view line) {
  std::string out;
  out.reserve(line.size() + 16);
  bool in_string = false;
  for (std::size_t i = 0; i < line.size();) {
    const char c = line[i];
    if (in_string) {
      out += c;
      if (c == '\\' && i + 1 < line.size()) {
        out += line[++i];
      }
      in_string = c != '"';
      ++i;
      continue;
    }
    std::size_t n = 0;
    if (c == '-' || (c >= '0' && c <= '9')) {
      n = std::min(line.find_first_not_of("0123456789+-.eE", i), line.size()) - i;
    }
    const std::string_view number = line.substr(i, n);
    const bool integer = n != 0 && number.find_first_of(".eE") == std::string_view::npos;
    const auto real = n == 0 || integer ? std::optional(0.0) : parse_double(number);
    if (n != 0 && ((integer && !parse_int(number)) || !real || !std::isfinite(*real))) {
      out += '"';
      out += number;
      out += '"';
    } else if (n != 0) {
      out += number;
    } else {
      out += c;
      in_string = c == '"';
      n = 1;
    }
    i += n;
  }
  return out;
}

}  // namespace uptrail
