#include "collector/pipeline/streams.h"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "collector/base/path_names.h"
#include "collector/base/text.h"
#include "collector/pipeline/segments.h"
#include "collector/pipeline/suggest_date.h"

namespace uptrail {

namespace {

// Containers into which many processes write, each through its own buffer.
bool is_unified(const Source& s) {
  return s.container.starts_with("log_show") || s.container == "console_copy" || s.container == "idevicesyslog" ||
         s.container == "syslog_relay" || s.container == "asl";
}

// The whole path or its last parts: "system.log" and "logs/system.log" both name "a.tar.gz/logs/system.log".
bool names(std::string_view wanted, const Source& source) {
  const std::string_view path = without_segment(source.path);
  if (wanted.empty() || wanted == source.path || !path.ends_with(wanted)) {
    return wanted == source.path && !wanted.empty();
  }
  const std::size_t before = path.size() - wanted.size();
  return before == 0 || path[before - 1] == '/' || path[before - 1] == '\\';
}

std::vector<std::uint32_t> rank_sources(std::span<const Source> sources) {
  std::vector<std::uint32_t> order(sources.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return std::tie(sources[a].content_hash, sources[a].path, a) < std::tie(sources[b].content_hash, sources[b].path, b);
  });
  std::vector<std::uint32_t> rank(sources.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) {
    rank[order[i]] = i;
  }
  return rank;
}

// Source x observer x (has a clock or not).
struct StreamKey {
  std::uint32_t rank = 0;
  Observer observer = Observer::app;
  bool timeless = false;
  friend auto operator<=>(const StreamKey&, const StreamKey&) = default;
};

struct StreamFacts {
  SourceId source;
  bool manifest = false, lossy = false, redacted = false;
  std::optional<TimeNs> begin, end;  // of capture.begin and capture.end, source clock
  std::optional<TimeNs> last_begin;
};

class Builder {
 public:
  explicit Builder(const TimeLineInput& in) : in_(in) { line_.rank = rank_sources(in.sources); }
  Result<TimeLine> build();

 private:
  void find_spans();
  Status make_clocks();
  Status use_date(const std::string& file, const std::string& text);
  void describe_clocks();
  std::vector<SyncPoint> sync_points() const;
  std::vector<SharedTask> shared() const;
  void collect_streams();
  void note_capture_events();
  void emit_streams();
  void place_sightings();
  void sort_sightings();
  [[nodiscard]] StreamKey key_of(const Sighting& s) const { return {rank(s.source), s.observer, !s.has_time()}; }
  [[nodiscard]] std::uint32_t rank(SourceId id) const { return line_.rank[id.value]; }
  [[nodiscard]] std::optional<Interval> open_of(const StreamFacts& facts, const PlacedClock& clock) const;

