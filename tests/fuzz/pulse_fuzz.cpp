// A damaged document of Pulse: the database inside is packed in raw blocks, so that patches reach it.
#include <cstdlib>
#include <span>

#include "collector/sqlite/connection.h"
#include "collector/sqlite/statement.h"
#include "collector/stores/pulse.h"
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

using uptrail::sqlite::Access;
using uptrail::sqlite::Connection;

void must(bool ok) {
  if (!ok) {
    std::abort();
  }
}

std::string packed(const std::string& bytes) {
  std::string out = "bvx-";
  for (unsigned shift = 0; shift < 32; shift += 8) {
    out += static_cast<char>(bytes.size() >> shift & 0xffU);
  }
  return out + bytes + "bvx$";
}

std::string make_base(const std::string& path) {
  {
    auto db = Connection::open(path, Access::write);
    must(db.ok() && db->exec("PRAGMA page_size = 512; CREATE TABLE ZLOGGERMESSAGEENTITY(Z_PK INTEGER PRIMARY KEY, ZTASK INTEGER,"
                             "ZCREATEDAT TIMESTAMP, ZTEXT VARCHAR); CREATE TABLE ZNETWORKTASKENTITY(Z_PK INTEGER PRIMARY KEY,"
                             "ZERRORCODE INTEGER, ZREQUESTSTATE INTEGER, ZSTATUSCODE INTEGER, ZTASKTYPE INTEGER, ZCREATEDAT "
                             "TIMESTAMP, ZHTTPMETHOD VARCHAR, ZURL VARCHAR);"
                             "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < 20) INSERT INTO "
                             "ZNETWORKTASKENTITY SELECT i, 0, i % 4, 200, i % 3, 7e8 + i, 'POST', 'https://a/' || i FROM n;"
                             "INSERT INTO ZLOGGERMESSAGEENTITY VALUES(1, 1, 7e8, 'text')")
                        .ok());
  }
  const std::string inner = packed(uptrail::fuzz::slurp(path));
  std::filesystem::remove(path);
  {
    auto db = Connection::open(path, Access::write);
    must(db.ok() && db->exec("CREATE TABLE ZPULSEBLOBENTITY(Z_PK INTEGER PRIMARY KEY, ZKEY VARCHAR, ZDATA BLOB);"
                             "INSERT INTO ZPULSEBLOBENTITY VALUES(1, 'info', '{\"taskCount\":20,\"messageCount\":0}')")
                        .ok());
    auto insert = db->prepare("INSERT INTO ZPULSEBLOBENTITY VALUES(2, 'database', ?1)");
    must(insert.ok() && insert->run(std::as_bytes(std::span(inner.data(), inner.size()))).ok());
  }
  std::string bytes = uptrail::fuzz::slurp(path);
  std::filesystem::remove(path);
  return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::string path = uptrail::fuzz::scratch_path("document.pulse");
  static const std::string base = make_base(path);
  uptrail::fuzz::store(path, uptrail::fuzz::patched(base, data, size));
  const uptrail::Pulse store;
  const uptrail::StoreFiles files{path, path, false, {}};
  std::string why;
  Count sink;
  if (store.probe(files, why).ok()) {
    const auto stats = store.read(files, sink);
    must(!stats.ok() || (stats->read >= stats->matched + stats->unparsed && sink.events == stats->matched + 1));
  }
  for (const char* suffix : {"", "-journal", "-wal", "-shm", "-database"}) {
    std::filesystem::remove(path + suffix);
  }
  return 0;
}
