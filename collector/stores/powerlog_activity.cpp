#include "collector/stores/powerlog_activity.h"

#include <array>
#include <cmath>

#include "collector/base/text.h"

namespace uptrail {

namespace {

using sqlite::ColumnType;
using sqlite::Statement;

constexpr std::uint64_t kMaxRows = 5'000'000;
constexpr std::size_t kMaxHeld = 100'000;

enum AssertionColumn : int { kTime = 1, kAction, kName, kUniqueId, kOffset };
constexpr std::array<std::string_view, 4> kAssertionRequired = {"timestamp", "Action", "AssertName", "GlobalUniqueID"};
constexpr std::array<WantedColumn, 5> kAssertionWanted = {{{"timestamp", "timestamp"},
                                                           {"Action", "Action"},
                                                           {"AssertName", "AssertName"},
                                                           {"GlobalUniqueID", "GlobalUniqueID"},
                                                           {"timestampActionOffset", "timestampActionOffset"}}};
enum Action : std::int64_t { kTake = 0, kRelease = 4 };

enum ScheduledColumn : int { kTaskName = 2, kStart, kEnd, kApplication };
constexpr std::array<std::string_view, 2> kScheduledRequired = {"timestamp", "taskName"};
constexpr std::array<WantedColumn, 5> kScheduledWanted = {{{"timestamp", "timestamp"},
                                                           {"taskName", "taskName"},
                                                           {"startTime", "startTime"},
                                                           {"endTime", "endTime"},
                                                           {"application", "application"}}};

enum UsageColumn : int { kTimeEnd = 2, kBundle, kWifiIn, kWifiOut, kCellIn, kCellOut };
constexpr std::array<std::string_view, 3> kUsageRequired = {"timestamp", "timestampEnd", "BundleName"};
constexpr std::array<WantedColumn, 7> kUsageWanted = {{{"timestamp", "timestamp"},
                                                       {"timestampEnd", "timestampEnd"},
                                                       {"BundleName", "BundleName"},
                                                       {"WifiIn", "WifiIn"},
                                                       {"WifiOut", "WifiOut"},
                                                       {"CellIn", "CellIn"},
                                                       {"CellOut", "CellOut"}}};

bool is_number(const Statement& row, int column) {
  return row.type(column) == ColumnType::integer || row.type(column) == ColumnType::real;
}

// Seconds since 1970 of the wall clock, without a correction. nullopt: no time that a device could have had.
std::optional<TimeNs> wall_time(double seconds) {
  constexpr double kYear2001 = 978'307'200;
  constexpr double kYear2100 = 4'102'444'800;
  if (!std::isfinite(seconds) || seconds < kYear2001 || seconds > kYear2100) {
    return std::nullopt;
  }
  const double whole = std::floor(seconds);
  return TimeNs{static_cast<std::int64_t>(whole) * 1'000'000'000} + from_seconds(seconds - whole);
}

struct NamedTask {
  Uuid uuid;
  std::optional<std::int64_t> id;
};
// "com.apple.CFNetwork-cc-177-17-Task <UUID>.<2>"
std::optional<NamedTask> task_in(std::string_view name) {
  constexpr std::string_view kBefore = "Task <";
  constexpr std::size_t kUuidText = 36;
  const auto at = name.find(kBefore);
  if (at == std::string_view::npos) {
    return std::nullopt;
  }
  const auto uuid = Uuid::parse(name.substr(at + kBefore.size(), kUuidText));
  if (!uuid) {
    return std::nullopt;
  }
  NamedTask task{*uuid, std::nullopt};
  std::string_view rest = name.substr(at + kBefore.size() + kUuidText);
  if (rest.starts_with(">.<") && rest.ends_with(">")) {
    task.id = parse_int(rest.substr(3, rest.size() - 4));
  }
  return task;
}

}  // namespace

struct PowerlogActivity::Table {
  std::string name;
  std::span<const std::string_view> required;
  std::span<const WantedColumn> wanted;
  std::string_view where;
  Give give;
};

void PowerlogActivity::read(OpenTable& open) {
  static const std::array<Table, 3> kTables = {
      {{"PLPowerAssertionAgent_EventForward_Assertion", kAssertionRequired, kAssertionWanted,
        " WHERE AssertName GLOB 'NSURLSessionTask *' OR Action = 4", &PowerlogActivity::assertion},
       {"PLDuetService_EventNone_DASActivity", kScheduledRequired, kScheduledWanted,
        " WHERE taskName GLOB 'com.apple.CFNetwork-*Task <*'", &PowerlogActivity::scheduled},
       {"PLProcessNetworkAgent_EventInterval_UsageDiff", kUsageRequired, kUsageWanted, "", &PowerlogActivity::usage}}};
  for (const Table& table : kTables) {
    if (!read_table(open, table)) {
      return;
    }
  }
}

// False: the sink said stop.
bool PowerlogActivity::read_table(OpenTable& open, const Table& table) {
  table_ = &table.name;
  const auto columns = columns_of(open.db, table.name);
  if (!columns.ok() || !missing_structure(table.name, *columns, table.required).empty()) {
    return true;
  }
  bool on = true;
  std::uint64_t looked_at = 0;
  const std::string sql =
      "SELECT " + select_list(*columns, table.wanted) + " FROM " + table.name + std::string(table.where) + " ORDER BY rowid";
  const auto whole = read_rows(open, sql, kMaxRows, looked_at, sink_, [&](Statement& row) {
    rowid_ = row.integer(0);
    refused_ = false;
    auto event = (this->*table.give)(row);
    if (event) {
      ++stats_.read;
      ++stats_.matched;
      on = sink_.event(std::move(*event));
    } else if (refused_) {
      ++stats_.read;
      ++stats_.unparsed;
    }
    return on;
  });
  if (!whole.ok()) {
    sink_.issue({IssueKind::damaged, {}, table.name + " cannot be read: " + whole.error().message});
  }
  return on;
}

std::optional<Event> PowerlogActivity::bad(const std::string& detail) {
  refused_ = true;
  sink_.issue({IssueKind::unparsed, {}, *table_ + " rowid " + std::to_string(rowid_) + ": " + detail});
  return std::nullopt;
}

std::optional<TimeNs> PowerlogActivity::time_of(Statement& row, int column) const {
  return is_number(row, column) ? clock_.utc(row.real(column)) : std::nullopt;
}

Event PowerlogActivity::event_at(TimeNs when, EventKind kind) const {
  Event event;
  event.kind = kind;
  event.observer = Observer::store;
  event.confidence = EventConfidence::inferred;
  event.t_src = when;
  event.pattern = "store:powerlog";
  event.store_row = *table_ + " ID " + std::to_string(rowid_);
  return event;
}

// Rows are written in bundles: timestamp is that of the bundle, and the offset (ms) leads from it to the wall clock at the
// action.
std::optional<Event> PowerlogActivity::assertion(Statement& row) {
  constexpr std::string_view kTask = "NSURLSessionTask ";
  const std::int64_t action = row.type(kAction) == ColumnType::integer ? row.integer(kAction) : -1;
  const auto held = held_.find(row.integer(kUniqueId));
  if ((action != kTake && action != kRelease) || (action == kRelease && held == held_.end())) {
    return std::nullopt;  // what became of it otherwise, or another's assertion
  }
  const auto uuid = action == kTake ? Uuid::parse(row.text(kName).substr(kTask.size())) : std::optional(held->second.task);
  if (action == kTake && (!uuid || !concerned_.task(*uuid))) {
    return std::nullopt;  // sessions that are no background sessions take assertions of the same name
  }
  const auto when = !is_number(row, kTime)    ? std::nullopt
                    : is_number(row, kOffset) ? wall_time(row.real(kTime) + row.real(kOffset) / 1000)
                                              : clock_.utc(row.real(kTime));
  if (!when) {
    return bad("timestamp is no time between 2001 and 2100");
  }
  Event event = event_at(*when, EventKind::daemon_task_assertion);
  event.fields.set(Field::uuid, *uuid);
  event.fields.set(Field::op, std::string(action == kTake ? "begin" : "end"));
  if (action == kTake) {
    if (held_.size() < kMaxHeld) {
      held_.insert_or_assign(row.integer(kUniqueId), Held{*uuid, *when});
    }
  } else {
    if (*when >= held->second.since) {
      event.fields.set(Field::seconds, static_cast<double>((*when - held->second.since).ns) / 1e9);
    }
    held_.erase(held);
  }
  return event;
}

// The window is in times of the wall clock already.
std::optional<Event> PowerlogActivity::scheduled(Statement& row) {
  const auto task = task_in(row.type(kTaskName) == ColumnType::text ? row.text(kTaskName) : std::string_view());
  if (!task) {
    return bad("taskName names no task");
  }
  if (!concerned_.task(task->uuid)) {
    return std::nullopt;
  }
  const auto when = time_of(row, kTime);
  if (!when) {
    return bad("timestamp is no time between 2001 and 2100");
  }
  Event event = event_at(*when, EventKind::daemon_task_scheduled);
  event.fields.set(Field::uuid, task->uuid);
  if (task->id) {
    event.fields.set(Field::id, *task->id);
  }
  for (const auto& [column, field] : {std::pair(kStart, Field::from), std::pair(kEnd, Field::to)}) {
    if (const auto at = is_number(row, column) ? wall_time(row.real(column)) : std::nullopt) {
      event.fields.set(field, *at);
    }
  }
  return event;
}

std::optional<Event> PowerlogActivity::usage(Statement& row) {
  std::optional<std::pair<IssueKind, std::string>> no_text;
  const auto bundle = text_of(row, kBundle, "BundleName", no_text);
  if (!bundle || !concerned_.bundles.contains(*bundle)) {
    return std::nullopt;
  }
  const auto from = time_of(row, kTime);
  const auto to = time_of(row, kTimeEnd);
  if (!from || !to || *to < *from) {
    return bad("timestamp and timestampEnd are no interval between 2001 and 2100");
  }
  Event event = event_at(*to, EventKind::app_network_usage);
  event.bundle = *bundle;
  event.fields.set(Field::from, *from);
  event.fields.set(Field::to, *to);
  for (const auto& [column, field] : {std::pair(kWifiOut, Field::wifi_sent), std::pair(kWifiIn, Field::wifi_received),
                                      std::pair(kCellOut, Field::cellular_sent), std::pair(kCellIn, Field::cellular_received)}) {
    if (row.type(column) == ColumnType::integer && row.integer(column) >= 0) {
      event.fields.set(field, row.integer(column));
    }
  }
  return event;
}

}  // namespace uptrail
