#include <span>

#include "collector/base/embedded.h"
#include "collector/plist/build.h"
#include "collector/simulate/store_file.h"
#include "collector/simulate/task_store.h"
#include "collector/sqlite/connection.h"
#include "collector/sqlite/statement.h"

namespace uptrail::embedded {
std::span<const EmbeddedFile> simulate_stores();
}

namespace uptrail::simulate {

namespace {

constexpr double kYear2001 = 978'307'200;  // seconds since 1970; creation_time counts from there

using plist::ArchiveBuilder;
using Archive = std::optional<std::vector<std::byte>>;

// nsurlsessiond keeps keyed archives of Foundation's objects in its columns.
Archive archived_error(const TaskRow& row) {
  if (row.code == 0) {
    return std::nullopt;
  }
  ArchiveBuilder archive;
  const auto root = archive.error(row.domain.empty() ? "NSURLErrorDomain" : row.domain, row.code);
  return plist::as_bytes(archive.bytes(root));
}

Archive archived_file(const TaskRow& row) {
  if (row.kind != "upload-file") {
    return std::nullopt;
  }
  ArchiveBuilder archive;
  const auto root = archive.url(row.file.empty() ? "file:///body" : row.file);
  return plist::as_bytes(archive.bytes(root));
}

Archive archived_request(const TaskRow& row) {
  if (row.url.empty()) {
    return std::nullopt;
  }
  ArchiveBuilder archive;
  const auto root = archive.request(row.url, row.method.empty() ? "POST" : row.method);
  return plist::as_bytes(archive.bytes(root));
}

std::optional<std::span<const std::byte>> view(const Archive& archive) {
  return archive ? std::optional<std::span<const std::byte>>(*archive) : std::nullopt;
}

std::optional<std::int64_t> number_of_kind(std::string_view kind) {
  return kind == "download"           ? std::optional<std::int64_t>(0)
         : kind.starts_with("upload") ? std::optional<std::int64_t>(1)
         : kind == "data"             ? std::optional<std::int64_t>(2)
                                      : std::nullopt;
}

std::vector<std::byte> archived_configuration(const SessionRow& row) {
  ArchiveBuilder archive;
  std::vector<std::pair<std::string, ArchiveBuilder::Uid>> members{{"identifier", archive.text(row.identifier)}};
  if (row.resource_timeout) {
    members.emplace_back("timeoutIntervalForResource", archive.real(*row.resource_timeout));
  }
  if (row.discretionary) {
    members.emplace_back("discretionary", archive.boolean(*row.discretionary));
  }
  if (row.sends_launch_events) {
    members.emplace_back("sessionSendsLaunchEvents", archive.boolean(*row.sends_launch_events));
  }
  const auto root = archive.object("NSURLSessionConfiguration", members);
  return plist::as_bytes(archive.bytes(root));
}

Status insert(sqlite::Statement& statement, const TaskRow& row) {
  const Archive error = archived_error(row);
  const Archive file = archived_file(row);
  const Archive request = archived_request(row);
  const std::span<const std::byte> uuid = std::as_bytes(std::span(row.uuid.bytes));
  const std::optional<std::string> desc = row.desc.empty() ? std::nullopt : std::optional(row.desc);
  const double created = static_cast<double>(row.created.ns) / 1e9 - kYear2001;
  return statement.run(row.id, number_of_kind(row.kind), created, static_cast<std::int64_t>(row.state), desc, view(error),
                       view(file), row.bundle, row.identifier, uuid, row.sent, row.expected.value_or(-1), view(request));
}

Status insert_sessions(sqlite::Connection& db, const std::vector<SessionRow>& sessions) {
  auto statement = db.prepare("INSERT INTO sessions(bundle_id, session_id, configuration) VALUES(?1, ?2, ?3)");
  UPTRAIL_TRY(statement);
  for (const SessionRow& row : sessions) {
    const std::vector<std::byte> configuration = archived_configuration(row);
    UPTRAIL_TRY(statement->run(row.bundle, row.identifier, std::span<const std::byte>(configuration)));
  }
  return done();
}

Status fill(const std::string& path, const TaskStore& store) {
  auto db = sqlite::Connection::open(path, sqlite::Access::write);
  UPTRAIL_TRY(db);
  UPTRAIL_TRY(db->exec("PRAGMA journal_mode = DELETE; PRAGMA user_version = 3;" +
                       std::string(embedded::simulate_stores().front().content) + "BEGIN;"));
  {
    auto statement = db->prepare(
        "INSERT INTO session_tasks(identifier, task_kind, creation_time, state, task_description, error, file_url, bundle_id, "
        "session_id, unique_identifier, count_of_bytes_sent, count_of_bytes_expected_to_send, "
        "current_request) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)");
    UPTRAIL_TRY(statement);
    for (const TaskRow& row : store.rows) {
      UPTRAIL_TRY(insert(*statement, row));
    }
  }
  UPTRAIL_TRY(insert_sessions(*db, store.sessions));
  return db->exec("COMMIT");
}

}  // namespace

Status write_task_store(const std::string& path, const TaskStore& store) {
  UPTRAIL_TRY(fill(path, store));
  return set_written(path, store.written);
}

}  // namespace uptrail::simulate
