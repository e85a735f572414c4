#include "collector/trace/schema.h"

#include <span>

#include "collector/base/embedded.h"
#include "collector/base/text.h"
#include "collector/sqlite/statement.h"
#include "collector/trace/case_file.h"

namespace uptrail::embedded {
std::span<const EmbeddedFile> trace_migrations();
}  // namespace uptrail::embedded

namespace uptrail::trace {

namespace {

// "0001_initial.sql" is 1.
int version_of(std::string_view file_name) {
  int version = 0;
  for (const char c : file_name) {
    if (c < '0' || c > '9') {
      break;
    }
    version = version * 10 + (c - '0');
  }
  return version;
}

Status run_migrations(sqlite::Connection& db, int from, int to) {
  for (const auto& file : embedded::trace_migrations()) {
    const int version = version_of(file.name);
    if (version > from && version <= to) {
      UPTRAIL_TRY(db.exec(std::string(file.content)));
    }
  }
  return done();
}

constexpr std::string_view kSchemaRows =
    "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE NOT (type = 'index' AND sql IS NULL) ORDER BY name, type";

Error foreign_schema(const sqlite::Connection& db, std::string_view what, std::string_view name) {
  auto error =
      fail(ErrorKind::malformed, "not a usable case: " + std::string(what) + " '" + to_valid_utf8(name) + "'", db.shown_path());
  error.hint = "the schema differs from the one that Uptrail writes; collect the captures again";
  return error;
}

}  // namespace

Status migrate(sqlite::Connection& db, int from) {
  UPTRAIL_TRY(run_migrations(db, from, kCaseSchemaVersion));
  return db.exec("PRAGMA application_id = " + std::to_string(kCaseApplicationId) +
                 "; PRAGMA user_version = " + std::to_string(kCaseSchemaVersion));
}

Status verify_schema(sqlite::Connection& db, int version) {
  auto model = sqlite::Connection::open(db.shown_path(), sqlite::Access::memory);
  UPTRAIL_TRY(model);
  UPTRAIL_TRY(run_migrations(*model, 0, version));
  auto expected = model->prepare(kSchemaRows);
  UPTRAIL_TRY(expected);
  auto found = db.prepare(kSchemaRows);
  UPTRAIL_TRY(found);
  while (true) {
    const auto want = expected->step();
    UPTRAIL_TRY(want);
    const auto have = found->step();
    UPTRAIL_TRY(have);
    if (!*want && !*have) {
      return done();
    }
    const auto wanted_name = *want ? expected->text(1) : std::string_view();
    const auto found_name = *have ? found->text(1) : std::string_view();
    if (!*have || (*want && wanted_name < found_name)) {
      return foreign_schema(db, "it lacks the " + std::string(expected->text(0)), wanted_name);
    }
    if (!*want || found_name < wanted_name) {
      return foreign_schema(db, "it has a foreign " + to_valid_utf8(found->text(0)), found_name);
    }
    for (const int column : {0, 2, 3}) {
      if (expected->text(column) != found->text(column)) {
        return foreign_schema(db, "it has another definition of", found_name);
      }
    }
  }
}

Result<std::vector<std::string>> drop_indexes(sqlite::Connection& db) {
  std::vector<std::string> names;
  std::vector<std::string> statements;
  auto rows = db.prepare(
      "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL AND name <> 'raw_lines_by_place' "
      "ORDER BY name");
  UPTRAIL_TRY(rows);
  for (auto row = rows->step();; row = rows->step()) {
    UPTRAIL_TRY(row);
    if (!*row) {
      break;
    }
    names.emplace_back(rows->text(0));
    statements.emplace_back(rows->text(1));
  }
  rows->reset();
  for (const auto& name : names) {
    UPTRAIL_TRY(db.exec("DROP INDEX " + name));
  }
  return statements;
}

}  // namespace uptrail::trace
