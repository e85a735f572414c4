// Summaries of many bars and marks, so that a frame costs what it shows, not what there is.
#pragma once

#include <cstdint>
#include <vector>

#include "collector/timeline/scene.h"

namespace uptrail::timeline {

int rank(const Mark& mark);  // of several marks in one place the highest is drawn

// Blocks of kFan bars, blocks of kFan blocks, and so on; the same for the ranks of marks.
class LevelOfDetail {
 public:
  static constexpr std::uint32_t kFan = 32;
  struct Block {
    Interval span;           // first start to last end
    std::uint32_t best = 0;  // the gravest bar; the first one of several
  };
  LevelOfDetail() = default;
  explicit LevelOfDetail(const Scene& scene);
  [[nodiscard]] const std::vector<std::vector<Block>>& bars() const { return bars_; }  // [0] holds kFan bars each
  // The highest mark of [from, to), the first one of several; from < to.
  [[nodiscard]] std::uint32_t best_mark(const Scene& scene, std::uint32_t from, std::uint32_t to) const;
  [[nodiscard]] bool empty() const { return bars_.empty() && best_marks_.empty(); }
  [[nodiscard]] std::size_t memory() const;

 private:
  std::vector<std::vector<Block>> bars_;
  std::vector<std::uint32_t> best_marks_;  // one a block of kFan marks
};

}  // namespace uptrail::timeline
