#include "collector/stores/aws_transfer_utility.h"

#include <algorithm>
#include <array>

#include "collector/stores/app_store.h"

namespace uptrail {

namespace {

constexpr std::array<std::string_view, 6> kRequired = {"transfer_id", "ns_url_session_id", "session_task_id", "transfer_type",
                                                       "status",      "retry_count"};
enum Column : int { kTransfer, kSession, kTask, kType, kStatus, kRetries, kBucket, kKey, kPart, kMultiPart, kFile, kLength };
constexpr std::array<WantedColumn, 12> kWanted = {{{"transfer_id", "transfer_id"},
                                                   {"ns_url_session_id", "ns_url_session_id"},
                                                   {"session_task_id", "session_task_id"},
                                                   {"transfer_type", "transfer_type"},
                                                   {"status", "status"},
                                                   {"retry_count", "retry_count"},
                                                   {"bucket_name", "bucket_name"},
                                                   {"key", "key"},
                                                   {"part_number", "part_number"},
                                                   {"multi_part_id", "multi_part_id"},
                                                   {"file", "file"},
                                                   {"content_length", "content_length"}}};
constexpr TableSpec kSpec{"awstransfer", kRequired, kWanted, "ns_url_session_id, transfer_id, transfer_type, session_task_id"};

struct StateWord {
  std::string_view stored, upload, other;
};
// A download is no upload: its states are those of a task.
constexpr std::array<StateWord, 6> kStates = {{{"IN_PROGRESS", "uploading", "running"},
                                               {"PAUSED", "paused", "suspended"},
                                               {"WAITING", "waiting", "waiting"},
                                               {"ERROR", "failed", "failed"},
                                               {"COMPLETED", "succeeded", "completed"},
                                               {"CANCELLED", "cancelled", "cancelled"}}};

void set_state(TableRow& row, const std::string& status, bool upload, Event& event) {
  if (status == "UNKNOWN") {
    return;  // the library's own word for "not known"
  }
  const auto it = std::find_if(kStates.begin(), kStates.end(), [&](const StateWord& word) { return word.stored == status; });
  if (it == kStates.end()) {
    row.note(kStatus, IssueKind::bad_value, "\"" + status.substr(0, 40) + "\" is not known");
    return;
  }
  event.fields.set(Field::state, std::string(upload ? it->upload : it->other));
}

void take_row(TableRow& row, AppStoreBook& book) {
  auto transfer = row.text(kTransfer);
  auto session = row.text(kSession);
  if (!transfer || !session) {
    book.unusable(row.name(), transfer ? "ns_url_session_id is missing" : "transfer_id is missing");
    return;
  }
  Event event = book.entry(row.name());
  const std::string type = row.text(kType).value_or("");
  const bool upload = type.find("UPLOAD") != std::string::npos;
  const bool download = type.find("DOWNLOAD") != std::string::npos;
  if (upload || download) {
    event.fields.set(Field::task_kind, std::string(upload ? "upload" : "download"));
  }
  // Each part of a large upload has a task and a row of its own; the row of the whole has no task.
  const auto part = row.integer(kPart);
  const bool is_part = part && *part > 0 && type.find("SUB_TASK") != std::string::npos;
  if (upload) {
    event.fields.set(Field::upload_id, is_part ? *transfer + " part " + std::to_string(*part) : *transfer);
  }
  event.fields.set(Field::identifier, std::move(*session));
  // 0 stands in a row until the task has been made; it is no number of a task.
  if (const auto task = row.integer(kTask); task && *task > 0) {
    event.fields.set(Field::id, *task);
    event.fields.set(Field::keyed_by, std::string("session+taskIdentifier"));
  }
  if (const auto status = row.text(kStatus)) {
    set_state(row, *status, upload, event);
  }
  row.set_count(kRetries, Field::retries, event);
  row.set_count(kLength, Field::expected, event);
  row.set_text(kFile, Field::file, event);
  const auto bucket = row.text(kBucket);
  const auto key = row.text(kKey);
  if (bucket && key) {
    event.fields.set(Field::url, "s3://" + *bucket + "/" + *key);
  }
  book.keep(std::move(event));
}

}  // namespace

const StoreInfo& AwsTransferUtility::info() const {
  static constexpr StoreInfo kInfo = {
      "aws_transfer_utility", "AWS S3 TransferUtility (transfer_utility_database)", "docs/formats/aws_transfer_utility.md",
      "table awstransfer(transfer_id, ns_url_session_id, session_task_id, transfer_type, status, retry_count)"};
  return kInfo;
}

bool AwsTransferUtility::may_be(std::string_view head) const { return is_sqlite_head(head); }

Result<bool> AwsTransferUtility::probe(const StoreFiles& files, std::string& why) const {
  return probe_table(info(), files, kSpec, why);
}

Result<StoreStats> AwsTransferUtility::read(const StoreFiles& files, EventSink& sink) const {
  auto db = open_app_store(files, kSpec, "not a TransferUtility database");
  UPTRAIL_TRY(db);
  AppStoreBook book(info(), files, sink);
  look_at_file(book);
  UPTRAIL_TRY(read_table(*db, kSpec, book, [&](TableRow& row) { take_row(row, book); }));
  // Only the library's own transfers are in it: a task that it does not know may be somebody else's.
  book.tell_snapshot(std::string(kSpec.table), false);
  return book.stats();
}

}  // namespace uptrail
