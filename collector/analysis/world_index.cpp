// The indexes of a World: made once, before the first rule asks.
#include <algorithm>
#include <array>
#include <numeric>
#include <unordered_map>

#include "collector/analysis/reconstruct/epochs.h"
#include "collector/analysis/world_impl.h"

namespace uptrail::analysis {

namespace {

using K = EventKind;

// Kinds that say something about one task.
bool of_a_task(K k) {
  return (k >= K::task_create && k <= K::delegate_dropped && k != K::task_create_failed) ||
         (k >= K::daemon_task_created && k <= K::daemon_task_finished) || k == K::daemon_callback_acknowledged;
}
// Kinds that say something about one session.
bool of_a_session(K k) {
  return (k >= K::session_create && k <= K::session_did_finish_events) ||
         (k >= K::wake_handle_events && k <= K::wake_never_called_warning) ||
         (k >= K::daemon_session_created && k <= K::daemon_client_disconnected) || k == K::daemon_callback_held ||
         k == K::daemon_callback_released || (k >= K::daemon_wake_requested && k <= K::daemon_assertion_released);
}

}  // namespace

// Two passes over the facts for all tables: one counts, one fills.
void WorldImpl::index_facts() {
  const std::span<const Fact> all = facts_.facts;
  const UnitEntities& e = entities_;
  const auto each = [&](const Fact& f, auto&& use) {
    use(by_task_, position(e.tasks, f.task));
    use(by_session_, f.task.valid() ? SIZE_MAX : position(e.sessions, f.session));
    use(by_epoch_, position(e.epochs, f.epoch));
    use(by_upload_, position(e.uploads, f.upload));
    use(by_kind_, static_cast<std::size_t>(f.kind));
  };
  by_task_.start(e.tasks.size());
  by_session_.start(e.sessions.size());
  by_epoch_.start(e.epochs.size());
  by_upload_.start(e.uploads.size());
  by_kind_.start(kEventKindCount);
  stream_counts_.start(streams_.size());
  loose_.resize(kEventKindCount);
  std::array<StreamId, kEventKindCount> logged_by;
  for (FactIndex i = 0; i < all.size(); ++i) {
    const Fact& f = all[i];
    each(f, [](FactTable& table, std::size_t key) { table.count(key); });
    stream_counts_.add(f.stream);
    const auto k = static_cast<std::size_t>(f.kind);
    several_log_[k] = several_log_[k] || !f.stream.valid() || (logged_by[k].valid() && logged_by[k] != f.stream);
    logged_by[k] = f.stream;
    plain_times_ = plain_times_ && f.domain == all.front().domain && !f.has(kNoTime) && (i == 0 || all[i - 1].t <= f.t);
    const bool lost = of_a_task(f.kind) ? !f.task.valid() : (of_a_session(f.kind) && !f.session.valid());
    if (lost) {
      loose_[k].push_back(i);
    }
  }
  stream_counts_.finish();
  const std::array tables = {&by_task_, &by_session_, &by_epoch_, &by_upload_, &by_kind_};
  std::for_each(tables.begin(), tables.end(), [](FactTable* table) { table->counted(); });
  for (std::size_t i = 0; i < all.size(); ++i) {
    each(all[i], [i](FactTable& table, std::size_t key) { table.put(key, i); });
  }
  std::for_each(tables.begin(), tables.end(), [](FactTable* table) { table->filled(); });
}

void WorldImpl::index() {
  index_facts();
  const std::span<const Fact> all = facts_.facts;
  by_stream_kind_.build(all, streams_.size() * kEventKindCount, [&](const Fact& f) {
    const auto k = static_cast<std::size_t>(f.kind);
    return f.stream.valid() && several_log_[k] ? f.stream.value * kEventKindCount + k : SIZE_MAX;
  });
  const auto kind_of = [](const Fact& f) { return f.kind; };
  session_kinds_.build(all, by_session_, kind_of);
  session_epochs_.build(all, by_session_, [](const Fact& f) { return f.epoch; });
  epoch_kinds_.build(all, by_epoch_, kind_of);
  index_tasks();
  index_epochs();
  index_signs();
  if (facts_.strangers != nullptr) {
    for (std::size_t i = 0; i < facts_.strangers->size(); ++i) {
      strangers_[(*facts_.strangers)[i].kind].push_back(static_cast<FactIndex>(i));
    }
  }
  slack_ = std::max(kBetweenFiles, kWholeSecond);
  for (const Stream& stream : streams_) {
    slack_ = std::max(slack_, stream.uncertainty);
  }
}

std::span<const FactIndex> WorldImpl::of_object(ObjectId id) const {
  if (!objects_indexed_) {
    by_object_.build(facts_.facts, entities_.objects.size(),
                     [&](const Fact& f) { return position(entities_.objects, f.object); });
    objects_indexed_ = true;
  }
  return of(by_object_, entities_.objects, id);
}

void WorldImpl::index_tasks() {
  const UnitEntities& e = entities_;
  session_tasks_from_.assign(e.sessions.size() + 1, 0);
  const auto session_of = [&](TaskId id) { return position(e.sessions, derived_.tasks[id.value].session); };
  for (const TaskId id : e.tasks) {
    if (const std::size_t s = session_of(id); s < e.sessions.size()) {
      ++session_tasks_from_[s + 1];
    }
  }
  std::partial_sum(session_tasks_from_.begin(), session_tasks_from_.end(), session_tasks_from_.begin());
  session_tasks_.resize(session_tasks_from_.back());
  std::vector<std::uint32_t> next(session_tasks_from_.begin(), session_tasks_from_.end() - 1);
  for (const TaskId id : e.tasks) {
    if (const std::size_t s = session_of(id); s < e.sessions.size()) {
      session_tasks_[next[s]++] = id;
    }
  }
  index_lives();
}

std::span<const TaskId> WorldImpl::tasks_of(SessionId id) const {
  const std::size_t s = position(entities_.sessions, id);
  if (s >= entities_.sessions.size()) {
    return {};
  }
  return std::span(session_tasks_).subspan(session_tasks_from_[s], session_tasks_from_[s + 1] - session_tasks_from_[s]);
}

void WorldImpl::index_lives() {
  const UnitEntities& e = entities_;
  task_kinds_.resize(e.tasks.size());
  life_at_.assign(e.tasks.size(), UINT32_MAX);
  lives_.reserve(e.tasks.size());
  const auto put = [&](TaskId id, std::size_t at) {
    const auto own = by_task_.of(at);
    life_at_[at] = static_cast<std::uint32_t>(lives_.size());
    lives_.push_back(life_of_task(facts_.facts, own, id));
    for (const FactIndex i : own) {
      task_kinds_[at].set(static_cast<std::size_t>(fact(i).kind));
    }
  };
  for (const TaskId id : session_tasks_) {
    put(id, position(e.tasks, id));
  }
  for (std::size_t at = 0; at < e.tasks.size(); ++at) {
    if (life_at_[at] == UINT32_MAX) {
      put(e.tasks[at], at);
    }
  }
}

std::span<const TaskLife> WorldImpl::lives_of(SessionId id) const {
  const std::size_t s = position(entities_.sessions, id);
  if (s >= entities_.sessions.size()) {
    return {};
  }
  return std::span(lives_).subspan(session_tasks_from_[s], session_tasks_from_[s + 1] - session_tasks_from_[s]);
}

TaskLife WorldImpl::life_of(TaskId id) const {
  const std::size_t at = position(entities_.tasks, id);
  return at < life_at_.size() ? lives_[life_at_[at]] : TaskLife{id, kNoFact, kNoFact, kNoFact, kNoFact, kNoFact};
}

const KindSet& WorldImpl::kinds_of(TaskId id) const {
  static const KindSet kNone;
  const std::size_t at = position(entities_.tasks, id);
  return at < task_kinds_.size() ? task_kinds_[at] : kNone;
}

std::span<const EpochId> WorldImpl::epochs_of(SessionId id) const {
  const auto all = session_epochs_.parts(position(entities_.sessions, id));
  return !all.empty() && !all.back().valid() ? all.first(all.size() - 1) : all;  // in no process: nsurlsessiond's, a store's
}

void WorldImpl::index_epochs() {
  const auto& ids = entities_.epochs;
  // The next process of the name, from the last to the first: only those that were seen later count.
  std::map<std::pair<DomainId, std::string_view>, std::vector<EpochId>> of_name;
  for (const EpochId id : ids) {
    const ProcessEpoch& e = derived_.epochs[id.value];
    of_name[{e.domain, e.process}].push_back(id);
  }
  life_ends_.resize(ids.size());
  for (auto& [name, list] : of_name) {
    std::stable_sort(list.begin(), list.end(), [&](EpochId a, EpochId b) {
      return derived_.epochs[a.value].seen.start < derived_.epochs[b.value].seen.start;
    });
    TimeNs later = kTimeMax;  // the earliest begin of those seen later than the one at hand
    TimeNs same = kTimeMax;   // … and of those seen at the same time, to be counted for earlier ones
    for (std::size_t k = list.size(); k-- > 0;) {
      const ProcessEpoch& self = derived_.epochs[list[k].value];
      if (k + 1 < list.size() && derived_.epochs[list[k + 1].value].seen.start > self.seen.start) {
        later = std::min(later, same);
      }
      TimeNs end = std::min(coverage_.capture_end(self.domain), later);
      end = std::min(end, self.end.value_or(kTimeMax));
      life_ends_[position(ids, list[k])] = std::max(end, self.seen.start);
      same = std::min(same, self.launch.value_or(self.seen.start));
    }
  }
  last_app_signs_.assign(ids.size(), kTimeMin);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const ProcessEpoch& e = derived_.epochs[ids[i].value];
    for (const FactIndex f : by_epoch_.of(i)) {
      if (fact(f).domain == e.domain && is_app_side(fact(f), streams_)) {
        last_app_signs_[i] = std::max(last_app_signs_[i], fact(f).t - uncertainty(fact(f)));
      }
    }
    Row& row = rows_[e.domain];
    TimeNs latest = std::max(e.seen.end, life_ends_[i]);
    if (!e.running.empty()) {
      latest = std::max(latest, e.running.intervals().back().end);
    }
    row.ids.push_back(ids[i]);
    row.latest.push_back(row.latest.empty() ? latest : std::max(row.latest.back(), latest));
    row.earliest.push_back(std::min(e.seen.start, e.launch.value_or(e.seen.start)));
    row.last_app_sign = std::max(row.last_app_sign, last_app_signs_[i]);
  }
  for (auto& [domain, row] : rows_) {
    for (std::size_t i = row.earliest.size(); i-- > 1;) {
      row.earliest[i - 1] = std::min(row.earliest[i - 1], row.earliest[i]);
    }
  }
}

