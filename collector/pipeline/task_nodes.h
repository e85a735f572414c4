// Tasks while their mentions are being gathered: two that turn out to be one are merged, unless a key keeps them apart.
#pragma once

#include <cstdint>
#include <vector>

#include "collector/pipeline/identity_parts.h"

namespace uptrail::identity {

class TaskNodes {
 public:
  std::uint32_t add(std::uint32_t unit, std::uint32_t session, std::uint32_t uuid, std::int64_t id);
  // The node that stands for it and all that it was merged with.
  std::uint32_t root(std::uint32_t node);
  // False when a key that both know says that they differ.
  bool merge(std::uint32_t a, std::uint32_t b);
  [[nodiscard]] std::size_t size() const { return nodes_.size(); }
  TaskNode& operator[](std::uint32_t node) { return nodes_[node]; }

 private:
  std::vector<TaskNode> nodes_;
  std::vector<std::uint32_t> parent_;
};

}  // namespace uptrail::identity
