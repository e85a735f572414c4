// What a Powerlog tells about background transfers beside the transfers themselves: power assertions that were held for them,
// windows that the scheduler gave them, and what was sent and received for their apps. Private to this folder.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>

#include "collector/base/ids.h"
#include "collector/stores/powerlog_clock.h"
#include "collector/stores/sqlite_table.h"
#include "collector/stores/store.h"

namespace uptrail {

class PowerlogActivity {
 public:
  // The tasks and bundles that have transfers in the same file: rows about others concern nobody here.
  struct Concerned {
    std::function<bool(const Uuid&)> task;
    const std::set<std::string>& bundles;
  };
  PowerlogActivity(const PowerlogClock& clock, Concerned concerned, StoreStats& stats, EventSink& sink)
      : clock_(clock), concerned_(std::move(concerned)), stats_(stats), sink_(sink) {}

  // Each table may be missing. Damage is told, and costs only the rows of its table.
  void read(OpenTable& open);

 private:
  struct Table;
  using Give = std::optional<Event> (PowerlogActivity::*)(sqlite::Statement&);

  bool read_table(OpenTable& open, const Table& table);
  std::optional<Event> assertion(sqlite::Statement& row);
  std::optional<Event> scheduled(sqlite::Statement& row);
  std::optional<Event> usage(sqlite::Statement& row);
  std::optional<Event> bad(const std::string& detail);
  std::optional<TimeNs> time_of(sqlite::Statement& row, int column) const;
  [[nodiscard]] Event event_at(TimeNs when, EventKind kind) const;

  struct Held {
    Uuid task;
    TimeNs since;
  };

  const PowerlogClock& clock_;
  Concerned concerned_;
  StoreStats& stats_;
  EventSink& sink_;
  std::unordered_map<std::int64_t, Held> held_;  // by GlobalUniqueID
  const std::string* table_ = nullptr;           // being read
  std::int64_t rowid_ = 0;
  bool refused_ = false;  // the row was not understood
};

}  // namespace uptrail
