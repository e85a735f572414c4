#include "collector/stores/powerlog.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <unordered_map>

#include "collector/base/text.h"
#include "collector/sqlite/connection.h"
#include "collector/sqlite/statement.h"
#include "collector/stores/powerlog_activity.h"
#include "collector/stores/powerlog_clock.h"
#include "collector/stores/sqlite_table.h"

namespace uptrail {

namespace {

using sqlite::ColumnType;
using sqlite::Connection;
using sqlite::Statement;

const std::string kTable = "PLXPCAgent_EventPoint_BackgroundTransfer";
constexpr std::size_t kMaxRows = 2'000'000;
constexpr std::size_t kMaxTasks = 500'000;  // whose first and last rows are remembered
constexpr std::array<std::string_view, 3> kRequired = {"timestamp", "taskUUID", "state"};

enum Column : int {
  kRowid,
  kTimestamp,
  kTaskUuid,
  kState,
  kBundleId,
  kTaskKind,
  kSessionId,
  kTaskId,
  kSent,
  kReceived,
  kErrorCode,
  kErrorDomain,
  kWillRetry,
  kFailures,
  kInterface,
  kDiscretionary
};
constexpr std::array<WantedColumn, 15> kWanted = {{{"timestamp", "timestamp"},
                                                   {"taskUUID", "taskUUID"},
                                                   {"state", "state"},
                                                   {"bundleID", "bundleID"},
                                                   {"taskKind", "taskKind"},
                                                   {"sessionID", "sessionID"},
                                                   {"taskID", "taskID"},
                                                   {"bytesSent", "bytesSent"},
                                                   {"bytesReceived", "bytesReceived"},
                                                   {"errorCode", "errorCode"},
                                                   {"errorDomain", "errorDomain"},
                                                   {"willRetry", "willRetry"},
                                                   {"previousFailureCount", "previousFailureCount"},
                                                   {"interfaceName", "interfaceName"},
                                                   {"isDiscretionary", "isDiscretionary"}}};

enum State : std::int64_t { kQueued = 0, kStarted = 1, kFinished = 3, kCancelled = 4, kFailed = 5 };

// "client:[app:item]": the process that holds the session, and for whom it does.
struct Client {
  std::string bundle;
  std::string on_behalf;
};
Client client_of(const std::string& text) {
  const auto at = text.find(":[");
  if (at == std::string::npos) {
    return {text, {}};
  }
  Client out{text.substr(0, at), {}};
  std::string_view rest = std::string_view(text).substr(at + 2);
  if (rest.ends_with(']')) {
    rest.remove_suffix(1);
  }
  for (const auto part : split(rest, ':')) {
    if (!part.empty() && part != "(null)" && part != out.bundle) {
      out.on_behalf += (out.on_behalf.empty() ? "" : " ") + std::string(part);
    }
  }
  return out;
}

class Reader {
 public:
  Reader(const StoreFiles& files, EventSink& sink) : files_(files), sink_(sink) {}

  Result<StoreStats> run() {
    auto open = open_table(files_, kTable, kRequired, "not a Powerlog with background transfers", sink_);
    UPTRAIL_TRY(open);
    clock_ = PowerlogClock::read(open->db, sink_);
    find_ends(open->db);
    UPTRAIL_TRY(read_rows(*open, "SELECT " + select_list(open->columns, kWanted) + " FROM " + kTable + " ORDER BY rowid",
                          kMaxRows, stats_.read, sink_, [this](Statement& row) { return take(row); }));
    if (!stopped_) {
      PowerlogActivity(clock_, {[this](const Uuid& uuid) { return ends_.contains(uuid); }, bundles_}, stats_, sink_).read(*open);
    }
    if (first_ && last_) {
      clock_.tell_steps(*first_, *last_, sink_);
    }
    return stats_;
  }

 private:
  struct Ends {
    std::int64_t first = 0, last = 0;  // rowids
  };

  void issue(IssueKind kind, std::string detail) { sink_.issue({kind, {}, std::move(detail)}); }
  void row_issue(IssueKind kind, const std::string& detail) {
    issue(kind, "BackgroundTransfer rowid " + std::to_string(rowid_) + ": " + detail);
  }

