#include "collector/analysis/world_impl.h"

#include <algorithm>

#include "collector/analysis/reconstruct/epochs.h"

namespace uptrail::analysis {

namespace {

using K = EventKind;

// Clock uncertainty between the processes of one log, and between files that say nothing better.
constexpr DurationNs kWithinArchive = milliseconds(5);
constexpr DurationNs kBetweenFiles = seconds(2);
// Lines of one stream may be written this much out of order.
constexpr DurationNs kShuffled = milliseconds(1);
// Stamps of whole seconds: lines that disagree with them by one may have been written in either order.
constexpr DurationNs kWholeSecond = seconds(1);

bool whole_seconds(const Fact& x, const Fact& y) { return x.t.ns % kWholeSecond.ns == 0 && y.t.ns % kWholeSecond.ns == 0; }

bool is_process(Observer o) { return o == Observer::app || o == Observer::cfn; }

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

struct FieldText {
  std::string operator()(const std::string& s) const { return s; }
  std::string operator()(std::int64_t i) const { return std::to_string(i); }
  std::string operator()(bool b) const { return b ? "true" : "false"; }
  std::string operator()(const Uuid& u) const { return u.text(); }
  std::string operator()(TimeNs t) const { return format_iso(t); }
  std::string operator()(double d) const {
    std::string s = std::to_string(d);
    s.erase(s.find_last_not_of('0') + 1);
    if (s.ends_with('.')) {
      s.pop_back();
    }
    return s;
  }
  template <class Other>
  std::string operator()(const Other&) const {
    return {};
  }
};

}  // namespace

WorldImpl::WorldImpl(UnitId unit, const UnitFacts& facts, const UnitEntities& entities, const Derived& derived,
                     std::span<const Stream> streams, const Coverage& coverage, EventText event)
    : unit_(unit),
      facts_(facts),
      entities_(entities),
      derived_(derived),
      streams_(streams),
      coverage_(coverage),
      event_(std::move(event)) {
  index();
  resolve_listings();
  breaks_ = facts.lives.breaks;
  views_ = build_task_views(facts, entities.tasks, streams, listed_, breaks_);
}

template <class Id>
std::size_t WorldImpl::position(const std::vector<Id>& ids, Id id) {
  const auto it = std::lower_bound(ids.begin(), ids.end(), id);
  return it != ids.end() && *it == id ? static_cast<std::size_t>(it - ids.begin()) : SIZE_MAX;
}

void WorldImpl::index() {
  const std::span<const Fact> all = facts_.facts;
  const UnitEntities& e = entities_;
  by_task_.build(all, e.tasks.size(), [&](const Fact& f) { return position(e.tasks, f.task); });
  by_session_.build(all, e.sessions.size(),
                    [&](const Fact& f) { return f.task.valid() ? SIZE_MAX : position(e.sessions, f.session); });
  by_object_.build(all, e.objects.size(), [&](const Fact& f) { return position(e.objects, f.object); });
  by_epoch_.build(all, e.epochs.size(), [&](const Fact& f) { return position(e.epochs, f.epoch); });
  by_upload_.build(all, e.uploads.size(), [&](const Fact& f) { return position(e.uploads, f.upload); });
  by_kind_.build(all, kEventKindCount, [](const Fact& f) { return static_cast<std::size_t>(f.kind); });
  by_stream_.build(all, streams_.size(), [](const Fact& f) { return static_cast<std::size_t>(f.stream.value); });
  by_stream_kind_.build(all, streams_.size() * kEventKindCount, [](const Fact& f) {
    return f.stream.valid() ? f.stream.value * kEventKindCount + static_cast<std::size_t>(f.kind) : SIZE_MAX;
  });
  if (facts_.strangers != nullptr) {
    for (std::size_t i = 0; i < facts_.strangers->size(); ++i) {
      strangers_[(*facts_.strangers)[i].kind].push_back(i);
    }
  }
  loose_.resize(kEventKindCount);
  for (FactIndex i = 0; i < all.size(); ++i) {
    const Fact& f = all[i];
    const bool lost = of_a_task(f.kind) ? !f.task.valid() : (of_a_session(f.kind) && !f.session.valid());
    if (lost) {
      loose_[static_cast<std::size_t>(f.kind)].push_back(i);
    }
  }
}

void WorldImpl::resolve_listings() {
  if (facts_.listings.empty()) {
    return;
  }
  TaskNames names;
  for (const TaskId id : entities_.tasks) {
    const Task& t = derived_.tasks[id.value];
    if (t.uuid) {
      names.by_uuid.emplace(*t.uuid, id);
    }
    if (t.session.valid() && t.identifier) {
      names.by_number[{t.session, *t.identifier}].push_back(id);
    }
    if (t.session.valid() && !t.desc.empty()) {
      names.by_desc[{t.session, t.desc}].push_back(id);
    }
  }
  for (const auto& [index, entries] : facts_.listings) {
    std::vector<TaskId>& out = listed_[index];
    for (const TaskListing& entry : entries) {
      out.push_back(listed_task(names, entry, facts_.facts[index]));
    }
  }
}

// By UUID alone; without one by the number inside the session, at that time; then by the description inside the session. Where a
// higher key disagrees, a lower one does not count.
TaskId WorldImpl::listed_task(const TaskNames& names, const TaskListing& entry, const Fact& list) const {
  if (entry.uuid) {
    if (const auto it = names.by_uuid.find(*entry.uuid); it != names.by_uuid.end()) {
      return it->second;
    }
  }
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
  if (const auto it = names.by_desc.find({list.session, entry.desc}); !entry.desc.empty() && it != names.by_desc.end()) {
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

const std::vector<TaskListing>& WorldImpl::listing(FactIndex tasks_answered) const {
  static const std::vector<TaskListing> kNone;
  const auto it = facts_.listings.find(tasks_answered);
  return it == facts_.listings.end() ? kNone : it->second;
}

std::span<const TaskId> WorldImpl::listed_tasks(FactIndex tasks_answered) const {
  const auto it = listed_.find(tasks_answered);
  return it == listed_.end() ? std::span<const TaskId>() : std::span<const TaskId>(it->second);
}

const ObjectInfo* WorldImpl::object_info(FactIndex session_create) const {
  const auto it = facts_.objects.find(session_create);
  return it == facts_.objects.end() ? nullptr : &it->second;
}

std::string_view WorldImpl::path_of(FactIndex file_op) const {
  const auto it = std::lower_bound(facts_.paths.begin(), facts_.paths.end(), file_op,
                                   [](const auto& entry, FactIndex i) { return entry.first < i; });
  return it != facts_.paths.end() && it->first == file_op ? facts_.names.text(it->second) : std::string_view();
}

std::string WorldImpl::text_of(FactIndex i, Field field) const {
  const auto event = event_ ? event_(fact(i).event) : Result<std::optional<Event>>(std::optional<Event>());
  if (!event.ok() || !event.value()) {
    return {};
  }
  const Value* v = event.value()->fields.find(field);
  return v == nullptr ? std::string() : std::visit(FieldText{}, *v);
}

CovAnswer WorldImpl::cov(EventKind kind, Scope scope, Interval span) const { return coverage_.cov(kind, scope, span); }

DomainId WorldImpl::domain_of(const AbsentQuery& query) const {
  if (query.scope.epoch.valid()) {
    return derived_.epochs[query.scope.epoch.value].domain;
  }
  if (query.scope.domain.valid()) {
    return query.scope.domain;
  }
  if (!query.among.empty()) {
    return fact(query.among.front()).domain;
  }
  return facts_.facts.empty() ? DomainId{} : facts_.facts.front().domain;
}

DurationNs WorldImpl::uncertainty(const Fact& f) const {
  return f.stream.valid() ? streams_[f.stream.value].uncertainty : kBetweenFiles;
}

FactIndex WorldImpl::find(const AbsentQuery& query, DomainId domain) const {
  for (const FactIndex i : query.among) {
    const Fact& f = fact(i);
    if (std::find(query.kinds.begin(), query.kinds.end(), f.kind) == query.kinds.end()) {
      continue;
    }
    // In another order domain, or without time, only its existence is known: it may be the one.
    const DurationNs eps = uncertainty(f);
    const bool timed = f.domain == domain && !f.has(kNoTime);
    if (timed && (f.t < query.span.start - eps || f.t > query.span.end + eps)) {
      continue;
    }
    if (!query.match || query.match(f)) {
      return i;
    }
  }
  return kNoFact;
}

bool WorldImpl::may_be_it(const AbsentQuery& query, const Fact& f, DomainId domain, Interval span) const {
  const bool other_process = query.scope.epoch.valid() && f.epoch.valid() && f.epoch != query.scope.epoch;
  const bool other_session = query.scope.session.valid() && f.session.valid() && f.session != query.scope.session;
  return !other_process && !other_session && f.domain == domain && f.t >= span.start && f.t <= span.end &&
         (!query.match || query.match(f));
}

bool WorldImpl::unattributed(const AbsentQuery& query, DomainId domain, Interval span) const {
  for (const K kind : query.kinds) {
    for (const FactIndex i : loose_[static_cast<std::size_t>(kind)]) {
      if (may_be_it(query, fact(i), domain, span)) {
        return true;
      }
    }
    const auto strangers = strangers_.find(kind);
    if (strangers == strangers_.end()) {
      continue;
    }
    for (const std::size_t i : strangers->second) {
      if (may_be_it(query, (*facts_.strangers)[i], domain, span)) {
        return true;
      }
    }
  }
  return false;
}

DurationNs WorldImpl::waited(const AbsentQuery& query, DomainId domain, TimeNs until) const {
  if (query.clock == Clock::wall) {
    return Interval{query.span.start, until}.length();
  }
  const Interval span{std::max(query.span.start, query.run_from), until};
  if (query.scope.epoch.valid()) {
    return run_time(query.scope.epoch, span);
  }
  DurationNs sum;
  for (const EpochId e : entities_.epochs) {
    if (derived_.epochs[e.value].domain == domain) {
      sum = sum + run_time(e, span);
    }
  }
  return sum;
}

std::size_t WorldImpl::count(std::span<const FactIndex> list, DomainId domain, Interval span) const {
  const auto before = [&](FactIndex i, TimeNs t) {
    const Fact& f = fact(i);
    return f.domain != domain ? f.domain < domain : f.t < t;
  };
  const auto from = std::lower_bound(list.begin(), list.end(), span.start, before);
  const auto to = std::lower_bound(from, list.end(), span.end, before);
  return static_cast<std::size_t>(to - from);
}

std::vector<SearchDone> WorldImpl::searched(const AbsentQuery& query, DomainId domain, Interval span) const {
  std::vector<SearchDone> out;
  for (const K kind : query.kinds) {
    for (const StreamId s : coverage_.streams_of(kind)) {
      if (streams_[s.value].domain != domain) {
        continue;
      }
      const auto key = s.value * kEventKindCount + static_cast<std::size_t>(kind);
      out.push_back({kind, s, span, count(by_stream_.of(s.value), domain, span), count(by_stream_kind_.of(key), domain, span)});
    }
  }
  return out;
}

// A log that the app itself writes ends with the app, which is the end of the capture for it. Not so when the process is known
// to have lived on: then something was not recorded.
bool WorldImpl::ends_with_process(StreamId stream, EpochId epoch, TimeNs until) const {
  if (!is_process(streams_[stream.value].observer)) {
    return false;
  }
  const DomainId domain = streams_[stream.value].domain;
  for (const EpochId id : epoch.valid() ? std::vector<EpochId>{epoch} : entities_.epochs) {
    const auto facts = of_epoch(id);
    for (auto i = facts.rbegin(); i != facts.rend() && fact(*i).domain == domain && fact(*i).t > until; ++i) {
      if (fact(*i).t > until + uncertainty(fact(*i)) && is_app_side(fact(*i), streams_)) {
        return false;
      }
    }
  }
  return true;
}

AbsentAnswer WorldImpl::absent(const AbsentQuery& query) const {
  AbsentAnswer out;
  const DomainId domain = domain_of(query);
  Interval span = query.span;
  span.end = std::min(span.end, std::max(span.start, coverage_.capture_end(domain)));
  out.searched = searched(query, domain, span);
  if (const FactIndex i = find(query, domain); i != kNoFact) {
    out.answer = Absent::no;
    out.found = i;
    return out;
  }
  Scope scope = query.scope;
  scope.domain = domain;
  // The best witness: the stream that records one of the kinds over the span, or until its own end.
  bool covered = false;
  std::optional<CovAnswer> why_not;
  for (const K kind : query.kinds) {
    for (const StreamId s : coverage_.streams_of(kind)) {
      const Coverage::OfStream whole = coverage_.of_stream(s, kind, scope, span);
      const bool cut = whole.until < span.end && whole.until > span.start && ends_with_process(s, query.scope.epoch, whole.until);
      const Coverage::OfStream kept = cut ? coverage_.of_stream(s, kind, scope, {span.start, whole.until}) : whole;
      if (kept.answer.cov != Cov::yes) {
        if (!why_not || (why_not->cov == Cov::no && kept.answer.cov == Cov::partial)) {
          why_not = kept.answer;
        }
        continue;
      }
      const DurationNs time = waited(query, domain, std::min(kept.until, span.end));
      const bool better = !covered || (out.coverage.declared_never_logged && !kept.answer.declared_never_logged) ||
                          (out.coverage.declared_never_logged == kept.answer.declared_never_logged && time > out.waited);
      if (better) {
        covered = true;
        out.coverage = kept.answer;
        out.waited = time;
      }
    }
  }
  if (!covered) {
    out.coverage = why_not ? *why_not : (query.kinds.empty() ? CovAnswer{} : coverage_.cov(query.kinds.front(), scope, span));
    return out;
  }
  if (unattributed(query, domain, span)) {
    out.coverage.cov = Cov::partial;
    out.coverage.reason = "an event of the kind names neither its task nor its session";
    out.coverage.add = "log the task's UUID or the session's identifier";
    return out;
  }
  out.answer = out.waited < query.T ? Absent::pending : Absent::yes;
  return out;
}

DurationNs WorldImpl::run_time(EpochId epoch, Interval span) const {
  if (!epoch.valid() || epoch.value >= derived_.epochs.size()) {
    return {};
  }
  return derived_.epochs[epoch.value].running.measure(span);
}

bool WorldImpl::told_by_system(EventKind kind, Scope scope, Interval span) const {
  const auto streams = coverage_.streams_of(kind);
  return std::any_of(streams.begin(), streams.end(), [&](StreamId s) {
    if (is_process(streams_[s.value].observer)) {
      return false;
    }
    const CovAnswer answer = coverage_.of_stream(s, kind, scope, span).answer;
    return answer.cov == Cov::yes && !answer.declared_never_logged;
  });
}

Order WorldImpl::order(FactIndex a, FactIndex b) const {
  const Fact& x = fact(a);
  const Fact& y = fact(b);
  if (a == b || !x.stream.valid() || !y.stream.valid()) {
    return Order::unordered;
  }
  const Stream& sx = streams_[x.stream.value];
  const Stream& sy = streams_[y.stream.value];
  const bool one_source = sx.source == sy.source;
  const Order by_file = x.event < y.event ? Order::before : Order::after;
  if (one_source && (x.has(kNoTime) || y.has(kNoTime))) {
    return sx.id == sy.id ? by_file : Order::unordered;
  }
  if (x.domain != y.domain || x.has(kNoTime) || y.has(kNoTime)) {
    return Order::unordered;
  }
  const Order by_time = x.t < y.t ? Order::before : Order::after;
  const DurationNs apart = x.t < y.t ? y.t - x.t : x.t - y.t;
  // One process writes its lines in order; those of one file that disagree with their times by a hair prove nothing.
  const bool one_writer = one_source && (sx.id == sy.id || (is_process(sx.observer) && is_process(sy.observer)));
  if (one_writer) {
    if (apart.ns == 0 || by_time == by_file) {
      return by_file;
    }
    // A clock that was moved is uncertain by more than any two files are among each other.
    const DurationNs moved = sx.uncertainty > kBetweenFiles ? sx.uncertainty : DurationNs{};
    const DurationNs slack = std::max(whole_seconds(x, y) ? kWholeSecond : kShuffled, moved);
    return apart <= slack ? Order::unordered : by_time;
  }
  DurationNs eps = std::max(sx.uncertainty, sy.uncertainty);
  if (one_source) {
    eps = std::max(eps, kWithinArchive);
  } else if (eps.ns == 0) {
    eps = kBetweenFiles;
  }
  return apart <= eps ? Order::unordered : by_time;
}

}  // namespace uptrail::analysis
