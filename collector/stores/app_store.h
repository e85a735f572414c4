// What readers of an app's own stores have in common. Rows become store.entry events of one moment, the store's last change;
// the snapshot that says what they are worth comes last, when everything has been read. Private to this folder.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "collector/base/result.h"
#include "collector/base/time.h"
#include "collector/model/event.h"
#include "collector/sqlite/connection.h"
#include "collector/sqlite/statement.h"
#include "collector/stores/sqlite_table.h"
#include "collector/stores/store.h"

namespace uptrail {

inline constexpr std::size_t kMaxAppStoreRows = 200'000;

// Keeps account of what was read, and hands events on as they come.
class AppStoreBook {
 public:
  // `store`: whose belief it is, a value of the field of that name. `info` and the others must outlive the book.
  AppStoreBook(const StoreInfo& info, const StoreFiles& files, EventSink& sink, std::string_view store = "app");

  [[nodiscard]] Event entry(std::string row) const;    // a store.entry without facts
  [[nodiscard]] Event session(std::string row) const;  // a store.session without facts
  void keep(Event event);
  void pass() { ++stats_.read; }  // a row that is understood and concerns no upload
  void unusable(const std::string& row, const std::string& why);
  void issue(IssueKind kind, std::string detail);
  // Something in a row cannot be used; the row is kept without it.
  void note(const std::string& row, IssueKind kind, const std::string& detail) { issue(kind, row + ": " + detail); }
  // What lies behind was not read; the store is not complete any more.
  void broken(IssueKind kind, std::string detail);
  [[nodiscard]] bool stopped() const { return stopped_; }
  [[nodiscard]] bool full();  // no further row is read; says so once
  [[nodiscard]] bool whole() const { return whole_; }

  // `complete`: every upload of the app is in this store, provided that all of it could be read.
  void tell_snapshot(std::string row, bool complete);
  [[nodiscard]] StoreStats stats() const { return stats_; }
  [[nodiscard]] const StoreFiles& files() const { return files_; }
  // What the store itself says of its last change, and of whose it is.
  void set_time(TimeNs t) { time_ = t; }
  void set_bundle(std::string bundle) { bundle_ = std::move(bundle); }

 private:
  [[nodiscard]] Event blank(EventKind kind) const;

  const StoreInfo& info_;
  const StoreFiles& files_;
  EventSink& sink_;
  std::string store_;
  std::string bundle_;
  TimeNs time_;
  StoreStats stats_;
  std::int64_t entries_ = 0;
  bool stopped_ = false;
  bool whole_ = true;
  bool told_full_ = false;
};

// Says what is missing of the file itself: a -wal, or its end.
void look_at_file(AppStoreBook& book);

// A time that a store keeps as a number. nullopt: it is none between 2001 and 2100, so the epoch or the unit is another.
enum class Epoch : std::uint8_t { unix_1970, apple_2001 };
std::optional<TimeNs> stored_time(double value, Epoch epoch, double seconds_per_unit = 1.0);
inline constexpr double kMillisecond = 1e-3;

// One row of a table. Values of another type than asked for are noted and left out.
class TableRow {
 public:
  TableRow(sqlite::Statement& row, std::span<const WantedColumn> wanted, std::string name, AppStoreBook& book)
      : row_(row), wanted_(wanted), name_(std::move(name)), book_(book) {}

  // Columns count from 0 in the order of `wanted`. nullopt: NULL, or unusable. An empty text is nullopt, too.
  std::optional<std::string> text(int column);
  std::optional<std::int64_t> integer(int column);
  std::optional<double> real(int column);
  // Sets the field when there is a value; a number below 0 means "not known".
  void set_text(int column, Field field, Event& event);
  void set_count(int column, Field field, Event& event);
  void set_time(int column, Field field, Epoch epoch, double seconds_per_unit, Event& event);
  [[nodiscard]] sqlite::ColumnType type(int column) const { return row_.type(column + 1); }
  [[nodiscard]] std::span<const std::byte> blob(int column) const { return row_.blob(column + 1); }
  [[nodiscard]] const std::string& name() const { return name_; }  // "awstransfer rowid 7"
  void note(int column, IssueKind kind, const std::string& what);

 private:
  sqlite::Statement& row_;
  std::span<const WantedColumn> wanted_;
  std::string name_;
  AppStoreBook& book_;
};

struct TableSpec {
  std::string_view table;
  std::span<const std::string_view> required;
  std::span<const WantedColumn> wanted;
  std::string_view order;  // columns, so that equal content gives equal events whatever the rowids
};

// "" when the table is there with its required columns.
Result<std::string> missing_in(sqlite::Connection& db, const TableSpec& spec);
// Fails when the table is not there with its required columns; `what`: "not a WorkManager database".
Result<sqlite::Connection> open_app_store(const StoreFiles& files, const TableSpec& spec, std::string_view what);
// Reads the rows; damage in the middle keeps those before it, and is an error only when none could be read.
Status read_table(sqlite::Connection& db, const TableSpec& spec, AppStoreBook& book, const std::function<void(TableRow&)>& take);
// What Store::probe answers for a store that is one table.
Result<bool> probe_table(const StoreInfo& info, const StoreFiles& files, const TableSpec& spec, std::string& why);

}  // namespace uptrail