  // A failure is the last word only when no later row of the task follows; the writer does not always say that it will retry.
  // Damage is not told here: the second reading meets it again.
  void find_ends(Connection& db) {
    auto rows = db.prepare("SELECT rowid, taskUUID FROM " + kTable + " ORDER BY rowid");
    for (std::size_t n = 0; rows.ok() && n < kMaxRows; ++n) {
      const auto more = rows->step();
      if (!more.ok() || !*more) {
        return;
      }
      const auto uuid = rows->type(1) == ColumnType::text ? Uuid::parse(rows->text(1)) : std::nullopt;
      if (!uuid) {
        continue;
      }
      const std::int64_t rowid = rows->integer(0);
      if (const auto it = ends_.find(*uuid); it != ends_.end()) {
        it->second.last = rowid;
      } else if (ends_.size() < kMaxTasks) {
        ends_.emplace(*uuid, Ends{rowid, rowid});
      }
    }
  }

  bool take(Statement& row) {
    rowid_ = row.integer(kRowid);
    auto event = event_of(row);
    if (!event) {
      ++stats_.unparsed;
      return true;
    }
    ++stats_.matched;
    stopped_ = !sink_.event(std::move(*event));
    return !stopped_;
  }

  std::optional<TimeNs> time_of(Statement& row) {
    const auto type = row.type(kTimestamp);
    const bool number = type == ColumnType::real || type == ColumnType::integer;
    const auto t = number ? clock_.utc(row.real(kTimestamp)) : std::nullopt;
    if (!t) {
      row_issue(IssueKind::unparsed, number ? "timestamp is no time between 2001 and 2100" : "timestamp is no number");
      return std::nullopt;
    }
    const double raw = row.real(kTimestamp);
    first_ = std::min(first_.value_or(raw), raw);
    last_ = std::max(last_.value_or(raw), raw);
    return t;
  }

  std::optional<Event> event_of(Statement& row) {
    const auto t = time_of(row);
    if (!t) {
      return std::nullopt;
    }
    const auto uuid = row.type(kTaskUuid) == ColumnType::text ? Uuid::parse(row.text(kTaskUuid)) : std::nullopt;
    if (!uuid) {
      row_issue(IssueKind::unparsed, "taskUUID is no UUID");
      return std::nullopt;
    }
    Event event;
    event.observer = Observer::store;
    event.confidence = EventConfidence::inferred;  // what the numbers of `state` mean is concluded, see the page
    event.t_src = *t;
    event.pattern = "store:powerlog";
    event.store_row = kTable + " ID " + std::to_string(rowid_);
    event.fields.set(Field::uuid, *uuid);
    if (!set_kind(row, *uuid, event)) {
      return std::nullopt;
    }
    add_names(row, event);
    add_kind(row, event.fields);
    if (event.kind == EventKind::daemon_task_finished || event.kind == EventKind::daemon_task_retry) {
      add_end(row, event.fields);
    }
    return event;
  }

  bool set_kind(Statement& row, const Uuid& uuid, Event& event) {
    const auto known = ends_.find(uuid);
    const Ends ends = known == ends_.end() ? Ends{rowid_, rowid_} : known->second;
    const bool will_retry = row.type(kWillRetry) == ColumnType::integer && row.integer(kWillRetry) != 0;
    switch (row.type(kState) == ColumnType::integer ? row.integer(kState) : -1) {
      case kQueued:
        event.kind = rowid_ == ends.first ? EventKind::daemon_task_created : EventKind::daemon_task_enqueued;
        return true;
      case kStarted:
        event.kind = EventKind::daemon_task_begin;
        return true;
      case kFinished:
        event.kind = EventKind::daemon_task_finished;
        event.fields.set(Field::code, std::int64_t{0});
        event.fields.set(Field::terminal, true);
        return true;
      case kCancelled:
        event.kind = EventKind::daemon_task_finished;
        event.fields.set(Field::cancelled, true);
        event.fields.set(Field::terminal, true);
        return true;
      case kFailed:
        event.kind = will_retry ? EventKind::daemon_task_retry : EventKind::daemon_task_finished;
        if (!will_retry) {
          event.fields.set(Field::terminal, rowid_ == ends.last);
        }
        add_error(row, event.fields);
        return true;
      default:
        row_issue(IssueKind::unparsed, "state is none of 0, 1, 3, 4, 5");
        return false;
    }
  }