void WorldImpl::index_signs() {
  said_foreground_.resize(entities_.sessions.size());
  for (const auto& [i, info] : facts_.objects) {
    const Fact& f = fact(i);
    const std::size_t s = f.task.valid() ? SIZE_MAX : position(entities_.sessions, f.session);
    if (s < said_foreground_.size() && info.background == false) {
      said_foreground_[s] = true;
    }
  }
  std::unordered_map<std::uint64_t, FirstOfTasks> firsts;
  FirstOfTasks* at = nullptr;  // of the last fact: those of one session in one process often follow each other
  for (FactIndex i = 0; i < facts_.facts.size(); ++i) {
    const Fact& f = fact(i);
    if (!f.task.valid() || !f.session.valid() || !f.epoch.valid() || f.kind == K::upload_state) {
      continue;
    }
    if (at == nullptr || at->session != f.session || at->epoch != f.epoch) {
      constexpr unsigned kIdBits = 32;
      const std::uint64_t key = (std::uint64_t{f.session.value} << kIdBits) | f.epoch.value;
      at = &firsts.try_emplace(key, FirstOfTasks{f.session, f.epoch, i, kNoFact}).first->second;
    }
    if (at->own == kNoFact && f.kind != K::file_op && f.stream.valid() && is_process(streams_[f.stream.value].observer)) {
      at->own = i;
    }
  }
  first_of_tasks_.reserve(firsts.size());
  for (const auto& [key, first] : firsts) {
    first_of_tasks_.push_back(first);
  }
  std::sort(first_of_tasks_.begin(), first_of_tasks_.end(),
            [](const FirstOfTasks& a, const FirstOfTasks& b) { return a.pair() < b.pair(); });
}

