#include "collector/timeline/time_map.h"

#include <algorithm>
#include <array>

namespace uptrail::timeline {

namespace {

constexpr DurationNs kLeastIdle = minutes(30);
constexpr std::int64_t kLeastPart = 12;  // of the whole: a shorter stretch is no trouble
constexpr std::int64_t kShownPart = 24;  // of what is not folded: what one fold takes
constexpr DurationNs kMargin = seconds(30);
constexpr std::size_t kCells = 8192;
constexpr std::size_t kMostFolds = 64;

// a * b / c without overflow, rounded down; all non-negative, c > 0.
std::int64_t part_of(std::int64_t a, std::int64_t b, std::int64_t c) {
  return static_cast<std::int64_t>(static_cast<__int128>(a) * b / c);
}

struct Cell {
  TimeNs first = kTimeMax, last = kTimeMin;
};

// First and last moment of every cell: enough to find long gaps exactly without sorting, since a cell is far shorter than a gap.
std::vector<Cell> cells_of(const std::vector<TimeNs>& moments, Interval whole) {
  std::vector<Cell> cells(kCells);
  const std::int64_t width = whole.length().ns / static_cast<std::int64_t>(kCells) + 1;
  for (const TimeNs t : moments) {
    if (!whole.contains(t)) continue;
    Cell& cell = cells[static_cast<std::size_t>((t - whole.start).ns / width)];
    cell.first = std::min(cell.first, t);
    cell.last = std::max(cell.last, t);
  }
  return cells;
}

}  // namespace

TimeMap::TimeMap(const std::vector<Fold>& folds) {
  DurationNs saved{0};
  for (const Fold& fold : folds) {
    if (fold.shown.ns < 1 || fold.shown >= fold.span.length()) continue;
    const TimeNs start = fold.span.start - saved;
    pieces_.push_back({fold.span, {start, start + fold.shown}});
    saved = saved + (fold.span.length() - fold.shown);
  }
}

TimeNs TimeMap::to_axis(TimeNs t) const {
  const auto next =
      std::upper_bound(pieces_.begin(), pieces_.end(), t, [](TimeNs v, const Piece& p) { return v < p.span.start; });
  if (next == pieces_.begin()) return t;
  const Piece& piece = *std::prev(next);
  if (t >= piece.span.end) return piece.axis.end + (t - piece.span.end);
  return piece.axis.start + nanoseconds(part_of((t - piece.span.start).ns, piece.axis.length().ns, piece.span.length().ns));
}

TimeNs TimeMap::to_time(TimeNs place) const {
  const auto next =
      std::upper_bound(pieces_.begin(), pieces_.end(), place, [](TimeNs v, const Piece& p) { return v < p.axis.start; });
  if (next == pieces_.begin()) return place;
  const Piece& piece = *std::prev(next);
  if (place >= piece.axis.end) return piece.span.end + (place - piece.axis.end);
  // Rounded up, so that the way back rounds down to the same place.
  const std::int64_t in = (place - piece.axis.start).ns;
  const std::int64_t shown = piece.axis.length().ns;
  return piece.span.start +
         nanoseconds(static_cast<std::int64_t>((static_cast<__int128>(in) * piece.span.length().ns + shown - 1) / shown));
}

std::vector<Fold> TimeMap::folds() const {
  std::vector<Fold> out;
  out.reserve(pieces_.size());
  for (const Piece& p : pieces_) out.push_back({p.span, p.axis.length()});
  return out;
}

std::vector<Fold> find_folds(const std::vector<TimeNs>& moments, Interval whole) {
  const DurationNs least = std::max(kLeastIdle, DurationNs{whole.length().ns / kLeastPart});
  std::vector<Interval> idle;
  TimeNs before = whole.start;
  const auto gap = [&](TimeNs from, TimeNs to) {
    if (to - from >= least) idle.push_back({from + kMargin, to - kMargin});
  };
  for (const Cell& cell : cells_of(moments, whole)) {
    if (cell.first == kTimeMax) continue;
    gap(before, cell.first);
    before = cell.last;
  }
  gap(before, whole.end);
  if (idle.size() > kMostFolds) {
    std::stable_sort(idle.begin(), idle.end(), [](const Interval& a, const Interval& b) { return a.length() > b.length(); });
    idle.resize(kMostFolds);
    std::sort(idle.begin(), idle.end(), [](const Interval& a, const Interval& b) { return a.start < b.start; });
  }
  DurationNs rest = whole.length();
  for (const Interval& i : idle) rest = rest - i.length();
  std::vector<Fold> folds;
  for (const Interval& i : idle) {
    const DurationNs shown = std::max(seconds(1), DurationNs{rest.ns / kShownPart});
    if (shown.ns * 2 < i.length().ns) folds.push_back({i, shown});
  }
  return folds;
}

}  // namespace uptrail::timeline
