#include "collector/pipeline/clock_watch.h"

#include <algorithm>

#include "collector/containers/header_scan.h"

namespace uptrail {

namespace {

constexpr std::int64_t kQuarter = minutes(15).ns;
constexpr std::int64_t kHour = hours(1).ns;
constexpr DurationNs kLeastBack = minutes(29);  // there are zones that move by half an hour; late lines come sooner
constexpr DurationNs kMostBack = hours(26);     // from the last zone to the first
constexpr DurationNs kDense = seconds(10);      // lines on both sides of summer time's first hour
constexpr DurationNs kWritten = seconds(2);     // between the moment that a text names and its record
constexpr std::size_t kLookedAt = 4096;         // bytes of a message
constexpr std::size_t kMostTold = 64;

std::int64_t in_hour(TimeNs t) {
  const std::int64_t rest = t.ns % kHour;
  return rest < 0 ? rest + kHour : rest;
}

// "2026-11-18T13:41:03.5Z", "2026-11-18 13:41:03 +0000": only with a zone.
std::optional<TimeNs> dated(std::string_view text) {
  constexpr std::size_t kBreak = 10;  // between date and time
  constexpr std::size_t kLongest = 40;
  std::string plain(text.substr(0, kLongest));
  if (plain.size() <= kBreak || (plain[kBreak] != 'T' && plain[kBreak] != ' ')) {
    return std::nullopt;
  }
  plain[kBreak] = ' ';
  HeaderScan in(plain);
  StampReader reader;
  Stamp stamp;
  if (!reader.date_time(in, stamp) || !stamp.time) {
    return std::nullopt;
  }
  if (!stamp.zone_minutes) {
    in.eat(' ');
    const auto zone = StampReader::zone(in);
    return zone ? std::optional(*stamp.time - minutes(*zone)) : std::nullopt;
  }
  return stamp.time;
}

std::string zone_words(DurationNs moved) {
  return "the clock goes " + std::string(moved.ns < 0 ? "back" : "forward") + " by " +
         format_duration(moved.ns < 0 ? DurationNs{0} - moved : moved) + " here";
}

}  // namespace

std::optional<ClockStep> ClockWatch::step(TimeNs t) {
  const auto last = last_;
  last_ = t;
  if (!last) {
    return std::nullopt;
  }
  const DurationNs moved = t - *last;
  const bool forward =
      moved >= hours(1) && moved <= hours(1) + kDense && in_hour(*last) >= kHour - kDense.ns && in_hour(t) <= kDense.ns;
  if (!forward && moved > DurationNs{0} - kLeastBack) {
    return std::nullopt;
  }
  ClockStep out{moved, true, zone_words(moved)};
  if (moved < DurationNs{0} - kMostBack) {
    out.doubtful = false;
    out.words += ": these lines stand in another order than that of their times";
    return out;
  }
  longest_ = std::max(longest_, forward ? moved : DurationNs{0} - moved);
  out.words += ": summer time, another zone, or lines in another order; what came first across it cannot be told";
  return out;
}

void ClockWatch::read(TimeNs t, std::string_view message) {
  message = message.substr(0, kLookedAt);
  for (std::size_t at = message.find("20"); at != std::string_view::npos; at = message.find("20", at + 1)) {
    const std::string_view text = message.substr(at);
    if (text.size() < 20 || text[4] != '-' || (at > 0 && is_ascii_digit(message[at - 1]))) {
      continue;
    }
    if (const auto time = dated(text)) {
      const DurationNs offset = *time - t;
      const std::int64_t step = detail::sat_add(offset.ns, kQuarter / 2);
      const std::int64_t rest = step % kQuarter;
      const DurationNs snapped{step - (rest < 0 ? rest + kQuarter : rest)};
      const DurationNs off = snapped < offset ? offset - snapped : snapped - offset;
      if (off <= kWritten && (told_.size() < kMostTold || told_.contains(snapped))) {
        ++told_[snapped];
      }
    }
  }
}

std::optional<DurationNs> ClockWatch::told() const {
  std::optional<DurationNs> best;
  std::size_t most = 0;
  for (const auto& [offset, count] : told_) {
    if (count > most) {
      most = count;
      best = offset;
    } else if (count == most) {
      best.reset();
    }
  }
  return best;
}

}  // namespace uptrail
