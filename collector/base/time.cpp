#include "collector/base/time.h"

#include <array>
#include <cmath>
#include <cstdio>

namespace uptrail {

namespace {

constexpr std::int64_t kNsPerSecond = 1'000'000'000;
constexpr std::int64_t kSecondsPerDay = 86'400;

// Howard Hinnant's public-domain civil-day algorithms.
constexpr std::int64_t days_from_civil(std::int64_t y, unsigned m, unsigned d) {
  y -= m <= 2 ? 1 : 0;
  const std::int64_t era = (y >= 0 ? y : y - 399) / 400;
  const auto yoe = static_cast<unsigned>(y - era * 400);
  const unsigned doy = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;
  const unsigned doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
  return era * 146'097 + static_cast<std::int64_t>(doe) - 719'468;
}

int days_in_month(int year, int month) {
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays[static_cast<std::size_t>(month - 1)];
}

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

// Reads exactly `count` digits.
std::optional<int> digits_at(std::string_view s, std::size_t at, std::size_t count) {
  if (at + count > s.size()) {
    return std::nullopt;
  }
  int v = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (s[i] < '0' || s[i] > '9') {
      return std::nullopt;
    }
    v = v * 10 + (s[i] - '0');
  }
  return v;
}

std::string fraction(std::int64_t nanos, int digits) {
  if (digits <= 0) {
    return {};
  }
  std::array<char, 16> buf{};
  std::snprintf(buf.data(), buf.size(), ".%09lld", static_cast<long long>(nanos));
  return std::string(buf.data(), static_cast<std::size_t>(std::min(digits, 9)) + 1);
}

// Zone text at `at`: "", "Z", "+hhmm", "+hh:mm", each optionally after one blank. Returns false when it is none of them.
bool parse_zone(std::string_view s, std::optional<int>& offset) {
  if (!s.empty() && s.front() == ' ') {
    s.remove_prefix(1);
  }
  if (s.empty()) {
    return true;
  }
  if (s == "Z") {
    offset = 0;
    return true;
  }
  if (s.front() != '+' && s.front() != '-') {
    return false;
  }
  const auto hh = digits_at(s, 1, 2);
  const bool colon = s.size() == 6 && s[3] == ':';
  const auto mm = digits_at(s, colon ? 4 : 3, 2);
  if (!hh || !mm || s.size() != (colon ? 6U : 5U) || *hh > 15 || *mm > 59) {
    return false;
  }
  offset = (*hh * 60 + *mm) * (s.front() == '-' ? -1 : 1);
  return true;
}

}  // namespace

DurationNs from_seconds(double s) {
  if (std::isnan(s)) {
    return {0};
  }
  const double ns = std::round(s * 1e9);
  if (ns >= 9.2233720368547748e18) {
    return {std::numeric_limits<std::int64_t>::max()};
  }
  if (ns <= -9.2233720368547748e18) {
    return {std::numeric_limits<std::int64_t>::min()};
  }
  return {static_cast<std::int64_t>(ns)};
}

namespace {
template <class Intervals>
auto first_ending_after(Intervals& all, TimeNs t) {
  return std::partition_point(all.begin(), all.end(), [t](const Interval& a) { return a.end <= t; });
}
}  // namespace

void IntervalSet::add(Interval i) {
  if (i.empty()) {
    return;
  }
  // Most sets grow at their end.
  if (intervals_.empty() || i.start > intervals_.back().end) {
    intervals_.push_back(i);
    return;
  }
  if (i.start >= intervals_.back().start) {
    intervals_.back().end = std::max(intervals_.back().end, i.end);
    return;
  }
  auto first =
      std::lower_bound(intervals_.begin(), intervals_.end(), i.start, [](const Interval& a, TimeNs t) { return a.end < t; });
  auto last = first;
  while (last != intervals_.end() && last->start <= i.end) {
    i.start = std::min(i.start, last->start);
    i.end = std::max(i.end, last->end);
    ++last;
  }
  first = intervals_.erase(first, last);
  intervals_.insert(first, i);
}

void IntervalSet::subtract(Interval i) {
  if (i.empty()) {
    return;
  }
  const auto first = first_ending_after(intervals_, i.start);
  auto last = first;
  std::vector<Interval> kept;
  for (; last != intervals_.end() && last->start < i.end; ++last) {
    const Interval left{last->start, std::min(last->end, i.start)};
    const Interval right{std::max(last->start, i.end), last->end};
    if (!left.empty()) {
      kept.push_back(left);
    }
    if (!right.empty()) {
      kept.push_back(right);
    }
  }
  intervals_.insert(intervals_.erase(first, last), kept.begin(), kept.end());
}

bool IntervalSet::covers(Interval i) const {
  const auto it =
      std::lower_bound(intervals_.begin(), intervals_.end(), i.start, [](const Interval& a, TimeNs t) { return a.end < t; });
  // Two neighbours may both touch i.start only if they touch each other, which add() has merged.
  return it != intervals_.end() && it->start <= i.start && i.end <= it->end;
}

bool IntervalSet::intersects(Interval i) const {
  const auto it = first_ending_after(intervals_, i.start);
  return it != intervals_.end() && it->overlaps(i);
}

DurationNs IntervalSet::measure(Interval i) const {
  DurationNs sum{0};
  for (auto it = first_ending_after(intervals_, i.start); it != intervals_.end() && it->start < i.end; ++it) {
    sum = sum + intersect(*it, i).length();
  }
  return sum;
}

