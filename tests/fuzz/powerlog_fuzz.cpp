// A damaged Powerlog.
#include "collector/stores/powerlog.h"
#include "tests/fuzz/store_fuzz.h"

namespace {

constexpr const char* kBase =
    "PRAGMA page_size = 512; CREATE TABLE PLXPCAgent_EventPoint_BackgroundTransfer(ID INTEGER PRIMARY KEY, timestamp "
    "REAL, bundleID TEXT, bytesReceived INTEGER, bytesSent INTEGER, errorCode INTEGER, errorDomain TEXT, "
    "interfaceName "
    "TEXT, previousFailureCount INTEGER, sessionID TEXT, state INTEGER, taskID INTEGER, taskKind INTEGER, taskUUID "
    "TEXT, willRetry INTEGER, isDiscretionary INTEGER);"
    "CREATE TABLE PLStorageOperator_EventForward_TimeOffset(ID INTEGER PRIMARY KEY, timestamp REAL, system REAL);"
    "INSERT INTO PLStorageOperator_EventForward_TimeOffset(timestamp, system) VALUES (1795006800, -400), (1795006820, "
    "-390);"
    "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < 30) INSERT INTO "
    "PLXPCAgent_EventPoint_BackgroundTransfer SELECT i, 1795006800 + i, 'com.example.app:[com.example.app:(null)]', "
    "i, i, "
    "-1001, NULL, 'en0', i % 3, NULL, i % 6, NULL, i % 4, printf('%08d-0000-4000-8000-000000000000', i / 3), i % 2, 0 "
    "FROM n";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::string path = uptrail::fuzz::scratch_path("powerlog.PLSQL");
  static const std::string base = uptrail::fuzz::make_database(path, kBase);
  const uptrail::Powerlog store;
  uptrail::fuzz::read_store(store, path, uptrail::fuzz::patched(base, data, size), true);
  return 0;
}
