#include "collector/timeline/level_of_detail.h"

#include <algorithm>

namespace uptrail::timeline {

int rank(const Mark& mark) {
  if (mark.style == MarkStyle::related) return -1;
  if (mark.style == MarkStyle::disagreement) return 5;
  return mark.style == MarkStyle::finding ? 10 + static_cast<int>(mark.severity.value_or(Severity::info)) : 0;
}

LevelOfDetail::LevelOfDetail(const Scene& scene) {
  const auto count = static_cast<std::uint32_t>(scene.bars.size());
  std::vector<Block> level;
  for (std::uint32_t i = 0; i < count; ++i) {
    const Bar& bar = scene.bars[i];
    if (i % kFan == 0) {
      level.push_back({bar.span, i});
      continue;
    }
    Block& block = level.back();
    block.span = {std::min(block.span.start, bar.span.start), std::max(block.span.end, bar.span.end)};
    if (gravity(bar.style) > gravity(scene.bars[block.best].style)) block.best = i;
  }
  while (level.size() > 1) {
    std::vector<Block> above;
    for (std::size_t i = 0; i < level.size(); ++i) {
      if (i % kFan == 0) {
        above.push_back(level[i]);
        continue;
      }
      Block& block = above.back();
      block.span = {std::min(block.span.start, level[i].span.start), std::max(block.span.end, level[i].span.end)};
      if (gravity(scene.bars[level[i].best].style) > gravity(scene.bars[block.best].style)) block.best = level[i].best;
    }
    bars_.push_back(std::move(level));
    level = std::move(above);
  }
  if (!level.empty()) bars_.push_back(std::move(level));
  for (std::uint32_t i = 0; i < scene.marks.size(); ++i) {
    if (i % kFan == 0) {
      best_marks_.push_back(i);
    } else if (rank(scene.marks[i]) > rank(scene.marks[best_marks_.back()])) {
      best_marks_.back() = i;
    }
  }
}

std::uint32_t LevelOfDetail::best_mark(const Scene& scene, std::uint32_t from, std::uint32_t to) const {
  std::uint32_t best = from;
  for (std::uint32_t i = from; i < to;) {
    const bool whole = i % kFan == 0 && i + kFan <= to && i / kFan < best_marks_.size();
    const std::uint32_t candidate = whole ? best_marks_[i / kFan] : i;
    if (rank(scene.marks[candidate]) > rank(scene.marks[best])) best = candidate;
    i += whole ? kFan : 1;
  }
  return best;
}

std::size_t LevelOfDetail::memory() const {
  std::size_t bytes = best_marks_.capacity() * sizeof(std::uint32_t);
  for (const auto& level : bars_) bytes += level.capacity() * sizeof(Block);
  return bytes;
}

}  // namespace uptrail::timeline