  const TimeLineInput& in_;
  TimeLine line_;
  std::vector<std::optional<TimeNs>> first_, last_;  // by source id: of records and events, source clock
  std::vector<SourceClock> clocks_;                  // by rank
  std::vector<PlacedClock> placed_;                  // by rank
  std::map<StreamKey, StreamFacts> streams_;
  std::map<StreamKey, StreamId> ids_;
};

void Builder::find_spans() {
  for (const Source& s : in_.sources) {
    first_.push_back(s.clock == ClockKind::none ? std::nullopt : s.first);
    last_.push_back(s.clock == ClockKind::none ? std::nullopt : s.last);
  }
  for (const Sighting& s : in_.sightings.all()) {
    if (s.has_time()) {
      auto& first = first_[s.source.value];
      auto& last = last_[s.source.value];
      first = first ? std::min(*first, TimeNs{s.t}) : TimeNs{s.t};
      last = last ? std::max(*last, TimeNs{s.t}) : TimeNs{s.t};
    }
  }
}

Status Builder::make_clocks() {
  clocks_.resize(in_.sources.size());
  for (std::size_t i = 0; i < in_.sources.size(); ++i) {
    const Source& source = in_.sources[i];
    SourceClock& clock = clocks_[line_.rank[i]];
    clock.kind = source.clock;
    if (clock.kind == ClockKind::none && first_[i]) {
      clock.kind = ClockKind::absolute;  // lines without time, but the events in them bring their own
    }
    clock.zone_minutes = source.zone_offset_minutes;
    clock.first = first_[i];
    clock.last = last_[i];
    clock.traits = source.clock_info.traits;
    clock.step = source.clock_info.step;
    clock.unified = is_unified(source);
    for (const Stream& s : in_.before) {
      if (s.source.value == i && s.placed) {
        clock.before = DurationNs{s.offset.ns};
        clock.before_by = source.clock_info.placed_by == PlacedBy::nothing ? PlacedBy::date : source.clock_info.placed_by;
      }
    }
  }
  for (const auto& [file, text] : in_.dates) {
    UPTRAIL_TRY(use_date(file, text));
  }
  return done();
}

Status Builder::use_date(const std::string& file, const std::string& text) {
  const auto date = parse_given_date(text);
  if (!date) {
    return fail(ErrorKind::usage, "\"" + text + "\" is not a date like 2026-11-18+01:00", file);
  }
  bool used = false;
  for (std::size_t i = 0; i < in_.sources.size(); ++i) {
    if (!names(file, in_.sources[i])) {
      continue;
    }
    used = true;
    SourceClock& clock = clocks_[line_.rank[i]];
    clock.date = date;
    if (clock.kind != ClockKind::floating) {
      continue;
    }
    if (const auto offset = offset_for_date(clock, *date); !offset.ok()) {
      return fail(ErrorKind::usage, "the date \"" + text + "\" cannot place this input: " + offset.error().message, file);
    }
  }
  return used ? done() : Status(fail(ErrorKind::usage, "a date was given for an input that is not there", file));
}

// What is told about each clock, and what could be given for those that float.
void Builder::describe_clocks() {
  std::vector<PlacedSource> others;
  std::vector<std::uint32_t> by_rank(in_.sources.size());
  for (std::uint32_t i = 0; i < by_rank.size(); ++i) {
    by_rank[line_.rank[i]] = i;
  }
  for (const std::uint32_t i : by_rank) {
    const PlacedClock& placed = placed_[line_.rank[i]];
    if (placed.placed && first_[i] && last_[i]) {
      const Interval span{*first_[i] + placed.offset, *last_[i] + placed.offset + nanoseconds(1)};
      others.push_back({std::string(last_part(in_.sources[i].path, "/\\")), span, in_.sources[i].zone_offset_minutes});
    }
  }
  for (std::size_t i = 0; i < in_.sources.size(); ++i) {
    const SourceClock& clock = clocks_[line_.rank[i]];
    const PlacedClock& placed = placed_[line_.rank[i]];
    SourceClockInfo info = in_.sources[i].clock_info;
    info.traits.date = clock.kind == ClockKind::floating ? date_shown(clock) : info.traits.date;
    info.placed_by = placed.by;
    info.offset = placed.placed ? placed.offset : DurationNs{};
    info.uncertainty = placed.uncertainty;
    info.placed_as = clock.kind == ClockKind::floating && placed.placed ? date_for_offset(clock, placed.offset) : "";
    const DateSuggestion suggestion = placed.placed ? DateSuggestion{} : suggest_date(clock, info, others);
    info.suggested_date = suggestion.date;
    info.suggested_why = suggestion.why;
    line_.clocks.push_back(std::move(info));
  }
}

std::vector<SyncPoint> Builder::sync_points() const {
  std::vector<SyncPoint> out;
  for (const SyncSeen& seen : in_.sightings.syncs()) {
    const std::uint32_t here = rank(in_.sightings.all()[seen.sighting].source);
    SyncPoint point{here, std::nullopt, seen.offset, seen.uncertainty};
    for (std::size_t i = 0; i < in_.sources.size(); ++i) {
      if (names(seen.source, in_.sources[i]) && line_.rank[i] != here) {
        point.source = line_.rank[i];
        point.reference = here;
      }
    }
    out.push_back(point);
  }
  std::sort(out.begin(), out.end(), [](const SyncPoint& a, const SyncPoint& b) {
    return std::tie(a.source, a.reference, a.offset) < std::tie(b.source, b.reference, b.offset);
  });
  return out;
}

std::vector<SharedTask> Builder::shared() const {
  std::vector<SharedTask> tasks = shared_tasks(in_.sightings, in_.sources.size());
  for (SharedTask& t : tasks) {
    t.a = line_.rank[t.a];
    t.b = line_.rank[t.b];
    if (t.a > t.b) {
      std::swap(t.a, t.b);
      for (DurationNs& d : t.b_to_a) {
        d = DurationNs{0} - d;
      }
    }
    std::sort(t.b_to_a.begin(), t.b_to_a.end());
  }
  std::sort(tasks.begin(), tasks.end(),
            [](const SharedTask& x, const SharedTask& y) { return std::tie(x.a, x.b, x.b_to_a) < std::tie(y.a, y.b, y.b_to_a); });
  return tasks;
}

void Builder::collect_streams() {
  const auto stream = [&](SourceId source, Observer observer, bool timeless) -> StreamFacts& {
    StreamFacts& facts = streams_[{rank(source), observer, timeless}];
    facts.source = source;
    return facts;
  };
  std::optional<StreamKey> last;
  for (const Sighting& s : in_.sightings.all()) {
    if (last != key_of(s)) {
      last = key_of(s);
      stream(s.source, s.observer, !s.has_time());
    }
  }
  for (const Stream& s : in_.before) {
    StreamFacts& facts = stream(s.source, s.observer, !s.open);
    facts.lossy = s.lossy;
    facts.redacted = s.redacted;
  }
  for (const ObserverSeen& o : in_.observers) {
    StreamFacts& facts = stream(o.source, o.observer, !first_[o.source.value].has_value());
    facts.redacted = facts.redacted || o.redacted;
  }
  for (auto& [key, facts] : streams_) {
    const auto& issues = in_.sources[facts.source.value].issues;
    facts.lossy =
        facts.lossy || std::any_of(issues.begin(), issues.end(), [](const Issue& i) { return i.kind == IssueKind::loss; });
  }
}

void Builder::note_capture_events() {
  for (const ManifestSeen& m : in_.sightings.manifests()) {
    const Sighting& s = in_.sightings.all()[m.sighting];
    StreamFacts& facts = streams_[key_of(s)];
    facts.manifest = facts.manifest || m.declares;
    facts.lossy = facts.lossy || m.lossy;
    facts.redacted = facts.redacted || m.redacted;
    if (s.has_time()) {
      facts.begin = facts.begin ? std::min(*facts.begin, TimeNs{s.t}) : TimeNs{s.t};
      facts.last_begin = facts.last_begin ? std::max(*facts.last_begin, TimeNs{s.t}) : TimeNs{s.t};
    }
  }
  for (const Sighting& s : in_.sightings.all()) {
    if (s.kind == EventKind::capture_end && s.has_time()) {
      StreamFacts& facts = streams_[key_of(s)];
      facts.end = facts.end ? std::max(*facts.end, TimeNs{s.t}) : TimeNs{s.t};
    }
  }
}

std::optional<Interval> Builder::open_of(const StreamFacts& facts, const PlacedClock& clock) const {
  const auto& first = first_[facts.source.value];
  const auto& last = last_[facts.source.value];
  if (!first || !last) {
    return std::nullopt;
  }
  Interval open{*first, *last + nanoseconds(1)};
  if (facts.begin) {
    open.start = *facts.begin;
  }
  if (facts.end && (!facts.last_begin || *facts.end >= *facts.last_begin)) {
    open.end = *facts.end + nanoseconds(1);  // what was recorded at that very moment is inside
  }
  return Interval{open.start + clock.offset, open.end + clock.offset};
}

void Builder::emit_streams() {
  std::uint16_t next_domain = 0;
  for (const PlacedClock& c : placed_) {
    if (c.domain.valid()) {
      next_domain = std::max(next_domain, static_cast<std::uint16_t>(c.domain.value + 1));
    }
  }
  std::map<std::uint32_t, DomainId> timeless;  // one domain a source: the order in the file is known
  for (const auto& [key, facts] : streams_) {
    const PlacedClock& clock = placed_[key.rank];
    Stream s;
    s.id = StreamId{static_cast<std::uint16_t>(line_.streams.size())};
    s.source = facts.source;
    s.observer = key.observer;
    s.manifest = facts.manifest;
    s.lossy = facts.lossy;
    s.redacted = facts.redacted;
    if (key.timeless) {
      const auto [it, fresh] = timeless.try_emplace(key.rank, DomainId{next_domain});
      next_domain = static_cast<std::uint16_t>(next_domain + (fresh ? 1 : 0));
      s.domain = it->second;
    } else {
      s.domain = clock.domain;
      s.offset = TimeNs{clock.offset.ns};
      s.uncertainty = clock.uncertainty;
      s.placed = clock.placed;
      s.open = open_of(facts, clock);
    }
    ids_[key] = s.id;
    line_.streams.push_back(s);
  }
}

void Builder::place_sightings() {
  line_.times.reserve(in_.sightings.all().size());
  std::optional<StreamKey> last;
  StreamId id;
  for (const Sighting& s : in_.sightings.all()) {
    if (last != key_of(s)) {
      last = key_of(s);
      id = ids_[*last];
    }
    const Stream& stream = line_.streams[id.value];
    // Without a clock a nanosecond a step keeps the order and lets no time pass.
    const TimeNs t = s.has_time() ? TimeNs{s.t} + DurationNs{stream.offset.ns} : TimeNs{static_cast<std::int64_t>(s.seq)};
    line_.times.push_back({t, stream.id, stream.domain, stream.placed});
  }
}

void Builder::sort_sightings() {
  const auto& all = in_.sightings.all();
  line_.order.resize(all.size());
  std::iota(line_.order.begin(), line_.order.end(), 0U);
  const auto key = [&](std::uint32_t i) {
    return std::tuple(line_.times[i].domain, line_.times[i].t, rank(all[i].source), all[i].seq, i);
  };
  const auto earlier = [&](std::uint32_t a, std::uint32_t b) { return key(a) < key(b); };
  if (!std::is_sorted(line_.order.begin(), line_.order.end(), earlier)) {
    std::sort(line_.order.begin(), line_.order.end(), earlier);
  }
}

Result<TimeLine> Builder::build() {
  find_spans();
  UPTRAIL_TRY(make_clocks());
  placed_ = place_clocks(clocks_, shared(), sync_points());
  describe_clocks();
  collect_streams();
  note_capture_events();
  emit_streams();
  place_sightings();
  sort_sightings();
  return std::move(line_);
}

}  // namespace

Result<TimeLine> make_timeline(const TimeLineInput& input) { return Builder(input).build(); }

}  // namespace uptrail
