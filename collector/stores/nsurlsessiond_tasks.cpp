#include "collector/stores/nsurlsessiond_tasks.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "collector/base/text.h"
#include "collector/sqlite/connection.h"
#include "collector/sqlite/statement.h"
#include "collector/stores/sqlite_table.h"

namespace uptrail {

namespace {

using sqlite::ColumnType;
using sqlite::Connection;
using sqlite::Statement;

constexpr int kKnownVersion = 3;
constexpr std::size_t kMaxRows = 200'000;
constexpr std::size_t kUuidBytes = 16;

constexpr std::array<std::string_view, 4> kRequired = {"identifier", "session_id", "state", "unique_identifier"};

// Columns that are read, in the order of the SELECT. One that a file lacks (an older version) reads as NULL.
enum Column : int {
  kRowid,
  kIdentifier,
  kSessionId,
  kUniqueIdentifier,
  kState,
  kBundleId,
  kTaskKind,
  kDescription,
  kSent,
  kExpected,
  kHasError,
  kHasFile
};
// Blobs are only asked for their presence.
constexpr std::array<WantedColumn, 11> kWanted = {{{"identifier", "identifier"},
                                                   {"session_id", "session_id"},
                                                   {"unique_identifier", "unique_identifier"},
                                                   {"state", "state"},
                                                   {"bundle_id", "bundle_id"},
                                                   {"task_kind", "task_kind"},
                                                   {"task_description", "task_description"},
                                                   {"count_of_bytes_sent", "count_of_bytes_sent"},
                                                   {"count_of_bytes_expected_to_send", "count_of_bytes_expected_to_send"},
                                                   {"error", "length(error) > 0"},
                                                   {"file_url", "length(file_url) > 0"}}};

const std::string kTable = "session_tasks";

// Turns rows into events and keeps account of what could not be understood.
class Reader {
 public:
  Reader(const StoreFiles& files, EventSink& sink) : files_(files), sink_(sink) {}

  Result<StoreStats> run() {
    auto db = open_store(files_);
    UPTRAIL_TRY(db);
    const auto columns = columns_of(*db, kTable);
    UPTRAIL_TRY(columns);
    if (const auto missing = missing_structure(kTable, *columns, kRequired); !missing.empty()) {
      return fail(ErrorKind::unreadable, "not nsurlsessiond's tasks.sqlite: " + missing, files_.shown_path);
    }
    UPTRAIL_TRY(look_at_version(*db));
    if (!files_.has_wal && is_wal(files_.private_path)) {
      complete_ = false;
      issue(
          IssueKind::loss,
          "the store keeps its latest changes in tasks.sqlite-wal, and that file is not here: what was written last is missing");
    }
    if (auto cut = truncation_of(files_); !cut.empty()) {
      complete_ = false;
      issue(IssueKind::damaged, std::move(cut));
    }
    // By the table's own unique key, so that equal content gives equal events whatever the rowids.
    UPTRAIL_TRY(read_rows(
        *db, "SELECT " + select_list(*columns, kWanted) + " FROM session_tasks ORDER BY session_id, identifier, rowid"));
    emit();
    return stats_;
  }

 private:
  void issue(IssueKind kind, std::string detail) { sink_.issue({kind, {}, std::move(detail)}); }
  void row_issue(IssueKind kind, const std::string& detail) {
    issue(kind, "session_tasks rowid " + std::to_string(rowid_) + ": " + detail);
  }

  Status look_at_version(Connection& db) {
    const auto version = db.integer("PRAGMA user_version");
    UPTRAIL_TRY(version);
    if (*version < 0 || *version > kKnownVersion) {
      issue(IssueKind::bad_value,
            "schema version " + std::to_string(*version) + " is not known; read as version " + std::to_string(kKnownVersion));
    }
    return done();
  }

  // Damage in the middle keeps the rows before it.
  Status read_rows(Connection& db, const std::string& sql) {
    auto rows = db.prepare(sql);
    UPTRAIL_TRY(rows);
    for (auto more = rows->step();; more = rows->step()) {
      if (!more.ok()) {
        if (stats_.read == 0) {
          return more.error();
        }
        complete_ = false;
        issue(IssueKind::damaged, "after " + count_of(stats_.read, "row") + ": " + more.error().message);
        return done();
      }
      if (!*more) {
        return done();
      }
      if (stats_.read == kMaxRows) {
        complete_ = false;
        issue(IssueKind::limit, "only the first " + std::to_string(kMaxRows) + " rows were read");
        return done();
      }
      ++stats_.read;
      rowid_ = rows->integer(kRowid);
      if (auto event = entry(*rows)) {
        entries_.push_back(std::move(*event));
        ++stats_.matched;
      } else {
        ++stats_.unparsed;
        complete_ = false;
      }
    }
  }

  Event blank(EventKind kind) const {
    Event event;
    event.kind = kind;
    event.observer = Observer::store;
    event.t_src = files_.modified;
    event.pattern = "store:nsurlsessiond_tasks";
    event.fields.set(Field::store, std::string("daemon"));
    return event;
  }

