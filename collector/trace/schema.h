// The schema of a case: making it, bringing it up to date, and proving that a file has exactly it. Private to this folder.
#pragma once

#include <string>
#include <vector>

#include "collector/base/result.h"
#include "collector/sqlite/connection.h"

namespace uptrail::trace {

// Runs the migrations after version `from` up to ours and sets application_id and user_version.
Status migrate(sqlite::Connection& db, int from);
// Fails unless tables, views and indexes are exactly those that the migrations up to `version` make: a planted trigger, view
// or table, or a missing one, is named.
Status verify_schema(sqlite::Connection& db, int version);
// Drops the indexes that the schema names, and gives the statements that make them again: rows are loaded without indexes. Only
// that of raw lines stays: they come in its order, and to append costs less than to read all of them again.
Result<std::vector<std::string>> drop_indexes(sqlite::Connection& db);

}  // namespace uptrail::trace
