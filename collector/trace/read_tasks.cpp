// Tasks one by one, and the packed picture: what is read of a case too large to be held.
#include <algorithm>

#include "collector/trace/sqlite_reader.h"
#include "collector/trace/tables.h"

namespace uptrail::trace {

// What stands behind its id.
void read_task(Row& row, Task& task) {
  task.unit = row.id<UnitId>();
  task.session = row.id<SessionId>();
  task.upload = row.id<UploadId>();
  task.uuid = row.optional_uuid();
  task.identifier = row.optional_i64();
  task.desc = row.text();
  task.kind = row.text();
  task.method = row.text();
  task.url = row.text();
  task.file = row.text();
  task.status = row.optional_i64();
  task.error_code = row.optional_i64();
  task.error_domain = row.text();
  task.bytes_sent = row.optional_i64();
  task.bytes_expected = row.optional_i64();
  task.created = row.optional_time();
  task.finished_in_daemon = row.optional_time();
  task.delivered = row.optional_time();
  task.seen = row.interval();
}

Result<std::uint64_t> SqliteCaseReader::task_count() {
  const auto current = generation();
  UPTRAIL_TRY(current);
  const auto n = db_->integer("SELECT coalesce(max(task_id), -1) + 1 FROM tasks WHERE generation = " + std::to_string(*current));
  UPTRAIL_TRY(n);
  return static_cast<std::uint64_t>(std::max<std::int64_t>(*n, 0));
}

Result<std::uint64_t> SqliteCaseReader::upload_count() {
  const auto current = generation();
  UPTRAIL_TRY(current);
  const auto n =
      db_->integer("SELECT coalesce(max(upload_id), -1) + 1 FROM uploads WHERE generation = " + std::to_string(*current));
  UPTRAIL_TRY(n);
  return static_cast<std::uint64_t>(std::max<std::int64_t>(*n, 0));
}

// As check_derived() does for all of them.
Status SqliteCaseReader::check_task(const Task& task) const {
  if (!bounds_) {
    return done();
  }
  const auto lost = [](auto id, std::uint32_t count) { return id.valid() && id.value >= count; };
  if (!task.unit.valid() || lost(task.unit, bounds_->units) || lost(task.session, bounds_->sessions) ||
      lost(task.upload, bounds_->uploads) || !task.id.valid() || lost(task.id, bounds_->tasks)) {
    return impossible(kTasks.name);
  }
  return done();
}

Result<std::optional<Task>> SqliteCaseReader::task(TaskId id) {
  if (!task_query_.prepared()) {
    auto query =
        db_->prepare("SELECT " + std::string(kTasks.columns) + " FROM tasks WHERE generation = ?1 AND task_id = ?2", true);
    UPTRAIL_TRY(query);
    task_query_ = query.take();
  }
  const auto current = generation();
  UPTRAIL_TRY(current);
  task_query_.bind(*current, id);
  const auto found = task_query_.step();
  UPTRAIL_TRY(found);
  std::optional<Task> out;
  if (*found) {
    Row row(task_query_);
    out.emplace().id = row.id<TaskId>();
    read_task(row, *out);
    const Status good = row.bad() ? Status(impossible(kTasks.name)) : check_task(*out);
    task_query_.reset();
    UPTRAIL_TRY(good);
  }
  return out;
}

Status SqliteCaseReader::for_each_task(TaskId first, const std::function<bool(const Task&)>& callback) {
  const auto current = generation();
  UPTRAIL_TRY(current);
  auto rows = db_->prepare("SELECT " + std::string(kTasks.columns) +
                           " FROM tasks WHERE generation = ?1 AND task_id >= ?2 ORDER BY task_id");
  UPTRAIL_TRY(rows);
  rows->bind(*current, first);
  for (auto more = rows->step();; more = rows->step()) {
    UPTRAIL_TRY(more);
    if (!*more) {
      return done();
    }
    Row row(*rows);
    Task task;
    task.id = row.id<TaskId>();
    read_task(row, task);
    if (row.bad()) {
      return impossible(kTasks.name);
    }
    UPTRAIL_TRY(check_task(task));
    if (!callback(task)) {
      return done();
    }
  }
}

Result<std::uint64_t> SqliteCaseReader::picture_bytes(std::string_view part) {
  const auto current = generation();
  UPTRAIL_TRY(current);
  auto rows = db_->prepare("SELECT coalesce(sum(length(records)), 0) FROM picture WHERE generation = ?1 AND part = ?2");
  UPTRAIL_TRY(rows);
  rows->bind(*current, part);
  UPTRAIL_TRY(rows->step());
  return static_cast<std::uint64_t>(std::max<std::int64_t>(rows->integer(0), 0));
}

Status SqliteCaseReader::for_each_picture(std::string_view part,
                                          const std::function<bool(std::span<const std::byte>)>& callback) {
  const auto current = generation();
  UPTRAIL_TRY(current);
  auto rows = db_->prepare("SELECT records FROM picture WHERE generation = ?1 AND part = ?2 ORDER BY n");
  UPTRAIL_TRY(rows);
  rows->bind(*current, part);
  for (auto more = rows->step();; more = rows->step()) {
    UPTRAIL_TRY(more);
    if (!*more || !callback(rows->blob(0))) {
      return done();
    }
  }
}

}  // namespace uptrail::trace
