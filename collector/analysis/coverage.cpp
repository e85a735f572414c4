#include "collector/analysis/coverage.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

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
    : facts_(facts),
      streams_(streams),
      all_epochs_(all_epochs),
      epochs_(epochs),
      lives_(all_epochs, epochs),
      logged_(streams.size()),
      manifests_(facts, streams, sessions, lives_),
      gaps_(facts.gaps, streams.size()),
      by_kind_(kEventKindCount) {
  for (const Fact& f : facts.facts) {
    if (f.has(kDevice) || !f.stream.valid() || !demonstrates(f, streams)) {
      continue;
    }
    logged_.add(f.stream, f.kind, f.epoch);
    if (f.kind == EventKind::wake_handle_events && f.has(kShared)) {
      wrapped_.add(f.stream, f.session, f.epoch, f.t);
      logged_.mention(f.stream, EventKind::wake_handler_called);
    }
  }
  logged_.finish(lives_);
  find_ends();
  std::vector<KindSet> named(streams.size());
  for (const Manifest& m : facts.manifests) {
    named[m.stream.value] |= m.kinds;
  }
  for (std::size_t s = 0; s < streams.size(); ++s) {
    const StreamId id{static_cast<std::uint16_t>(s)};
    for (std::size_t k = 0; k < kEventKindCount; ++k) {
      if (named[s][k] || logged_.mentioned(id, static_cast<EventKind>(k))) {
        by_kind_[k].push_back(id);
      }
    }
  }
}

void Coverage::find_ends() {
  std::size_t domains = 0;
  for (const Stream& s : streams_) {
    if (!s.open) {
      continue;
    }
    const auto [it, fresh] = captured_.try_emplace(s.domain, *s.open);
    it->second = {std::min(it->second.start, s.open->start), std::max(it->second.end, s.open->end)};
    domains += fresh ? 1 : 0;
    only_domain_ = domains == 1 ? s.domain : DomainId{};
  }
  for (const EpochId id : epochs_) {
    const ProcessEpoch& e = all_epochs_[id.value];
    if (!e.launch && e.seen.start < capture_begin(e.domain) + kGraceStart) {
      in_the_middle_.push_back(id);
    }
  }
}

std::span<const StreamId> Coverage::streams_of(EventKind kind) const { return by_kind_[static_cast<std::size_t>(kind)]; }

TimeNs Coverage::capture_end(DomainId domain) const {
  const auto it = captured_.find(domain);
  return it == captured_.end() ? TimeNs{} : it->second.end;
}

TimeNs Coverage::capture_begin(DomainId domain) const {
  const auto it = captured_.find(domain);
  return it == captured_.end() ? TimeNs{} : it->second.start;
}

// The domain whose time a span is in; invalid when the case has several and nothing says which.
DomainId Coverage::domain_of(Scope scope) const {
  if (scope.epoch.valid() && scope.epoch.value < all_epochs_.size()) {
    return all_epochs_[scope.epoch.value].domain;
  }
  return scope.domain.valid() ? scope.domain : only_domain_;
}

