#include "collector/containers/stamp_shape.h"

#include <algorithm>
#include <array>

#include "collector/containers/app_log_tags.h"
#include "collector/containers/header_scan.h"

namespace uptrail {

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::size_t kMostLead = 3;
constexpr std::size_t kLongestLead = 24;  // of one word
constexpr std::string_view kNarrowBlank = "\xE2\x80\xAF";
constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool eat_text(HeaderScan& in, std::string_view text) {
  if (!in.rest().starts_with(text)) {
    return false;
  }
  in.skip(text.size());
  return true;
}

// One to `most` digits; -1: none, or more.
int digits_up_to(HeaderScan& in, std::size_t most) {
  std::size_t n = 0;
  while (n < in.rest().size() && is_ascii_digit(in.rest()[n])) {
    ++n;
  }
  return n == 0 || n > most ? -1 : in.digits(n);
}

int month_name(HeaderScan& in) {
  for (std::size_t i = 0; i < kMonths.size(); ++i) {
    if (in.rest().starts_with(kMonths[i])) {
      in.skip(3);
      while (is_letter(in.peek()) || in.peek() == '.') {
        in.skip(1);
      }
      return static_cast<int>(i) + 1;
    }
  }
  return -1;
}

// "Nov 18, 2026", "18 Nov 2026", "18-Nov-2026"
bool named_date(HeaderScan& in, PrintedStamp& out) {
  HeaderScan at = in;
  const bool month_first = is_letter(at.peek());
  out.first = month_first ? month_name(at) : digits_up_to(at, 2);
  const char mark = at.peek();
  if (out.first < 0 || !(at.eat(' ') || at.eat('-') || at.eat('/'))) {
    return false;
  }
  out.second = month_first ? digits_up_to(at, 2) : month_name(at);
  at.eat(',');
  if (out.second < 0 || !at.eat(mark)) {
    return false;
  }
  out.third = at.digits(4);
  if (out.third < 0) {
    return false;
  }
  out.shape.order = month_first ? DateOrder::mdy : DateOrder::dmy;
  out.shape.month_name = true;
  out.shape.date_mark = mark;
  in = at;
  return true;
}

// "2026-11-18", "18.11.2026", "11/18/26"
bool number_date(HeaderScan& in, PrintedStamp& out) {
  HeaderScan at = in;
  const std::size_t before = at.rest().size();
  out.first = digits_up_to(at, 4);
  const std::size_t width = before - at.rest().size();
  const char mark = at.peek();
  if (out.first < 0 || width == 3 || !(at.eat('-') || at.eat('/') || at.eat('.'))) {
    return false;
  }
  out.second = digits_up_to(at, 2);
  if (out.second < 0 || !at.eat(mark)) {
    return false;
  }
  const std::size_t third_at = at.rest().size();
  out.third = digits_up_to(at, 4);
  const std::size_t third_width = third_at - at.rest().size();
  if (out.third < 0 || (width == 4 ? third_width > 2 : third_width == 1 || third_width == 3)) {
    return false;
  }
  out.shape.order = width == 4 ? DateOrder::ymd : DateOrder::unsure;
  out.shape.date_mark = mark;
  in = at;
  return true;
}

// What stands between date and time.
bool take_join(HeaderScan& in, PrintedStamp& out) {
  if (eat_text(in, ", ") || eat_text(in, ",")) {
    out.shape.join = ',';
  } else if (eat_text(in, " at ")) {
    out.shape.join = 'a';
  } else if (in.eat('T')) {
    out.shape.join = 'T';
  } else if (in.eat(':')) {
    out.shape.join = ':';
  } else if (in.eat('_')) {
    out.shape.join = '_';
  } else if (in.eat_blanks() > 0) {
    out.shape.join = ' ';
  } else {
    return false;
  }
  return true;
}

// ".123456", ",123"; ":123" only with three or six digits
void take_fraction(HeaderScan& in, std::int64_t& ns) {
  HeaderScan at = in;
  const char mark = at.peek();
  if (!(at.eat('.') || at.eat(',') || at.eat(':'))) {
    return;
  }
  std::size_t n = 0;
  std::int64_t scale = kSecond;
  std::int64_t value = 0;
  for (; is_ascii_digit(at.peek()) && n < 9; ++n) {
    scale /= 10;
    value += (at.peek() - '0') * scale;
    at.skip(1);
  }
  if (n > 0 && !is_ascii_digit(at.peek()) && (mark != ':' || n == 3 || n == 6)) {
    ns += value;
    in = at;
  }
}

// 0: no AM or PM; else 'A' or 'P'.
char take_half_day(HeaderScan& in) {
  HeaderScan at = in;
  if (!eat_text(at, kNarrowBlank)) {
    at.eat(' ');
  }
  const char c = at.peek();
  const std::string_view two = at.rest().substr(0, 2);
  if (two != "AM" && two != "PM" && two != "am" && two != "pm") {
    return '\0';
  }
  at.skip(2);
  if (is_letter(at.peek()) || is_ascii_digit(at.peek())) {
    return '\0';
  }
  in = at;
  return c == 'a' || c == 'A' ? 'A' : 'P';
}

bool take_time(HeaderScan& in, PrintedStamp& out) {
  const std::size_t before = in.rest().size();
  int hour = digits_up_to(in, 2);
  const bool one_digit = before - in.rest().size() == 1;
  if (hour < 0 || !in.eat(':')) {
    return false;
  }
  const int minute = in.digits(2);
  if (minute < 0 || minute > 59 || !in.eat(':')) {
    return false;
  }
  const int second = in.digits(2);
  if (second < 0 || second > 60) {
    return false;
  }
  std::int64_t fraction = 0;
  take_fraction(in, fraction);
  const char half = take_half_day(in);
  out.shape.half_day = half != '\0';
  if (half != '\0') {
    if (hour < 1 || hour > 12) {
      return false;
    }
    hour = hour % 12 + (half == 'P' ? 12 : 0);
  }
  // "0:00:12" alone is a duration.
  if (hour > 23 || (one_digit && half == '\0' && out.shape.order == DateOrder::none)) {
    return false;
  }
  out.of_day = (hour * 3600LL + minute * 60LL + second) * kSecond + fraction;
  return true;
}

// Does a stamp end here?
bool ends_stamp(const HeaderScan& in) {
  return in.at_end() || std::string_view(" \t])>:|,;-").find(in.peek()) != std::string_view::npos;
}

std::optional<int> named_zone(HeaderScan& in) {
  if (!eat_text(in, "UTC") && !eat_text(in, "GMT")) {
    return std::nullopt;
  }
  if (in.peek() != '+' && in.peek() != '-') {
    return 0;
  }
  HeaderScan at = in;
  if (const auto zone = StampReader::zone(at)) {
    in = at;
    return zone;
  }
  const int sign = in.peek() == '-' ? -1 : 1;  // "GMT+1"
  in.skip(1);
  const int hours = digits_up_to(in, 2);
  return hours >= 0 && hours <= 18 ? std::optional(sign * hours * 60) : std::nullopt;
}

// Behind a blank a zone must look like one: "-1001" is an error code.
void take_zone(HeaderScan& in, PrintedStamp& out) {
  HeaderScan at = in;
  const bool blank = at.eat(' ');
  const bool named = at.peek() == 'U' || at.peek() == 'G';
  if (blank && at.peek() == 'Z') {
    return;
  }
  const auto zone = named ? named_zone(at) : StampReader::zone(at);
  if (!zone || !ends_stamp(at) || (blank && *zone % 15 != 0)) {
    return;
  }
  out.zone_minutes = zone;
  out.shape.zone = blank ? StampZone::after_blank : StampZone::attached;
  in = at;
}

std::optional<PrintedStamp> stamp_at(std::string_view text) {
  HeaderScan in(text);
  PrintedStamp out;
  const char open = in.peek();
  if (in.eat('[') || in.eat('(') || in.eat('<')) {
    out.shape.bracket = open;
    in.eat(' ');
  }
  const bool letter = is_letter(in.peek());
  if (!letter && !is_ascii_digit(in.peek())) {
    return std::nullopt;
  }
  const bool dated = (!letter && number_date(in, out)) || named_date(in, out);
  if ((letter && !dated) || (dated && !take_join(in, out))) {
    return std::nullopt;
  }
  if (!dated) {
    out.shape.order = DateOrder::none;
  }
  if (!take_time(in, out)) {
    return std::nullopt;
  }
  take_zone(in, out);
  if (!ends_stamp(in)) {
    return std::nullopt;
  }
  const char close = open == '[' ? ']' : open == '(' ? ')' : '>';
  if (out.shape.bracket != '\0') {
    in.eat(' ');
    in.eat(close);
  }
  out.rest = in.rest();
  return out;
}

}  // namespace

