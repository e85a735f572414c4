// Which of many spans hold a moment, without a look at the others: what rules ask of the tasks of a session.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "collector/base/time.h"

namespace uptrail::analysis::rules {

class SpansAt {
 public:
  void add(TimeNs from, TimeNs to, std::uint32_t id) { rows_.push_back({from, to, id}); }
  // Behind the last add(), before the first visit().
  void finish() {
    std::stable_sort(rows_.begin(), rows_.end(), [](const Row& a, const Row& b) { return a.from < b.from; });
    leaves_ = 1;
    while (leaves_ < rows_.size()) leaves_ *= 2;
    latest_.assign(2 * leaves_, kTimeMin);
    for (std::size_t i = 0; i < rows_.size(); ++i) latest_[leaves_ + i] = rows_[i].to;
    for (std::size_t n = leaves_; n-- > 1;) latest_[n] = std::max(latest_[2 * n], latest_[2 * n + 1]);
  }
  // Calls use(id) for each span that begins at or before `from` and ends at or after `to`, in the order of their begin, until it
  // returns false. False: it did.
  template <class Use>
  bool visit(TimeNs from, TimeNs to, Use use) const {
    return rows_.empty() || visit(1, 0, leaves_, from, to, use);
  }

 private:
  struct Row {
    TimeNs from, to;
    std::uint32_t id = 0;
  };
  template <class Use>
  bool visit(std::size_t node, std::size_t first, std::size_t last, TimeNs from, TimeNs to, Use& use) const {
    if (first >= rows_.size() || rows_[first].from > from || latest_[node] < to) return true;
    if (last - first == 1) return use(rows_[first].id);
    const std::size_t middle = first + (last - first) / 2;
    return visit(2 * node, first, middle, from, to, use) && visit(2 * node + 1, middle, last, from, to, use);
  }
  std::vector<Row> rows_;
  std::size_t leaves_ = 1;
  std::vector<TimeNs> latest_;  // a tree in the shape of a heap: the latest end of each half
};

}  // namespace uptrail::analysis::rules
