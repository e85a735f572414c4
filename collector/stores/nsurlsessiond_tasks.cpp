#include "collector/stores/nsurlsessiond_tasks.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "collector/base/text.h"
#include "collector/stores/daemon_task.h"
#include "collector/stores/sqlite_table.h"

namespace uptrail {

namespace {

using sqlite::ColumnType;
using sqlite::Connection;
using sqlite::Statement;

constexpr int kKnownVersion = 3;
constexpr std::size_t kMaxRows = 200'000;
constexpr std::size_t kMaxSessions = 20'000;
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
  kCreated,
  kBegin,
  kSuspendCount,
  kRetries,
  kStarted,
  kDiscretionary,
  kFileUrl,
  kError,
  kRetryError,
  kCurrentRequest,
  kOriginalRequest,
  kResponse
};
constexpr std::array<WantedColumn, 21> kWanted = {{{"identifier", "identifier"},
                                                   {"session_id", "session_id"},
                                                   {"unique_identifier", "unique_identifier"},
                                                   {"state", "state"},
                                                   {"bundle_id", "bundle_id"},
                                                   {"task_kind", "task_kind"},
                                                   {"task_description", "task_description"},
                                                   {"count_of_bytes_sent", "count_of_bytes_sent"},
                                                   {"count_of_bytes_expected_to_send", "count_of_bytes_expected_to_send"},
                                                   {"creation_time", "creation_time"},
                                                   {"earliest_begin_date", "earliest_begin_date"},
                                                   {"suspend_count", "suspend_count"},
                                                   {"retry_count", "retry_count"},
                                                   {"has_started", "has_started"},
                                                   {"discretionary", "discretionary"},
                                                   {"file_url", "file_url"},
                                                   {"error", "error"},
                                                   {"retry_error", "retry_error"},
                                                   {"current_request", "current_request"},
                                                   {"original_request", "original_request"},
                                                   {"response", "response"}}};

// The columns of the table of sessions, which came with version 3.
enum SessionColumn : int { kSessionRowid, kSessionsBundle, kSessionsId, kOptions, kConfiguration };
constexpr std::array<std::string_view, 2> kSessionRequired = {"bundle_id", "session_id"};
constexpr std::array<WantedColumn, 4> kSessionWanted = {
    {{"bundle_id", "bundle_id"}, {"session_id", "session_id"}, {"options", "options"}, {"configuration", "configuration"}}};

const std::string kTable = "session_tasks";
const std::string kSessions = "sessions";

// Turns rows into events and keeps account of what could not be understood.
class Reader {
 public:
  Reader(const StoreFiles& files, EventSink& sink) : files_(files), sink_(sink) {}

  Result<StoreStats> run() {
    auto open = open_table(files_, kTable, kRequired, "not nsurlsessiond's tasks.sqlite", sink_);
    UPTRAIL_TRY(open);
    UPTRAIL_TRY(look_at_version(open->db));
    // By the table's own unique key, so that equal content gives equal events whatever the rowids.
    const auto whole = read_rows(
        *open, "SELECT " + select_list(open->columns, kWanted) + " FROM session_tasks ORDER BY session_id, identifier, rowid",
        kMaxRows, stats_.read, sink_, [this](Statement& row) { return keep(entry(row), entries_); });
    UPTRAIL_TRY(whole);
    complete_ = open->complete && *whole && stats_.unparsed == 0;
    tasks_ = stats_.read;
    UPTRAIL_TRY(read_sessions(*open));
    emit();
    return stats_;
  }

