// A case as the panels see it: read once by the worker, immutable afterwards.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "collector/base/result.h"
#include "collector/model/derived.h"
#include "collector/model/event.h"
#include "collector/timeline/level_of_detail.h"
#include "collector/timeline/overview.h"
#include "collector/timeline/scene.h"
#include "collector/trace/case_file.h"
#include "viewer/load/on_demand.h"
#include "viewer/load/witnesses.h"

namespace uptrail::viewer {

// One part of "what was seen at all", for the top bar.
struct EvidenceKind {
  enum class State : std::uint8_t { none, part, yes };
  std::string name;  // "app callbacks"
  State state = State::none;
  std::string detail;  // why it is only a part; else ""
};

struct UnusedInput {
  std::string path;
  Error error;
};

struct LoadedCase {
  std::vector<std::string> paths;  // as opened
  CaseInfo info;
  std::vector<Source> sources;
  std::vector<Stream> streams;
  // Its tasks are empty when there are many (OnDemand has them), its uploads when the scene has their list: use what is below.
  Derived derived;
  timeline::Scene scene;
  timeline::LevelOfDetail detail;            // of the scene
  timeline::Overview overview;               // of the scene
  std::map<EventId, EvidenceLine> evidence;  // of findings; when there are many, only of those that stand for causes
  std::vector<EvidenceKind> evidence_kinds;
  std::vector<UnusedInput> unused;  // inputs that could not be used; the others were
  std::uint64_t event_count = 0;
  std::uint64_t task_total = 0;         // of those that are not in `derived`
  std::shared_ptr<OnDemand> on_demand;  // nullptr: everything is here
  std::shared_ptr<Witnesses> witnesses = std::make_shared<Witnesses>();

  // nullptr when there is no such thing.
  [[nodiscard]] const Finding* finding(FindingId id) const;
  [[nodiscard]] const Cause* cause(CauseId id) const;
  [[nodiscard]] const Source* source(SourceId id) const;
  [[nodiscard]] const EvidenceLine* evidence_of(EventId id) const;
  [[nodiscard]] std::size_t task_count() const;
  // nullptr: there is no such task, or it is being read and will be there in a moment. Without phases.
  [[nodiscard]] const Task* task(TaskId id) const;
  // From the timeline alone, at once.
  [[nodiscard]] std::vector<SessionId> sessions_of_tasks() const;
  [[nodiscard]] Interval life_of(TaskId id) const;                      // empty: there is no such task
  [[nodiscard]] const timeline::Lane* lane_of(TaskId id) const;         // nullptr: there is none
  [[nodiscard]] bool has_all_tasks() const { return task_total == 0; }  // in `derived`
  [[nodiscard]] std::size_t upload_count() const;
  [[nodiscard]] bool has(UploadId id) const { return id.value < upload_count(); }
  [[nodiscard]] timeline::UploadView upload(UploadId id) const;  // must be there
};

inline constexpr std::uint64_t kTasksInMemory = 20'000;  // of a case that has more they are read when they are looked at
inline constexpr std::uint64_t kEvidenceAtOnce = 4000;
// Reads everything the panels need at first. The reader is not kept.
Result<LoadedCase> read_case(CaseReader& reader, std::uint64_t tasks_in_memory = kTasksInMemory,
                             std::uint64_t evidence_at_once = kEvidenceAtOnce);
// What was left for later, the evidence of the other findings, some hundreds at a time. True: there is more to do.
struct EvidenceLeft {
  std::size_t next = 0;  // finding
  std::map<EventId, EvidenceLine> found;
};
Result<bool> read_more_evidence(CaseReader& reader, const LoadedCase& data, EvidenceLeft& left);

std::vector<EvidenceKind> evidence_kinds(const std::vector<Stream>& streams, const std::vector<CoverageSpan>& coverage);

// Some lines of one source, for the log panel.
struct LogPage {
  SourceId source;
  std::uint64_t first_line = 0;  // as asked for
  std::vector<RawLine> lines;    // ascending
  bool at_start = false;         // no stored line is before the first
  bool at_end = false;
  std::uint64_t found_line = 0;  // when a stretch of time was asked for: where its first event stands; 0: none, or not asked for
  bool filtered = false;         // lines that do not pass the filter were left out
  std::string problem;           // why lines may be missing; "": nothing
};

// One event with its raw line, for those who came from the line.
struct EventShown {
  Event event;
  std::string text;  // valid UTF-8; "": not kept
};

}  // namespace uptrail::viewer
