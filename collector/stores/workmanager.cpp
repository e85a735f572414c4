#include "collector/stores/workmanager.h"

#include <algorithm>
#include <array>

#include "collector/stores/app_store.h"

namespace uptrail {

namespace {

constexpr std::int64_t kLeastVersion = 1;
constexpr std::int64_t kKnownVersion = 24;

constexpr std::array<std::string_view, 4> kRequired = {"id", "state", "worker_class_name", "run_attempt_count"};
enum Column : int { kId, kState, kWorker, kAttempts, kEnqueued, kNextOverride, kStopReason };
constexpr std::array<WantedColumn, 7> kWanted = {{{"id", "id"},
                                                  {"state", "state"},
                                                  {"worker_class_name", "worker_class_name"},
                                                  {"run_attempt_count", "run_attempt_count"},
                                                  {"last_enqueue_time", "last_enqueue_time"},
                                                  {"next_schedule_time_override", "next_schedule_time_override"},
                                                  {"stop_reason", "stop_reason"}}};
constexpr TableSpec kSpec{"WorkSpec", kRequired, kWanted, "id"};

// WorkManager does not know what work is an upload: the words are those of tasks, never "uploading".
constexpr std::array<std::string_view, 6> kStates = {"queued", "running", "succeeded", "failed", "waiting", "cancelled"};

void take_row(TableRow& row, AppStoreBook& book) {
  auto id = row.text(kId);
  if (!id) {
    book.unusable(row.name(), "id is missing");
    return;
  }
  Event event = book.entry(row.name());
  event.fields.set(Field::upload_id, std::move(*id));
  event.fields.set(Field::keyed_by, std::string("work id"));
  if (const auto state = row.integer(kState)) {
    if (*state >= 0 && *state < static_cast<std::int64_t>(kStates.size())) {
      event.fields.set(Field::state, std::string(kStates[static_cast<std::size_t>(*state)]));
    } else {
      row.note(kState, IssueKind::bad_value, "is none of 0 to 5");
    }
  }
  row.set_text(kWorker, Field::desc, event);
  row.set_count(kAttempts, Field::retries, event);
  if (const auto enqueued = row.integer(kEnqueued); enqueued && *enqueued > 0) {  // -1: never
    row.set_time(kEnqueued, Field::created_at, Epoch::unix_1970, kMillisecond, event);
  }
  constexpr std::int64_t kNoOverride = INT64_MAX;
  if (const auto next = row.integer(kNextOverride); next && *next > 0 && *next != kNoOverride) {
    row.set_time(kNextOverride, Field::begin_at, Epoch::unix_1970, kMillisecond, event);
  }
  constexpr std::int64_t kNotStopped = -256;
  if (const auto reason = row.integer(kStopReason); reason && *reason != kNotStopped) {
    event.fields.set(Field::why, "stop reason " + std::to_string(*reason));
  }
  book.keep(std::move(event));
}

}  // namespace

const StoreInfo& WorkManager::info() const {
  static constexpr StoreInfo kInfo = {"workmanager", "Android WorkManager (androidx.work.workdb)", "docs/formats/workmanager.md",
                                      "table WorkSpec(id, state, worker_class_name, run_attempt_count)"};
  return kInfo;
}

bool WorkManager::may_be(std::string_view head) const { return is_sqlite_head(head); }

Result<bool> WorkManager::probe(const StoreFiles& files, std::string& why) const {
  return probe_table(info(), files, kSpec, why);
}

Result<StoreStats> WorkManager::read(const StoreFiles& files, EventSink& sink) const {
  auto db = open_app_store(files, kSpec, "not a WorkManager database");
  UPTRAIL_TRY(db);
  AppStoreBook book(info(), files, sink);
  const auto version = db->integer("PRAGMA user_version");
  UPTRAIL_TRY(version);
  if (*version < kLeastVersion || *version > kKnownVersion) {
    book.issue(IssueKind::bad_value,
               "schema version " + std::to_string(*version) + " is not known; read as version " + std::to_string(kKnownVersion));
  }
  look_at_file(book);
  UPTRAIL_TRY(read_table(*db, kSpec, book, [&](TableRow& row) { take_row(row, book); }));
  book.tell_snapshot(std::string(kSpec.table), false);
  return book.stats();
}

}  // namespace uptrail