  std::optional<Event> entry(Statement& row) {
    const auto session = text(row, kSessionId, "session_id");
    if (!session) {
      row_issue(IssueKind::unparsed, "session_id is no text");
      return std::nullopt;
    }
    if (row.type(kIdentifier) != ColumnType::integer) {
      row_issue(IssueKind::unparsed, "identifier is no number");
      return std::nullopt;
    }
    Event event = blank(EventKind::store_entry);
    event.store_row = "session_tasks rowid " + std::to_string(rowid_);
    event.bundle = text(row, kBundleId, "bundle_id").value_or("");
    event.fields.set(Field::identifier, *session);
    event.fields.set(Field::id, row.integer(kIdentifier));
    add_uuid(row, event.fields);
    add_state(row, event.fields);
    add_kind(row, event.fields);
    if (auto description = text(row, kDescription, "task_description"); description && !description->empty()) {
      event.fields.set(Field::desc, std::move(*description));
    }
    add_bytes(row, kSent, Field::sent, "count_of_bytes_sent", event.fields);
    add_bytes(row, kExpected, Field::expected, "count_of_bytes_expected_to_send", event.fields);
    if (row.integer(kHasError) != 0) {
      event.fields.set(Field::error, std::string("archived"));
    }
    return event;
  }

  // nullopt: NULL, or something else than text, which is an issue unless the column is the row's key.
  std::optional<std::string> text(Statement& row, int column, std::string_view name) {
    std::optional<std::pair<IssueKind, std::string>> bad;
    auto found = text_of(row, column, name, bad);
    if (bad && (found || column != kSessionId)) {
      row_issue(bad->first, bad->second);
    }
    return found;
  }

  void add_uuid(Statement& row, Fields& fields) {
    const auto bytes = row.blob(kUniqueIdentifier);
    if (row.type(kUniqueIdentifier) != ColumnType::blob || bytes.size() != kUuidBytes) {
      row_issue(IssueKind::bad_value, "unique_identifier is not 16 bytes");
      return;
    }
    Uuid uuid;
    std::transform(bytes.begin(), bytes.end(), uuid.bytes.begin(), [](std::byte b) { return static_cast<std::uint8_t>(b); });
    fields.set(Field::uuid, uuid);
  }

  void add_state(Statement& row, Fields& fields) {
    constexpr std::array<std::string_view, 4> kStates = {"running", "suspended", "canceling", "completed"};
    constexpr std::int64_t kCompleted = 3;
    const auto state = row.integer(kState);
    if (row.type(kState) != ColumnType::integer || state < 0 || state >= static_cast<std::int64_t>(kStates.size())) {
      row_issue(IssueKind::bad_value, "state is none of 0 to 3");
      return;
    }
    fields.set(Field::state, std::string(kStates[static_cast<std::size_t>(state)]));
    // The daemon keeps the row of an ended task until the app has taken its end.
    if (state == kCompleted) {
      fields.set(Field::pending_callback, true);
    }
  }

  static void add_kind(Statement& row, Fields& fields) {
    constexpr std::array<std::string_view, 3> kKinds = {"download", "upload", "data"};
    constexpr std::int64_t kUpload = 1;
    const auto kind = row.integer(kTaskKind);
    if (row.type(kTaskKind) != ColumnType::integer || kind < 0 || kind >= static_cast<std::int64_t>(kKinds.size())) {
      return;  // the kinds above are of AVFoundation, for which there is no word
    }
    const bool from_file = kind == kUpload && row.integer(kHasFile) != 0;
    fields.set(Field::task_kind, std::string(from_file ? "upload-file" : kKinds[static_cast<std::size_t>(kind)]));
  }

  // Negative counts mean "not known" (NSURLSessionTransferSizeUnknown).
  void add_bytes(Statement& row, int column, Field field, std::string_view name, Fields& fields) {
    if (row.is_null(column)) {
      return;
    }
    if (row.type(column) != ColumnType::integer) {
      row_issue(IssueKind::bad_value, std::string(name) + " is no number");
    } else if (row.integer(column) >= 0) {
      fields.set(field, row.integer(column));
    }
  }

  // The snapshot goes first: it says what the entries are worth.
  void emit() {
    Event snapshot = blank(EventKind::store_snapshot);
    snapshot.store_row = "session_tasks";
    snapshot.fields.set(Field::complete, complete_);
    snapshot.fields.set(Field::taken_at, files_.modified);
    snapshot.fields.set(Field::count, static_cast<std::int64_t>(stats_.read));
    if (!sink_.event(std::move(snapshot))) {
      return;
    }
    for (auto& event : entries_) {
      if (!sink_.event(std::move(event))) {
        return;
      }
    }
  }

  const StoreFiles& files_;
  EventSink& sink_;
  StoreStats stats_;
  std::vector<Event> entries_;
  bool complete_ = true;
  std::int64_t rowid_ = 0;
};

}  // namespace

const StoreInfo& NsurlsessiondTasks::info() const {
  static constexpr StoreInfo kInfo = {"nsurlsessiond_tasks", "nsurlsessiond's task store (tasks.sqlite)",
                                      "docs/formats/nsurlsessiond_tasks.md",
                                      "table session_tasks(identifier, session_id, state, unique_identifier)"};
  return kInfo;
}

bool NsurlsessiondTasks::may_be(std::string_view head) const { return is_sqlite_head(head); }

Result<bool> NsurlsessiondTasks::probe(const StoreFiles& files, std::string& why) const {
  auto db = open_store(files);
  UPTRAIL_TRY(db);
  const auto columns = columns_of(*db, kTable);
  UPTRAIL_TRY(columns);
  why = missing_structure(kTable, *columns, kRequired);
  const bool fits = why.empty();
  if (fits) {
    why = "has the " + std::string(info().requires_structure);
  }
  return fits;
}

Result<StoreStats> NsurlsessiondTasks::read(const StoreFiles& files, EventSink& sink) const { return Reader(files, sink).run(); }

}  // namespace uptrail
