// What a row of an answer stands for, by the names of its columns.
#pragma once

#include <optional>
#include <variant>

#include "collector/trace/query_table.h"
#include "viewer/load/loaded_case.h"

namespace uptrail::viewer {

struct LineTarget {
  SourceId source;
  std::uint64_t line = 0;
  friend bool operator==(const LineTarget&, const LineTarget&) = default;
};
using QueryTarget = std::variant<FindingId, CauseId, EventId, LineTarget, TaskId, UploadId, SessionId>;

// The first of these columns whose value the case knows: finding_id, main_finding_id, event_id,
// source_id with span_line, cause_id, task_id, upload_id, session_id. nullopt: the row leads nowhere.
std::optional<QueryTarget> query_target(const LoadedCase& data, const QueryTable& table, std::size_t row);
// The same from the names alone: whether rows can lead somewhere at all.
bool leads_somewhere(const QueryTable& table);

}  // namespace uptrail::viewer
