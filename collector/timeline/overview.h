// The whole case at a glance, made once: what the minimap, the folds and the measuring of a range need.
#pragma once

#include <cstdint>
#include <vector>

#include "collector/timeline/scene.h"
#include "collector/timeline/time_map.h"

namespace uptrail::timeline {

struct Overview {
  struct Cell {
    Interval span;
    std::uint64_t events = 0;
  };
  std::vector<TimeNs> starts, ends;     // of the lives of all tasks, each ascending
  std::vector<std::uint32_t> findings;  // marks of findings, by time
  std::vector<Cell> events;             // by start; those of one order domain do not overlap
  std::vector<Fold> folds;              // where idle stretches can be folded

  [[nodiscard]] std::uint64_t tasks_in(Interval span) const;   // alive in it
  [[nodiscard]] std::uint64_t events_in(Interval span) const;  // cells that lie partly inside count by their share
};

Overview make_overview(const Scene& scene, const EventGrid& grid);
// Parts of it.
std::vector<std::uint32_t> finding_marks(const Scene& scene);
std::vector<Overview::Cell> event_cells(const EventGrid& grid);

// The overview as columns of equal width on the axis.
struct Column {
  std::uint64_t events = 0;
  std::uint32_t alive = 0;     // tasks
  std::uint32_t findings = 0;  // that lie in it
  std::optional<Severity> worst;
};
std::vector<Column> make_columns(const Scene& scene, const Overview& overview, const TimeMap& map, std::size_t count);

struct RangeCount {
  std::uint64_t tasks = 0, events = 0, findings = 0;
};
RangeCount count_in(const Scene& scene, const Overview& overview, Interval span);

}  // namespace uptrail::timeline
