#include "viewer/panels/facts.h"

#include <cmath>
#include <cstdio>

#include "collector/base/text.h"
#include "collector/model/session_identifier.h"
#include "viewer/load/names.h"
#include "viewer/panels/verdict.h"
#include "viewer/panels/widgets.h"

namespace uptrail::viewer {

namespace {

class Rows {
 public:
  explicit Rows(const UiState& state) : state_(state) {}
  void add(const std::string& name, const std::string& value) {
    if (!value.empty()) rows_.emplace_back(name, value);
  }
  void add(const std::string& name, std::optional<TimeNs> t) {
    if (t) add(name, clock_text(state_, *t, 3));
  }
  void add(const std::string& name, std::optional<std::int64_t> n) {
    if (n) add(name, std::to_string(*n));
  }
  std::vector<std::pair<std::string, std::string>> take() { return std::move(rows_); }

 private:
  const UiState& state_;
  std::vector<std::pair<std::string, std::string>> rows_;
};

std::string span_text(const UiState& state, Interval span) {
  const TimeNs end = std::min(span.end, state.data->scene.whole.end);
  const std::string from = clock_text(state, span.start, 3);
  const std::string to = clock_text(state, end, 3);
  // One event alone spans a nanosecond; what begins and ends in one millisecond reads as a moment, too.
  if (from == to && end - span.start < seconds(1)) return "once, " + from;
  return from + " – " + to + " (" + format_duration(end - span.start) + ")";
}

std::string task_sentence(const Task& task) {
  if (task.delivered) {
    return task.finished_in_daemon && *task.delivered > *task.finished_in_daemon
               ? "The app was told " + format_duration(*task.delivered - *task.finished_in_daemon) +
                     " after the task had finished."
               : "The app was told that the task had finished.";
  }
  if (task.finished_in_daemon) return "It finished in the daemon; no callback to the app was seen.";
  return "No end of it was seen in this capture.";
}

Facts task_facts(const UiState& state, const Task& task) {
  const LoadedCase& data = *state.data;
  Rows rows(state);
  rows.add("Description", task.desc);
  rows.add("Task", task.identifier);
  if (task.uuid) rows.add("UUID", task.uuid->text());
  rows.add("Kind", task.kind);
  rows.add("Request", task.method.empty() ? task.url : task.method + " " + task.url);
  rows.add("File", task.file);
  if (task.session.value < data.derived.sessions.size())
    rows.add("Session", data.derived.sessions[task.session.value].identifier);
  rows.add("Created", task.created);
  rows.add("Finished", task.finished_in_daemon);
  rows.add("App told", task.delivered);
  rows.add("HTTP status", task.status);
  if (task.error_code && *task.error_code != 0) rows.add("Error", task.error_domain + " " + std::to_string(*task.error_code));
  if (task.bytes_sent) {
    rows.add("Sent", std::to_string(*task.bytes_sent) +
                         (task.bytes_expected ? " of " + std::to_string(*task.bytes_expected) : "") + " bytes");
  }
  rows.add("Seen", span_text(state, task.seen));
  return {task_name(task), task_sentence(task), rows.take()};
}

Facts upload_facts(const UiState& state, const timeline::UploadView& upload) {
  const LoadedCase& data = *state.data;
  Rows rows(state);
  rows.add("Outcome", std::string(upload_outcome_name(upload.outcome)));
  rows.add("The app says", std::string(upload.last_state));
  rows.add("Seen", span_text(state, upload.seen));
  for (const TaskId id : upload.tasks) {
    const Task* task = data.task(id);
    if (task == nullptr) continue;
    rows.add(task_number(*task), task_sentence(*task));
    rows.add("HTTP status", task->status);
  }
  return {std::string(upload.name), "", rows.take()};
}

Facts session_facts(const UiState& state, const Session& session) {
  const LoadedCase& data = *state.data;
  Rows rows(state);
  for (const auto& [name, value] : facts_in_identifier(session.identifier)) rows.add(name, value);
  for (const Uuid& uuid : session.uuids) rows.add("UUID", uuid.text());
  for (const ObjectId id : session.objects) {
    if (id.value >= data.derived.objects.size()) continue;
    const SessionObject& object = data.derived.objects[id.value];
    rows.add("Object",
             (object.object.empty() ? "unnamed" : object.object) + ", " + std::string(object_state_name(object.last_state)));
    rows.add("Delegate", object.delegate);
    rows.add("Created", object.created);
    rows.add("Invalidated", object.invalidated);
    rows.add("Became invalid", object.became_invalid);
  }
  return {"Session " + (session.identifier.empty() ? std::string("(name not logged)") : shown_identifier(session.identifier)), "",
          rows.take()};
}

Facts case_facts(const UiState& state) {
  const LoadedCase& data = *state.data;
  Rows rows(state);
  rows.add("Sources", std::to_string(data.sources.size()));
  rows.add("Events", std::to_string(data.event_count));
  rows.add("Sessions", std::to_string(data.derived.sessions.size()));
  rows.add("Tasks", std::to_string(data.task_count()));
  rows.add("Uploads", std::to_string(data.upload_count()));
  Facts facts{title_line(data), data.derived.outcome_reason, rows.take()};
  if (!data.derived.next_step.empty()) facts.rows.emplace_back("Next step", data.derived.next_step);
  return facts;
}

}  // namespace

std::string number_text(double value, std::string_view unit) {
  if (unit == "s") return format_duration(from_seconds(value));
  if (unit == "ms") return format_duration(from_seconds(value / 1000));
  char digits[48];
  const bool whole = std::floor(value) == value && std::abs(value) < 1e15;
  std::snprintf(digits, sizeof digits, whole ? "%.0f" : "%.3g", value);
  return std::string(digits) + (unit.empty() ? "" : " ") + std::string(unit);
}

std::string search_stream(const UiState& state, const SearchDone& search) {
  const LoadedCase& data = *state.data;
  for (const Stream& stream : data.streams) {
    if (stream.id != search.stream) continue;
    const Source* source = data.source(stream.source);
    return std::string(observer_name(stream.observer)) + (source == nullptr ? "" : " in " + file_name(source->path));
  }
  return "a stream";
}

std::string search_extent(const UiState& state, const SearchDone& search) {
  return span_text(state, search.span) + " · " + count_of(search.records, "record", "records") + ", " +
         count_of(search.siblings_found, "for another", "for others");
}

Facts facts_of(const UiState& state) {
  const LoadedCase& data = *state.data;
  const Selection& selection = state.selection;
  const Derived& d = data.derived;
  if (selection.lane < data.scene.lanes.size()) {
    const timeline::Lane& lane = data.scene.lanes[selection.lane];
    if (lane.kind == timeline::LaneKind::task) {
      if (const Task* task = data.task(lane.task)) return task_facts(state, *task);
      return {std::string(data.scene.text(lane.label)), "reading", {}};
    }
    if (lane.kind == timeline::LaneKind::session && lane.session.value < d.sessions.size()) {
      return session_facts(state, d.sessions[lane.session.value]);
    }
    if (!selection.upload) return {std::string(data.scene.text(lane.label)), std::string(data.scene.text(lane.detail)), {}};
  }
  if (selection.upload && data.has(*selection.upload)) return upload_facts(state, data.upload(*selection.upload));
  return case_facts(state);
}

}  // namespace uptrail::viewer
