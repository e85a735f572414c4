#include "collector/analysis/rules/callback_coverage.h"

#include <algorithm>
#include <utility>

namespace uptrail::analysis::rules {

CovAnswer CallbackCoverage::of_process(SessionId session, EpochId epoch) const {
  return coverage(world_, EventKind::task_did_complete, session, epoch, own_begin(world_, epoch), seen_end(world_, epoch));
}

bool CallbackCoverage::recorded(SessionId session) {
  const SessionId whose = world_.told_apart(EventKind::task_did_complete, session);
  const auto [it, fresh] = recorded_.try_emplace(whose);
  if (fresh) {
    const auto epochs = world_.epochs();
    it->second = std::any_of(epochs.begin(), epochs.end(), [&](EpochId e) { return of_process(whose, e).cov != Cov::no; });
  }
  return it->second;
}

const CallbackCoverage::Callbacks& CallbackCoverage::callbacks(SessionId session) {
  const SessionId whose = world_.told_apart(EventKind::task_did_complete, session);
  const auto [it, fresh] = callbacks_.try_emplace(whose);
  Callbacks& out = it->second;
  if (!fresh) return out;
  const auto epochs = world_.epochs();
  for (const EpochId id : epochs) {
    out.of.push_back(of_process(whose, id));
    out.by_begin.push_back(out.by_begin.size());
  }
  const auto key = [&](std::size_t k) { return std::pair(epoch_of(world_, epochs[k]).domain, life_begin(world_, epochs[k])); };
  std::sort(out.by_begin.begin(), out.by_begin.end(), [&](std::size_t a, std::size_t b) { return key(a) < key(b); });
  out.worst = out.by_begin;
  const auto graver = [&](std::size_t a, std::size_t b) { return std::pair(out.of[b].cov, a) < std::pair(out.of[a].cov, b); };
  for (std::size_t i = out.worst.size(); i-- > 1;) {
    const bool one_domain = key(out.by_begin[i]).first == key(out.by_begin[i - 1]).first;
    if (one_domain && graver(out.worst[i], out.worst[i - 1])) out.worst[i - 1] = out.worst[i];
  }
  return out;
}

CovAnswer CallbackCoverage::later(SessionId session, EpochId epoch) {
  const Callbacks& all = callbacks(session);
  const auto epochs = world_.epochs();
  const auto end = std::pair(epoch_of(world_, epoch).domain, life_end(world_, epoch));
  const auto from = std::partition_point(all.by_begin.begin(), all.by_begin.end(), [&](std::size_t k) {
    return std::pair(epoch_of(world_, epochs[k]).domain, life_begin(world_, epochs[k])) < end;
  });
  CovAnswer worst;
  worst.cov = Cov::yes;
  if (from == all.by_begin.end() || epoch_of(world_, epochs[*from]).domain != end.first) return worst;
  const std::size_t gravest = all.worst[static_cast<std::size_t>(from - all.by_begin.begin())];
  if (epochs[gravest] != epoch) return all.of[gravest].cov > worst.cov ? all.of[gravest] : worst;
  for (std::size_t k = 0; k < epochs.size(); ++k) {  // a life of no length comes after its own end
    const bool later = epochs[k] != epoch && epoch_of(world_, epochs[k]).domain == end.first;
    if (later && all.of[k].cov > worst.cov && life_begin(world_, epochs[k]) >= end.second) worst = all.of[k];
  }
  return worst;
}

}  // namespace uptrail::analysis::rules
