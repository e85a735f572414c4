// What fuzz targets of stores have in common: a base file made once, a sink that counts, and the read itself.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "collector/sqlite/connection.h"
#include "collector/stores/store.h"
#include "tests/fuzz/patched_file.h"

namespace uptrail::fuzz {

// Snapshots count apart: not every store tells one for what it read.
struct Count final : EventSink {
  std::uint64_t events = 0, snapshots = 0;
  bool event(Event event) override {
    ++(event.kind == EventKind::store_snapshot ? snapshots : events);
    return true;
  }
  void issue(const Issue& /*issue*/) override {}
};

inline void must(bool ok) {
  if (!ok) {
    std::abort();
  }
}

// A database made by `fill`, as bytes.
inline std::string make_database(const std::string& path, const std::function<void(sqlite::Connection&)>& fill) {
  {
    auto db = sqlite::Connection::open(path, sqlite::Access::write);
    must(db.ok());
    fill(*db);
  }
  std::string bytes = slurp(path);
  std::filesystem::remove(path);
  return bytes;
}
inline std::string make_database(const std::string& path, const std::string& sql) {
  return make_database(path, [&](sqlite::Connection& db) { must(db.exec(sql).ok()); });
}

inline void remove_all(const std::string& path) {
  for (const char* suffix : {"", "-journal", "-wal", "-shm", "-database"}) {
    std::filesystem::remove(path + suffix);
  }
}

// Writes the bytes, probes and reads them. Every row that matched has given one event; `exact`: and every row is accounted for
// as matched or unparsed.
// `shown`: where the file is said to lie.
inline void read_store(const Store& store, const std::string& path, const std::string& bytes, bool exact,
                       const std::string& shown = "shown") {
  fuzz::store(path, bytes);
  const StoreFiles files{shown, path, false, {}, {}, {}};
  std::string why;
  Count sink;
  const auto fits = store.probe(files, why);
  if (fits.ok()) {
    const auto stats = store.read(files, sink);
    if (stats.ok()) {
      must(sink.events == stats->matched);
      must(exact ? stats->read == stats->matched + stats->unparsed : stats->read >= stats->matched + stats->unparsed);
    }
  }
  remove_all(path);
}

}  // namespace uptrail::fuzz
