// The time grid: one pass over what is assigned, counted in memory.
#include <algorithm>
#include <map>
#include <tuple>

#include "collector/trace/sqlite_writer.h"

namespace uptrail::trace {

namespace {
struct Bound {
  std::int64_t first = 0, last = 0;
  [[nodiscard]] std::int64_t cell() const {
    // Unsigned: a hostile span may be wider than int64.
    const auto width = (static_cast<std::uint64_t>(last) - static_cast<std::uint64_t>(first)) / kGridCells + 1;
    return static_cast<std::int64_t>(width);
  }
};
// domain, unit, stream; -1: none
using Place = std::tuple<std::int64_t, std::int64_t, std::int64_t>;

// Of each domain, -1 for none. A few searches in the index of the order, instead of a look at every event.
Result<std::map<std::int64_t, Bound>> domain_bounds(sqlite::Connection& db) {
  std::map<std::int64_t, Bound> out;
  auto ends = db.prepare(
      "SELECT (SELECT min(t_ns) FROM events_assigned WHERE domain_id IS ?1), "
      "(SELECT max(t_ns) FROM events_assigned WHERE domain_id IS ?1)");
  UPTRAIL_TRY(ends);
  auto following = db.prepare("SELECT min(domain_id) FROM events_assigned WHERE domain_id > ?1");
  UPTRAIL_TRY(following);
  for (std::optional<std::int64_t> domain = -1; domain;) {
    ends->bind(*domain < 0 ? std::nullopt : domain);
    UPTRAIL_TRY(ends->step());
    if (!ends->is_null(0)) {
      out[*domain] = {ends->integer(0), ends->integer(1)};
    }
    following->bind(*domain);
    UPTRAIL_TRY(following->step());
    domain = following->is_null(0) ? std::nullopt : std::optional(following->integer(0));
  }
  return out;
}
}  // namespace

Status SqliteCaseWriter::write_grid() {
  UPTRAIL_TRY(db_.exec("DELETE FROM grids; DELETE FROM grid_counts"));
  auto found = domain_bounds(db_);
  UPTRAIL_TRY(found);
  std::map<std::int64_t, Bound> bounds = found.take();
  std::map<Place, std::vector<std::uint64_t>> counts;
  auto rows =
      db_.prepare("SELECT coalesce(domain_id, -1), coalesce(unit_id, -1), coalesce(stream_id, -1), t_ns FROM events_assigned");
  UPTRAIL_TRY(rows);
  Place last_place{-2, -2, -2};
  std::vector<std::uint64_t>* cells = nullptr;
  Bound bound;
  for (auto more = rows->step();; more = rows->step()) {
    UPTRAIL_TRY(more);
    if (!*more) {
      break;
    }
    const Place place{rows->integer(0), rows->integer(1), rows->integer(2)};
    if (place != last_place) {
      cells = &counts[place];
      cells->resize(kGridCells);
      bound = bounds[std::get<0>(place)];
      last_place = place;
    }
    const auto from_start = static_cast<std::uint64_t>(rows->integer(3)) - static_cast<std::uint64_t>(bound.first);
    ++(*cells)[std::min<std::uint64_t>(from_start / static_cast<std::uint64_t>(bound.cell()), kGridCells - 1)];
  }
  auto grids = db_.prepare("INSERT INTO grids (domain_id, start_ns, cell_ns) VALUES (?1, ?2, ?3)");
  UPTRAIL_TRY(grids);
  for (const auto& [domain, range] : bounds) {
    UPTRAIL_TRY(grids->run(domain, range.first, range.cell()));
  }
  auto cells_out =
      db_.prepare("INSERT INTO grid_counts (domain_id, unit_id, stream_id, cell, event_count) VALUES (?1, ?2, ?3, ?4, ?5)");
  UPTRAIL_TRY(cells_out);
  for (const auto& [place, per_cell] : counts) {
    for (std::size_t cell = 0; cell < per_cell.size(); ++cell) {
      if (per_cell[cell] > 0) {
        UPTRAIL_TRY(cells_out->run(std::get<0>(place), std::get<1>(place), std::get<2>(place), cell, per_cell[cell]));
      }
    }
  }
  return done();
}

}  // namespace uptrail::trace
