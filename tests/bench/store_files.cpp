#include "tests/bench/store_files.h"

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <vector>

#include "collector/base/ids.h"
#include "collector/plist/build.h"
#include "collector/sqlite/connection.h"
#include "collector/sqlite/statement.h"

namespace uptrail::bench {

namespace {

namespace fs = std::filesystem;
using plist::ArchiveBuilder;
using sqlite::Connection;
using sqlite::Statement;

constexpr double k2026 = 1'795'000'000;        // seconds since 1970
constexpr double k2026From2001 = 816'692'800;  // the same since 2001
constexpr int kForeign = 8;                    // assertions of others for each of a task's

std::string schema(const std::string& name) {
  std::ifstream in(std::string(UPTRAIL_SOURCE_DIR) + "/" + name);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::span<const std::byte> bytes_of(const std::string& text) { return std::as_bytes(std::span(text.data(), text.size())); }

// A new database with these tables, in the middle of its transaction.
Result<Connection> create(const std::string& path, const std::string& tables) {
  std::error_code ignored;
  fs::remove(path, ignored);
  fs::create_directories(fs::path(path).parent_path(), ignored);
  auto db = Connection::open(path, sqlite::Access::write);
  UPTRAIL_TRY(db);
  UPTRAIL_TRY(db->exec("PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF;" + schema(tables) + "; BEGIN"));
  return db;
}

StoreFile finish(Connection& db, const std::string& path, std::uint64_t rows, bool written) {
  std::error_code error;
  written = db.exec("COMMIT").ok() && written;
  const std::uint64_t size = fs::file_size(path, error);
  return written && !error ? StoreFile{path, size, rows} : StoreFile{};
}

class PowerlogWriter {
 public:
  explicit PowerlogWriter(Connection& db)
      : transfer_(
            db.prepare("INSERT INTO PLXPCAgent_EventPoint_BackgroundTransfer(timestamp, bundleID, bytesReceived, bytesSent, "
                       "errorCode, errorDomain, interfaceName, previousFailureCount, state, taskKind, taskUUID, willRetry, "
                       "isDiscretionary) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
                       true)),
        assertion_(
            db.prepare("INSERT INTO PLPowerAssertionAgent_EventForward_Assertion(timestamp, Action, AssertName, AssertType, "
                       "AssertionOnBehalfOfPID, GlobalUniqueID, pid) VALUES(?1, ?2, ?3, 1, 77, ?4, 77)",
                       true)),
        window_(db.prepare(
            "INSERT INTO PLDuetService_EventNone_DASActivity(timestamp, application, endTime, networkTaskSize, priority, "
            "startTime, taskName, bundleID) VALUES(?1, ?2, ?3, 1000000, 10, ?4, ?5, ?2)",
            true)),
        usage_(db.prepare(
            "INSERT INTO PLProcessNetworkAgent_EventInterval_UsageDiff(timestamp, BundleName, CellIn, CellOut, ProcessName, "
            "WifiIn, WifiOut, timestampEnd) VALUES(?1, ?2, 0.0, 0.0, ?2, 1000.0, 200000.0, ?3)",
            true)) {}

  bool task(std::int64_t n) {
    const std::string uuid = Uuid::from_name("task " + std::to_string(n)).text();
    const std::string bundle = "com.example.app" + std::to_string(n % 20);
    const double t = k2026 + static_cast<double>(n) * 0.5;
    const bool fails = n % 10 == 0;
    return row(t, bundle, uuid, 0, false) && row(t + 1, bundle, uuid, 1, false) &&
           row(t + 9, bundle, uuid, fails ? 5 : 3, fails) && held(t, "NSURLSessionTask " + uuid) && others(t) &&
           put(window_->run(t, bundle, t + 3600, t,
                            "com.apple.CFNetwork-cc-177-17-Task <" + uuid + ">.<" + std::to_string(n) + ">")) &&
           put(usage_->run(t, bundle, t + 60));
  }
  [[nodiscard]] bool ready() const { return transfer_.ok() && assertion_.ok() && window_.ok() && usage_.ok(); }
  [[nodiscard]] std::uint64_t rows() const { return rows_; }

 private:
  bool row(double t, const std::string& bundle, const std::string& uuid, std::int64_t state, bool fails) {
    return put(transfer_->run(t, bundle, std::int64_t{state > 1 ? 1200 : 0}, std::int64_t{state > 1 ? 2'400'000 : 0},
                              std::int64_t{fails ? -1001 : 0}, fails ? "NSURLErrorDomain" : "", state > 1 ? "en0" : "",
                              std::int64_t{0}, state, std::int64_t{2}, uuid, false, false));
  }
  bool held(double t, const std::string& name) {
    ++assertions_;
    return put(assertion_->run(t, std::int64_t{0}, name, assertions_)) &&
           put(assertion_->run(t + 5, std::int64_t{4}, name, assertions_));
  }
  bool others(double t) {
    bool good = true;
    for (int i = 0; good && i < kForeign; ++i) {
      good =
          held(t + i, "com.example.other.work of a process that keeps the device awake for a while, number " + std::to_string(i));
    }
    return good;
  }
  bool put(const Status& status) {
    ++rows_;
    return status.ok();
  }

  Result<Statement> transfer_, assertion_, window_, usage_;
  std::uint64_t rows_ = 0;
  std::int64_t assertions_ = 0;
};

std::string request(std::int64_t n) {
  ArchiveBuilder archive;
  const auto root = archive.request("https://uploads.example.com/v2/albums/7/photos/" + std::to_string(n) + "?part=1&of=1", "PUT",
                                    {{"Content-Type", "image/heic"},
                                     {"Content-Length", "2400000"},
                                     {"Authorization", "Bearer " + std::string(400, 'x')},
                                     {"User-Agent", "Example/3.2 (iPhone; iOS 18.2) CFNetwork/1568.300.101 Darwin/24.2.0"}});
  return archive.bytes(root);
}

std::string response(std::int64_t n) {
  ArchiveBuilder archive;
  const auto url = archive.url("https://uploads.example.com/v2/albums/7/photos/" + std::to_string(n));
  const auto status = archive.number(201);
  const auto headers =
      archive.dictionary({{"Content-Type", archive.text("application/json")}, {"Server", archive.text("example")}});
  const auto root = archive.object("NSHTTPURLResponse", {{"0", url}, {"1", status}, {"2", headers}}, {}, "NSURLResponse");
  return archive.bytes(root);
}

std::string archived_error() {
  ArchiveBuilder archive;
  const auto below = archive.error("kCFErrorDomainCFNetwork", -1001);
  const auto root = archive.error("NSURLErrorDomain", -1001, {{"NSUnderlyingError", below}});
  return archive.bytes(root);
}

std::string url(const std::string& text) {
  ArchiveBuilder archive;
  const auto root = archive.url(text);
  return archive.bytes(root);
}

}  // namespace

StoreFile make_powerlog(const std::string& path, std::uint64_t bytes) {
  auto db = create(path, "tests/collector/stores/powerlog.sql");
  if (!db.ok()) {
    return {};
  }
  PowerlogWriter writer(*db);
  constexpr std::uint64_t kTaskBytes = 2600;  // measured
  bool good = writer.ready() &&
              db->exec("INSERT INTO PLStorageOperator_EventForward_TimeOffset(timestamp, system) VALUES(1795000000.0, 0.0)").ok();
  for (std::int64_t n = 0; good && static_cast<std::uint64_t>(n) < bytes / kTaskBytes; ++n) {
    good = writer.task(n);
  }
  return finish(*db, path, writer.rows(), good);
}

StoreFile make_tasks(const std::string& path, std::uint64_t rows) {
  auto db = create(path, "schemas/stores/nsurlsessiond_tasks_v3.sql");
  if (!db.ok()) {
    return {};
  }
  auto insert = db->prepare(
      "INSERT INTO session_tasks(identifier, task_kind, creation_time, state, suspend_count, task_description, original_request, "
      "current_request, response, error, file_url, bundle_id, session_id, has_started, discretionary, unique_identifier, "
      "count_of_bytes_sent, count_of_bytes_expected_to_send, retry_count) "
      "VALUES(?1, 1, ?2, ?3, 0, ?4, ?5, ?5, ?6, ?7, ?8, ?9, ?10, 1, 0, ?11, ?12, 2400000, 0)",
      true);
  bool good = insert.ok() && db->exec("PRAGMA user_version = 3").ok();
  const std::string error = archived_error();
  for (std::uint64_t n = 0; good && n < rows; ++n) {
    const auto id = static_cast<std::int64_t>(n / 4 + 1);
    const bool ended = n % 2 == 0;
    const std::string asked = request(id);
    const std::string answer = ended && n % 20 != 0 ? response(id) : std::string();
    const std::string file =
        url("file:///private/var/mobile/Library/com.apple.nsurlsessiond/Uploads/CFNetworkUpload_" + std::to_string(n));
    const Uuid uuid = Uuid::from_name("task " + std::to_string(n));
    const std::string session = "com.example.photos.uploads." + std::to_string(n % 4);
    const auto optional = [](const std::string& text) {
      return text.empty() ? std::optional<std::span<const std::byte>>() : bytes_of(text);
    };
    good = insert
               ->run(id, k2026From2001 + static_cast<double>(n), std::int64_t{ended ? 3 : 0}, "photo " + std::to_string(n),
                     bytes_of(asked), optional(answer), optional(ended && n % 20 == 0 ? error : std::string()), bytes_of(file),
                     "com.example.photos", session, std::as_bytes(std::span(uuid.bytes)), std::int64_t{ended ? 2'400'000 : 0})
               .ok();
  }
  return finish(*db, path, rows, good);
}

}  // namespace uptrail::bench
