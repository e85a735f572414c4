#include "collector/containers/header_scan.h"

#include <algorithm>

#include "collector/base/text.h"

namespace uptrail {

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::size_t kLongestName = 128;  // of a library, subsystem or category

bool is_name_char(char c) {
  return is_ascii_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' || c == '-' || c == '+';
}

// What stands behind a tag is a blank, a line end or nothing; it is taken off.
bool take_gap(std::string_view& rest) {
  if (rest.empty()) {
    return true;
  }
  if (rest.front() != ' ' && rest.front() != '\n' && rest.front() != '\r') {
    return false;
  }
  rest.remove_prefix(rest.starts_with("\r\n") ? 2 : 1);
  return true;
}

}  // namespace

bool StampReader::time_of_day(HeaderScan& in, std::int64_t& ns) {
  const int hour = in.digits(2);
  const bool first = in.eat(':');
  const int minute = in.digits(2);
  const bool second_colon = in.eat(':');
  const int second = in.digits(2);
  if (!first || !second_colon || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) {
    return false;
  }
  std::int64_t fraction = 0;
  if (in.eat('.')) {
    std::int64_t scale = kSecond;
    while (is_ascii_digit(in.peek()) && scale > 1) {
      scale /= 10;
      fraction += (in.peek() - '0') * scale;
      in.skip(1);
    }
    if (scale == kSecond) {
      return false;
    }
  }
  ns = (hour * 3600LL + minute * 60LL + second) * kSecond + fraction;
  return true;
}

std::optional<int> StampReader::zone(HeaderScan& in) {
  if (in.eat('Z')) {
    return 0;
  }
  HeaderScan probe = in;
  const bool minus = probe.peek() == '-';
  if (!probe.eat('+') && !probe.eat('-')) {
    return std::nullopt;
  }
  const int hours = probe.digits(2);
  probe.eat(':');
  const int minutes = probe.digits(2);
  if (hours < 0 || hours > 18 || minutes < 0 || minutes > 59) {
    return std::nullopt;
  }
  in = probe;
  return minus ? -(hours * 60 + minutes) : hours * 60 + minutes;
}

bool StampReader::date_time(HeaderScan& in, Stamp& out) {
  const int year = in.digits(4);
  const bool first = in.eat('-');
  const int month = in.digits(2);
  const bool second = in.eat('-');
  const int day = in.digits(2);
  std::int64_t of_day = 0;
  if (!first || !second || year < 0 || month < 0 || day < 0 || !in.eat(' ') || !time_of_day(in, of_day)) {
    return false;
  }
  const int key = (year * 100 + month) * 100 + day;
  if (key != day_key_) {
    const auto midnight = to_time({year, month, day, 0, 0, 0, 0});
    day_key_ = key;
    day_ns_ = midnight ? std::optional(midnight->ns) : std::nullopt;
  }
  out.zone_minutes = zone(in);
  out.time.reset();
  std::int64_t ns = 0;
  if (day_ns_ && !__builtin_add_overflow(*day_ns_, of_day - out.zone_minutes.value_or(0) * 60 * kSecond, &ns)) {
    out.time = TimeNs{ns};
  }
  return true;
}

bool StampReader::begins(std::string_view line) {
  constexpr std::string_view kShape = "dddd-dd-dd dd:dd:dd.";
  constexpr std::size_t kLeast = 5;  // less could be any number
  if (line.size() < kLeast) {
    return false;
  }
  for (std::size_t i = 0; i < std::min(line.size(), kShape.size()); ++i) {
    if (kShape[i] == 'd' ? !is_ascii_digit(line[i]) : line[i] != kShape[i]) {
      return false;
    }
  }
  return true;
}

std::string_view take_library(std::string_view& message) {
  if (!message.starts_with('(')) {
    return {};
  }
  const std::size_t most = std::min(message.size(), kLongestName);
  std::size_t end = 1;
  while (end < most && is_name_char(message[end])) {
    ++end;
  }
  std::string_view rest = message.substr(std::min(end + 1, message.size()));
  if (end == 1 || end >= most || message[end] != ')' || !take_gap(rest)) {
    return {};
  }
  const std::string_view library = message.substr(1, end - 1);
  message = rest;
  return library;
}

bool take_subsystem(std::string_view& message, std::string_view& subsystem, std::string_view& category) {
  if (!message.starts_with('[')) {
    return false;
  }
  const std::size_t most = std::min(message.size(), 2 * kLongestName);
  std::size_t colon = 1;
  while (colon < most && is_name_char(message[colon])) {
    ++colon;
  }
  if (colon == 1 || colon >= most || message[colon] != ':' || is_ascii_digit(message[1])) {
    return false;
  }
  std::size_t end = colon + 1;
  bool only_digits = true;
  while (end < most && message[end] != ']' && message[end] != '[' && message[end] != '\n') {
    only_digits = only_digits && is_ascii_digit(message[end]);
    ++end;
  }
  // "[C4:2] ..." is a connection number, not a category.
  if (end >= most || message[end] != ']' || (only_digits && end > colon + 1)) {
    return false;
  }
  std::string_view rest = message.substr(end + 1);
  if (!take_gap(rest)) {
    return false;
  }
  subsystem = message.substr(1, colon - 1);
  category = message.substr(colon + 1, end - colon - 1);
  message = rest;
  return true;
}

LogLevel level_of(std::string_view type) {
  struct Name {
    std::string_view text;
    LogLevel level;
  };
  constexpr std::array<Name, 8> kNames = {{{"default", LogLevel::standard},
                                           {"info", LogLevel::info},
                                           {"debug", LogLevel::debug},
                                           {"error", LogLevel::error},
                                           {"fault", LogLevel::fault},
                                           {"standard", LogLevel::standard},
                                           {"fehler", LogLevel::error},
                                           {"notice", LogLevel::standard}}};
  for (const Name& name : kNames) {
    if (name.text.size() == type.size() && std::equal(type.begin(), type.end(), name.text.begin(), [](char a, char b) {
          return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + 32) : a) == b;
        })) {
      return name.level;
    }
  }
  return LogLevel::unknown;
}

}  // namespace uptrail