bool Coverage::demonstrated(StreamId stream, EventKind kind, EpochId epoch) const {
  if (!logged_.ever(stream, kind)) {
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
  return logged_.by(stream, kind, epoch) ||
         (epoch.valid() && lives_.is_known(lives_.build_of(epoch)) && logged_.by_build(stream, kind, lives_.build_of(epoch)));
}

bool Coverage::ever_logged(StreamId stream, EventKind kind, Scope scope, Interval span) const {
  if (kind == EventKind::wake_handler_called && wrapped_in(scope, span, stream, nullptr)) {
    return true;
  }
  if (!logged_.ever(stream, kind)) {
    return false;
  }
  return !scope.epoch.valid() || !is_process_observer(streams_[stream.value].observer) || logged_.by_nobody(stream, kind) ||
         logged_.by_build(stream, kind, lives_.build_of(scope.epoch));
}

// The wake that the span belongs to began with a wrapped handler: its call would be logged.
bool Coverage::wrapped_in(Scope scope, Interval span, StreamId stream, TimeNs* from) const {
  return wrapped_.any() && wrapped_.find(stream, scope.session, scope.epoch, span, from);
}

TimeNs Coverage::Listed::end() const {
  TimeNs last = kTimeMin;
  if (declared != nullptr && !declared->empty()) {
    last = declared->intervals().back().end;
  }
  for (const Interval& i : more) {
    last = std::max(last, i.end);
  }
  return last;
}

bool Coverage::Listed::covers(Interval span) const {
  if (declared != nullptr && declared->covers(span)) {
    return true;
  }
  if (more.empty()) {
    return false;
  }
  IntervalSet all;
  for (const Interval& i : more) {
    all.add(i);
  }
  if (declared != nullptr) {
    const auto& set = declared->intervals();
    auto i = std::partition_point(set.begin(), set.end(), [&](const Interval& a) { return a.end < span.start; });
    for (; i != set.end() && i->start <= span.end; ++i) {
      all.add(*i);
    }
  }
  return all.covers(span);
}

// Where the stream records the kind as far as the process `epoch` is concerned, gaps not yet taken out.
Coverage::Listed Coverage::listed(StreamId stream, EventKind kind, Scope scope, EpochId epoch, Interval span,
                                  bool* declared) const {
  Listed out;
  const Interval open = *streams_[stream.value].open;
  const ManifestIndex::Declared& build =
      manifests_.of(stream, kind, epoch.valid() ? lives_.build_of(epoch) : ManifestIndex::kAnyBuild, scope.session);
  out.declared = &build.set;
  *declared = *declared || build.named;
  const auto add = [&out](Interval i) {
    if (!i.empty()) {
      out.more.push_back(i);
    }
  };
  // What a process declares as soon as it is launched holds from its launch on.
  for (const std::uint32_t i : manifests_.written_by(epoch)) {
    const Manifest& m = facts_.manifests[i];
    const ProcessEpoch& e = all_epochs_[epoch.value];
    if (m.stream == stream && manifests_.names(m, kind, scope.session) && e.launch &&
        m.span.start <= *e.launch + kDeclaredAtLaunch) {
      Interval there = intersect(m.span, open);
      there.start = std::min(there.start, e.seen.start);
      add(there);
    }
  }
  if (!build.has_manifest && demonstrated(stream, kind, epoch)) {
    add(open);
  }
  if (TimeNs from; kind == EventKind::wake_handler_called && wrapped_in(scope, span, stream, &from)) {
    add({from, open.end});
  }
  return out;
}

// Do all processes that live in the span record the kind throughout, by what their builds declare or show? False: perhaps not.
bool Coverage::all_record(StreamId stream, EventKind kind, Scope scope, DomainId domain, Interval span, bool* declared) const {
  const Interval open = *streams_[stream.value].open;
  const Interval wanted{span.start, std::max(span.start, span.end)};
  bool named = false;
  for (const LifeIndex::Build build : lives_.builds_in(domain, span)) {
    const ManifestIndex::Declared& own = manifests_.of(stream, kind, build, scope.session);
    const bool shown = !own.has_manifest && lives_.is_known(build) && logged_.by_build(stream, kind, build);
    const bool there = own.set.covers(wanted) || (shown && open.start <= wanted.start && wanted.end <= open.end);
    if (!there) {
      return false;
    }
    named = named || own.named;
  }
  *declared = *declared || named;
  return true;
}

// The process was there before the capture: its first event is not its beginning.
bool Coverage::starts_in_the_middle(DomainId domain, EpochId only, Interval span) const {
  return std::any_of(in_the_middle_.begin(), in_the_middle_.end(), [&](EpochId id) {
    if (only.valid()) {
      return id == only;
    }
    const Interval& life = lives_.life(id);
    return all_epochs_[id.value].domain == domain && life.start < span.end && life.end > span.start;
  });
}

Coverage::OfStream Coverage::of_stream(StreamId id, EventKind kind, Scope scope, Interval span) const {
  const Stream& stream = streams_[id.value];
  const auto no = [&] {
    const MissingKind missing = missing_kind(kind);
    return OfStream{{Cov::no, false, missing.reason, missing.add}, span.end};
  };
  if (!stream.open) {
    return {{Cov::no, false, "the log has no times", "add a log with times"}, span.end};
  }
  const DomainId domain = domain_of(scope);
  if (!domain.valid() || stream.domain != domain) {
    return no();
  }
  const auto log = [&] { return std::string(stream_words(stream.observer)); };
  OfStream out{{Cov::yes, false, {}, {}}, span.end};
  bool declared = false;
  std::vector<EpochId> epochs;
  if (!is_process_observer(stream.observer)) {
    epochs.assign(1, EpochId{});
  } else if (scope.epoch.valid()) {
    epochs.assign(1, scope.epoch);
  } else if (lives_.builds_in(domain, span).empty()) {
    epochs.assign(1, EpochId{});
  } else if (!all_record(id, kind, scope, domain, span, &declared)) {
    epochs = lives_.alive_in(domain, span);
  }
  for (const EpochId epoch : epochs) {
    const Listed set = listed(id, kind, scope, epoch, span, &declared);
    if (set.empty()) {
      return no();
    }
    const TimeNs end = set.end();
    if (end < span.end) {
      out.until = std::min(out.until, std::max(end, span.start));
      out.answer = partial(log() + " ends too early", "record longer");
    }
    if (!set.covers({span.start, std::max(span.start, std::min(span.end, end))})) {
      out.answer = partial(log() + " begins too late", "start recording before the app is launched");
      out.until = span.end;
      return out;
    }
  }
  if (const Gap* gap = gaps_.first_in(id, {span.start, out.until})) {
    return {gap->reason == "clock" ? partial("the clock of " + log() + " was moved", "record without a change of the clock")
                                   : partial("a gap in " + log(), "record without gaps"),
            span.end};
  }
  if (span.start < capture_begin(domain) + kGraceStart && starts_in_the_middle(domain, scope.epoch, span)) {
    return {partial("the capture starts in the middle of the process", "start recording before the app is launched"), span.end};
  }
  if (stream.lossy) {
    return {partial(log() + " may have lost records", "record live instead of from the log store"), span.end};
  }
  if (declared && !ever_logged(id, kind, scope, span)) {
    out.answer.declared_never_logged = true;
  }
  return out;
}

CovAnswer Coverage::cov(EventKind kind, Scope scope, Interval span) const {
  std::optional<CovAnswer> best;
  for (const StreamId id : streams_of(kind)) {
    CovAnswer answer = of_stream(id, kind, scope, span).answer;
    if (rank(answer) > (best ? rank(*best) : 0)) {
      best = std::move(answer);
    }
  }
  if (best) {
    return *std::move(best);
  }
  if (!domain_of(scope).valid() && !streams_of(kind).empty()) {
    return {Cov::no, false, "the sources have no common clock", "place the sources on one clock"};
  }
  const MissingKind missing = missing_kind(kind);
  return {Cov::no, false, missing.reason, missing.add};
}

// Where the stream records the kind for the processes of the unit, each as long as it lives.
IntervalSet Coverage::whole_set(const Stream& stream, EventKind kind, bool* declared) const {
  IntervalSet set;
  const auto add_all = [&set](const Listed& there) {
    for (const Interval& i : there.declared->intervals()) {
      set.add(i);
    }
    for (const Interval& i : there.more) {
      set.add(i);
    }
  };
  if (!is_process_observer(stream.observer) || epochs_.empty()) {
    add_all(listed(stream.id, kind, {{}, {}, stream.domain}, EpochId{}, *stream.open, declared));
    return set;
  }
  std::set<const IntervalSet*> added;  // those of one build share it
  for (const EpochId epoch : epochs_) {
    if (all_epochs_[epoch.value].domain != stream.domain) {
      continue;
    }
    bool by_manifest = false;
    Listed there = listed(stream.id, kind, {{}, epoch, stream.domain}, epoch, *stream.open, &by_manifest);
    if (by_manifest && added.insert(there.declared).second) {
      add_all(there);
      continue;
    }
    for (const Interval& i : there.more) {
      set.add(by_manifest ? i : intersect(i, lives_.life(epoch)));
    }
    *declared = *declared || by_manifest;
  }
  *declared = *declared || !added.empty();
  return set;
}

std::vector<CoverageSpan> Coverage::spans(UnitId unit) const {
  std::vector<CoverageSpan> out;
  for (std::size_t k = 0; k < kEventKindCount; ++k) {
    const auto kind = static_cast<EventKind>(k);
    for (const StreamId id : by_kind_[k]) {
      if (!streams_[id.value].open) {
        continue;
      }
      bool declared = false;
      IntervalSet set = whole_set(streams_[id.value], kind, &declared);
      for (const std::uint32_t g : gaps_.of(id)) {
        set.subtract(facts_.gaps[g].span);
      }
      for (const Interval& i : set.intervals()) {
        out.push_back({id, unit, kind, i, declared, logged_.ever(id, kind)});
      }
    }
  }
  return out;
}

}  // namespace uptrail::analysis
