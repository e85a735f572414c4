#include "collector/containers/mixed.h"

#include <algorithm>
#include <string>

#include "collector/base/text.h"
#include "collector/containers/header_scan.h"
#include "collector/containers/prefixed_source.h"
#include "collector/containers/sniff.h"
#include "collector/containers/text_records.h"

namespace uptrail {

namespace {

constexpr std::size_t kTimeWithin = 64;
constexpr std::size_t kMostLines = 200;
constexpr std::string_view kArray = "[{";  // of `log show --style json`

bool is_time_of_day(const char* p) {
  return p[2] == ':' && p[5] == ':' && is_ascii_digit(p[0]) && is_ascii_digit(p[1]) && is_ascii_digit(p[3]) &&
         is_ascii_digit(p[4]) && is_ascii_digit(p[6]) && is_ascii_digit(p[7]);
}

bool is_sure(const Container& container, std::string_view line) { return container.sniff(line, true).match == Match::sure; }

std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  line.remove_suffix(line.ends_with('\r') ? 1 : 0);
  return line;
}

// What stands before the line: nothing that matters, blank lines, a banner (maybe with blank lines behind it), or text.
struct Before {
  bool blank = false;
  bool banner = false;
  bool record = false;  // of the container being read
};

Before look_before(const Container& own, const LinePrefix& prefix, std::string_view text) {
  Before out;
  std::string scratch;
  for (std::size_t steps = 0; steps < kMostLines; ++steps) {
    if (text.ends_with('\n')) {
      text.remove_suffix(1);
    }
    const std::size_t start = text.rfind('\n') + 1;
    bool unmarked = false;
    const std::string_view line = strip_prefix(prefix, text.substr(start), scratch, unmarked);
    if (!trim(line).empty()) {
      out.banner = is_log_banner(line);
      out.record = !out.banner && is_sure(own, line);
      return out;
    }
    out.blank = true;
    if (start == 0) {
      return out;
    }
    text = text.substr(0, start);
  }
  return out;
}

// What follows, up to the first record of the container that is being read.
struct Ahead {
  std::size_t records = 0;  // of the other
  bool resumed = false;
  bool blank_before_resumed = false;
};

Ahead look_ahead(const Container& own, const Container& other, std::string_view text, bool complete) {
  Ahead out;
  bool blank = false;
  for (std::size_t n = 0; n < kMostLines && !text.empty(); ++n) {
    if (!complete && text.find('\n') == std::string_view::npos) {
      break;
    }
    const std::string_view line = take_line(text);
    if (is_sure(other, line)) {
      ++out.records;
    } else if (is_sure(own, line)) {
      out.resumed = true;
      out.blank_before_resumed = blank;
      break;
    }
    blank = trim(line).empty() || is_log_banner(line);
  }
  return out;
}

const Container* other_for(const Container& own, std::string_view line) {
  const Container* best = nullptr;
  int score = 0;
  for (const Container* container : builtin_containers()) {
    if (container == &own) {
      continue;
    }
    const Sniffed sniffed = container->sniff(line, true);
    if (sniffed.match == Match::sure && sniffed.score > score) {
      best = container;
      score = sniffed.score;
    }
  }
  return best;
}

}  // namespace

bool may_begin_elsewhere(std::string_view line) {
  constexpr std::size_t kTime = 8;  // "14:41:03"
  if (line.starts_with("{\"") || line.starts_with(kArray)) {
    return true;
  }
  if (line.size() < kTime || std::string_view(" \t)]}>").find(line.front()) != std::string_view::npos) {
    return false;
  }
  const std::size_t last = std::min(line.size(), kTimeWithin) - kTime;
  for (std::size_t i = 0; i <= last; ++i) {
    if (line[i + 2] == ':' && is_time_of_day(line.data() + i)) {
      return true;
    }
  }
  return false;
}

std::optional<Recognition> other_container_at(const Container& own, const LinePrefix& prefix, const Surroundings& around) {
  const std::string text = prefix.empty() ? std::string(around.ahead) : text_behind(prefix, around.ahead);
  std::string_view rest = text;
  const std::string_view line = take_line(rest);
  const bool array = line.starts_with(kArray);
  const Container* other = other_for(own, array ? text : line);
  if (other == nullptr) {
    return std::nullopt;
  }
  const Before before = look_before(own, prefix, around.before);
  const Ahead ahead = look_ahead(own, *other, text, around.complete);
  const std::size_t needed = before.record || before.blank ? 2 : 3;
  const bool goes_on = !ahead.resumed && ahead.records >= needed;
  const bool stands_apart = before.blank && ahead.blank_before_resumed && ahead.records >= 3;
  if (!before.banner && !goes_on && !stands_apart && !array) {
    return std::nullopt;
  }
  Recognition out;
  out.chosen = other;
  out.candidates.push_back({other, other->sniff(text, around.complete)});
  out.prefix = prefix;
  return out;
}

}  // namespace uptrail
