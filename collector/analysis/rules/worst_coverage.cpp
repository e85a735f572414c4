#include "collector/analysis/rules/worst_coverage.h"

#include <algorithm>
#include <optional>

namespace uptrail::analysis::rules {

namespace {

using End = std::pair<TimeNs, EpochId>;

// The last end at or before t of another process; nullopt: there is none.
std::optional<TimeNs> last_end(const std::vector<End>& ends, TimeNs t, EpochId but) {
  auto it = std::partition_point(ends.begin(), ends.end(), [t](const End& e) { return e.first <= t; });
  while (it != ends.begin()) {
    --it;
    if (it->second != but) return it->first;
  }
  return std::nullopt;
}

}  // namespace

bool same_process_name(const World& world, EpochId a, EpochId b) {
  const ProcessEpoch& x = epoch_of(world, a);
  const ProcessEpoch& y = epoch_of(world, b);
  return x.domain == y.domain && (x.process == y.process || x.process.empty() || y.process.empty());
}

WorstCoverage::WorstCoverage(const World& world) : world_(world) {
  for (const EpochId id : world.epochs()) {
    const ProcessEpoch& epoch = epoch_of(world, id);
    const End end{seen_end(world, id), id};
    ends_[{epoch.domain, epoch.process}].push_back(end);
    all_ends_[epoch.domain].push_back(end);
  }
  for (auto& [name, ends] : ends_) std::sort(ends.begin(), ends.end());
  for (auto& [domain, ends] : all_ends_) std::sort(ends.begin(), ends.end());
}

// A process whose launch was not seen may have run since the one before it was last seen.
TimeNs WorstCoverage::earliest_begin(EpochId id) const {
  const TimeNs begin = own_begin(world_, id);
  if (launch_of(world_, id) != kNoFact) return begin;
  const ProcessEpoch& epoch = epoch_of(world_, id);
  if (epoch.process.empty()) return last_end(all_ends_.at(epoch.domain), begin, id).value_or(begin);
  std::optional<TimeNs> before = last_end(ends_.at({epoch.domain, epoch.process}), begin, id);
  if (const auto nameless = ends_.find({epoch.domain, {}}); nameless != ends_.end()) {
    before = std::max(before, last_end(nameless->second, begin, id));  // none is less than any
  }
  return before.value_or(begin);
}

const WorstCoverage::Named& WorstCoverage::named(EpochId like) {
  const ProcessEpoch& epoch = epoch_of(world_, like);
  const auto [it, fresh] = named_.try_emplace({epoch.domain, epoch.process});
  Named& out = it->second;
  if (!fresh) return out;
  for (const EpochId id : world_.epochs()) {
    if (!same_process_name(world_, id, like)) continue;
    out.epochs.push_back(id);
    out.begins.push_back(earliest_begin(id));
    out.ends.push_back(seen_end(world_, id));
    out.latest.push_back(out.latest.empty() ? out.ends.back() : std::max(out.latest.back(), out.ends.back()));
  }
  TimeNs soonest = kTimeMax;
  out.soonest.resize(out.epochs.size());
  for (std::size_t k = out.epochs.size(); k-- > 0;) {
    soonest = std::min({soonest, out.begins[k], out.ends[k] - nanoseconds(1)});
    out.soonest[k] = soonest;
  }
  return out;
}

CovAnswer WorstCoverage::of(EventKind kind, SessionId session, const Named& names, std::size_t k, TimeNs from) const {
  return coverage(world_, kind, session, names.epochs[k], std::max(from, names.begins[k]), names.ends[k]);
}

const WorstCoverage::AddedTo& WorstCoverage::added(EventKind kind, SessionId session, const Name& name, const Named& names,
                                                   std::size_t from) {
  std::vector<AddedTo>& kept = added_[{kind, session, name}];
  if (kept.empty()) {
    kept.emplace_back();
    for (std::size_t level = 0; level < kept[0].size(); ++level) kept[0][level].cov = static_cast<Cov>(level);
  }
  while (kept.size() <= names.epochs.size() - from) {
    const std::size_t k = names.epochs.size() - kept.size();
    const CovAnswer own = of(kind, session, names, k, kTimeMin);
    const AddedTo after = kept.back();
    AddedTo& now = kept.emplace_back(after);
    for (std::size_t level = 0; level <= static_cast<std::size_t>(own.cov); ++level) {
      now[level] = after[static_cast<std::size_t>(own.cov)];
      now[level].declared_never_logged = now[level].declared_never_logged || own.declared_never_logged;
      if (now[level].last == kNone) now[level].last = static_cast<std::uint32_t>(k);
    }
  }
  return kept[names.epochs.size() - from];
}

CovAnswer WorstCoverage::since(EventKind kind, SessionId session, EpochId like, TimeNs from) {
  const SessionId whose = world_.told_apart(kind, session);
  const Named& names = named(like);
  CovAnswer worst;
  worst.cov = Cov::yes;
  const auto add = [&worst](CovAnswer cov) {
    cov.declared_never_logged = cov.declared_never_logged || worst.declared_never_logged;
    worst = std::move(cov);
  };
  const auto first = std::partition_point(names.latest.begin(), names.latest.end(), [&](TimeNs end) { return end <= from; });
  const auto later = std::partition_point(names.soonest.begin(), names.soonest.end(), [&](TimeNs t) { return t < from; });
  const auto rest = static_cast<std::size_t>(later - names.soonest.begin());
  for (auto k = static_cast<std::size_t>(first - names.latest.begin()); k < rest; ++k) {
    if (names.ends[k] <= from) continue;
    if (CovAnswer cov = of(kind, whose, names, k, from); cov.cov >= worst.cov) add(std::move(cov));
  }
  const ProcessEpoch& epoch = epoch_of(world_, like);
  const Added after = added(kind, whose, {epoch.domain, epoch.process}, names, rest)[static_cast<std::size_t>(worst.cov)];
  if (after.last != kNone) {
    add(of(kind, whose, names, after.last, kTimeMin));
    worst.declared_never_logged = worst.declared_never_logged || after.declared_never_logged;
  }
  return worst;
}

}  // namespace uptrail::analysis::rules
