#include "collector/analysis/coverage.h"

#include <algorithm>

namespace uptrail::analysis {

namespace {

// The in-app logger starts with the app, but not before its first lines.
constexpr DurationNs kDeclaredAtLaunch = seconds(2);

bool is_process_observer(Observer o) { return o == Observer::app || o == Observer::cfn; }

std::string_view stream_words(Observer o) {
  switch (o) {
    case Observer::app:
      return "the app's log";
    case Observer::cfn:
      return "CFNetwork's log";
    case Observer::daemon:
      return "nsurlsessiond's log";
    case Observer::sys:
      return "the system's log";
    case Observer::store:
      return "the task store";
    case Observer::server:
      return "the server's log";
    case Observer::tool:
      break;
  }
  return "the log";
}

// Does seeing this one show that every event of its kind would be seen? Not where a process's line only suggests it, and not a
// callback of we do not know which task: it may be the very one that another task seems to lack.
bool demonstrates(const Fact& f, std::span<const Stream> streams) {
  const bool inferred = f.has(kInferred) && is_process_observer(streams[f.stream.value].observer);
  return !inferred && (f.kind != EventKind::task_did_complete || f.task.valid());
}

CovAnswer partial(std::string reason, std::string add) { return {Cov::partial, false, std::move(reason), std::move(add)}; }

// yes beats yes-but-never-logged beats partial beats no.
int rank(const CovAnswer& a) {
  if (a.cov == Cov::yes) {
    return a.declared_never_logged ? 2 : 3;
  }
  return a.cov == Cov::partial ? 1 : 0;
}

}  // namespace

MissingKind missing_kind(EventKind kind) {
  const std::string name(kind_name(kind));
  if (kind == EventKind::task_did_complete) {
    return {"the app's didCompleteWithError is not logged", "log task.did-complete in urlSession(_:task:didCompleteWithError:)"};
  }
  if (kind == EventKind::wake_handler_called) {
    return {"calls of the background completion handler are not logged", "wrap the handler and log wake.handler-called"};
  }
  if (name.starts_with("daemon.")) {
    return {"nsurlsessiond's " + name + " is not recorded", "record the system's log"};
  }
  if (name.starts_with("app.")) {
    return {"the life-cycle event " + name + " is not recorded", "log " + name + " in the app, or record the system's log"};
  }
  if (name.starts_with("store.")) {
    return {"no task store was read", "add the task store"};
  }
  return {"the app's " + name + " is not logged", "log " + name + " in the app"};
}

Coverage::Coverage(const UnitFacts& facts, std::span<const Stream> streams, std::span<const ProcessEpoch> all_epochs,
                   std::span<const EpochId> epochs, std::span<const Session> sessions)
    : facts_(facts), streams_(streams), all_epochs_(all_epochs), epochs_(epochs), sessions_(sessions), by_kind_(kEventKindCount) {
  for (const Fact& f : facts.facts) {
    if (f.has(kDevice) || !f.stream.valid() || !demonstrates(f, streams)) {
      continue;
    }
    logged_[{f.stream, f.kind}].insert(f.epoch);
    if (f.kind == EventKind::wake_handle_events && f.has(kShared)) {
      wrapped_.push_back({f.t, f.stream, f.session, f.epoch});
      logged_.try_emplace({f.stream, EventKind::wake_handler_called});
    }
  }
  find_lives();
  std::vector<std::set<StreamId>> streams_of_kind(kEventKindCount);
  for (const auto& [key, unused] : logged_) {
    streams_of_kind[static_cast<std::size_t>(key.second)].insert(key.first);
  }
  for (const Manifest& m : facts.manifests) {
    manifest_epoch_.push_back(facts.facts[m.fact].epoch);
    for (std::size_t k = 0; k < kEventKindCount; ++k) {
      if (m.kinds[k]) {
        streams_of_kind[k].insert(m.stream);
      }
    }
  }
  for (std::size_t k = 0; k < kEventKindCount; ++k) {
    by_kind_[k].assign(streams_of_kind[k].begin(), streams_of_kind[k].end());
  }
}

void Coverage::find_lives() {
  for (std::size_t i = 0; i < epochs_.size(); ++i) {
    const ProcessEpoch& e = all_epochs_[epochs_[i].value];
    TimeNs end = e.end.value_or(kTimeMax);
    for (std::size_t k = i + 1; k < epochs_.size() && !e.end && end == kTimeMax; ++k) {
      const ProcessEpoch& later = all_epochs_[epochs_[k].value];
      if (later.domain == e.domain && (later.process == e.process || later.process.empty() || e.process.empty())) {
        end = later.seen.start;
      }
    }
    lives_[e.id] = {e.seen.start, std::max(end, e.seen.end)};
  }
}

std::span<const StreamId> Coverage::streams_of(EventKind kind) const { return by_kind_[static_cast<std::size_t>(kind)]; }

TimeNs Coverage::capture_end(DomainId domain) const {
  std::optional<TimeNs> end;
  for (const Stream& s : streams_) {
    if (s.domain == domain && s.open) {
      end = end ? std::max(*end, s.open->end) : s.open->end;
    }
  }
  return end.value_or(TimeNs{});
}

TimeNs Coverage::capture_begin(DomainId domain) const {
  std::optional<TimeNs> begin;
  for (const Stream& s : streams_) {
    if (s.domain == domain && s.open) {
      begin = begin ? std::min(*begin, s.open->start) : s.open->start;
    }
  }
  return begin.value_or(TimeNs{});
}

// The domain whose time a span is in; invalid when the case has several and nothing says which.
DomainId Coverage::domain_of(Scope scope) const {
  if (scope.epoch.valid() && scope.epoch.value < all_epochs_.size()) {
    return all_epochs_[scope.epoch.value].domain;
  }
  if (scope.domain.valid()) {
    return scope.domain;
  }
  DomainId only;
  for (const Stream& s : streams_) {
    if (s.open && only.valid() && s.domain != only) {
      return {};
    }
    if (s.open) {
      only = s.domain;
    }
  }
  return only;
}

bool Coverage::in_scope(const Manifest& m, Scope scope) const {
  if (m.identifiers.empty() || !scope.session.valid()) {
    return true;
  }
  const std::string& identifier = sessions_[scope.session.value].identifier;
  return std::find(m.identifiers.begin(), m.identifiers.end(), identifier) != m.identifiers.end();
}

bool Coverage::same_build(EpochId a, EpochId b) const {
  return a == b || (a.valid() && b.valid() && all_epochs_[a.value].build == all_epochs_[b.value].build);
}

EpochId Coverage::writer_of(const Manifest& m) const {
  return manifest_epoch_[static_cast<std::size_t>(&m - facts_.manifests.data())];
}

// A manifest speaks for the process that wrote it and for others of its build. One that no process wrote speaks for all.
bool Coverage::manifest_holds_for(const Manifest& m, EpochId epoch) const {
  const EpochId writer = writer_of(m);
  return !writer.valid() || !epoch.valid() || same_build(writer, epoch);
}

bool Coverage::demonstrated(StreamId stream, EventKind kind, EpochId epoch) const {
  const auto it = logged_.find({stream, kind});
  if (it == logged_.end() || it->second.empty()) {
    return false;
  }
  // A store that keeps history forgets and skips: its rows show what was, never what was not.
  if (streams_[stream.value].observer == Observer::store && kind != EventKind::store_entry && kind != EventKind::store_snapshot) {
    return false;
  }
  if (!is_process_observer(streams_[stream.value].observer)) {
    return true;
  }
  // "Same build" only when the build is known: two unknown builds may be two versions.
  return std::any_of(it->second.begin(), it->second.end(), [&](EpochId e) {
    return e == epoch || (e.valid() && epoch.valid() && !all_epochs_[e.value].build.empty() && same_build(e, epoch));
  });
}

bool Coverage::ever_logged(StreamId stream, EventKind kind, Scope scope, Interval span) const {
  if (kind == EventKind::wake_handler_called && wrapped_in(scope, span, stream, nullptr)) {
    return true;
  }
  const auto it = logged_.find({stream, kind});
  if (it == logged_.end() || it->second.empty()) {
    return false;
  }
  return !scope.epoch.valid() || !is_process_observer(streams_[stream.value].observer) ||
         std::any_of(it->second.begin(), it->second.end(), [&](EpochId e) { return same_build(e, scope.epoch) || !e.valid(); });
}

// The wake that the span belongs to began with a wrapped handler: its call would be logged.
bool Coverage::wrapped_in(Scope scope, Interval span, StreamId stream, TimeNs* from) const {
  bool found = false;
  for (const Wrapped& w : wrapped_) {
    if (w.stream == stream && w.t <= span.end && (!scope.session.valid() || w.session == scope.session) &&
        (!scope.epoch.valid() || w.epoch == scope.epoch)) {
      if (from != nullptr && (!found || w.t <= span.start)) {
        *from = w.t;
      }
      found = true;
    }
  }
  return found;
}

std::vector<EpochId> Coverage::epochs_in(Scope scope, DomainId domain, Interval span) const {
  if (scope.epoch.valid()) {
    return {scope.epoch};
  }
  std::vector<EpochId> out;
  for (const EpochId id : epochs_) {
    const Interval& life = lives_.at(id);
    if (all_epochs_[id.value].domain == domain && life.start < span.end && life.end > span.start) {
      out.push_back(id);
    }
  }
  return out;
}

// Where the stream records the kind as far as the process `epoch` is concerned, gaps not yet taken out.
IntervalSet Coverage::listed(StreamId stream, EventKind kind, Scope scope, EpochId epoch, Interval span, bool* declared) const {
  IntervalSet set;
  const Interval open = *streams_[stream.value].open;
  bool has_manifest = false;
  for (const Manifest& m : facts_.manifests) {
    if (m.stream != stream || !manifest_holds_for(m, epoch)) {
      continue;
    }
    has_manifest = true;
    if (m.kinds[static_cast<std::size_t>(kind)] && in_scope(m, scope)) {
      Interval there = intersect(m.span, open);
      // What a process declares as soon as it is launched holds from its launch on.
      if (const EpochId writer = writer_of(m); writer.valid() && writer == epoch) {
        const ProcessEpoch& e = all_epochs_[epoch.value];
        if (e.launch && m.span.start <= *e.launch + kDeclaredAtLaunch) {
          there.start = std::min(there.start, e.seen.start);
        }
      }
      set.add(there);
      *declared = true;
    }
  }
  if (!has_manifest && demonstrated(stream, kind, epoch)) {
    set.add(open);
  }
  if (TimeNs from; kind == EventKind::wake_handler_called && wrapped_in(scope, span, stream, &from)) {
    set.add({from, open.end});
  }
  return set;
}

// The process was there before the capture: its first event is not its beginning.
bool Coverage::starts_in_the_middle(DomainId domain, std::span<const EpochId> epochs) const {
  const TimeNs begin = capture_begin(domain);
  return std::any_of(epochs.begin(), epochs.end(), [&](EpochId id) {
    const ProcessEpoch& e = all_epochs_[id.value];
    return !e.launch && e.seen.start < begin + kGraceStart;
  });
}

Coverage::OfStream Coverage::of_stream(StreamId id, EventKind kind, Scope scope, Interval span) const {
  const Stream& stream = streams_[id.value];
  const MissingKind missing = missing_kind(kind);
  OfStream no{{Cov::no, false, missing.reason, missing.add}, span.end};
  if (!stream.open) {
    return {{Cov::no, false, "the log has no times", "add a log with times"}, span.end};
  }
  const DomainId domain = domain_of(scope);
  if (!domain.valid() || stream.domain != domain) {
    return no;
  }
  std::vector<EpochId> epochs = epochs_in(scope, domain, span);
  const bool middle = starts_in_the_middle(domain, epochs);
  if (!is_process_observer(stream.observer) || epochs.empty()) {
    epochs.assign(1, EpochId{});
  }
  const std::string log(stream_words(stream.observer));
  OfStream out{{Cov::yes, false, {}, {}}, span.end};
  bool declared = false;
  for (const EpochId epoch : epochs) {
    IntervalSet set = listed(id, kind, scope, epoch, span, &declared);
    if (set.empty()) {
      return no;
    }
    const TimeNs end = set.intervals().back().end;
    if (end < span.end) {
      out.until = std::min(out.until, std::max(end, span.start));
      out.answer = partial(log + " ends too early", "record longer");
    }
    if (!set.covers({span.start, std::max(span.start, std::min(span.end, end))})) {
      out.answer = partial(log + " begins too late", "start recording before the app is launched");
      out.until = span.end;
      return out;
    }
  }
  for (const Gap& g : facts_.gaps) {
    if (g.stream == id && g.span.start < out.until && span.start < g.span.end) {
      return {g.reason == "clock" ? partial("the clock of " + log + " was moved", "record without a change of the clock")
                                  : partial("a gap in " + log, "record without gaps"),
              span.end};
    }
  }
  if (middle && span.start < capture_begin(domain) + kGraceStart) {
    return {partial("the capture starts in the middle of the process", "start recording before the app is launched"), span.end};
  }
  if (stream.lossy) {
    return {partial(log + " may have lost records", "record live instead of from the log store"), span.end};
  }
  if (declared && !ever_logged(id, kind, scope, span)) {
    out.answer.declared_never_logged = true;
  }
  return out;
}

CovAnswer Coverage::cov(EventKind kind, Scope scope, Interval span) const {
  const MissingKind missing = missing_kind(kind);
  CovAnswer best{Cov::no, false, missing.reason, missing.add};
  if (!domain_of(scope).valid() && !streams_of(kind).empty()) {
    best.reason = "the sources have no common clock";
    best.add = "place the sources on one clock";
  }
  for (const StreamId id : streams_of(kind)) {
    CovAnswer answer = of_stream(id, kind, scope, span).answer;
    if (rank(answer) > rank(best)) {
      best = std::move(answer);
    }
  }
  return best;
}

std::vector<CoverageSpan> Coverage::spans(UnitId unit) const {
  std::vector<CoverageSpan> out;
  for (std::size_t k = 0; k < kEventKindCount; ++k) {
    const auto kind = static_cast<EventKind>(k);
    for (const StreamId id : by_kind_[k]) {
      const Stream& stream = streams_[id.value];
      if (!stream.open) {
        continue;
      }
      IntervalSet set;
      bool declared = false;
      const bool per_process = is_process_observer(stream.observer);
      for (const EpochId epoch : epochs_) {
        const ProcessEpoch& e = all_epochs_[epoch.value];
        if (per_process && e.domain == stream.domain) {
          bool by_manifest = false;
          const IntervalSet there = listed(id, kind, {{}, epoch, stream.domain}, epoch, *stream.open, &by_manifest);
          for (const Interval& i : there.intervals()) {
            set.add(by_manifest ? i : intersect(i, lives_.at(epoch)));
          }
          declared = declared || by_manifest;
        }
      }
      if (!per_process || epochs_.empty()) {
        set = listed(id, kind, {{}, {}, stream.domain}, EpochId{}, *stream.open, &declared);
      }
      for (const Gap& g : facts_.gaps) {
        if (g.stream == id) {
          set.subtract(g.span);
        }
      }
      const auto logged = logged_.find({id, kind});
      for (const Interval& i : set.intervals()) {
        out.push_back({id, unit, kind, i, declared, logged != logged_.end() && !logged->second.empty()});
      }
    }
  }
  return out;
}

}  // namespace uptrail::analysis
