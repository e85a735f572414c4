#include "collector/pipeline/derive.h"

#include <algorithm>
#include <array>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "collector/base/text.h"
#include "collector/pipeline/identity.h"
#include "collector/pipeline/overlap.h"
#include "collector/timeline/picture_codec.h"

namespace uptrail {

namespace {

class Deriver {
 public:
  explicit Deriver(DeriveInput& in) : in_(in), drawn_(!in.writer.reader().in_memory()) {}
  Status run();

 private:
  void leave_out_repeated();
  Status keep_sources();
  Status assign_events();
  Status unassign_repeated();
  Result<Derived> analyse_events();
  Status draw(const CaseInfo& about, const Derived& derived);
  [[nodiscard]] CaseInfo info() const;
  void give_up_sightings();
  [[nodiscard]] std::string title(const Derived& derived) const;
  [[nodiscard]] bool cancelled() const { return in_.cancel != nullptr && in_.cancel->load(std::memory_order_relaxed); }
  void tell(std::string what) const {
    if (in_.progress) {
      in_.progress({std::move(what), 0, std::nullopt});
    }
  }

  DeriveInput& in_;
  bool drawn_;
  [[nodiscard]] const Sightings& sightings() const { return once_ ? *once_ : in_.sightings; }

  std::vector<Source> sources_;
  Overlap overlap_;
  std::optional<Sightings> once_;  // without what overlapping captures repeat
  TimeLine line_;
  Identity identity_;
  std::vector<Event> scene_events_;
};

Error interrupted() { return fail(ErrorKind::interrupted, "stopped before the case was written"); }

void Deriver::leave_out_repeated() {
  overlap_ = find_overlap(sources_, in_.sightings);
  if (overlap_.any()) {
    once_ = in_.sightings.without(overlap_.repeated);
  }
}

Status Deriver::keep_sources() {
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    const std::uint64_t repeated = overlap_.any() ? overlap_.per_source[i] : 0;
    if (sources_[i].clock_info != line_.clocks[i] || sources_[i].repeated != repeated) {
      sources_[i].clock_info = line_.clocks[i];
      sources_[i].repeated = repeated;
      UPTRAIL_TRY(in_.writer.end_source(sources_[i]));
    }
  }
  return done();
}

Status Deriver::assign_events() {
  const auto& all = sightings().all();
  Event e;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const PlacedTime& time = line_.times[i];
    const Assigned who = identity_.of[i];
    e.id = all[i].event;
    e.stream = time.stream;
    e.domain = time.domain;
    e.t = time.t;
    e.t_unc = line_.streams[time.stream.value].uncertainty;
    e.unit = who.unit;
    e.session = who.session;
    e.task = who.task;
    e.upload = who.upload;
    UPTRAIL_TRY(in_.writer.assign(e));
    if (i % 4096 == 0 && cancelled()) {
      return interrupted();
    }
  }
  return done();
}

// They stay in the case as facts that belong to nobody.
Status Deriver::unassign_repeated() {
  const auto& all = in_.sightings.all();
  Event e;
  for (std::size_t i = 0; i < overlap_.repeated.size(); ++i) {
    if (overlap_.repeated[i]) {
      e.id = all[i].event;
      UPTRAIL_TRY(in_.writer.assign(e));
    }
  }
  return done();
}

// A case in memory is drawn from what it holds.
Status Deriver::draw(const CaseInfo& about, const Derived& derived) {
  if (!drawn_) return done();
  tell("drawing the timeline");
  const auto related = timeline::related_marks(in_.writer.reader(), derived, line_.streams);
  UPTRAIL_TRY(related);
  const timeline::Scene scene = timeline::make_scene(about, derived, line_.streams, scene_events_, *related);
  scene_events_ = {};
  return timeline::write_picture(in_.writer, scene, timeline::make_overview(scene, {}));
}

Result<Derived> Deriver::analyse_events() {
  std::array<bool, kEventKindCount> drawn{};
  for (const EventKind kind : timeline::scene_event_kinds()) drawn[static_cast<std::size_t>(kind)] = true;
  CaseReader& reader = in_.writer.reader();
  analysis::AnalysisInput input;
  input.events = [&](const std::function<bool(const Event&)>& callback) -> Status {
    std::uint32_t seen = 0;
    bool stop = false;
    UPTRAIL_TRY(reader.for_each_event_ahead([&](const Event& e) {
      stop = (++seen % 1024 == 0) && cancelled();
      if (e.stream.valid() && drawn_ && drawn[static_cast<std::size_t>(e.kind)]) scene_events_.push_back(e);
      return !stop && (!e.stream.valid() || callback(e));
    }));
    return stop ? Status(interrupted()) : in_.writer.end_facts();
  };
  input.event = [&](EventId id) { return reader.event(id); };
  input.sources = sources_;
  input.streams = line_.streams;
  // Nothing else needs them any more: there may be many.
  input.units = std::move(identity_.units);
  input.sessions = std::move(identity_.sessions);
  input.tasks = std::move(identity_.tasks);
  input.uploads = std::move(identity_.uploads);
  input.settings = in_.rules;
  input.rules = analysis::builtin_rules();
  return analysis::analyse(std::move(input));
}

