#include "collector/simulate/app_store.h"

#include <algorithm>
#include <map>
#include <span>

#include "collector/base/embedded.h"
#include "collector/base/text.h"
#include "collector/simulate/store_file.h"
#include "collector/sqlite/connection.h"
#include "collector/sqlite/statement.h"

namespace uptrail::embedded {
std::span<const EmbeddedFile> simulate_app_stores();
}

namespace uptrail::simulate {

namespace {

using K = EventKind;
using F = Field;

// The app writes down what it says of an upload, and which task it made for it.
class Ledger {
 public:
  void note(const Event& event);
  [[nodiscard]] AppStore take() const;

 private:
  struct KnownTask {
    std::int64_t id = 0;
    std::string identifier;
  };
  void state(const Event& e);
  void made(const Event& e);

  std::map<std::string, UploadRow> rows_;  // by upload
  std::map<Uuid, KnownTask> tasks_;
  TimeNs written_;
};

void Ledger::made(const Event& e) {
  const std::string upload(e.fields.text(e.fields.text(F::upload_id).empty() ? F::desc : F::upload_id));
  const KnownTask task{e.fields.integer(F::id).value_or(0), std::string(e.fields.text(F::identifier))};
  if (const auto uuid = e.fields.uuid(F::uuid)) {
    tasks_[*uuid] = task;
  }
  if (upload.empty() || !e.fields.text(F::task_kind).starts_with("upload")) {
    return;
  }
  UploadRow& row = rows_[upload];
  row.upload = upload;
  row.task = task.id;
  row.identifier = task.identifier.empty() ? row.identifier : task.identifier;
  row.file = e.fields.text(F::file);
  row.size = e.fields.integer(F::file_size) ? e.fields.integer(F::file_size) : e.fields.integer(F::expected);
  row.state = row.state.empty() ? "uploading" : row.state;
  written_ = *e.t_src;
}

void Ledger::state(const Event& e) {
  const std::string upload(e.fields.text(F::upload_id));
  if (upload.empty()) {
    return;
  }
  UploadRow& row = rows_[upload];
  row.upload = upload;
  row.state = e.fields.text(F::state);
  row.identifier = e.fields.text(F::identifier).empty() ? row.identifier : std::string(e.fields.text(F::identifier));
  auto uuid = e.fields.uuid(F::uuid);
  uuid = uuid ? uuid : Uuid::parse(e.fields.text(F::task));
  if (const auto known = uuid ? tasks_.find(*uuid) : tasks_.end(); known != tasks_.end()) {
    row.task = known->second.id;
    row.identifier = known->second.identifier;
  }
  written_ = *e.t_src;
}

void Ledger::note(const Event& e) {
  written_ = written_.ns == 0 ? *e.t_src : written_;
  if (e.kind == K::task_create) {
    made(e);
  } else if (e.kind == K::upload_state) {
    state(e);
  }
}

AppStore Ledger::take() const {
  AppStore out;
  out.written = written_;
  for (const auto& [upload, row] : rows_) {
    if (row.identifier.empty()) {
      ++out.nameless;
    } else {
      out.rows.push_back(row);
    }
  }
  return out;
}

std::string_view status_of(std::string_view state) {
  return state == "uploading"                      ? "IN_PROGRESS"
         : state == "succeeded"                    ? "COMPLETED"
         : state == "failed"                       ? "ERROR"
         : state == "cancelled"                    ? "CANCELLED"
         : state == "paused"                       ? "PAUSED"
         : state == "waiting" || state == "queued" ? "WAITING"
                                                   : "UNKNOWN";
}

Status fill(const std::string& path, const std::vector<UploadRow>& rows) {
  auto db = sqlite::Connection::open(path, sqlite::Access::write);
  UPTRAIL_TRY(db);
  UPTRAIL_TRY(
      db->exec("PRAGMA journal_mode = DELETE;" + std::string(embedded::simulate_app_stores().front().content) + "BEGIN;"));
  {
    auto statement = db->prepare(
        "INSERT INTO awstransfer(transfer_id, ns_url_session_id, session_task_id, transfer_type, bucket_name, key, file, "
        "temporary_file_created, content_length, status, retry_count) "
        "VALUES(?1, ?2, ?3, 'UPLOAD', 'uploads', ?4, ?5, 0, ?6, ?7, 0)");
    UPTRAIL_TRY(statement);
    for (const UploadRow& row : rows) {
      UPTRAIL_TRY(statement->run(row.upload, row.identifier, row.task, row.upload, row.file, row.size, status_of(row.state)));
    }
  }
  return db->exec("COMMIT");
}

}  // namespace

AppStore app_store(const std::vector<Event>& events, TimeNs end) {
  Ledger ledger;
  for (const Event& event : events) {
    if (event.t_src && *event.t_src <= end && event.observer == Observer::app) {
      ledger.note(event);
    }
  }
  return ledger.take();
}

Status write_app_store(const std::string& path, const AppStore& store) {
  UPTRAIL_TRY(fill(path, store.rows));
  return set_written(path, store.written);
}

}  // namespace uptrail::simulate
