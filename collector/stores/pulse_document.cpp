#include "collector/stores/pulse_document.h"

#include <array>
#include <fstream>
#include <nlohmann/json.hpp>

#include "collector/sqlite/statement.h"
#include "collector/stores/app_store.h"
#include "collector/stores/lzfse.h"

namespace uptrail {

namespace {

constexpr std::size_t kMaxInfo = 1U << 20U;

// One step of it: the blob, or no row.
Result<sqlite::Statement> blob_named(sqlite::Connection& db, std::string_view key) {
  auto rows = db.prepare("SELECT ZDATA FROM ZPULSEBLOBENTITY WHERE ZKEY = ?1 ORDER BY rowid LIMIT 1");
  UPTRAIL_TRY(rows);
  rows->bind(key);
  return rows;
}

std::string text_in(const nlohmann::json& object, const char* key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_string() ? it->get<std::string>() : std::string();
}

std::optional<std::int64_t> count_in(const nlohmann::json& object, const char* key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_number_integer() ? std::optional(it->get<std::int64_t>()) : std::nullopt;
}

std::string_view chars(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};  // NOLINT: bytes as text
}

}  // namespace

Result<std::string> missing_in_pulse_document(sqlite::Connection& db) {
  const auto columns = columns_of(db, "ZPULSEBLOBENTITY");
  UPTRAIL_TRY(columns);
  constexpr std::array<std::string_view, 2> kRequired = {"ZKEY", "ZDATA"};
  return missing_structure("ZPULSEBLOBENTITY", *columns, kRequired);
}

Result<PulseInfo> read_pulse_info(sqlite::Connection& db) {
  auto rows = blob_named(db, "info");
  UPTRAIL_TRY(rows);
  const auto more = rows->step();
  UPTRAIL_TRY(more);
  PulseInfo info;
  if (!*more || rows->blob(0).size() > kMaxInfo) {
    return info;
  }
  const auto json = nlohmann::json::parse(chars(rows->blob(0)), nullptr, false);
  if (!json.is_object()) {
    return info;
  }
  if (const auto app = json.find("appInfo"); app != json.end() && app->is_object()) {
    info.bundle = text_in(*app, "bundleIdentifier");
  }
  info.version = text_in(json, "storeVersion");
  info.tasks = count_in(json, "taskCount");
  info.messages = count_in(json, "messageCount");
  if (const auto t = json.find("modifiedDate"); t != json.end() && t->is_number()) {
    info.modified = stored_time(t->get<double>(), Epoch::apple_2001);
  }
  return info;
}

Status unpack_pulse_database(sqlite::Connection& db, const std::string& path) {
  auto rows = blob_named(db, "database");
  UPTRAIL_TRY(rows);
  const auto more = rows->step();
  UPTRAIL_TRY(more);
  if (!*more) {
    return fail(ErrorKind::malformed, "the document has no blob \"database\"", db.shown_path());
  }
  std::span<const std::byte> content = rows->blob(0);
  std::vector<std::byte> unpacked;
  if (!is_sqlite_head(chars(content))) {
    auto decoded = decode_lzfse(content, kMaxPulseDatabase);
    if (!decoded.ok()) {
      Error error = decoded.error();
      error.message = "the database inside cannot be unpacked: " + error.message + ", at byte " +
                      std::to_string(error.offset.value_or(0)) + " of the blob";
      error.offset.reset();
      error.path = db.shown_path();
      return error;
    }
    unpacked = decoded.take();
    content = unpacked;
  }
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(chars(content).data(), static_cast<std::streamsize>(content.size()));
  out.close();
  if (!out) {
    return fail(ErrorKind::internal, "a private copy cannot be written", path);
  }
  return done();
}

}  // namespace uptrail
