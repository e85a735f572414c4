#include "collector/pipeline/task_nodes.h"

#include <algorithm>

namespace uptrail::identity {

std::uint32_t TaskNodes::add(std::uint32_t unit, std::uint32_t session, std::uint32_t uuid, std::int64_t id) {
  nodes_.push_back({unit, session, uuid, id, {}});
  parent_.push_back(static_cast<std::uint32_t>(parent_.size()));
  return static_cast<std::uint32_t>(nodes_.size() - 1);
}

std::uint32_t TaskNodes::root(std::uint32_t node) {
  while (parent_[node] != node) {
    parent_[node] = parent_[parent_[node]];
    node = parent_[node];
  }
  return node;
}

bool TaskNodes::merge(std::uint32_t a, std::uint32_t b) {
  a = root(a);
  b = root(b);
  if (a == b) {
    return true;
  }
  TaskNode& x = nodes_[a];
  TaskNode& y = nodes_[b];
  const bool differ = (x.uuid != kNoUuid && y.uuid != kNoUuid) || x.unit != y.unit ||
                      (x.session != kNobody && y.session != kNobody && x.session != y.session) ||
                      (x.id != kNoNumber && y.id != kNoNumber && x.id != y.id);
  if (differ) {
    return false;
  }
  x.uuid = std::min(x.uuid, y.uuid);
  x.session = std::min(x.session, y.session);
  x.id = std::max(x.id, y.id);
  x.desc = x.desc.valid() ? x.desc : y.desc;
  parent_[b] = a;
  return true;
}

}  // namespace uptrail::identity
