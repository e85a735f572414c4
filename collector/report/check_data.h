// Everything `check` and `explain` say about a case, gathered from its reader once. Plain data; texts are still untrusted.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collector/base/result.h"
#include "collector/trace/case_file.h"

namespace uptrail {

// One event that a finding rests on, with the place where it can be read.
struct EvidenceLine {
  EventKind kind = EventKind::capture_begin;
  Observer observer = Observer::app;
  SourceId source;
  StreamId stream;
  SourceSpan span;
  std::string row;   // of a store: "session_tasks rowid 7"; "": a text source
  std::string text;  // the raw record
  TimeNs t;
};

struct CheckData {
  CaseInfo info;
  std::vector<Source> sources;
  std::vector<Contents> contents;  // of the folders and archives that were given
  std::vector<Stream> streams;
  Derived derived;
  std::uint64_t events = 0;
  std::map<EventId, EvidenceLine> lines;  // of every event that a finding names

  // nullptr when the id is none or out of range (a damaged case).
  [[nodiscard]] const Source* source(SourceId id) const;
  [[nodiscard]] const Stream* stream(StreamId id) const;
  [[nodiscard]] const Finding* finding(FindingId id) const;
  [[nodiscard]] const EvidenceLine* line(EventId id) const;
  // True when the finding's times are UTC; false: they count on a clock without date or zone.
  [[nodiscard]] bool on_utc(const Finding& finding) const;
  // False: its evidence comes from lines without any time.
  [[nodiscard]] bool has_clock(const Finding& finding) const;
};

Result<CheckData> gather_check(CaseReader& reader);
// Adds the places of more events to data.lines, with their raw text when it is wanted.
Status add_lines(CaseReader& reader, std::span<const EventId> events, bool with_text, CheckData& data);

// Task stores in the case, and logs that tell of one (store.snapshot, store.entry).
std::size_t store_count(const CheckData& data);

// The message files beside the built-in ones that any source was read with, in order of first mention.
std::vector<std::string> message_files(const CheckData& data);

// Causes and findings as people type them: "C1" and "F3", counted from 1.
std::string cause_name(CauseId id);
std::string finding_name(FindingId id);
// Finds what the user typed: C1, F3, or at least four digits of a fingerprint. An error when nothing or more than one thing fits.
Result<std::vector<FindingId>> find_findings(const CheckData& data, std::string_view typed);

// "--date 'system.log=2026-11-18+01:00'" for a source whose clock could be placed so, ready for a shell; "": nothing to suggest.
std::string date_option(const CheckData& data, const Source& source);

// Questions that stayed open for the same rule and the same reason.
struct OpenQuestion {
  std::string rule, reason, add;
  std::vector<std::string> subjects;  // labels, in order of first mention
};
std::vector<OpenQuestion> open_questions(const Derived& derived);  // by rule, reason

// Tasks of a unit that cannot be judged because the app does not log didCompleteWithError. The system's own are left out.
struct SilentApp {
  std::string name;
  std::size_t tasks = 0;
};
std::vector<SilentApp> silent_apps(const CheckData& data);

}  // namespace uptrail
