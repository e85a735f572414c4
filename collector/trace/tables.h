// Names of tables and columns, used for writing and reading alike. The meaning of each column: schemas/trace, docs/trace-file.md.
// Private to this folder.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace uptrail::trace {

struct Table {
  std::string_view name;
  std::string_view columns;  // in the order in which values are bound and read
  std::string_view key;      // what a list of rows is ordered by
};

inline constexpr Table kSources{
    "sources",
    "source_id, path, content_hash, size_bytes, container, is_store, confidence, clock, "
    "zone_offset_minutes, records_read, records_matched, records_related, records_irrelevant, "
    "records_unparsed, first_ns, last_ns, not_understood, issue_count, records_known, message_files, events_repeated",
    "source_id"};
inline constexpr Table kSourceClocks{
    "source_clocks",
    "source_id, date_shown, precision_ns, leap_year, common_year, step_ns, modified_ns, told_ns, "
    "placed_by, offset_ns, uncertainty_ns, placed_as, suggested_date, suggested_why",
    "source_id"};
inline constexpr Table kIssues{"issues", "source_id, n, kind, span_offset, span_length, span_line, detail", "source_id, n"};
inline constexpr Table kInputs{"inputs", "path, size_bytes, modified_ns, head_hash, done", "path"};
inline constexpr Table kContents{"contents", "contents_id, path, format", "contents_id"};
inline constexpr Table kContentsGroups{"contents_groups", "contents_id, n, fate, members, place, detail, command, examples",
                                       "contents_id, n"};
inline constexpr Table kStreams{"streams",
                                "stream_id, source_id, observer, domain_id, offset_ns, uncertainty_ns, placed, open_start_ns, "
                                "open_end_ns, manifest, lossy, redacted",
                                "stream_id"};
inline constexpr Table kEvents{
    "events",
    "event_id, source_id, seq, kind_id, observer, inferred, t_src_ns, span_offset, span_length, "
    "span_line, device_id, bundle_id, process_id, pid, thread_id, pattern_id, fields, store_row, format_only",
    "event_id"};
inline constexpr Table kAssigned{"events_assigned",
                                 "event_id, stream_id, domain_id, t_ns, t_unc_ns, seq, unit_id, session_id, task_id, upload_id",
                                 "event_id"};
inline constexpr Table kRawLines{"raw_lines",
                                 "source_id, span_offset, span_length, span_line, t_src_ns, text, is_event, event_id", "raw_id"};
inline constexpr Table kRelated{"related_lines", "raw_id, observer, known, task_uuid, session_uuid, task_number", "raw_id"};

// Derived tables; `generation` stands before the columns of each.
inline constexpr Table kUnits{"units", "unit_id, device, bundle, title, platform", "unit_id"};
inline constexpr Table kEpochs{"epochs",
                               "epoch_id, unit_id, process, pid, build, domain_id, launch_ns, end_ns, launch_reason, end_cause, "
                               "seen_start_ns, seen_end_ns",
                               "epoch_id"};
inline constexpr Table kEpochStates{"epoch_states", "epoch_id, n, start_ns, end_ns, state", "epoch_id, n"};
inline constexpr Table kEpochRunning{"epoch_running", "epoch_id, n, start_ns, end_ns", "epoch_id, n"};
inline constexpr Table kSessions{"sessions", "session_id, unit_id, identifier", "session_id"};
inline constexpr Table kSessionUuids{"session_uuids", "session_id, n, uuid", "session_id, n"};
inline constexpr Table kSessionObjects{"session_objects", "session_id, n, object_id", "session_id, n"};
inline constexpr Table kObjects{"objects",
                                "object_id, session_id, epoch_id, object, delegate, created_ns, invalidated_ns, "
                                "became_invalid_ns, cancel, last_state",
                                "object_id"};
