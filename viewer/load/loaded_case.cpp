#include "viewer/load/loaded_case.h"

#include <algorithm>
#include <array>

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

Status read_all_evidence(CaseReader& reader, LoadedCase& out) {
  for (const Finding& finding : out.derived.findings) {
    for (const EvidenceRef& ref : finding.evidence) {
      if (out.evidence.contains(ref.event)) continue;
      auto line = read_evidence(reader, ref.event);
      if (!line) return line.error();
      if (line->has_value()) out.evidence.emplace(ref.event, std::move(**line));
    }
  }
  return done();
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

Result<LoadedCase> read_case(CaseReader& reader) {
  LoadedCase out;
  const auto take = [](auto result, auto& into) -> Status {
    if (!result) return result.error();
    into = result.take();
    return done();
  };
  UPTRAIL_TRY(take(reader.info(), out.info));
  UPTRAIL_TRY(take(reader.sources(), out.sources));
  UPTRAIL_TRY(take(reader.streams(), out.streams));
  UPTRAIL_TRY(take(reader.derived(), out.derived));
  UPTRAIL_TRY(take(reader.event_count(), out.event_count));
  UPTRAIL_TRY(take(timeline::build_scene(reader, out.info, out.derived, out.streams), out.scene));
  const auto grid = reader.event_grid();
  UPTRAIL_TRY(grid);
  // They are bars now; a million tasks would keep them twice.
  for (Task& task : out.derived.tasks) task.phases = {};
  out.detail = timeline::LevelOfDetail(out.scene);
  out.overview = timeline::make_overview(out.scene, *grid);
  UPTRAIL_TRY(read_all_evidence(reader, out));
  out.evidence_kinds = evidence_kinds(out.streams, out.derived.coverage);
  return out;
}

}  // namespace uptrail::viewer