  void add_error(Statement& row, Fields& fields) {
    add_number(row, kErrorCode, Field::code, "errorCode", fields, true);
    if (auto domain = text(row, kErrorDomain, "errorDomain"); domain && !domain->empty()) {
      fields.set(Field::error_domain, std::move(*domain));
    }
    constexpr std::int64_t kMostFailures = 1'000'000;
    if (row.type(kFailures) == ColumnType::integer && row.integer(kFailures) >= 0 && row.integer(kFailures) < kMostFailures) {
      fields.set(Field::n, row.integer(kFailures) + 1);
    }
  }

  void add_names(Statement& row, Event& event) {
    if (const auto client = text(row, kBundleId, "bundleID")) {
      Client names = client_of(*client);
      note_bundles(names);
      event.bundle = std::move(names.bundle);
      if (!names.on_behalf.empty()) {
        event.fields.set(Field::on_behalf, std::move(names.on_behalf));
      }
    }
    if (auto session = text(row, kSessionId, "sessionID"); session && !session->empty()) {
      event.fields.set(Field::identifier, std::move(*session));
    }
    add_number(row, kTaskId, Field::id, "taskID", event.fields, false);
  }

  void note_bundles(const Client& names) {
    constexpr std::size_t kMaxBundles = 10'000;
    if (bundles_.size() < kMaxBundles) {
      bundles_.insert(names.bundle);
      for (const auto bundle : split(names.on_behalf, ' ')) {
        if (!bundle.empty()) {
          bundles_.emplace(bundle);
        }
      }
    }
  }

  static void add_kind(Statement& row, Fields& fields) {
    constexpr std::array<std::string_view, 4> kKinds = {"", "download", "upload", "data"};
    const auto kind = row.integer(kTaskKind);
    if (row.type(kTaskKind) == ColumnType::integer && kind > 0 && kind < static_cast<std::int64_t>(kKinds.size())) {
      fields.set(Field::task_kind, std::string(kKinds[static_cast<std::size_t>(kind)]));
    }
  }

  void add_end(Statement& row, Fields& fields) {
    add_number(row, kSent, Field::sent_about, "bytesSent", fields, false);
    add_number(row, kReceived, Field::received_about, "bytesReceived", fields, false);
    if (auto interface = text(row, kInterface, "interfaceName"); interface && !interface->empty()) {
      fields.set(Field::interface, std::move(*interface));
    }
    if (row.type(kDiscretionary) == ColumnType::integer) {
      fields.set(Field::discretionary, row.integer(kDiscretionary) != 0);
    }
  }

  std::optional<std::string> text(Statement& row, int column, std::string_view name) {
    std::optional<std::pair<IssueKind, std::string>> bad;
    auto found = text_of(row, column, name, bad);
    if (bad) {
      row_issue(bad->first, bad->second);
    }
    return found;
  }

  void add_number(Statement& row, int column, Field field, std::string_view name, Fields& fields, bool negative_too) {
    if (row.is_null(column)) {
      return;
    }
    if (row.type(column) != ColumnType::integer) {
      row_issue(IssueKind::bad_value, std::string(name) + " is no number");
    } else if (negative_too || row.integer(column) >= 0) {
      fields.set(field, row.integer(column));
    } else {
      row_issue(IssueKind::bad_value, std::string(name) + " is negative");
    }
  }

  const StoreFiles& files_;
  EventSink& sink_;
  StoreStats stats_;
  PowerlogClock clock_;
  std::unordered_map<Uuid, Ends> ends_;
  std::optional<double> first_, last_;  // of the rows read, Powerlog's clock
  std::set<std::string> bundles_;       // that transfer, and those for which they do
  std::int64_t rowid_ = 0;
  bool stopped_ = false;
};

}  // namespace

const StoreInfo& Powerlog::info() const {
  static constexpr StoreInfo kInfo = {"powerlog", "Powerlog: background transfers of a device (powerlog_*.PLSQL)",
                                      "docs/formats/powerlog.md",
                                      "table PLXPCAgent_EventPoint_BackgroundTransfer(timestamp, taskUUID, state)"};
  return kInfo;
}

bool Powerlog::may_be(std::string_view head) const { return is_sqlite_head(head); }

Result<bool> Powerlog::probe(const StoreFiles& files, std::string& why) const {
  return probe_table(files, kTable, kRequired, info().requires_structure, why);
}

Result<StoreStats> Powerlog::read(const StoreFiles& files, EventSink& sink) const { return Reader(files, sink).run(); }

}  // namespace uptrail
