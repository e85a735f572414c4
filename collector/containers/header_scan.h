// Reading the headers of `log` styles: bounded, without allocation, without locale.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "collector/base/time.h"
#include "collector/model/record.h"

namespace uptrail {

constexpr bool is_ascii_digit(char c) { return static_cast<unsigned char>(c - '0') < 10; }

// A position in a line; every read is checked against its end.
class HeaderScan {
 public:
  explicit HeaderScan(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}
  [[nodiscard]] bool at_end() const { return at_ == end_; }
  [[nodiscard]] char peek() const { return at_ < end_ ? *at_ : '\0'; }
  [[nodiscard]] std::string_view rest() const { return {at_, static_cast<std::size_t>(end_ - at_)}; }
  void skip(std::size_t n) { at_ += n < rest().size() ? n : rest().size(); }
  bool eat(char c) {
    if (peek() != c || at_end()) {
      return false;
    }
    ++at_;
    return true;
  }
  std::size_t eat_blanks() {
    const char* from = at_;
    while (at_ < end_ && *at_ == ' ') {
      ++at_;
    }
    return static_cast<std::size_t>(at_ - from);
  }
  // Exactly `n` digits (at most 9); -1: they are not there.
  int digits(std::size_t n) {
    if (rest().size() < n) {
      return -1;
    }
    int v = 0;
    for (std::size_t i = 0; i < n; ++i) {
      if (!is_ascii_digit(at_[i])) {
        return -1;
      }
      v = v * 10 + (at_[i] - '0');
    }
    at_ += n;
    return v;
  }
  // 1 to 18 digits.
  std::optional<std::int64_t> number() {
    std::int64_t v = 0;
    const char* from = at_;
    while (at_ < end_ && is_ascii_digit(*at_) && at_ - from < 18) {
      v = v * 10 + (*at_++ - '0');
    }
    return at_ == from || is_ascii_digit(peek()) ? std::nullopt : std::optional(v);
  }
  // Everything up to the next blank or the end.
  std::string_view word() {
    const char* from = at_;
    while (at_ < end_ && *at_ != ' ') {
      ++at_;
    }
    return {from, static_cast<std::size_t>(at_ - from)};
  }

 private:
  const char* at_;
  const char* end_;
};

// What a printed time says. `ns` is UTC when a zone was there, else as if the clock showed UTC; nullopt: outside 64 bits, or no
// such day.
struct Stamp {
  std::optional<TimeNs> time;
  std::optional<int> zone_minutes;
};

// Reads "2026-11-18 14:41:03.123456+0100" and remembers the last day, because it hardly changes from line to line.
class StampReader {
 public:
  // False: the text is not of that shape. The zone is optional; a blank may stand before it when `blank_zone`.
  bool date_time(HeaderScan& in, Stamp& out);
  // "14:41:03.123456+0100" or "14:41:03.123456 +0100": nanoseconds after local midnight.
  static bool time_of_day(HeaderScan& in, std::int64_t& ns);
  // "11:12:53.117 AM", "1:02:03 pm": the same of a 12-hour clock; 12 AM is midnight, 12 PM noon. The blank before the half may be
  // missing or one of those that do not break (newer systems print them). Hours 1 to 12.
  static bool time_of_day_12(HeaderScan& in, std::int64_t& ns);
  // "+0100", "+01:00" or "Z"
  static std::optional<int> zone(HeaderScan& in);
  // May `line`, cut off by the end of the input, be the beginning of a date and time?
  static bool begins(std::string_view line);

  // "2026-11-18 14:41:03.123456+0100"
  static constexpr std::size_t kUsualSize = 31;
  // date_time() for a text of the usual shape whose day and zone are those of the one before, to the letter; false: read it so.
  bool like_the_last(HeaderScan& in, Stamp& out) const;
  // Was the last that date_time() read of the usual shape?
  [[nodiscard]] bool last_was_usual() const { return last_zone_minutes_.has_value(); }

 private:
  void remember(std::string_view text, std::size_t used, const Stamp& stamp);

  int day_key_ = -1;
  std::optional<std::int64_t> day_ns_;
  std::array<char, 11> last_day_{};  // "2026-11-18 " and
  std::array<char, 5> last_zone_{};  // "+0100" of the last line, when it had the usual shape
  std::optional<int> last_zone_minutes_;
  std::int64_t last_midnight_ = 0;  // UTC of that day in that zone
};

// "Jan" to "Dec": 1 to 12, taken off; 0: none of them stands there.
int eat_month(HeaderScan& in);
// "(Library) " at the front of a message.
std::string_view take_library(std::string_view& message);
// "[subsystem:category] " at the front of a message; the category may be empty.
bool take_subsystem(std::string_view& message, std::string_view& subsystem, std::string_view& category);
// The two columns in which the compact style prints a type: a capital letter and a small one or a blank.
constexpr bool is_compact_type(std::string_view type) {
  return type.size() == 2 && type[0] >= 'A' && type[0] <= 'Z' && (type[1] == ' ' || (type[1] >= 'a' && type[1] <= 'z'));
}
LogLevel level_of(std::string_view type);  // "Default", "Error", … in any case

}  // namespace uptrail
