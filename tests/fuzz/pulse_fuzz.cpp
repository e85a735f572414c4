// A damaged document of Pulse: the database inside is packed in raw blocks, so that patches reach it.
#include <span>

#include "collector/sqlite/statement.h"
#include "collector/stores/pulse.h"
#include "tests/fuzz/store_fuzz.h"

namespace {

using uptrail::fuzz::must;
using uptrail::sqlite::Connection;

std::string packed(const std::string& bytes) {
  std::string out = "bvx-";
  for (unsigned shift = 0; shift < 32; shift += 8) {
    out += static_cast<char>(bytes.size() >> shift & 0xffU);
  }
  return out + bytes + "bvx$";
}

std::string make_base(const std::string& path) {
  const std::string inner = packed(uptrail::fuzz::make_database(
      path,
      "PRAGMA page_size = 512; CREATE TABLE ZLOGGERMESSAGEENTITY(Z_PK INTEGER PRIMARY KEY, ZTASK INTEGER,"
      "ZCREATEDAT TIMESTAMP, ZTEXT VARCHAR); CREATE TABLE ZNETWORKTASKENTITY(Z_PK INTEGER PRIMARY KEY,"
      "ZERRORCODE INTEGER, ZREQUESTSTATE INTEGER, ZSTATUSCODE INTEGER, ZTASKTYPE INTEGER, ZCREATEDAT "
      "TIMESTAMP, ZHTTPMETHOD VARCHAR, ZURL VARCHAR);"
      "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < 20) INSERT INTO "
      "ZNETWORKTASKENTITY SELECT i, 0, i % 4, 200, i % 3, 7e8 + i, 'POST', 'https://a/' || i FROM n;"
      "INSERT INTO ZLOGGERMESSAGEENTITY VALUES(1, 1, 7e8, 'text')"));
  return uptrail::fuzz::make_database(path, [&](Connection& db) {
    must(db.exec("CREATE TABLE ZPULSEBLOBENTITY(Z_PK INTEGER PRIMARY KEY, ZKEY VARCHAR, ZDATA BLOB);"
                 "INSERT INTO ZPULSEBLOBENTITY VALUES(1, 'info', '{\"taskCount\":20,\"messageCount\":0}')")
             .ok());
    auto insert = db.prepare("INSERT INTO ZPULSEBLOBENTITY VALUES(2, 'database', ?1)");
    must(insert.ok() && insert->run(std::as_bytes(std::span(inner.data(), inner.size()))).ok());
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::string path = uptrail::fuzz::scratch_path("document.pulse");
  static const std::string base = make_base(path);
  const uptrail::Pulse store;
  uptrail::fuzz::read_store(store, path, uptrail::fuzz::patched(base, data, size), false);
  return 0;
}
