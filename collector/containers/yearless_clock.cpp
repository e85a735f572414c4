#include "collector/containers/yearless_clock.h"

#include <algorithm>

namespace uptrail {

namespace {

constexpr std::int64_t kDay = hours(24).ns;
constexpr std::int64_t kStart = 730 * kDay;  // 1972-01-01
constexpr std::int64_t kLeapDay = 59;        // 29 February
constexpr std::int64_t kHalfYear = 183;

}  // namespace

bool YearlessReader::read(HeaderScan& in, YearlessStamp& out) {
  HeaderScan probe = in;
  const int month = eat_month(probe);
  if (month == 0 || !probe.eat(' ')) {
    return false;
  }
  probe.eat(' ');
  int day = probe.digits(2);
  day = day < 0 ? probe.digits(1) : day;
  std::int64_t of_day = 0;
  if (day < 0 || !probe.eat(' ') || !StampReader::time_of_day(probe, of_day)) {
    return false;
  }
  const std::string_view used = in.rest().substr(0, in.rest().size() - probe.rest().size());
  out.whole_seconds = used.find('.') == std::string_view::npos;
  in = probe;
  const int key = month * 100 + day;
  if (key != day_key_) {
    const auto midnight = to_time({1972, month, day, 0, 0, 0, 0});
    day_key_ = key;
    day_ns_ = midnight ? std::optional(midnight->ns) : std::nullopt;
  }
  out.in_1972 = day_ns_ ? std::optional(TimeNs{*day_ns_ + of_day}) : std::nullopt;
  return true;
}

bool YearlessReader::begins(std::string_view line) {
  constexpr std::string_view kShape = "Mmm dd dd:dd:dd";
  constexpr std::size_t kLeast = 6;  // less could be any word
  HeaderScan in(line);
  if (line.size() < kLeast || eat_month(in) == 0) {
    return false;
  }
  for (std::size_t i = 3; i < std::min(line.size(), kShape.size()); ++i) {
    const bool fits = kShape[i] != 'd' ? line[i] == kShape[i] : is_ascii_digit(line[i]) || (i == 4 && line[i] == ' ');
    if (!fits) {
      return false;
    }
  }
  return true;
}

// Days from 1 January of year 0 to day `day` of `year`, the current one or the one before.
std::int64_t YearlessClock::at(int year, std::int64_t day) const {
  if (year < year_) {
    return year_start_ - (366 - day);
  }
  return year_start_ + day - (common_ && day > kLeapDay ? 1 : 0);
}

void YearlessClock::look_at_february(std::int64_t from, std::int64_t to) {
  if (to == kLeapDay && !common_) {
    leap_ = true;
    leap_year_ = leap_year_ ? leap_year_ : year_;
  } else if (from < kLeapDay && to > kLeapDay && !leap_) {
    common_ = true;
    common_year_ = common_year_ ? common_year_ : year_;
  }
}

TimeNs YearlessClock::place(TimeNs in_1972) {
  const std::int64_t since = in_1972.ns - kStart;
  const std::int64_t day = since / kDay;
  const std::int64_t of_day = since % kDay;
  const auto placed = [&](int year) { return TimeNs{kStart + at(year, day) * kDay + of_day}; };
  if (!last_) {
    look_at_february(day, day);
  } else if (day < last_day_ - kHalfYear) {
    year_start_ += common_ ? 365 : 366;
    ++year_;
    leap_ = false;
    common_ = false;
    look_at_february(-1, day);
  } else if (day > last_day_ + kHalfYear && placed(year_ - 1) > *last_ - nanoseconds(kDay)) {
    return placed(year_ - 1);  // a late line of the year before
  } else {
    look_at_february(last_day_, day);
  }
  last_day_ = day;
  last_ = placed(year_);
  return *last_;
}

}  // namespace uptrail