std::optional<PrintedStamp> find_stamp(std::string_view line) {
  if (line.empty() || line.front() == ' ' || line.front() == '\t') {
    return std::nullopt;
  }
  std::size_t at = 0;
  for (std::uint8_t lead = 0; lead <= kMostLead; ++lead) {
    if (auto found = stamp_at(line.substr(at))) {
      found->shape.lead = lead;
      found->lead = line.substr(0, at);
      return found;
    }
    const std::size_t end = line.substr(at, kLongestLead + 1).find(' ');
    // Anything else before a time is a date of another kind, a line number, or prose.
    if (end == std::string_view::npos || !is_word_before_time(line.substr(at, end))) {
      return std::nullopt;
    }
    at = std::min(line.find_first_not_of(' ', at + end), line.size());
  }
  return std::nullopt;
}

namespace {

// Whether first or second is the day.
void tell_day(const std::vector<PrintedStamp>& stamps, LearntStamps& out) {
  const auto distinct = [&](int PrintedStamp::*part) {
    std::array<bool, 100> seen{};
    for (const PrintedStamp& s : stamps) {
      seen.at(static_cast<std::size_t>(s.*part) % seen.size()) = true;
    }
    return std::count(seen.begin(), seen.end(), true);
  };
  const auto beyond = [&](int PrintedStamp::*part) {
    return std::any_of(stamps.begin(), stamps.end(), [&](const PrintedStamp& s) { return s.*part > 12; });
  };
  const auto firsts = distinct(&PrintedStamp::first);
  const auto seconds = distinct(&PrintedStamp::second);
  if (beyond(&PrintedStamp::first) || beyond(&PrintedStamp::second)) {
    out.order = beyond(&PrintedStamp::first) ? DateOrder::dmy : DateOrder::mdy;
  } else if (firsts != seconds) {
    out.order = firsts > seconds ? DateOrder::dmy : DateOrder::mdy;  // days change more often than months
  } else if (out.shape.date_mark == '.') {
    out.order = DateOrder::dmy;
  } else {
    out.order = out.shape.half_day || out.shape.date_mark == '/' ? DateOrder::mdy : DateOrder::dmy;
    out.guessed = std::any_of(stamps.begin(), stamps.end(), [](const PrintedStamp& s) { return s.first != s.second; });
  }
}

}  // namespace