std::optional<TimeNs> to_time(const CivilTime& c) {
  if (c.year < 1 || c.year > 9999 || c.month < 1 || c.month > 12 || c.day < 1 || c.day > days_in_month(c.year, c.month) ||
      c.hour < 0 || c.hour > 23 || c.minute < 0 || c.minute > 59 || c.second < 0 || c.second > 60 || c.nanos < 0 ||
      c.nanos >= kNsPerSecond) {
    return std::nullopt;
  }
  const std::int64_t days = days_from_civil(c.year, static_cast<unsigned>(c.month), static_cast<unsigned>(c.day));
  const std::int64_t secs = days * kSecondsPerDay + c.hour * 3600 + c.minute * 60 + c.second;
  std::int64_t ns = 0;
  if (__builtin_mul_overflow(secs, kNsPerSecond, &ns) || __builtin_add_overflow(ns, c.nanos, &ns)) {
    return std::nullopt;
  }
  return TimeNs{ns};
}

CivilTime to_civil(TimeNs t) {
  const std::int64_t secs = floor_div(t.ns, kNsPerSecond);
  std::int64_t z = floor_div(secs, kSecondsPerDay);
  const std::int64_t in_day = secs - z * kSecondsPerDay;
  CivilTime c;
  c.nanos = t.ns - secs * kNsPerSecond;
  c.hour = static_cast<int>(in_day / 3600);
  c.minute = static_cast<int>(in_day / 60 % 60);
  c.second = static_cast<int>(in_day % 60);
  z += 719'468;
  const std::int64_t era = floor_div(z, 146'097);
  const std::int64_t doe = z - era * 146'097;
  const std::int64_t yoe = (doe - doe / 1460 + doe / 36'524 - doe / 146'096) / 365;
  const std::int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  const std::int64_t mp = (5 * doy + 2) / 153;
  c.day = static_cast<int>(doy - (153 * mp + 2) / 5 + 1);
  c.month = static_cast<int>(mp < 10 ? mp + 3 : mp - 9);
  c.year = static_cast<int>(yoe + era * 400 + (c.month <= 2 ? 1 : 0));
  return c;
}

std::string format_iso(TimeNs utc, int digits, int offset_minutes) {
  const CivilTime c = to_civil(utc + minutes(offset_minutes));
  std::array<char, 48> buf{};
  std::snprintf(buf.data(), buf.size(), "%04d-%02d-%02dT%02d:%02d:%02d", c.year, c.month, c.day, c.hour, c.minute, c.second);
  std::string out = buf.data() + fraction(c.nanos, digits);
  if (offset_minutes == 0) {
    return out + "Z";
  }
  const int a = std::abs(offset_minutes);
  std::snprintf(buf.data(), buf.size(), "%c%02d:%02d", offset_minutes < 0 ? '-' : '+', a / 60, a % 60);
  return out + buf.data();
}

std::string format_clock(TimeNs utc, int digits, int offset_minutes) {
  const CivilTime c = to_civil(utc + minutes(offset_minutes));
  std::array<char, 32> buf{};
  std::snprintf(buf.data(), buf.size(), "%02d:%02d:%02d", c.hour, c.minute, c.second);
  return buf.data() + fraction(c.nanos, digits);
}

std::string format_duration(DurationNs d) {
  if (d.ns < 0) {
    return "-" + format_duration({detail::sat_sub(0, d.ns)});
  }
  std::array<char, 64> buf{};
  const auto print = [&](const char* format, auto... v) {
    std::snprintf(buf.data(), buf.size(), format, v...);
    return std::string(buf.data());
  };
  const auto whole = static_cast<long long>((d.ns + kNsPerSecond / 2) / kNsPerSecond);
  if (d.ns < 1'000'000) {
    return d.ns < 1000 ? print("%lld ns", static_cast<long long>(d.ns)) : print("%lld us", static_cast<long long>(d.ns / 1000));
  }
  if (d.ns < kNsPerSecond) {
    return print("%lld ms", static_cast<long long>(d.ns / 1'000'000));
  }
  if (d.ns < 10 * kNsPerSecond) {
    return print("%.1f s", d.seconds());
  }
  if (whole < 60) {
    return print("%lld s", whole);
  }
  if (whole < 3600) {
    return print("%lld min %lld s", whole / 60, whole % 60);
  }
  if (whole < kSecondsPerDay) {
    return print("%lld h %02lld min", whole / 3600, whole / 60 % 60);
  }
  return print("%lld d %lld h", whole / kSecondsPerDay, whole / 3600 % 24);
}

std::optional<ParsedTime> parse_iso(std::string_view s) {
  CivilTime c;
  const auto year = digits_at(s, 0, 4), month = digits_at(s, 5, 2), day = digits_at(s, 8, 2);
  const auto hour = digits_at(s, 11, 2), minute = digits_at(s, 14, 2), second = digits_at(s, 17, 2);
  if (!year || !month || !day || !hour || !minute || !second || s[4] != '-' || s[7] != '-' || (s[10] != 'T' && s[10] != ' ') ||
      s[13] != ':' || s[16] != ':') {
    return std::nullopt;
  }
  c.year = *year, c.month = *month, c.day = *day, c.hour = *hour, c.minute = *minute, c.second = *second;
  std::size_t at = 19;
  if (at < s.size() && (s[at] == '.' || s[at] == ',')) {
    std::int64_t scale = kNsPerSecond / 10;
    for (++at; at < s.size() && s[at] >= '0' && s[at] <= '9'; ++at, scale /= 10) {
      if (scale == 0) {
        return std::nullopt;
      }
      c.nanos += (s[at] - '0') * scale;
    }
  }
  ParsedTime out{};
  if (!parse_zone(s.substr(at), out.offset_minutes)) {
    return std::nullopt;
  }
  const auto t = to_time(c);
  if (!t) {
    return std::nullopt;
  }
  out.time = *t - minutes(out.offset_minutes.value_or(0));
  return out;
}

}  // namespace uptrail