FactIndex WorldImpl::first_of_tasks(SessionId id, EpochId epoch, bool own) const {
  const auto it = first_of_tasks_from(id, epoch);
  const bool found = it != first_of_tasks_.end() && it->pair() == std::pair(id, epoch);
  return !found ? kNoFact : (own ? it->own : it->any);
}

std::vector<EpochId> WorldImpl::epochs_of_tasks(SessionId id) const {
  std::vector<EpochId> out;
  for (auto it = first_of_tasks_from(id, EpochId{0}); it != first_of_tasks_.end() && it->session == id; ++it) {
    out.push_back(it->epoch);
  }
  return out;
}

TimeNs WorldImpl::life_end(EpochId epoch) const { return life_ends_.at(position(entities_.epochs, epoch)); }

std::span<const EpochId> WorldImpl::epochs_in(DomainId domain, Interval span) const {
  const auto found = rows_.find(domain);
  if (found == rows_.end()) {
    return {};
  }
  const Row& row = found->second;
  const auto from = std::partition_point(row.latest.begin(), row.latest.end(), [&](TimeNs end) { return end <= span.start; });
  const auto to = std::partition_point(row.earliest.begin(), row.earliest.end(), [&](TimeNs t) { return t < span.end; });
  const auto first = static_cast<std::size_t>(from - row.latest.begin());
  const auto last = static_cast<std::size_t>(to - row.earliest.begin());
  return first < last ? std::span(row.ids).subspan(first, last - first) : std::span<const EpochId>();
}

