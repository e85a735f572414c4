// A damaged tasks.sqlite.
#include <cstdlib>

#include "collector/sqlite/connection.h"
#include "collector/stores/nsurlsessiond_tasks.h"
#include "tests/fuzz/patched_file.h"

namespace {

struct Count final : uptrail::EventSink {
  std::uint64_t events = 0;
  bool event(uptrail::Event /*event*/) override {
    ++events;
    return true;
  }
  void issue(const uptrail::Issue& /*issue*/) override {}
};

std::string make_base(const std::string& path) {
  {
    auto db = uptrail::sqlite::Connection::open(path, uptrail::sqlite::Access::write);
    if (!db.ok() ||
        !db->exec("PRAGMA page_size = 512; CREATE TABLE session_tasks(identifier int NOT NULL, task_kind int, state int,"
                  "task_description text, error blob, file_url text, bundle_id text, session_id text NOT NULL,"
                  "unique_identifier blob NOT NULL, count_of_bytes_sent int, count_of_bytes_expected_to_send int,"
                  "UNIQUE(identifier, session_id));"
                  "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < 40) INSERT INTO session_tasks "
                  "SELECT i, 1, i % 4, 'photo ' || i, NULL, x'00', 'com.example.app', 'photos', randomblob(16), i, 2 * i FROM n")
             .ok()) {
      std::abort();
    }
  }
  std::string bytes = uptrail::fuzz::slurp(path);
  std::filesystem::remove(path);
  return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::string path = uptrail::fuzz::scratch_path("tasks.sqlite");
  static const std::string base = make_base(path);
  uptrail::fuzz::store(path, uptrail::fuzz::patched(base, data, size));
  const uptrail::NsurlsessiondTasks store;
  const uptrail::StoreFiles files{path, path, false, {}};
  std::string why;
  Count sink;
  if (store.probe(files, why).ok()) {
    const auto stats = store.read(files, sink);
    if (stats.ok() && (stats->read != stats->matched + stats->unparsed || sink.events != stats->matched + 1)) {
      std::abort();
    }
  }
  for (const char* suffix : {"", "-journal", "-wal", "-shm"}) {
    std::filesystem::remove(path + suffix);
  }
  return 0;
}
