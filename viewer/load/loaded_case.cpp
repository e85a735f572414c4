#include "viewer/load/loaded_case.h"

#include <algorithm>
#include <array>
#include <future>
#include <utility>

#include "collector/timeline/picture_codec.h"

namespace uptrail::viewer {

namespace {

template <class T, class Id>
const T* pick(const std::vector<T>& all, Id id) {
  return id.valid() && id.value < all.size() ? &all[id.value] : nullptr;
}

Result<std::optional<EvidenceLine>> read_evidence(CaseReader& reader, EventId id) {
  auto event = reader.event(id);
  if (!event) return event.error();
  if (!event->has_value()) return std::optional<EvidenceLine>();
  const Event& e = **event;
  EvidenceLine line;
  line.event = id;
  line.kind = e.kind;
  line.observer = e.observer;
  line.t = e.t;
  line.timed = e.t_src.has_value();
  line.source = e.source;
  line.span = e.span;
  line.store_row = e.store_row;
  auto raw = reader.raw_of(id);
  if (!raw) return raw.error();
  if (raw->has_value()) line.text = (*raw)->text;
  return std::optional(std::move(line));
}

using Evidence = std::map<EventId, EvidenceLine>;

Status read_evidence_of(CaseReader& reader, const Finding& finding, const Evidence& known, Evidence& out) {
  for (const EvidenceRef& ref : finding.evidence) {
    if (known.contains(ref.event) || out.contains(ref.event)) continue;
    auto line = read_evidence(reader, ref.event);
    if (!line) return line.error();
    if (line->has_value()) out.emplace(ref.event, std::move(**line));
  }
  return done();
}

// Of all findings; of many only of those that stand for causes. False: some are left for later.
Result<bool> read_first_evidence(CaseReader& reader, std::uint64_t at_once, LoadedCase& out) {
  std::uint64_t count = 0;
  for (const Finding& finding : out.derived.findings) count += finding.evidence.size();
  const bool all = count <= at_once;
  const Evidence none;
  for (const Finding& finding : out.derived.findings) {
    const Cause* cause = all ? nullptr : out.cause(finding.cause);
    if (all || (cause != nullptr && cause->main == finding.id)) {
      UPTRAIL_TRY(read_evidence_of(reader, finding, none, out.evidence));
    }
  }
  return all;
}

bool has_observer(const std::vector<Stream>& streams, Observer observer) {
  return std::any_of(streams.begin(), streams.end(), [&](const Stream& s) { return s.observer == observer; });
}

// Callbacks count as covered when didCompleteWithError is, in the streams of the app, from their start to their end.
EvidenceKind callbacks(const std::vector<Stream>& streams, const std::vector<CoverageSpan>& coverage) {
  EvidenceKind kind{"app callbacks", EvidenceKind::State::none, "no didCompleteWithError is logged"};
  for (const Stream& stream : streams) {
    if (stream.observer != Observer::app) continue;
    IntervalSet covered;
    for (const CoverageSpan& span : coverage) {
      if (span.stream == stream.id && span.kind == EventKind::task_did_complete) covered.add(span.span);
    }
    if (covered.empty()) continue;
    const bool whole = !stream.lossy && stream.open && covered.covers(*stream.open);
    kind.state = whole ? EvidenceKind::State::yes : EvidenceKind::State::part;
    kind.detail = whole ? "" : "not over the whole capture";
    if (whole) break;
  }
  return kind;
}

}  // namespace

const Finding* LoadedCase::finding(FindingId id) const { return pick(derived.findings, id); }
const Cause* LoadedCase::cause(CauseId id) const { return pick(derived.causes, id); }
const Source* LoadedCase::source(SourceId id) const {
  const auto at = std::find_if(sources.begin(), sources.end(), [&](const Source& s) { return s.id == id; });
  return at == sources.end() ? nullptr : &*at;
}

std::vector<EvidenceKind> evidence_kinds(const std::vector<Stream>& streams, const std::vector<CoverageSpan>& coverage) {
  std::vector<EvidenceKind> out = {callbacks(streams, coverage)};
  struct Row {
    Observer observer;
    const char* name;
  };
  constexpr std::array<Row, 4> kRows = {
      {{Observer::cfn, "CFNetwork"}, {Observer::daemon, "daemon"}, {Observer::sys, "system"}, {Observer::store, "stores"}}};
  for (const Row& row : kRows) {
    const bool seen = has_observer(streams, row.observer);
    out.push_back({row.name, seen ? EvidenceKind::State::yes : EvidenceKind::State::none, ""});
  }
  return out;
}

namespace {

// The picture as it was saved, with its summary. `error`: reading failed; the tables will say why.
struct Drawn {
  std::optional<timeline::SavedPicture> picture;
  timeline::LevelOfDetail detail;
};

Drawn read_drawn(CaseReader& reader) {
  Drawn out;
  auto saved = timeline::read_picture(reader);
  if (!saved || !saved->has_value()) return out;
  out.picture = saved.take();
  out.detail = timeline::LevelOfDetail(out.picture->scene);
  return out;
}

template <class T>
Status take(Result<T> result, T& into) {
  if (!result) return result.error();
  into = result.take();
  return done();
}

// Lists without tasks, and all that is read besides the picture.
Status read_lists(CaseReader& reader, std::uint64_t evidence_at_once, LoadedCase& out) {
  UPTRAIL_TRY(take(reader.sources(), out.sources));
  UPTRAIL_TRY(take(reader.streams(), out.streams));
  UPTRAIL_TRY(take(reader.derived_without_tasks(), out.derived));
  UPTRAIL_TRY(take(reader.event_count(), out.event_count));
  const auto all = read_first_evidence(reader, evidence_at_once, out);
  UPTRAIL_TRY(all);
  if (!*all) out.on_demand = std::make_shared<OnDemand>();
  return done();
}

// From the tables: a case in memory, of an older version, or whose picture is not to be trusted.
Status draw_anew(CaseReader& reader, LoadedCase& out) {
  auto derived = reader.derived();
  UPTRAIL_TRY(derived);
  out.derived.tasks = std::move(derived->tasks);
  out.derived.uploads = std::move(derived->uploads);
  UPTRAIL_TRY(take(timeline::build_scene(reader, out.info, out.derived, out.streams), out.scene));
  out.detail = timeline::LevelOfDetail(out.scene);
  out.overview = timeline::make_overview(out.scene, {});
  return done();
}

// Few tasks stay in memory, many are read when somebody looks at them.
Status keep_tasks(CaseReader& reader, std::uint64_t count, std::uint64_t in_memory, LoadedCase& out) {
  out.derived.uploads = {};  // the scene has their list
  if (count > in_memory) {
    out.derived.tasks = {};
    out.task_total = count;
    if (!out.on_demand) out.on_demand = std::make_shared<OnDemand>();
    return done();
  }
  if (out.derived.tasks.empty() && count > 0) {
    UPTRAIL_TRY(reader.for_each_task(TaskId{0}, [&](const Task& task) {
      out.derived.tasks.push_back(task);
      return true;
    }));
    if (out.derived.tasks.size() != count) return fail(ErrorKind::malformed, "the case lacks some of its tasks");
  }
  for (Task& task : out.derived.tasks) task.phases = {};  // they are bars now
  return done();
}

}  // namespace

Result<LoadedCase> read_case(CaseReader& reader, std::uint64_t tasks_in_memory, std::uint64_t evidence_at_once) {
  LoadedCase out;
  UPTRAIL_TRY(take(reader.info(), out.info));
  const auto tasks = reader.task_count();
  UPTRAIL_TRY(tasks);
  const auto uploads = reader.upload_count();
  UPTRAIL_TRY(uploads);
  // The picture is read beside the lists where the case can be read twice.
  auto second = reader.another();
  const bool beside = second && second.value() != nullptr && *tasks > tasks_in_memory;
  std::future<Drawn> drawing;
  if (beside) drawing = std::async(std::launch::async, [&second] { return read_drawn(*second.value()); });
  const Status lists = read_lists(reader, evidence_at_once, out);
  Drawn drawn = beside ? drawing.get() : read_drawn(reader);
  UPTRAIL_TRY(lists);
  const timeline::PictureLimits limits{out.derived.units.size(), out.derived.sessions.size(), *tasks, *uploads,
                                       out.derived.findings.size()};
  if (drawn.picture && timeline::fits(*drawn.picture, limits)) {
    out.scene = std::move(drawn.picture->scene);
    out.detail = std::move(drawn.detail);
    out.overview = std::move(drawn.picture->overview);
  } else {
    drawn = {};
    UPTRAIL_TRY(draw_anew(reader, out));
  }
  const auto grid = reader.event_grid();
  UPTRAIL_TRY(grid);
  out.overview.events = timeline::event_cells(*grid);
  UPTRAIL_TRY(keep_tasks(reader, *tasks, tasks_in_memory, out));
  out.evidence_kinds = evidence_kinds(out.streams, out.derived.coverage);
  return out;
}

Result<bool> read_more_evidence(CaseReader& reader, const LoadedCase& data, EvidenceLeft& left) {
  constexpr std::size_t kAtOnce = 500;
  if (!data.on_demand || data.on_demand->evidence() != nullptr) return false;
  const auto& findings = data.derived.findings;
  for (std::size_t i = 0; i < kAtOnce && left.next < findings.size(); ++i) {
    UPTRAIL_TRY(read_evidence_of(reader, findings[left.next++], data.evidence, left.found));
  }
  if (left.next < findings.size()) return true;
  data.on_demand->set_evidence(std::move(left.found));
  return false;
}

const EvidenceLine* LoadedCase::evidence_of(EventId id) const {
  const auto at = evidence.find(id);
  if (at != evidence.end()) return &at->second;
  const auto* rest = on_demand ? on_demand->evidence() : nullptr;
  if (rest == nullptr) return nullptr;
  const auto later = rest->find(id);
  return later == rest->end() ? nullptr : &later->second;
}

std::size_t LoadedCase::task_count() const { return has_all_tasks() ? derived.tasks.size() : task_total; }

const Task* LoadedCase::task(TaskId id) const {
  if (!id.valid() || id.value >= task_count()) return nullptr;
  return has_all_tasks() ? &derived.tasks[id.value] : on_demand->task(id);
}

const timeline::Lane* LoadedCase::lane_of(TaskId id) const {
  const auto at = std::find_if(scene.lanes.begin(), scene.lanes.end(), [&](const timeline::Lane& lane) {
    return lane.kind == timeline::LaneKind::task && lane.task == id;
  });
  return id.valid() && at != scene.lanes.end() ? &*at : nullptr;
}

std::vector<SessionId> LoadedCase::sessions_of_tasks() const {
  std::vector<SessionId> out(task_count());
  for (const Task& task : derived.tasks) out[task.id.value] = task.session;
  if (has_all_tasks()) return out;
  for (const timeline::Lane& lane : scene.lanes) {
    if (lane.kind == timeline::LaneKind::task && lane.task.value < out.size()) out[lane.task.value] = lane.session;
  }
  return out;
}

Interval LoadedCase::life_of(TaskId id) const {
  if (has_all_tasks()) return id.value < derived.tasks.size() ? derived.tasks[id.value].seen : Interval{};
  const timeline::Lane* lane = lane_of(id);
  return lane == nullptr ? Interval{} : lane->extent;
}

std::size_t LoadedCase::upload_count() const { return derived.uploads.empty() ? scene.uploads.size() : derived.uploads.size(); }

timeline::UploadView LoadedCase::upload(UploadId id) const {
  return derived.uploads.empty() ? scene.upload(id) : timeline::view_of(derived.uploads[id.value]);
}

}  // namespace uptrail::viewer
