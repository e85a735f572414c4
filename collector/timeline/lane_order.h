// Which lanes are shown, in which order: collapsed, sorted, filtered, pinned, hidden. Made anew when the choice changes, not with
// every frame; a frame only looks up the rows that it shows.
#pragma once

#include <map>
#include <set>
#include <string>

#include "collector/timeline/scene.h"

namespace uptrail::timeline {

enum class LaneSort : std::uint8_t { time, duration, severity, size };
std::string_view lane_sort_name(LaneSort sort);  // "time", "duration" …

// Lanes by their index in the scene.
struct LaneChoice {
  std::set<std::uint32_t> collapsed, pinned, hidden;
  LaneSort sort = LaneSort::time;  // of brothers and sisters; only uploads and tasks are sorted
  std::string filter;              // lanes whose label or detail has it, whatever the case, with their families; "": all
  bool only_findings = false;      // tasks and uploads without a finding are left out
  friend bool operator==(const LaneChoice&, const LaneChoice&) = default;
};

struct Metrics;

// Rows of one part of the timeline, with what is needed to find their places without walking over all of them.
class LaneRows {
 public:
  void add(std::uint32_t lane, LaneKind kind, bool heading);
  [[nodiscard]] std::size_t size() const { return rows_.size(); }
  [[nodiscard]] std::uint32_t lane(std::size_t row) const { return rows_[row].lane; }
  [[nodiscard]] double top(std::size_t row, const Metrics& metrics) const;
  [[nodiscard]] double height(std::size_t row, const Metrics& metrics) const;
  [[nodiscard]] double content(const Metrics& metrics) const { return top(rows_.size(), metrics); }
  // The first row whose lower edge lies below y; size() when there is none.
  [[nodiscard]] std::size_t row_at(double y, const Metrics& metrics) const;
  [[nodiscard]] std::size_t row_of(std::uint32_t lane) const;  // size(): not among them
 private:
  struct Row {
    std::uint32_t lane = 0;
    std::uint32_t headings = 0, tasks = 0;  // rows of that kind before this one
  };
  std::vector<Row> rows_;
  std::uint32_t headings_ = 0, tasks_ = 0;
};

// What a collapsed lane shows of those that it hides.
struct Folded {
  std::vector<TimeNs> starts, ends;  // of the lives of its tasks, each ascending
  std::vector<std::uint32_t> marks;  // findings on it and below, by time
  std::optional<Severity> worst;
};

struct LaneOrder {
  LaneRows pinned, rest;
  std::map<std::uint32_t, Folded> folded;
  std::size_t left_out = 0;  // tasks and uploads that filter, findings or hiding leave out
};

LaneOrder make_order(const Scene& scene, const LaneChoice& choice);

}  // namespace uptrail::timeline
