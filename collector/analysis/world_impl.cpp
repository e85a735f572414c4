#include "collector/analysis/world_impl.h"

#include <algorithm>
#include <numeric>

#include "collector/analysis/reconstruct/epochs.h"

namespace uptrail::analysis {

namespace {

using K = EventKind;

// Clock uncertainty between the processes of one log.
constexpr DurationNs kWithinArchive = milliseconds(5);
// Lines of one stream may be written this much out of order.
constexpr DurationNs kShuffled = milliseconds(1);

bool whole_seconds(const Fact& x, const Fact& y) { return x.t.ns % kWholeSecond.ns == 0 && y.t.ns % kWholeSecond.ns == 0; }

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
    : World(facts.facts),
      unit_(unit),
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

std::span<const ListedTask> WorldImpl::listing(FactIndex tasks_answered) const {
  const auto [from, to] = facts_.lists.range(tasks_answered);
  return std::span(facts_.lists.entries).subspan(from, to - from);
}

std::span<const TaskId> WorldImpl::listed_tasks(FactIndex tasks_answered) const {
  const auto [from, to] = facts_.lists.range(tasks_answered);
  return std::span(listed_).subspan(from, to - from);
}

const ObjectInfo* WorldImpl::object_info(FactIndex session_create) const {
  const auto it = std::lower_bound(facts_.objects.begin(), facts_.objects.end(), session_create,
                                   [](const auto& entry, FactIndex f) { return entry.first < f; });
  return it == facts_.objects.end() || it->first != session_create ? nullptr : &it->second;
}

std::string_view WorldImpl::text_in(const std::vector<std::pair<FactIndex, StringId>>& texts, FactIndex i) const {
  const auto it = std::lower_bound(texts.begin(), texts.end(), i, [](const auto& entry, FactIndex f) { return entry.first < f; });
  return it != texts.end() && it->first == i ? facts_.names.text(it->second) : std::string_view();
}

std::string_view WorldImpl::path_of(FactIndex file_op) const { return text_in(facts_.paths, file_op); }
std::string_view WorldImpl::method_of(FactIndex delegate_call) const { return text_in(facts_.methods, delegate_call); }

std::string_view WorldImpl::queue_of(FactIndex delegate_call) const { return text_in(facts_.queues, delegate_call); }

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
  if (query.among.empty()) {
    return kNoFact;
  }
  for (const FactIndex i : domain == facts_.facts.front().domain ? within(query.among, query.span) : query.among) {
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
  // Facts are ascending in domain and time: only those in the span need a look.
  const auto any = [&](std::span<const FactIndex> list, std::span<const Fact> facts) {
    const auto before = [&](FactIndex i, TimeNs t) {
      return facts[i].domain != domain ? facts[i].domain < domain : facts[i].t < t;
    };
    for (auto i = std::lower_bound(list.begin(), list.end(), span.start, before); i != list.end(); ++i) {
      if (facts[*i].domain != domain || facts[*i].t > span.end) {
        return false;
      }
      if (may_be_it(query, facts[*i], domain, span)) {
        return true;
      }
    }
    return false;
  };
  return std::any_of(query.kinds.begin(), query.kinds.end(), [&](K kind) {
    const auto strangers = strangers_.find(kind);
    return any(loose_[static_cast<std::size_t>(kind)], facts_.facts) ||
           (strangers != strangers_.end() && any(strangers->second, *facts_.strangers));
  });
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
  for (const EpochId e : epochs_in(domain, span)) {
    sum = sum + run_time(e, span);
  }
  return sum;
}

SearchDone WorldImpl::counted(SearchDone search) const {
  const DomainId domain = streams_[search.stream.value].domain;
  const auto before = [&](const Fact& f, TimeNs t) { return f.domain != domain ? f.domain < domain : f.t < t; };
  const auto by_index = [&](FactIndex i, TimeNs t) { return before(fact(i), t); };
  const std::span<const Fact> all = facts_.facts;
  const auto from = std::lower_bound(all.begin(), all.end(), search.span.start, before);
  const auto to = std::lower_bound(from, all.end(), search.span.end, before);
  search.records = stream_counts_.count(all, search.stream, static_cast<std::size_t>(from - all.begin()),
                                        static_cast<std::size_t>(to - all.begin()));
  const auto kind = static_cast<std::size_t>(search.kind);
  const auto shared = by_stream_kind_.of(search.stream.value * kEventKindCount + kind);
  const auto list = several_log_[kind] ? shared : by_kind_.of(kind);
  const bool logs_it = several_log_[kind] || (!list.empty() && fact(list.front()).stream == search.stream);
  const auto first = std::lower_bound(list.begin(), list.end(), search.span.start, by_index);
  const auto last = std::lower_bound(first, list.end(), search.span.end, by_index);
  search.siblings_found = logs_it ? static_cast<std::uint64_t>(last - first) : 0;
  return search;
}

std::vector<SearchDone> WorldImpl::searched(const AbsentQuery& query, DomainId domain, Interval span) const {
  std::vector<SearchDone> out;
  for (const K kind : query.kinds) {
    for (const StreamId s : coverage_.streams_of(kind)) {
      if (streams_[s.value].domain != domain) {
        continue;
      }
      out.push_back({kind, s, span, 0, 0});
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
  if (epoch.valid()) {
    const std::size_t i = position(entities_.epochs, epoch);
    return i >= last_app_signs_.size() || last_app_signs_[i] <= until ||
           derived_.epochs[epoch.value].domain != streams_[stream.value].domain;
  }
  const auto row = rows_.find(streams_[stream.value].domain);
  return row == rows_.end() || row->second.last_app_sign <= until;
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
