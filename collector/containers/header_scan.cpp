#include "collector/containers/header_scan.h"

#include <algorithm>
#include <cstring>

#include "collector/base/text.h"
#include "collector/containers/prefix_memo.h"

namespace uptrail {

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kHour = 3600 * kSecond;
constexpr std::size_t kLongestName = 128;  // of a library, subsystem or category

constexpr std::array<bool, 256> kNameChars = [] {
  std::array<bool, 256> out{};
  for (const char c : std::string_view("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ._-+")) {
    out[static_cast<unsigned char>(c)] = true;
  }
  return out;
}();
bool is_name_char(char c) { return kNameChars[static_cast<unsigned char>(c)]; }

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

// ":41:03.123456" behind the hour.
bool take_minutes(HeaderScan& in, std::int64_t& ns) {
  const bool first = in.eat(':');
  const int minute = in.digits(2);
  const bool second_colon = in.eat(':');
  const int second = in.digits(2);
  if (!first || !second_colon || minute < 0 || minute > 59 || second < 0 || second > 60) {
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
  ns = (minute * 60LL + second) * kSecond + fraction;
  return true;
}

}  // namespace

bool StampReader::time_of_day(HeaderScan& in, std::int64_t& ns) {
  const int hour = in.digits(2);
  if (hour < 0 || hour > 23 || !take_minutes(in, ns)) {
    return false;
  }
  ns += hour * kHour;
  return true;
}

bool StampReader::time_of_day_12(HeaderScan& in, std::int64_t& ns) {
  HeaderScan probe = in;
  int hour = probe.digits(2);
  if (hour < 0) {
    hour = probe.digits(1);
  }
  std::int64_t of_hour = 0;
  if (hour < 1 || hour > 12 || !take_minutes(probe, of_hour)) {
    return false;
  }
  for (const std::string_view blank : {" ", "\xE2\x80\xAF", "\xC2\xA0"}) {  // U+202F, U+00A0
    if (probe.rest().starts_with(blank)) {
      probe.skip(blank.size());
      break;
    }
  }
  const bool pm = probe.peek() == 'P' || probe.peek() == 'p';
  if (!pm && probe.peek() != 'A' && probe.peek() != 'a') {
    return false;
  }
  probe.skip(1);
  if (!probe.eat('M') && !probe.eat('m')) {
    return false;
  }
  in = probe;
  ns = (hour % 12 + (pm ? 12 : 0)) * kHour + of_hour;
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

namespace {

constexpr std::size_t kZoneAt = 26;

// Are the eight bytes at `text` digits where `shape` has a 0, and the same as it elsewhere? All at once: a digit differs from '0'
// in its lower four bits only, by at most 9.
bool has_digits(const char* text, std::string_view shape) {
  std::uint64_t differs = 0;
  std::uint64_t bytes = 0;
  std::uint64_t fixed = 0;
  std::array<char, sizeof fixed> fixed_bytes{};
  for (std::size_t i = 0; i < fixed_bytes.size(); ++i) {
    fixed_bytes[i] = shape[i] == '0' ? '\0' : '\xFF';
  }
  std::memcpy(&bytes, text, sizeof bytes);
  std::memcpy(&differs, shape.data(), sizeof differs);
  std::memcpy(&fixed, fixed_bytes.data(), sizeof fixed);
  differs ^= bytes;
  constexpr std::uint64_t kHigh = 0xF0F0F0F0F0F0F0F0ULL;
  constexpr std::uint64_t kSixes = 0x0606060606060606ULL;
  return ((differs | (differs + kSixes)) & kHigh) == 0 && (differs & fixed) == 0;
}

}  // namespace

void StampReader::remember(std::string_view text, std::size_t used, const Stamp& stamp) {
  last_zone_minutes_.reset();
  if (used == kUsualSize && text[19] == '.' && (text[kZoneAt] == '+' || text[kZoneAt] == '-') && stamp.zone_minutes && day_ns_ &&
      !__builtin_sub_overflow(*day_ns_, *stamp.zone_minutes * 60 * kSecond, &last_midnight_)) {
    std::copy_n(text.begin(), last_day_.size(), last_day_.begin());
    std::copy_n(text.begin() + kZoneAt, last_zone_.size(), last_zone_.begin());
    last_zone_minutes_ = stamp.zone_minutes;
  }
}

// Day and zone are those of the last line, to the letter: only the digits between them have to be read.
bool StampReader::like_the_last(HeaderScan& in, Stamp& out) const {
  const std::string_view text = in.rest();
  if (!last_zone_minutes_ || text.size() < kUsualSize || !equal_bytes(text.data(), last_day_.data(), last_day_.size()) ||
      text[kZoneAt] != last_zone_[0] || std::memcmp(text.data() + kZoneAt + 1, last_zone_.data() + 1, 4) != 0) {
    return false;
  }
  if (!has_digits(text.data() + 11, "00:00:00") || !has_digits(text.data() + 18, "0.000000")) {
    return false;
  }
  const auto digit = [text](std::size_t i) { return static_cast<unsigned>(text[i] - '0'); };
  const unsigned hour = digit(11) * 10 + digit(12);
  const unsigned minute = digit(14) * 10 + digit(15);
  const unsigned second = digit(17) * 10 + digit(18);
  if (hour > 23 || minute > 59 || second > 60) {
    return false;
  }
  unsigned micros = 0;
  for (std::size_t i = 20; i < kZoneAt; ++i) {
    micros = micros * 10 + digit(i);
  }
  const std::int64_t of_day = (hour * 3600LL + minute * 60LL + second) * kSecond + micros * 1000LL;
  std::int64_t ns = 0;
  if (__builtin_add_overflow(last_midnight_, of_day, &ns)) {
    return false;
  }
  in.skip(kUsualSize);
  out.time = TimeNs{ns};
  out.zone_minutes = last_zone_minutes_;
  return true;
}

bool StampReader::date_time(HeaderScan& in, Stamp& out) {
  if (like_the_last(in, out)) {
    return true;
  }
  const std::string_view text = in.rest();
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
  remember(text, text.size() - in.rest().size(), out);
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

int eat_month(HeaderScan& in) {
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const std::string_view word = in.rest().substr(0, 3);
  if (word.size() < 3) {
    return 0;
  }
  for (std::size_t at = 0; at < kMonths.size(); at += 3) {
    if (kMonths.substr(at, 3) == word) {
      in.skip(3);
      return static_cast<int>(at / 3) + 1;
    }
  }
  return 0;
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
