// A case as the panels see it: read once by the worker, immutable afterwards.
#pragma once

#include <cstdint>
#include <map>
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

namespace uptrail::viewer {

// One event that a finding rests on, with the line it came from.
struct EvidenceLine {
  EventId event;
  EventKind kind = EventKind::capture_begin;
  Observer observer = Observer::app;
  TimeNs t;            // normalised
  bool timed = false;  // false: the source has no clock
  SourceId source;
  SourceSpan span;
  std::string store_row;  // for store events: table and row; else ""
  std::string text;       // the raw line, valid UTF-8; "": not kept
};

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
  Derived derived;
  timeline::Scene scene;
  timeline::LevelOfDetail detail;            // of the scene
  timeline::Overview overview;               // of the scene
  std::map<EventId, EvidenceLine> evidence;  // of all findings
  std::vector<EvidenceKind> evidence_kinds;
  std::vector<UnusedInput> unused;  // inputs that could not be used; the others were
  std::uint64_t event_count = 0;

  // nullptr when there is no such thing.
  [[nodiscard]] const Finding* finding(FindingId id) const;
  [[nodiscard]] const Cause* cause(CauseId id) const;
  [[nodiscard]] const Source* source(SourceId id) const;
};

// Reads everything the panels need. The reader is not kept.
Result<LoadedCase> read_case(CaseReader& reader);

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
