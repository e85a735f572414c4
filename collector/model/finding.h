// What the rules say, and the outcome of a case.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collector/base/ids.h"
#include "collector/base/time.h"
#include "collector/model/event.h"

namespace uptrail {

enum class Severity : std::uint8_t { info, warning, error };
enum class Confidence : std::uint8_t { hint, likely, proven };

// What a rule was evaluated for. Only the ids that matter are valid; `label` is what people read ("upload 17").
struct Subject {
  UnitId unit;
  EpochId epoch;
  SessionId session;
  ObjectId object;
  TaskId task;
  UploadId upload;
  std::string label;
};

struct EvidenceRef {
  EventId event;
  std::string note;  // the part it plays: "invalidated here"
  bool key = false;  // the line to show first
};

// What should have happened and did not.
struct MissingEvent {
  EventKind kind = EventKind::capture_begin;
  TimeNs due;
  std::string note;
};

struct NumberUsed {
  std::string name;  // threshold name or measured thing
  double value = 0;
  std::optional<double> threshold;
  std::string unit;  // "s", "ms", "bytes", ""
};

// What was looked at before "it is not there" was said.
struct SearchDone {
  EventKind kind = EventKind::capture_begin;
  StreamId stream;
  Interval span;
  std::uint64_t records = 0;         // records of that stream in the span
  std::uint64_t siblings_found = 0;  // events of the kind for other subjects in the span
};

struct Finding {
  FindingId id;
  std::string fingerprint;  // stable over runs of the same capture: 16 hex digits
  std::string rule;
  Severity severity = Severity::warning;
  Confidence confidence = Confidence::likely;
  Subject subject;
  TimeNs t;                 // where to look on the timeline
  std::string title;        // one line, names the subject
  std::string explanation;  // what was seen, with the numbers
  std::string remedy;
  std::vector<EvidenceRef> evidence;  // in time order
  std::vector<MissingEvent> missing;
  std::vector<NumberUsed> numbers;
  std::vector<SearchDone> searched;
  std::string clears_if;  // what evidence would clear it
  FindingId folded_into;  // set: a symptom of that finding
  CauseId cause;
};

// A question a rule could not answer. Never an anomaly.
struct Undetermined {
  std::string rule;
  std::string reason;  // equal reasons are counted together: no ids or times in it
  Subject subject;
  std::string add;  // the smallest thing that would answer it; "": nothing
};

struct Cause {
  CauseId id;
  Severity severity = Severity::warning;
  Confidence confidence = Confidence::likely;
  std::string title;
  FindingId main;                   // the finding that names it
  std::vector<FindingId> findings;  // main first, then folded ones and consequences
  std::vector<UploadId> uploads;    // affected
};

enum class Outcome : std::uint8_t { ok, fail, unknown };

// What a rule tells about itself.
struct Threshold {
  std::string_view name;
  double value = 0;
  std::string_view unit;
  std::string_view why;
};
struct RuleInfo {
  std::string_view id;
  std::string_view title;
  Severity severity = Severity::warning;  // usual one
  std::string_view summary;               // one sentence: what happens and why it matters
  std::string_view needs;                 // evidence, one sentence
  std::string_view remedy;
  std::vector<Threshold> thresholds;
};

std::string_view severity_name(Severity s);
std::string_view confidence_name(Confidence c);
std::string_view outcome_name(Outcome o);  // "ok", "fail", "unknown"

}  // namespace uptrail
