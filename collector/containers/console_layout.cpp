#include "collector/containers/console_layout.h"

#include <algorithm>
#include <vector>

#include "collector/base/text.h"
#include "collector/containers/sniff.h"

namespace uptrail {

namespace {

constexpr std::int64_t kHour = 3'600'000'000'000;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::int64_t kNewDay = 6 * kHour;  // a smaller step back is disorder
constexpr std::size_t kLongestType = 48;     // bytes; not every language has short ones
constexpr std::size_t kMostExtra = 5;

std::string_view column(std::string_view line, std::size_t n) {
  for (; n > 0; --n) {
    const std::size_t tab = line.find('\t');
    if (tab == std::string_view::npos) {
      return {};
    }
    line.remove_prefix(tab + 1);
  }
  return line.substr(0, line.find('\t'));
}

// What may stand in a column of its own: a short word without blanks, or nothing.
bool is_extra_column(std::string_view text) {
  return text.size() <= 64 && text.find_first_of(" <>()[]{}\"'") == std::string_view::npos;
}

bool is_time_first(std::string_view line) {
  return is_console_type(column(line, 0)) && console_time(column(line, 1)).has_value() && !column(line, 2).empty();
}

bool is_time_last(std::string_view line) {
  const std::size_t tab = line.rfind('\t');
  return tab != std::string_view::npos && console_time(line.substr(tab + 1)).has_value();
}

// Columns that every one of `lines` has between process (at `at` - 1) and message.
std::size_t extra_columns(const std::vector<std::string_view>& lines, std::size_t at, std::size_t behind) {
  std::size_t extra = 0;
  while (extra < kMostExtra && std::all_of(lines.begin(), lines.end(), [&](std::string_view line) {
           const auto tabs = static_cast<std::size_t>(std::count(line.begin(), line.end(), '\t'));
           return tabs >= at + extra + 1 + behind && is_extra_column(column(line, at + extra));
         })) {
    ++extra;
  }
  return extra;
}

}  // namespace

bool is_console_type(std::string_view word) {
  return !word.empty() && word.size() <= kLongestType &&
         word.find_first_of("0123456789:<>[](){}=/\"") == std::string_view::npos && word.front() != ' ';
}

std::optional<ConsoleTime> console_time(std::string_view text) {
  HeaderScan in(text);
  ConsoleTime out;
  if (!is_ascii_digit(in.peek()) || !StampReader::time_of_day(in, out.utc_ns)) {
    return std::nullopt;
  }
  in.eat(' ');
  const auto zone = StampReader::zone(in);
  if (!zone || !in.at_end()) {
    return std::nullopt;
  }
  out.zone_minutes = *zone;
  out.utc_ns -= *zone * (kHour / 60);
  return out;
}

namespace {

// The records of the time-last layout: where they begin, and those of one line.
struct TimeLastLines {
  std::vector<std::string_view> whole;  // records of one line
  std::vector<std::string_view> first;  // first lines of the others
  std::size_t before = 0;
  [[nodiscard]] std::size_t starts() const { return whole.size() + first.size(); }
  [[nodiscard]] std::size_t extra() const { return whole.empty() ? extra_columns(first, 2, 0) : extra_columns(whole, 2, 1); }
};

TimeLastLines time_last_lines(const std::vector<std::string_view>& lines) {
  TimeLastLines out;
  bool fresh = true;  // the line before ended a record
  std::size_t began = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    began = fresh ? i : began;
    fresh = is_time_last(lines[i]);
    const std::string_view begin = lines[began];
    if (!fresh || !is_console_type(column(begin, 0)) || column(begin, 1).empty()) {
      continue;
    }
    out.before = out.starts() == 0 ? began : out.before;
    (began == i ? out.whole : out.first).push_back(begin);
  }
  return out;
}

}  // namespace

ConsoleLayout console_layout(std::string_view head, bool complete) {
  const auto lines = head_lines(head, complete, 200);
  std::vector<std::string_view> first;
  ConsoleLayout out;
  for (const std::string_view line : lines) {
    if (is_time_first(line)) {
      first.push_back(line);
    } else {
      out.before += first.empty() ? 1U : 0U;
    }
  }
  const TimeLastLines last = time_last_lines(lines);
  out.time_last = last.starts() > first.size();
  out.starts = std::max(first.size(), last.starts());
  out.before = out.time_last ? last.before : out.before;
  if (out.starts > 0) {
    out.extra = out.time_last ? last.extra() : extra_columns(first, 3, 0);
  }
  return out;
}

bool take_console_columns(std::string_view rest, std::size_t extra, Record& out) {
  const std::size_t tab = rest.find('\t');
  out.process = rest.substr(0, tab);
  if (out.process.empty() || out.process.find('\n') != std::string_view::npos) {
    return false;
  }
  rest.remove_prefix(tab == std::string_view::npos ? rest.size() : tab + 1);
  for (; extra > 0; --extra) {
    const std::size_t end = rest.find_first_of("\t\n");
    if (end == std::string_view::npos || rest[end] == '\n') {
      break;
    }
    const std::string_view value = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    if (const auto pid = parse_int(value); pid && !out.pid) {
      out.pid = pid;
    } else if (value.starts_with("0x")) {
      out.thread = out.thread.empty() ? value : out.thread;
    } else if (value.starts_with("com.") && out.subsystem.empty()) {
      out.subsystem = value;
    } else if (out.library.empty() && out.subsystem.empty()) {
      out.library = value;
    } else if (out.category.empty()) {
      out.category = value;
    }
  }
  out.message = rest;
  return true;
}

TimeNs ConsoleDays::place(TimeNs of_day) {
  if (last_ && of_day.ns < *last_ - kNewDay) {
    ++days_;
    last_ = of_day.ns;
  } else if (last_ && days_ > 0 && of_day.ns > *last_ + kDay - kHour) {
    return of_day + nanoseconds((days_ - 1) * kDay);  // a late line of the day before
  } else {
    last_ = of_day.ns;
  }
  return of_day + nanoseconds(days_ * kDay);
}

}  // namespace uptrail
