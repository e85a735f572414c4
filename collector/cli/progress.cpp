#include "collector/cli/progress.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "collector/report/collect_summary.h"

namespace uptrail::cli {

namespace {

constexpr DurationNs kBetween = milliseconds(100);
constexpr DurationNs kRateNeeds = milliseconds(500);  // before, a rate is chance
constexpr std::size_t kBar = 20;

std::string bar(double share, bool colour) {
  const auto full = static_cast<std::size_t>(std::clamp(share, 0.0, 1.0) * static_cast<double>(kBar));
  const std::string done(full, '#');
  const std::string open(kBar - full, '-');
  return colour ? "\x1b[34m" + done + "\x1b[0m" + open : done + open;
}

}  // namespace

std::string progress_text(const Progress& progress, DurationNs elapsed, std::size_t width, bool colour) {
  const bool reading = progress.done > 0 || progress.all_done > 0;
  const bool whole = progress.all_total && *progress.all_total > 0;
  const auto total = whole ? progress.all_total : progress.total;
  const std::uint64_t done = whole ? progress.all_done : progress.done;
  std::string line;
  std::size_t used = 0;
  const auto add = [&](const std::string& part, std::size_t columns) {
    const std::size_t gap = used == 0 ? 0 : 2;
    if (used + gap + columns <= width) {
      line += std::string(gap, ' ') + part;
      used += gap + columns;
    }
  };
  if (reading && total && *total > 0) {
    const double share = std::min(1.0, static_cast<double>(done) / static_cast<double>(*total));
    const std::string percent = pad_left(std::to_string(static_cast<int>(share * 100)), 3) + " %";
    add("[" + bar(share, colour) + "]", kBar + 2);
    add(percent, percent.size());
    const std::string amount = format_bytes(done) + " of " + format_bytes(*total);
    add(amount, amount.size());
  } else if (reading) {
    const std::string amount = format_bytes(done);
    add(amount, amount.size());
  }
  if (reading && elapsed >= kRateNeeds && progress.all_done > 0) {
    const double rate = static_cast<double>(progress.all_done) / elapsed.seconds();
    const std::string speed = format_bytes(static_cast<std::uint64_t>(rate)) + "/s";
    add(speed, speed.size());
    if (whole && rate >= 1 && *total >= done) {
      const double left = std::ceil(static_cast<double>(*total - done) / rate);
      const std::string seconds_left = std::to_string(static_cast<int>(std::min(left, 59.0))) + " s";
      const std::string words = (left < 60 ? seconds_left : format_duration(from_seconds(left))) + " left";
      add(words, words.size());
    }
  }
  const std::size_t room = width > used + 2 ? width - used - (used == 0 ? 0 : 2) : 0;
  constexpr std::size_t kLeast = 8;
  if (room >= kLeast) {
    const std::string what = shorten_path(printable(progress.what), room);
    add(what, display_width(what));
  }
  return line;
}

ProgressLine::ProgressLine(Terminal& terminal, Talk& talk) : terminal_(terminal), talk_(talk) {}

void ProgressLine::show(const Progress& progress) {
  if (!terminal_.err_is_terminal || !terminal_.now) {
    return;
  }
  const DurationNs now = terminal_.now();
  if (!began_) {
    began_ = now;
  }
  if (shown_ && now - *shown_ < kBetween) {
    return;
  }
  shown_ = now;
  // The last column stays free: writing there wraps the line on some terminals.
  const std::size_t width = std::max<std::size_t>(terminal_.columns, 20) - 1;
  talk_.progress(progress_text(progress, now - *began_, width, !terminal_.no_colour));
}

}  // namespace uptrail::cli
