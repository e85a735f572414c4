#include "collector/stores/nsurlsessiond_tasks.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <tuple>
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
constexpr std::size_t kMaxOptions = 4U << 20U;  // bytes of an archive that is looked at

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
  kResponse,
  kResumeData,
  kAssetOptions
};
constexpr std::array<WantedColumn, 23> kWanted = {{{"identifier", "identifier"},
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
                                                   {"response", "response"},
                                                   {"resumable_upload_data", "resumable_upload_data"},
                                                   {"av_asset_options_plist", "av_asset_options_plist"}}};

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
    UPTRAIL_TRY(read_tasks(*open));
    if (!stopped_) {
      UPTRAIL_TRY(read_sessions(*open));
    }
    if (!stopped_) {
      tell_snapshot();
    }
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

  // Where a row stands, and the key by which it is given, so that equal content gives equal events whatever the rowids.
  struct Key {
    std::int64_t rowid = 0, identifier = 0;
    std::uint32_t session = 0;  // index into the sessions met
  };

  // Two passes, so that nothing but keys is kept: of large stores the requests and responses would not fit in memory. One
  // transaction, or every row would be locked and unlocked.
  Status read_tasks(OpenTable& open) {
    UPTRAIL_TRY(open.db.exec("BEGIN"));
    std::vector<Key> keys;
    const auto whole = read_rows(open, "SELECT rowid FROM session_tasks NOT INDEXED ORDER BY rowid", kMaxRows, stats_.read, sink_,
                                 [&keys](Statement& row) {
                                   keys.push_back({row.integer(0), 0, 0});
                                   return true;
                                 });
    UPTRAIL_TRY(whole);
    tasks_ = stats_.read;
    // The index has the keys in a few pages, but may be damaged; which rows there are it is never asked.
    if (!find_keys(open.db, "SELECT rowid, identifier, session_id FROM session_tasks", keys)) {
      (void)find_keys(open.db, "SELECT rowid, identifier, session_id FROM session_tasks NOT INDEXED", keys);
    }
    std::sort(keys.begin(), keys.end(), [](const Key& x, const Key& y) {
      return std::tuple(x.session, x.identifier, x.rowid) < std::tuple(y.session, y.identifier, y.rowid);
    });
    auto row = open.db.prepare("SELECT " + select_list(open.columns, kWanted) + " FROM session_tasks WHERE rowid = ?1", true);
    UPTRAIL_TRY(row);
    for (auto key = keys.begin(); key != keys.end() && !stopped_; ++key) {
      read_task(*row, key->rowid);
    }
    complete_ = open.complete && *whole && stats_.unparsed == 0;
    return done();
  }

  // `keys`: ascending by rowid. Sessions are numbered in the order of their names. False: some key was not found; those keep 0.
  static bool find_keys(Connection& db, const std::string& sql, std::vector<Key>& keys) {
    std::map<std::string, std::uint32_t, std::less<>> sessions;
    std::size_t found = 0;
    std::for_each(keys.begin(), keys.end(), [](Key& key) { key = {key.rowid, 0, 0}; });
    auto rows = db.prepare(sql);
    while (rows.ok()) {
      const auto more = rows->step();
      if (!more.ok() || !*more) {
        break;
      }
      const std::int64_t rowid = rows->integer(0);
      const auto key =
          std::lower_bound(keys.begin(), keys.end(), rowid, [](const Key& k, std::int64_t id) { return k.rowid < id; });
      if (key != keys.end() && key->rowid == rowid) {
        const std::string_view name = rows->text(2);
        auto it = sessions.find(name);
        it = it != sessions.end() ? it : sessions.emplace(name, static_cast<std::uint32_t>(sessions.size() + 1)).first;
        key->identifier = rows->integer(1);
        key->session = it->second;
        ++found;
      }
    }
    std::vector<std::uint32_t> rank(sessions.size() + 1);
    std::uint32_t next = 0;
    for (const auto& [name, number] : sessions) {
      rank[number] = ++next;
    }
    for (Key& key : keys) {
      key.session = rank[key.session];
    }
    return found == keys.size();
  }

  void read_task(Statement& row, std::int64_t rowid) {
    rowid_ = rowid;
    row.bind(rowid);
    const auto found = row.step();
    if (found.ok() && *found) {
      keep(entry(row));
    } else {
      ++stats_.unparsed;
      row_issue(IssueKind::damaged, found.ok() ? "it cannot be found again" : found.error().message);
    }
  }

  bool keep(std::optional<Event> event) {
    if (event) {
      ++stats_.matched;
      stopped_ = !sink_.event(std::move(*event));
    } else {
      ++stats_.unparsed;
    }
    return !stopped_;
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
        kMaxSessions, stats_.read, sink_, [this](Statement& row) { return keep(session(row)); });
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
      task.request = plist::request_facts(*archive, archive->root(), plist::WantHeaders::no);
    }
    if (!task.request || task.request->url.empty()) {
      if (const auto archive = open(kOriginalRequest, "original_request")) {
        task.request = plist::request_facts(*archive, archive->root(), plist::WantHeaders::no);
      }
    }
    if (const auto archive = open(kResponse, "response")) {
      task.response = plist::response_facts(*archive, archive->root(), plist::WantHeaders::no);
    }
    task.resume = open_resume_data(row.blob(kResumeData), "resumable_upload_data", problem);
    if (row.is_null(kResumeData)) {
      // Some versions bind it one column too early when there are no options.
      std::string ignored;
      task.resume =
          read_resume_data(row.blob(kAssetOptions).first(std::min(row.blob(kAssetOptions).size(), kMaxOptions)), ignored);
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

  // What the entries are worth is known when all have been read.
  void tell_snapshot() {
    Event snapshot = blank(EventKind::store_snapshot);
    snapshot.store_row = "session_tasks";
    snapshot.fields.set(Field::complete, complete_);
    snapshot.fields.set(Field::taken_at, files_.modified);
    snapshot.fields.set(Field::count, static_cast<std::int64_t>(tasks_));
    stopped_ = !sink_.event(std::move(snapshot));
  }

  const StoreFiles& files_;
  EventSink& sink_;
  StoreStats stats_;
  bool stopped_ = false;
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
