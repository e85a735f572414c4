#include <array>
#include <chrono>
#include <filesystem>
#include <span>

#include "collector/base/embedded.h"
#include "collector/simulate/task_store.h"
#include "collector/sqlite/connection.h"
#include "collector/sqlite/statement.h"

namespace uptrail::embedded {
std::span<const EmbeddedFile> simulate_stores();
}

namespace uptrail::simulate {

namespace {

namespace fs = std::filesystem;

constexpr double kYear2001 = 978'307'200;  // seconds since 1970; creation_time counts from there
// nsurlsessiond keeps keyed archives in such columns. What is in them is not known; that they are there is.
constexpr std::array kArchive = {std::byte{'b'}, std::byte{'p'}, std::byte{'l'}, std::byte{'i'},
                                 std::byte{'s'}, std::byte{'t'}, std::byte{'0'}, std::byte{'0'}};

std::optional<std::int64_t> number_of_kind(std::string_view kind) {
  return kind == "download"           ? std::optional<std::int64_t>(0)
         : kind.starts_with("upload") ? std::optional<std::int64_t>(1)
         : kind == "data"             ? std::optional<std::int64_t>(2)
                                      : std::nullopt;
}

Status insert(sqlite::Statement& statement, const TaskRow& row) {
  const std::span<const std::byte> archive(kArchive);
  const std::span<const std::byte> uuid = std::as_bytes(std::span(row.uuid.bytes));
  const std::optional<std::span<const std::byte>> file = row.kind == "upload-file" ? std::optional(archive) : std::nullopt;
  const std::optional<std::span<const std::byte>> error = row.code != 0 ? std::optional(archive) : std::nullopt;
  const std::optional<std::string> desc = row.desc.empty() ? std::nullopt : std::optional(row.desc);
  const double created = static_cast<double>(row.created.ns) / 1e9 - kYear2001;
  return statement.run(row.id, number_of_kind(row.kind), created, static_cast<std::int64_t>(row.state), desc, error, file,
                       row.bundle, row.identifier, uuid, row.sent, row.expected.value_or(-1));
}

Status fill(const std::string& path, const std::vector<TaskRow>& rows) {
  auto db = sqlite::Connection::open(path, sqlite::Access::write);
  UPTRAIL_TRY(db);
  UPTRAIL_TRY(db->exec("PRAGMA journal_mode = DELETE; PRAGMA user_version = 3;" +
                       std::string(embedded::simulate_stores().front().content) + "BEGIN;"));
  {
    auto statement = db->prepare(
        "INSERT INTO session_tasks(identifier, task_kind, creation_time, state, task_description, error, file_url, bundle_id, "
        "session_id, unique_identifier, count_of_bytes_sent, count_of_bytes_expected_to_send) "
        "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)");
    UPTRAIL_TRY(statement);
    for (const TaskRow& row : rows) {
      UPTRAIL_TRY(insert(*statement, row));
    }
  }
  return db->exec("COMMIT");
}

}  // namespace

Status write_task_store(const std::string& path, const TaskStore& store) {
  UPTRAIL_TRY(fill(path, store.rows));
  const auto since_1970 = std::chrono::nanoseconds(store.written.ns);
  std::error_code failed;
  fs::last_write_time(path, std::chrono::file_clock::from_sys(std::chrono::sys_time<std::chrono::nanoseconds>(since_1970)),
                      failed);
  return failed ? Status(fail(ErrorKind::unreadable, "its time cannot be set: " + failed.message(), path)) : done();
}

}  // namespace uptrail::simulate