// The app with most tasks, and how many more there are.
std::string Deriver::title(const Derived& derived) const {
  if (derived.units.empty()) {
    return sources_.empty() ? "" : sources_.front().path;
  }
  std::vector<std::size_t> tasks(derived.units.size(), 0);
  for (const Task& t : derived.tasks) {
    if (t.unit.valid() && t.unit.value < tasks.size()) {
      ++tasks[t.unit.value];
    }
  }
  std::size_t best = 0;
  for (std::size_t u = 1; u < tasks.size(); ++u) {
    const bool named = !derived.units[u].bundle.empty();
    const bool best_named = !derived.units[best].bundle.empty();
    if (named == best_named ? tasks[u] > tasks[best] : named) {
      best = u;
    }
  }
  std::string out = derived.units[best].title;
  if (best < identity_.builds.size() && !identity_.builds[best].empty()) {
    out += " " + identity_.builds[best];
  }
  if (derived.units.size() > 1) {
    out += " and " + count_of(derived.units.size() - 1, "more app");
  }
  return out;
}

// All but the title.
CaseInfo Deriver::info() const {
  CaseInfo info;
  info.synthetic = sightings().synthetic();
  info.tool_version = UPTRAIL_VERSION;
  for (const Source& s : sources_) {
    info.synthetic = info.synthetic || s.container == "event_script";
  }
  std::vector<std::uint32_t> by_rank(sources_.size());
  for (std::uint32_t i = 0; i < sources_.size(); ++i) {
    by_rank[line_.rank[i]] = i;
  }
  for (const std::uint32_t i : by_rank) {
    if (!info.zone_offset_minutes) {
      info.zone_offset_minutes = sources_[i].zone_offset_minutes;
    }
  }
  for (const PlacedTime& t : line_.times) {
    if (t.placed) {
      const Interval own{t.t, t.t + nanoseconds(1)};
      info.span = info.span ? Interval{std::min(info.span->start, own.start), std::max(info.span->end, own.end)} : own;
    }
  }
  return info;
}

// What is known of each event is in the case now: some 70 bytes an event are free for the analysis.
void Deriver::give_up_sightings() {
  in_.sightings = Sightings();
  once_.reset();
  line_.times = std::vector<PlacedTime>();
  line_.order = std::vector<std::uint32_t>();
  identity_.of = AssignedList();
#ifdef __GLIBC__
  malloc_trim(0);  // many small pieces: else the process keeps them
#endif
}

Status Deriver::run() {
  Result<std::vector<Source>> sources = in_.writer.reader().sources();
  if (!sources.ok()) {
    return sources.error();
  }
  sources_ = sources.take();
  const Result<std::vector<Stream>> before = in_.writer.reader().streams();
  if (!before.ok()) {
    return before.error();
  }
  tell("ordering events");
  leave_out_repeated();
  Result<TimeLine> line = make_timeline({sources_, sightings(), in_.observers, *before, in_.dates});
  if (!line.ok()) {
    return line.error();
  }
  line_ = line.take();
  identity_ = resolve_identity(sightings(), line_);
  UPTRAIL_TRY(in_.writer.set_streams(line_.streams));
  UPTRAIL_TRY(keep_sources());
  UPTRAIL_TRY(assign_events());
  UPTRAIL_TRY(unassign_repeated());
  CaseInfo about = info();
  give_up_sightings();
  tell("looking for anomalies");
  const Result<Derived> derived = analyse_events();
  if (!derived.ok()) {
    return derived.error();
  }
  if (cancelled()) {
    return interrupted();
  }
  UPTRAIL_TRY(in_.writer.set_derived(*derived));
  UPTRAIL_TRY(draw(about, *derived));
  about.title = title(*derived);
  return in_.writer.set_info(about);
}

}  // namespace

Status derive(DeriveInput input) { return Deriver(input).run(); }

Status add_sightings(CaseReader& reader, Sightings& sightings) {
  return reader.for_each_event({}, [&](const Event& e) {
    sightings.add(e);
    return true;
  });
}

}  // namespace uptrail
