// The document that Pulse exports: one table of blobs, among them "info" (JSON) and "database" (a SQLite file, LZFSE). Private to
// this folder.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "collector/sqlite/connection.h"
#include "collector/stores/store.h"

namespace uptrail {

struct PulseInfo {
  std::string bundle;   // "": not named
  std::string version;  // of the store, "2.0.3"
  std::optional<TimeNs> modified;
  std::optional<std::int64_t> tasks, messages;
};

inline constexpr std::size_t kMaxPulseDatabase = std::size_t{512} << 20U;

// "" when it is such a document.
Result<std::string> missing_in_pulse_document(sqlite::Connection& db);
// A document without it, or with one that cannot be read, gives an empty info.
Result<PulseInfo> read_pulse_info(sqlite::Connection& db);
// Unpacks the database into the file `path`.
Status unpack_pulse_database(sqlite::Connection& db, const std::string& path);

}  // namespace uptrail