std::span<const FactIndex> WorldImpl::within(std::span<const FactIndex> list, Interval span) const {
  if (!plain_times_) {
    return list;
  }
  const TimeNs begin = span.start - slack_;
  const TimeNs end = span.end + slack_;
  const auto from = std::partition_point(list.begin(), list.end(), [&](FactIndex i) { return fact(i).t < begin; });
  const auto to = std::partition_point(from, list.end(), [&](FactIndex i) { return fact(i).t <= end; });
  return {from, to};
}

void WorldImpl::resolve_listings() {
  listed_ = facts_.lists.tasks;
  if (facts_.lists.names.empty()) {
    return;
  }
  TaskNames names;
  for (const TaskId id : entities_.tasks) {
    const Task& t = derived_.tasks[id.value];
    if (t.session.valid() && t.identifier) {
      names.by_number[{t.session, *t.identifier}].push_back(id);
    }
    if (t.session.valid() && !t.desc.empty()) {
      names.by_desc[{t.session, t.desc}].push_back(id);
    }
  }
  for (const Lists::Names& entry : facts_.lists.names) {
    listed_[entry.entry] = listed_task(names, entry, facts_.facts[facts_.lists.answer_with(entry.entry)]);
  }
}

// By UUID alone; without one by the number inside the session, at that time; then by the description inside the session. Where a
// higher key disagrees, a lower one does not count.
TaskId WorldImpl::listed_task(const TaskNames& names, const Lists::Names& entry, const Fact& list) const {
  const auto possible = [&](TaskId id) { return !entry.uuid || !derived_.tasks[id.value].uuid; };
  if (!list.session.valid()) {
    return {};
  }
  if (entry.id) {
    TaskId youngest;  // numbers are used again
    if (const auto it = names.by_number.find({list.session, *entry.id}); it != names.by_number.end()) {
      for (const TaskId id : it->second) {
        const Task& t = derived_.tasks[id.value];
        if (possible(id) && t.seen.start <= list.t &&
            (!youngest.valid() || t.seen.start >= derived_.tasks[youngest.value].seen.start)) {
          youngest = id;
        }
      }
    }
    if (youngest.valid()) {
      return youngest;
    }
  }
  TaskId only;
  const auto it = names.by_desc.find({list.session, facts_.names.text(entry.desc)});
  if (entry.desc.valid() && it != names.by_desc.end()) {
    for (const TaskId id : it->second) {
      if (!possible(id) || (entry.id && derived_.tasks[id.value].identifier)) {
        continue;
      }
      if (only.valid()) {
        return {};
      }
      only = id;
    }
  }
  return only;
}

}  // namespace uptrail::analysis
