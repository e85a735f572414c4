#include "collector/stores/app_store.h"

#include <cmath>
#include <filesystem>

#include "collector/base/text.h"

namespace uptrail {

using sqlite::ColumnType;

AppStoreBook::AppStoreBook(const StoreInfo& info, const StoreFiles& files, EventSink& sink, std::string_view store)
    : info_(info), files_(files), sink_(sink), store_(store), time_(files.modified) {}

Event AppStoreBook::blank(EventKind kind) const {
  Event event;
  event.kind = kind;
  event.observer = Observer::store;
  event.t_src = time_;
  event.bundle = bundle_;
  event.pattern = "store:" + std::string(info_.id);
  event.fields.set(Field::store, store_);
  return event;
}

Event AppStoreBook::entry(std::string row) const {
  Event event = blank(EventKind::store_entry);
  event.store_row = std::move(row);
  return event;
}

Event AppStoreBook::session(std::string row) const {
  Event event = blank(EventKind::store_session);
  event.store_row = std::move(row);
  return event;
}

void AppStoreBook::keep(Event event) {
  ++stats_.read;
  ++stats_.matched;
  ++entries_;
  stopped_ = stopped_ || !sink_.event(std::move(event));
}

void AppStoreBook::unusable(const std::string& row, const std::string& why) {
  ++stats_.read;
  ++stats_.unparsed;
  whole_ = false;
  issue(IssueKind::unparsed, row + ": " + why);
}

void AppStoreBook::issue(IssueKind kind, std::string detail) { sink_.issue({kind, {}, std::move(detail)}); }

void AppStoreBook::broken(IssueKind kind, std::string detail) {
  whole_ = false;
  issue(kind, std::move(detail));
}

bool AppStoreBook::full() {
  if (stats_.read < kMaxAppStoreRows) {
    return false;
  }
  if (!told_full_) {
    told_full_ = true;
    broken(IssueKind::limit, "only the first " + std::to_string(kMaxAppStoreRows) + " rows were read");
  }
  return true;
}

void AppStoreBook::tell_snapshot(std::string row, bool complete) {
  if (stopped_) {
    return;
  }
  Event snapshot = blank(EventKind::store_snapshot);
  snapshot.store_row = std::move(row);
  snapshot.fields.set(Field::complete, complete && whole_);
  snapshot.fields.set(Field::taken_at, time_);
  snapshot.fields.set(Field::count, entries_);
  stopped_ = !sink_.event(std::move(snapshot));
}

void look_at_file(AppStoreBook& book) {
  const StoreFiles& files = book.files();
  if (!files.has_wal && is_wal(files.private_path)) {
    book.broken(IssueKind::loss, std::string(kWalMissing));
  }
  if (auto cut = truncation_of(files); !cut.empty()) {
    book.broken(IssueKind::damaged, std::move(cut));
  }
}

std::optional<TimeNs> stored_time(double value, Epoch epoch, double seconds_per_unit) {
  constexpr double kTo2001 = 978'307'200;  // seconds from 1970
  constexpr double kTo2100 = 4'102'444'800;
  const double from_1970 = epoch == Epoch::apple_2001 ? kTo2001 : 0;
  const double seconds = value * seconds_per_unit + from_1970;
  if (!std::isfinite(seconds) || seconds < kTo2001 || seconds >= kTo2100) {
    return std::nullopt;
  }
  // In the unit of the store, so that whole milliseconds stay whole.
  const double per_second = std::round(1 / seconds_per_unit);
  const double whole = std::floor(value / per_second);
  const double rest = value - whole * per_second;
  return TimeNs{static_cast<std::int64_t>(whole + from_1970) * 1'000'000'000 +
                static_cast<std::int64_t>(std::round(rest * (1e9 / per_second)))};
}

void TableRow::note(int column, IssueKind kind, const std::string& what) {
  book_.note(name_, kind, std::string(wanted_[static_cast<std::size_t>(column)].name) + " " + what);
}

std::optional<std::string> TableRow::text(int column) {
  std::optional<std::pair<IssueKind, std::string>> bad;
  auto found = text_of(row_, column + 1, wanted_[static_cast<std::size_t>(column)].name, bad);
  if (bad) {
    book_.note(name_, bad->first, bad->second);
  }
  return found && !found->empty() ? found : std::nullopt;
}

std::optional<std::int64_t> TableRow::integer(int column) {
  const ColumnType type = row_.type(column + 1);
  if (type == ColumnType::integer) {
    return row_.integer(column + 1);
  }
  if (type != ColumnType::null) {
    note(column, IssueKind::bad_value, "is no whole number");
  }
  return std::nullopt;
}

std::optional<double> TableRow::real(int column) {
  const ColumnType type = row_.type(column + 1);
  if (type == ColumnType::real || type == ColumnType::integer) {
    return row_.real(column + 1);
  }
  if (type != ColumnType::null) {
    note(column, IssueKind::bad_value, "is no number");
  }
  return std::nullopt;
}

void TableRow::set_text(int column, Field field, Event& event) {
  if (auto found = text(column)) {
    event.fields.set(field, std::move(*found));
  }
}

void TableRow::set_count(int column, Field field, Event& event) {
  if (const auto found = integer(column); found && *found >= 0) {
    event.fields.set(field, *found);
  }
}

void TableRow::set_time(int column, Field field, Epoch epoch, double seconds_per_unit, Event& event) {
  const auto found = real(column);
  if (!found) {
    return;
  }
  if (const auto t = stored_time(*found, epoch, seconds_per_unit)) {
    event.fields.set(field, *t);
  } else {
    note(column, IssueKind::bad_value, "is no time between 2001 and 2100");
  }
}

Result<std::string> missing_in(sqlite::Connection& db, const TableSpec& spec) {
  const std::string table(spec.table);
  const auto columns = columns_of(db, table);
  UPTRAIL_TRY(columns);
  return missing_structure(table, *columns, spec.required);
}

Result<sqlite::Connection> open_app_store(const StoreFiles& files, const TableSpec& spec, std::string_view what) {
  auto db = open_store(files);
  UPTRAIL_TRY(db);
  const auto missing = missing_in(*db, spec);
  UPTRAIL_TRY(missing);
  if (!missing->empty()) {
    return fail(ErrorKind::unreadable, std::string(what) + ": " + *missing, files.shown_path);
  }
  return db;
}

Status read_table(sqlite::Connection& db, const TableSpec& spec, AppStoreBook& book, const std::function<void(TableRow&)>& take) {
  const std::string table(spec.table);
  const auto columns = columns_of(db, table);
  UPTRAIL_TRY(columns);
  std::string name = "\"";
  for (const char c : table) {
    name += c == '"' ? std::string("\"\"") : std::string(1, c);
  }
  std::string sql = "SELECT " + select_list(*columns, spec.wanted) + " FROM " + name + "\" ORDER BY ";
  sql += spec.order.empty() ? "rowid" : std::string(spec.order) + ", rowid";
  auto rows = db.prepare(sql);
  UPTRAIL_TRY(rows);
  for (std::uint64_t n = 0; !book.stopped(); ++n) {
    const auto more = rows->step();
    if (!more.ok()) {
      if (n == 0) {
        return more.error();
      }
      book.broken(IssueKind::damaged, table + ": after " + count_of(n, "row") + ": " + more.error().message);
      return done();
    }
    if (!*more || book.full()) {
      return done();
    }
    TableRow row(*rows, spec.wanted, table + " rowid " + std::to_string(rows->integer(0)), book);
    take(row);
  }
  return done();
}

Result<bool> probe_table(const StoreInfo& info, const StoreFiles& files, const TableSpec& spec, std::string& why) {
  return probe_table(files, std::string(spec.table), spec.required, info.requires_structure, why);
}

}  // namespace uptrail
