#include "viewer/load/query_target.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "collector/base/text.h"

namespace uptrail::viewer {

namespace {

constexpr std::array<std::string_view, 8> kNames = {"finding_id", "main_finding_id", "event_id",  "source_id",
                                                    "cause_id",   "task_id",         "upload_id", "session_id"};

std::optional<std::int64_t> number_in(const QueryTable& table, std::size_t row, std::string_view name) {
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    const QueryCell& cell = table.at(row, c);
    if (cell.type == CellType::integer && to_lower_ascii(table.columns[c]) == name) return parse_int(cell.text);
  }
  return std::nullopt;
}

template <class Id>
std::optional<QueryTarget> known(std::optional<std::int64_t> number, std::size_t count) {
  if (!number || *number < 0 || static_cast<std::uint64_t>(*number) >= count) return std::nullopt;
  Id id;
  id.value = static_cast<decltype(id.value)>(*number);
  return QueryTarget(id);
}

std::optional<QueryTarget> line_target(const LoadedCase& data, const QueryTable& table, std::size_t row) {
  const auto source = number_in(table, row, "source_id");
  const auto line = number_in(table, row, "span_line");
  if (!source || !line || *line < 1) return std::nullopt;
  const auto at = std::find_if(data.sources.begin(), data.sources.end(),
                               [&](const Source& s) { return static_cast<std::int64_t>(s.id.value) == *source; });
  if (at == data.sources.end()) return std::nullopt;
  return QueryTarget(LineTarget{at->id, static_cast<std::uint64_t>(*line)});
}

}  // namespace

std::optional<QueryTarget> query_target(const LoadedCase& data, const QueryTable& table, std::size_t row) {
  if (row >= table.rows) return std::nullopt;
  const Derived& d = data.derived;
  for (const std::string_view name : kNames) {
    std::optional<QueryTarget> target;
    const auto number = number_in(table, row, name);
    if (name == "finding_id" || name == "main_finding_id") target = known<FindingId>(number, d.findings.size());
    // The worker says whether there is such an event.
    if (name == "event_id" && number && *number > 0) target = QueryTarget(EventId{*number});
    if (name == "source_id") target = line_target(data, table, row);
    if (name == "cause_id") target = known<CauseId>(number, d.causes.size());
    if (name == "task_id") target = known<TaskId>(number, data.task_count());
    if (name == "upload_id") target = known<UploadId>(number, data.upload_count());
    if (name == "session_id") target = known<SessionId>(number, d.sessions.size());
    if (target) return target;
  }
  return std::nullopt;
}

bool leads_somewhere(const QueryTable& table) {
  return std::any_of(table.columns.begin(), table.columns.end(), [&](const std::string& column) {
    const std::string name = to_lower_ascii(column);
    const bool known = std::find(kNames.begin(), kNames.end(), name) != kNames.end();
    const auto is_line = [](const std::string& c) { return to_lower_ascii(c) == "span_line"; };
    return known && (name != "source_id" || std::any_of(table.columns.begin(), table.columns.end(), is_line));
  });
}

}  // namespace uptrail::viewer
