#include "collector/timeline/lane_order.h"

#include <algorithm>
#include <array>

#include "collector/base/text.h"
#include "collector/base/text_search.h"
#include "collector/timeline/layout.h"

namespace uptrail::timeline {

namespace {

bool sorted_kind(LaneKind kind) { return kind == LaneKind::task || kind == LaneKind::upload; }

class Orderer {
 public:
  Orderer(const Scene& scene, const LaneChoice& choice)
      : scene_(scene), choice_(choice), filter_(to_lower_ascii(choice.filter)) {}

  LaneOrder run() {
    find_kept();
    for (const std::uint32_t lane : choice_.pinned) {
      if (lane < scene_.lanes.size()) out_.pinned.add(lane, scene_.lanes[lane].kind, false);
    }
    for (std::uint32_t i = 0; i < scene_.lanes.size(); i = scene_.lanes[i].end) add(i);
    return std::move(out_);
  }

 private:
  [[nodiscard]] bool wanted(const Lane& lane) const {
    if (choice_.only_findings && sorted_kind(lane.kind) && !lane.worst) return false;
    return filter_.empty() || find_ignore_case(scene_.text(lane.label), filter_) != std::string_view::npos ||
           find_ignore_case(scene_.text(lane.detail), filter_) != std::string_view::npos;
  }

  // A lane stays when it is wanted, when one below it is, or, for the filter, when one above it is.
  void find_kept() {
    const auto& lanes = scene_.lanes;
    kept_.assign(lanes.size(), 1);
    if (filter_.empty() && !choice_.only_findings) return;
    for (std::size_t i = 0; i < lanes.size(); ++i) kept_[i] = wanted(lanes[i]) ? 1 : 0;
    if (!filter_.empty() && !choice_.only_findings) {
      for (std::size_t i = 0; i < lanes.size(); ++i) {
        if (lanes[i].parent != kNoLane && lanes[lanes[i].parent].depth > 0 && kept_[lanes[i].parent] == 1) kept_[i] = 1;
      }
    }
    for (std::size_t i = lanes.size(); i-- > 0;) {
      if (kept_[i] != 0 && lanes[i].parent != kNoLane && kept_[lanes[i].parent] == 0) kept_[lanes[i].parent] = 2;
    }
  }

  void add(std::uint32_t at) {
    const Lane& lane = scene_.lanes[at];
    if (kept_[at] == 0 || choice_.hidden.contains(at)) {
      for (std::uint32_t i = at; i < lane.end; ++i) out_.left_out += sorted_kind(scene_.lanes[i].kind) ? 1 : 0;
      return;
    }
    out_.rest.add(at, lane.kind, lane.parent == kNoLane && (lane.kind == LaneKind::app || lane.kind == LaneKind::device));
    if (lane.end == at + 1) return;
    if (choice_.collapsed.contains(at)) {
      fold(at);
      return;
    }
    std::vector<std::uint32_t> children;
    for (std::uint32_t i = at + 1; i < lane.end; i = scene_.lanes[i].end) children.push_back(i);
    if (choice_.sort != LaneSort::time) {
      // Other lanes keep their places before the uploads.
      std::stable_sort(children.begin(), children.end(), [this](std::uint32_t a, std::uint32_t b) { return before(a, b); });
    }
    for (const std::uint32_t child : children) add(child);
  }

  [[nodiscard]] std::int64_t key(const Lane& lane) const {
    switch (choice_.sort) {
      case LaneSort::duration:
        return lane.extent.length().ns;
      case LaneSort::severity:
        return lane.worst ? 1 + static_cast<int>(*lane.worst) : 0;
      case LaneSort::size:
        return lane.bytes;
      case LaneSort::time:
        break;
    }
    return 0;
  }

  [[nodiscard]] bool before(std::uint32_t a, std::uint32_t b) const {
    const Lane& x = scene_.lanes[a];
    const Lane& y = scene_.lanes[b];
    if (sorted_kind(x.kind) != sorted_kind(y.kind)) return !sorted_kind(x.kind);
    return sorted_kind(x.kind) && key(x) > key(y);
  }

  void fold(std::uint32_t at) {
    Folded folded;
    for (std::uint32_t i = at; i < scene_.lanes[at].end; ++i) {
      const Lane& lane = scene_.lanes[i];
      if (lane.worst) folded.worst = std::max(folded.worst.value_or(*lane.worst), *lane.worst);
      if (lane.kind != LaneKind::task || lane.extent.empty()) continue;
      folded.starts.push_back(lane.extent.start);
      folded.ends.push_back(lane.extent.end);
    }
    std::sort(folded.starts.begin(), folded.starts.end());
    std::sort(folded.ends.begin(), folded.ends.end());
    const auto first = std::lower_bound(scene_.marks.begin(), scene_.marks.end(), at,
                                        [](const Mark& m, std::uint32_t lane) { return m.lane < lane; });
    for (auto mark = first; mark != scene_.marks.end() && mark->lane < scene_.lanes[at].end; ++mark) {
      if (mark->lane == at || mark->style == MarkStyle::finding) {
        folded.marks.push_back(static_cast<std::uint32_t>(mark - scene_.marks.begin()));
      }
    }
    std::stable_sort(folded.marks.begin(), folded.marks.end(),
                     [this](std::uint32_t a, std::uint32_t b) { return scene_.marks[a].t < scene_.marks[b].t; });
    out_.folded.emplace(at, std::move(folded));
  }

  const Scene& scene_;
  const LaneChoice& choice_;
  std::string filter_;
  std::vector<std::uint8_t> kept_;  // 0 no, 1 for itself, 2 for one below
  LaneOrder out_;
};

}  // namespace

std::string_view lane_sort_name(LaneSort sort) {
  constexpr std::array<std::string_view, 4> kNames = {"time", "duration", "severity", "size"};
  return kNames[static_cast<std::size_t>(sort)];
}

void LaneRows::add(std::uint32_t lane, LaneKind kind, bool heading) {
  rows_.push_back({lane, headings_, tasks_});
  if (heading) {
    ++headings_;
  } else if (kind == LaneKind::task) {
    ++tasks_;
  }
}

double LaneRows::top(std::size_t row, const Metrics& m) const {
  const double headings = row < rows_.size() ? rows_[row].headings : headings_;
  const double tasks = row < rows_.size() ? rows_[row].tasks : tasks_;
  const auto all = static_cast<double>(row);
  return headings * m.app_height + tasks * m.task_height + (all - headings - tasks) * m.lane_height + all * m.gap;
}

double LaneRows::height(std::size_t row, const Metrics& m) const { return top(row + 1, m) - top(row, m) - m.gap; }

std::size_t LaneRows::row_at(double y, const Metrics& m) const {
  std::size_t low = 0;
  std::size_t high = rows_.size();
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (top(middle + 1, m) - m.gap > y) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

std::size_t LaneRows::row_of(std::uint32_t lane) const {
  const auto at = std::find_if(rows_.begin(), rows_.end(), [&](const Row& row) { return row.lane == lane; });
  return static_cast<std::size_t>(at - rows_.begin());
}

LaneOrder make_order(const Scene& scene, const LaneChoice& choice) { return Orderer(scene, choice).run(); }

}  // namespace uptrail::timeline