std::optional<LearntStamps> learn_stamps(const std::vector<std::string_view>& lines) {
  struct Group {
    StampShape shape;
    std::vector<PrintedStamp> stamps;
  };
  std::vector<Group> groups;
  constexpr std::size_t kMostGroups = 16;
  for (const std::string_view line : lines) {
    const auto stamp = find_stamp(line);
    if (!stamp) {
      continue;
    }
    auto group = std::find_if(groups.begin(), groups.end(), [&](const Group& g) { return g.shape == stamp->shape; });
    if (group == groups.end()) {
      if (groups.size() == kMostGroups) {
        continue;
      }
      groups.push_back({stamp->shape, {}});
      group = std::prev(groups.end());
    }
    group->stamps.push_back(*stamp);
  }
  const auto best = std::max_element(groups.begin(), groups.end(),
                                     [](const Group& a, const Group& b) { return a.stamps.size() < b.stamps.size(); });
  if (best == groups.end()) {
    return std::nullopt;
  }
  LearntStamps out;
  out.shape = best->shape;
  out.order = best->shape.order;
  out.lines = best->stamps.size();
  if (out.order == DateOrder::unsure) {
    tell_day(best->stamps, out);
  }
  return out;
}

std::optional<TimeNs> time_of(const PrintedStamp& stamp, DateOrder order) {
  const DurationNs zone = minutes(stamp.zone_minutes.value_or(0));
  if (order == DateOrder::none) {
    return TimeNs{stamp.of_day} - zone;
  }
  int year = order == DateOrder::ymd ? stamp.first : stamp.third;
  const int month = order == DateOrder::mdy ? stamp.first : stamp.second;
  const int day = order == DateOrder::ymd ? stamp.third : order == DateOrder::dmy ? stamp.first : stamp.second;
  if (year < 100) {
    year += 2000;
  }
  const auto midnight = to_time({year, month, day, 0, 0, 0, 0});
  return midnight ? std::optional(*midnight + DurationNs{stamp.of_day} - zone) : std::nullopt;
}

}  // namespace uptrail