 private:
  void issue(IssueKind kind, std::string detail) { sink_.issue({kind, {}, std::move(detail)}); }
  void row_issue(IssueKind kind, const std::string& detail) {
    issue(kind, *table_ + " rowid " + std::to_string(rowid_) + ": " + detail);
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

  bool keep(std::optional<Event> event, std::vector<Event>& into) {
    if (event) {
      into.push_back(std::move(*event));
      ++stats_.matched;
    } else {
      ++stats_.unparsed;
    }
    return true;
  }

  // Damage here says nothing about the tasks.
  Status read_sessions(OpenTable& open) {
    table_ = &kSessions;
    const auto columns = columns_of(open.db, kSessions);
    UPTRAIL_TRY(columns);
    if (!missing_structure(kSessions, *columns, kSessionRequired).empty()) {
      return done();
    }
    const auto whole = read_rows(
        open, "SELECT " + select_list(*columns, kSessionWanted) + " FROM sessions ORDER BY bundle_id, session_id, rowid",
        kMaxSessions, stats_.read, sink_, [this](Statement& row) { return keep(session(row), sessions_); });
    if (!whole.ok()) {
      issue(IssueKind::damaged, "the table of sessions cannot be read: " + whole.error().message);
    }
    return done();
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
    rowid_ = row.integer(kRowid);
    const auto session = text(row, kSessionId, "session_id");
    if (!session) {
      row_issue(IssueKind::unparsed, "session_id is no text");
      return std::nullopt;
    }
    if (row.type(kIdentifier) != ColumnType::integer) {
      row_issue(IssueKind::unparsed, "identifier is no number");
      return std::nullopt;
    }
    const auto problem = [this](const std::string& detail) { row_issue(IssueKind::bad_value, detail); };
    DaemonTask task;
    task.session = *session;
    task.bundle = text(row, kBundleId, "bundle_id").value_or("");
    task.identifier = row.integer(kIdentifier);
    task.uuid = uuid_of(row);
    task.state = number(row, kState);
    task.kind = number(row, kTaskKind);
    task.description = text(row, kDescription, "task_description").value_or("");
    task.sent = bytes_of(row, kSent, "count_of_bytes_sent");
    task.expected = bytes_of(row, kExpected, "count_of_bytes_expected_to_send");
    task.created = time_of(StoreEpoch::year_2001, real(row, kCreated, "creation_time"));
    task.begin = time_of(StoreEpoch::year_1970, real(row, kBegin, "earliest_begin_date"));
    task.suspend_count = number(row, kSuspendCount);
    task.retries = number(row, kRetries);
    task.started = flag(row, kStarted);
    task.discretionary = flag(row, kDiscretionary);
    add_archives(row, task, problem);
    Event event = blank(EventKind::store_entry);
    event.store_row = "session_tasks rowid " + std::to_string(rowid_);
    describe_task(task, event, problem);
    return event;
  }

  static void add_archives(Statement& row, DaemonTask& task, const TellProblem& problem) {
    const auto open = [&](int column, const std::string& name) { return open_archive(row.blob(column), name, problem); };
    task.has_file = !row.blob(kFileUrl).empty();
    if (const auto archive = open(kFileUrl, "file_url")) {
      task.file = archive->url(archive->root()).value_or("");
    }
    task.has_error = !row.blob(kError).empty();
    if (const auto archive = open(kError, "error")) {
      task.error = plist::error_facts(*archive, archive->root());
    }
    if (const auto archive = open(kRetryError, "retry_error")) {
      task.retry_error = plist::error_facts(*archive, archive->root());
    }
    if (const auto archive = open(kCurrentRequest, "current_request")) {
      task.request = plist::request_facts(*archive, archive->root());
    }
    if (!task.request || task.request->url.empty()) {
      if (const auto archive = open(kOriginalRequest, "original_request")) {
        task.request = plist::request_facts(*archive, archive->root());
      }
    }
    if (const auto archive = open(kResponse, "response")) {
      task.response = plist::response_facts(*archive, archive->root());
    }
  }

  std::optional<Event> session(Statement& row) {
    rowid_ = row.integer(kSessionRowid);
    auto identifier = text(row, kSessionsId, "session_id");
    if (!identifier) {
      row_issue(IssueKind::unparsed, "session_id is no text");
      return std::nullopt;
    }
    const auto problem = [this](const std::string& detail) { row_issue(IssueKind::bad_value, detail); };
    Event event = blank(EventKind::store_session);
    event.store_row = "sessions rowid " + std::to_string(rowid_);
    event.bundle = text(row, kSessionsBundle, "bundle_id").value_or("");
    event.fields.set(Field::identifier, std::move(*identifier));
    if (const auto archive = open_archive(row.blob(kConfiguration), "configuration", problem)) {
      if (const auto facts = plist::configuration_facts(*archive, archive->root())) {
        describe_session(*facts, event);
      } else {
        problem("configuration is no NSURLSessionConfiguration");
      }
    }
    if (const auto archive = open_archive(row.blob(kOptions), "options", problem)) {
      if (const auto when = disconnected_at(*archive)) {
        event.fields.set(Field::disconnected_at, *when);
      }
    }
    return event;
  }

  // nullopt: NULL, or something else than text, which is an issue unless the column is the row's key.
  std::optional<std::string> text(Statement& row, int column, std::string_view name) {
    std::optional<std::pair<IssueKind, std::string>> bad;
    auto found = text_of(row, column, name, bad);
    if (bad && (found || name != "session_id")) {
      row_issue(bad->first, bad->second);
    }
    return found;
  }

  std::optional<Uuid> uuid_of(Statement& row) {
    const auto bytes = row.blob(kUniqueIdentifier);
    if (row.type(kUniqueIdentifier) != ColumnType::blob || bytes.size() != kUuidBytes) {
      row_issue(IssueKind::bad_value, "unique_identifier is not 16 bytes");
      return std::nullopt;
    }
    Uuid uuid;
    std::transform(bytes.begin(), bytes.end(), uuid.bytes.begin(), [](std::byte b) { return static_cast<std::uint8_t>(b); });
    return uuid;
  }

  static std::optional<std::int64_t> number(Statement& row, int column) {
    return row.type(column) == ColumnType::integer ? std::optional(row.integer(column)) : std::nullopt;
  }
  static std::optional<bool> flag(Statement& row, int column) {
    const auto value = number(row, column);
    return value ? std::optional(*value != 0) : std::nullopt;
  }

  std::optional<double> real(Statement& row, int column, std::string_view name) {
    if (row.is_null(column)) {
      return std::nullopt;
    }
    if (row.type(column) != ColumnType::integer && row.type(column) != ColumnType::real) {
      row_issue(IssueKind::bad_value, std::string(name) + " is no number");
      return std::nullopt;
    }
    return row.real(column);
  }

  std::optional<std::int64_t> bytes_of(Statement& row, int column, std::string_view name) {
    if (!row.is_null(column) && row.type(column) != ColumnType::integer) {
      row_issue(IssueKind::bad_value, std::string(name) + " is no number");
    }
    return number(row, column);
  }

  // The snapshot goes first: it says what the entries are worth.
  void emit() {
    Event snapshot = blank(EventKind::store_snapshot);
    snapshot.store_row = "session_tasks";
    snapshot.fields.set(Field::complete, complete_);
    snapshot.fields.set(Field::taken_at, files_.modified);
    snapshot.fields.set(Field::count, static_cast<std::int64_t>(tasks_));
    if (!sink_.event(std::move(snapshot))) {
      return;
    }
    for (std::vector<Event>* list : {&sessions_, &entries_}) {
      for (Event& event : *list) {
        if (!sink_.event(std::move(event))) {
          return;
        }
      }
    }
  }

  const StoreFiles& files_;
  EventSink& sink_;
  StoreStats stats_;
  std::vector<Event> entries_, sessions_;
  std::uint64_t tasks_ = 0;  // rows of tasks
  bool complete_ = true;
  const std::string* table_ = &kTable;  // being read
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
  return probe_table(files, kTable, kRequired, info().requires_structure, why);
}

Result<StoreStats> NsurlsessiondTasks::read(const StoreFiles& files, EventSink& sink) const { return Reader(files, sink).run(); }

}  // namespace uptrail
