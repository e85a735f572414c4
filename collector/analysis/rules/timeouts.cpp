#include "collector/analysis/rules/timeouts.h"

#include <algorithm>

#include "collector/analysis/rules/task_life.h"
#include "collector/base/text.h"

namespace uptrail::analysis::rules {

namespace {
std::optional<double> in_config(std::string_view config) {
  constexpr std::string_view kKey = "resourceTimeout=";
  const std::size_t at = config.find(kKey);
  if (at == std::string_view::npos || (at > 0 && config[at - 1] != ' ')) return std::nullopt;
  config.remove_prefix(at + kKey.size());
  return parse_double(config.substr(0, config.find(' ')));
}

std::optional<double> limit_in(const World& world, FactIndex i) {
  if (world.fact(i).kind == EventKind::session_create) {
    const ObjectInfo* info = world.object_info(i);
    return info == nullptr ? std::nullopt : in_config(info->config);
  }
  return parse_double(world.text_of(i, Field::resource_timeout));
}
}  // namespace

ResourceLimits::ResourceLimits(const World& world) : world_(world) {
  std::map<SessionId, std::vector<std::pair<FactIndex, double>>> found;
  for (const EventKind kind : {EventKind::session_create, EventKind::daemon_session_created,
                               EventKind::daemon_session_reconnected, EventKind::store_session}) {
    for (const FactIndex i : world.of_kind(kind)) {
      const std::optional<double> limit = limit_in(world, i);
      if (!limit || *limit <= 0 || !world.fact(i).session.valid()) continue;
      found[world.fact(i).session].emplace_back(i, *limit);
      if (kind == EventKind::session_create) configured_.emplace_back(i, *limit);
    }
  }
  for (auto& [session, limits] : found) {
    std::sort(limits.begin(), limits.end());
    for (const auto& [i, limit] : limits) {
      of_session_[session].facts.push_back(i);
      of_session_[session].seconds.push_back(limit);
    }
  }
}

std::optional<double> ResourceLimits::of(TaskId task) const {
  const auto it = of_session_.find(task_of(world_, task).session);
  if (it == of_session_.end()) return std::nullopt;
  const auto facts = world_.of_task(task);
  if (facts.empty()) return it->second.seconds.front();
  const auto near = world_.within(it->second.facts, {kTimeMin, world_.fact(facts.front()).t});
  const auto last = std::find_if(near.rbegin(), near.rend(), [&](FactIndex i) { return maybe_before(world_, i, facts.front()); });
  return last == near.rend() ? it->second.seconds.front() : it->second.seconds[static_cast<std::size_t>(near.rend() - last) - 1];
}

Waited waited_until(const World& world, TaskId task, TimeNs end, DomainId domain) {
  Waited out;
  const auto facts = world.of_task(task);
  out.start = start_of(world, task);
  const FactIndex from = out.start != kNoFact ? out.start : (facts.empty() ? kNoFact : facts.front());
  if (from == kNoFact || world.fact(from).domain != domain || world.fact(from).has(kNoTime)) return out;
  out.comparable = true;
  out.time = end - world.fact(from).t;
  TimeNs since = kTimeMax;  // suspended from then on
  for (const FactIndex i : facts) {
    const Fact& fact = world.fact(i);
    if (fact.domain != domain || fact.t < world.fact(from).t || fact.t > end) continue;
    if (fact.kind == EventKind::task_suspend) since = std::min(since, fact.t);
    if (fact.kind != EventKind::task_resume || since == kTimeMax) continue;
    out.time = out.time - (fact.t - since);
    since = kTimeMax;
  }
  if (since < end) out.time = out.time - (end - since);
  return out;
}

}  // namespace uptrail::analysis::rules
