#include "collector/stores/powerlog_clock.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "collector/sqlite/statement.h"
#include "collector/stores/sqlite_table.h"

namespace uptrail {

namespace {

const std::string kTable = "PLStorageOperator_EventForward_TimeOffset";
constexpr std::array<std::string_view, 2> kRequired = {"timestamp", "system"};
constexpr std::size_t kMaxOffsets = 100'000;
constexpr double kMaxOffset = 4e9;       // seconds: a clock that was never set
constexpr double kEarliest = 978307200;  // 2001-01-01
constexpr double kLatest = 4102444800;   // 2100-01-01
constexpr double kNoticeable = 2;        // seconds

bool is_number(sqlite::Statement& row, int column) {
  return row.type(column) == sqlite::ColumnType::real || row.type(column) == sqlite::ColumnType::integer;
}

std::string one_decimal(double seconds) {
  std::array<char, 32> text{};
  const int n = std::snprintf(text.data(), text.size(), "%.1f", seconds);
  return {text.data(), static_cast<std::size_t>(std::max(n, 0))};
}

std::string why_none(sqlite::Connection& db) {
  const auto columns = columns_of(db, kTable);
  return columns.ok() ? missing_structure(kTable, *columns, kRequired) : columns.error().message;
}

}  // namespace

PowerlogClock PowerlogClock::read(sqlite::Connection& db, EventSink& sink) {
  PowerlogClock clock;
  std::size_t unusable = 0;
  std::string why = why_none(db);
  if (why.empty()) {
    auto rows = db.prepare("SELECT timestamp, system FROM " + kTable + " ORDER BY rowid");
    while (rows.ok() && clock.offsets_.size() < kMaxOffsets) {
      const auto more = rows->step();
      if (!more.ok()) {
        sink.issue({IssueKind::damaged, {}, kTable + ": " + more.error().message});
      }
      if (!more.ok() || !*more) {
        break;
      }
      const double since = rows->real(0);
      const double system = rows->real(1);
      const bool usable = is_number(*rows, 0) && is_number(*rows, 1) && std::isfinite(since) && std::abs(system) <= kMaxOffset;
      if (usable) {
        clock.offsets_.push_back({since, system});
      } else {
        ++unusable;
      }
    }
    if (unusable > 0) {
      sink.issue(
          {IssueKind::bad_value, {}, kTable + ": rows with a time or an offset that is no number: " + std::to_string(unusable)});
    }
    why = clock.offsets_.empty() ? "it has no usable row" : "";
  }
  std::stable_sort(clock.offsets_.begin(), clock.offsets_.end(),
                   [](const Offset& a, const Offset& b) { return a.since < b.since; });
  if (!why.empty()) {
    sink.issue(
        {IssueKind::clock, {}, kTable + ": " + why + "; times are those of Powerlog's own clock, which may be off by minutes"});
  }
  return clock;
}

std::optional<TimeNs> PowerlogClock::utc(double timestamp) const {
  if (!std::isfinite(timestamp)) {
    return std::nullopt;
  }
  double seconds = timestamp;
  if (!offsets_.empty()) {
    // The last one at or before it; rows before the first one have nothing better than the first.
    auto after = std::upper_bound(offsets_.begin(), offsets_.end(), timestamp,
                                  [](double t, const Offset& offset) { return t < offset.since; });
    seconds += (after == offsets_.begin() ? *after : *std::prev(after)).system;
  }
  if (!(seconds >= kEarliest && seconds < kLatest)) {
    return std::nullopt;
  }
  // Whole seconds apart: a double has no room for nanoseconds since 1970.
  const double whole = std::floor(seconds);
  return TimeNs{static_cast<std::int64_t>(whole) * 1'000'000'000} + from_seconds(seconds - whole);
}

void PowerlogClock::tell_steps(double first, double last, EventSink& sink) const {
  for (std::size_t i = 1; i < offsets_.size(); ++i) {
    const double step = offsets_[i].system - offsets_[i - 1].system;
    if (std::abs(step) > kNoticeable && offsets_[i].since > first && offsets_[i].since <= last) {
      const auto when = utc(offsets_[i].since);
      const std::string at = when ? format_iso(*when, 0) : "an unknown time";
      sink.issue({IssueKind::clock,
                  {},
                  "Powerlog's clock was corrected by " + one_decimal(step) + " s at " + at +
                      ": times shortly before may be off by as much"});
    }
  }
}

}  // namespace uptrail