inline constexpr Table kTasks{"tasks",
                              "task_id, unit_id, session_id, upload_id, uuid, identifier, description, kind, method, url, file, "
                              "status, error_code, error_domain, bytes_sent, bytes_expected, created_ns, finished_in_daemon_ns, "
                              "delivered_ns, seen_start_ns, seen_end_ns",
                              "task_id"};
inline constexpr Table kTaskPhases{"task_phases", "task_id, n, start_ns, end_ns, phase", "task_id, n"};
inline constexpr Table kUploads{"uploads", "upload_id, unit_id, name, last_state, outcome, seen_start_ns, seen_end_ns",
                                "upload_id"};
inline constexpr Table kUploadTasks{"upload_tasks", "upload_id, n, task_id", "upload_id, n"};
inline constexpr Table kWakes{"wakes",
                              "wake_id, unit_id, session_id, epoch_id, requested_ns, launched_ns, handle_events_ns, "
                              "did_finish_events_ns, handler_called_ns, seen_start_ns, seen_end_ns",
                              "wake_id"};
inline constexpr Table kCoverage{"coverage", "coverage_id, stream_id, unit_id, kind_id, start_ns, end_ns, declared, ever_logged",
                                 "coverage_id"};
inline constexpr Table kFindings{"findings",
                                 "finding_id, fingerprint, rule, severity, confidence, unit_id, epoch_id, session_id, object_id, "
                                 "task_id, upload_id, label, t_ns, title, explanation, remedy, clears_if, folded_into, cause_id",
                                 "finding_id"};
inline constexpr Table kEvidence{"finding_evidence", "finding_id, n, event_id, note, is_key", "finding_id, n"};
inline constexpr Table kMissing{"finding_missing", "finding_id, n, kind_id, due_ns, note", "finding_id, n"};
inline constexpr Table kNumbers{"finding_numbers", "finding_id, n, name, value, threshold, unit", "finding_id, n"};
inline constexpr Table kSearched{"finding_searched",
                                 "finding_id, n, kind_id, stream_id, start_ns, end_ns, records, siblings_found", "finding_id, n"};
inline constexpr Table kUndetermined{
    "undetermined", "n, rule, reason, unit_id, epoch_id, session_id, object_id, task_id, upload_id, label, to_add", "n"};
inline constexpr Table kCauses{"causes", "cause_id, severity, confidence, title, main_finding_id", "cause_id"};
inline constexpr Table kCauseFindings{"cause_findings", "cause_id, n, finding_id", "cause_id, n"};
inline constexpr Table kCauseUploads{"cause_uploads", "cause_id, n, upload_id", "cause_id, n"};
inline constexpr Table kOutcomes{"outcomes", "outcome, reason, next_step, left_out", "generation"};

inline constexpr Table kRuleVerdicts{"rule_verdicts", "n, unit_id, rule, fired, cleared, undetermined, not_applicable", "n"};

inline constexpr Table kPicture{"picture", "part, n, records", "part, n"};

inline constexpr std::array<const Table*, 26> kDerivedTables = {
    &kUnits,         &kEpochs,       &kEpochStates, &kEpochRunning, &kSessions,    &kSessionUuids, &kSessionObjects,
    &kObjects,       &kTasks,        &kTaskPhases,  &kUploads,      &kUploadTasks, &kWakes,        &kCoverage,
    &kFindings,      &kEvidence,     &kMissing,     &kNumbers,      &kSearched,    &kUndetermined, &kCauses,
    &kCauseFindings, &kCauseUploads, &kOutcomes,    &kRuleVerdicts, &kPicture};

// "INSERT INTO t (columns) VALUES (?1, …)", so many times. `verb` may be "INSERT OR REPLACE".
std::string insert_sql(const Table& table, bool derived, std::string_view verb = "INSERT", std::size_t rows = 1);
// All rows by key; of the generation ?1 when derived.
std::string select_sql(const Table& table, bool derived);

}  // namespace uptrail::trace
