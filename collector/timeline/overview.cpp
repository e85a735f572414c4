#include "collector/timeline/overview.h"

#include <algorithm>
#include <cmath>

namespace uptrail::timeline {

namespace {

// Everything at which something begins or ends.
std::vector<TimeNs> moments_of(const Scene& scene) {
  std::vector<TimeNs> out;
  out.reserve(scene.bars.size() * 2 + scene.marks.size());
  for (const Bar& bar : scene.bars) {
    out.push_back(bar.span.start);
    if (!bar.open_end) out.push_back(bar.span.end);
  }
  for (const Mark& mark : scene.marks) out.push_back(mark.t);
  for (const Ghost& ghost : scene.ghosts) out.push_back(ghost.due);
  return out;
}

}  // namespace

std::vector<Overview::Cell> event_cells(const EventGrid& grid) {
  std::vector<Overview::Cell> out;
  for (const EventGrid::Count& count : grid.counts) {
    const auto domain = std::find_if(grid.domains.begin(), grid.domains.end(),
                                     [&](const EventGrid::Domain& d) { return d.domain == count.domain; });
    if (domain == grid.domains.end() || !domain->domain.valid()) continue;
    const TimeNs start = domain->start + nanoseconds(domain->cell.ns * count.cell);
    out.push_back({{start, start + domain->cell}, count.events});
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const Overview::Cell& a, const Overview::Cell& b) { return a.span.start < b.span.start; });
  return out;
}

std::vector<std::uint32_t> finding_marks(const Scene& scene) {
  std::vector<std::uint32_t> out;
  for (std::uint32_t i = 0; i < scene.marks.size(); ++i) {
    if (scene.marks[i].style == MarkStyle::finding) out.push_back(i);
  }
  std::stable_sort(out.begin(), out.end(), [&](std::uint32_t a, std::uint32_t b) { return scene.marks[a].t < scene.marks[b].t; });
  return out;
}

Overview make_overview(const Scene& scene, const EventGrid& grid) {
  Overview out;
  for (const Lane& lane : scene.lanes) {
    if (lane.kind != LaneKind::task || lane.extent.empty()) continue;
    out.starts.push_back(lane.extent.start);
    out.ends.push_back(lane.extent.end);
  }
  std::sort(out.starts.begin(), out.starts.end());
  std::sort(out.ends.begin(), out.ends.end());
  out.findings = finding_marks(scene);
  out.events = event_cells(grid);
  out.folds = find_folds(moments_of(scene), scene.seen);
  return out;
}

std::uint64_t Overview::tasks_in(Interval span) const {
  const auto begun = std::lower_bound(starts.begin(), starts.end(), span.end) - starts.begin();
  const auto ended = std::upper_bound(ends.begin(), ends.end(), span.start) - ends.begin();
  return static_cast<std::uint64_t>(std::max<std::ptrdiff_t>(begun - ended, 0));
}

std::uint64_t Overview::events_in(Interval span) const {
  double sum = 0;
  for (const Cell& cell : events) {
    if (cell.span.start >= span.end) break;
    const Interval part = intersect(cell.span, span);
    if (part.empty()) continue;
    sum += static_cast<double>(cell.events) * static_cast<double>(part.length().ns) / static_cast<double>(cell.span.length().ns);
  }
  return static_cast<std::uint64_t>(std::llround(sum));
}

std::vector<Column> make_columns(const Scene& scene, const Overview& overview, const TimeMap& map, std::size_t count) {
  std::vector<Column> out(count);
  const Interval axis = map.to_axis(scene.whole);
  const std::int64_t width =
      std::max<std::int64_t>(axis.length().ns / static_cast<std::int64_t>(std::max<std::size_t>(count, 1)), 1);
  const auto column_of = [&](TimeNs t) {
    const std::int64_t at = (map.to_axis(t) - axis.start).ns / width;
    return static_cast<std::size_t>(std::clamp<std::int64_t>(at, 0, static_cast<std::int64_t>(count) - 1));
  };
  if (count == 0) return out;
  for (std::size_t i = 0; i < count; ++i) {
    const TimeNs from = map.to_time(axis.start + nanoseconds(width * static_cast<std::int64_t>(i)));
    const TimeNs to = map.to_time(axis.start + nanoseconds(width * static_cast<std::int64_t>(i + 1)));
    out[i].alive = static_cast<std::uint32_t>(overview.tasks_in({from, to}));
  }
  for (const Overview::Cell& cell : overview.events) {
    out[column_of(cell.span.start + nanoseconds(cell.span.length().ns / 2))].events += cell.events;
  }
  for (const std::uint32_t i : overview.findings) {
    const Mark& mark = scene.marks[i];
    Column& column = out[column_of(mark.t)];
    ++column.findings;
    column.worst = std::max(column.worst.value_or(Severity::info), mark.severity.value_or(Severity::info));
  }
  return out;
}

RangeCount count_in(const Scene& scene, const Overview& overview, Interval span) {
  const auto before = [&](std::uint32_t i, TimeNs t) { return scene.marks[i].t < t; };
  const auto from = std::lower_bound(overview.findings.begin(), overview.findings.end(), span.start, before);
  const auto to = std::lower_bound(from, overview.findings.end(), span.end, before);
  return {overview.tasks_in(span), overview.events_in(span), static_cast<std::uint64_t>(to - from)};
}

}  // namespace uptrail::timeline
