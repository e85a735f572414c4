// A damaged tasks.sqlite.
#include "collector/stores/nsurlsessiond_tasks.h"
#include "tests/fuzz/store_fuzz.h"

namespace {

constexpr const char* kBase =
    "PRAGMA page_size = 512; CREATE TABLE session_tasks(identifier int NOT NULL, task_kind int, state int,"
    "task_description text, error blob, file_url text, bundle_id text, session_id text NOT NULL,"
    "unique_identifier blob NOT NULL, count_of_bytes_sent int, count_of_bytes_expected_to_send int,"
    "UNIQUE(identifier, session_id));"
    "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < 40) INSERT INTO session_tasks "
    "SELECT i, 1, i % 4, 'photo ' || i, NULL, x'00', 'com.example.app', 'photos', randomblob(16), i, 2 * i FROM n";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::string path = uptrail::fuzz::scratch_path("tasks.sqlite");
  static const std::string base = uptrail::fuzz::make_database(path, kBase);
  const uptrail::NsurlsessiondTasks store;
  uptrail::fuzz::read_store(store, path, uptrail::fuzz::patched(base, data, size), true);
  return 0;
}
