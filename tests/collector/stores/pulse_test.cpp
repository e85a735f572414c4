#include "collector/stores/pulse.h"

#include <filesystem>

#include "collector/sqlite/statement.h"
#include "collector/stores/pulse_document.h"
#include "tests/collector/stores/store_fixture.h"

namespace uptrail::test {
namespace {

// Synthetic stores, made from the documented tables.
class PulseTest : public StoreFixture {
 protected:
  static std::string tables(const std::string& version = "2") {
    return read_file(source_path("tests/collector/stores/pulse_v" + version + ".sql"));
  }
  static std::string task(const std::string& url, int type, const std::string& state, int status, int error,
                          const std::string& created = "785163663.5", const std::string& description = "NULL") {
    return "INSERT INTO ZNETWORKTASKENTITY(ZURL, ZHTTPMETHOD, ZTASKTYPE, ZREQUESTSTATE, ZSTATUSCODE, ZERRORCODE, ZERRORDOMAIN, "
           "ZCREATEDAT, ZREQUESTBODYSIZE, ZTASKDESCRIPTION, ZTASKID) VALUES('" +
           url + "','POST'," + std::to_string(type) + "," + state + "," + std::to_string(status) + "," + std::to_string(error) +
           "," + (error != 0 ? "'NSURLErrorDomain'" : "NULL") + "," + created + ",2000," + description + ", randomblob(16));";
  }
  static std::string message(const std::string& text, const std::string& of_task = "NULL") {
    return "INSERT INTO ZLOGGERMESSAGEENTITY(ZTEXT, ZCREATEDAT, ZTASK) VALUES('" + text + "', 785163664.5, " + of_task + ");";
  }
  static std::string some_rows() {
    return tables() + task("https://example.com/up/1", 2, "2", 201, 0, "785163663.5", "'photo 1'") + message("up 1", "1") +
           task("https://example.com/up/2", 2, "3", 0, -1001, "785163664.5") + message("up 2", "2") +
           task("https://example.com/up/3", 2, "1", 0, 0, "785163665.5") + message("up 3", "3") +
           task("https://example.com/down", 1, "2", 200, 0, "785163666.5") + message("down", "4") + message("app says hello");
  }
  // A document around the database in database_path(); `packed` stands for the blob "database".
  void make_document(const std::string& info, const std::string& packed) {
    make("CREATE TABLE ZPULSEBLOBENTITY ( Z_PK INTEGER PRIMARY KEY, Z_ENT INTEGER, Z_OPT INTEGER, ZKEY VARCHAR, ZDATA BLOB );");
    auto db = sqlite::Connection::open(files_.private_path, sqlite::Access::write);
    ASSERT_TRUE(db.ok());
    auto insert = db->prepare("INSERT INTO ZPULSEBLOBENTITY(ZKEY, ZDATA) VALUES(?1, ?2)");
    ASSERT_TRUE(insert.ok());
    for (const auto& [key, data] : {std::pair<std::string, std::string>("info", info), {"database", packed}}) {
      ASSERT_TRUE(insert->run(key, std::as_bytes(std::span(data.data(), data.size()))).ok());
    }
  }
  [[nodiscard]] std::string database_path() const { return dir_ + "/inner.sqlite"; }
  // LZFSE whose blocks are all raw; packed ones have tests of their own.
  static std::string in_raw_blocks(const std::string& bytes) {
    const auto n = static_cast<std::uint32_t>(bytes.size());
    std::string out = "bvx-";
    for (unsigned shift = 0; shift < 32; shift += 8) {
      out += static_cast<char>(n >> shift & 0xffU);
    }
    return out + bytes + "bvx$";
  }
  Pulse store_;
};

constexpr std::string_view kInfo =
    R"({"appInfo":{"bundleIdentifier":"com.example.app"},"storeVersion":"2.0.3","taskCount":4,"messageCount":1,)"
    R"("modifiedDate":785163700.25})";

TEST_F(PulseTest, a_database_as_it_lies_in_a_directory) {
  make(some_rows());
  const auto got = read(store_);
  EXPECT_EQ(stats_.read, 9U);
  EXPECT_EQ(stats_.matched, 4U);
  EXPECT_EQ(stats_.unparsed, 0U);
  expect_golden("stores/pulse.txt", got.text());
}

TEST_F(PulseTest, a_document_names_its_app_and_its_time) {
  make_at(database_path(), some_rows());
  make_document(std::string(kInfo), in_raw_blocks(read_file(database_path())));
  const auto got = read(store_);
  ASSERT_EQ(got.events.size(), 5U);
  EXPECT_TRUE(got.issues.empty()) << got.text();
  for (const Event& e : got.events) {
    EXPECT_EQ(e.bundle, "com.example.app");
    EXPECT_EQ(format_iso(*e.t_src, 2), "2025-11-18T13:01:40.25Z");
  }
  EXPECT_FALSE(std::filesystem::exists(files_.private_path + "-database"));
}

TEST_F(PulseTest, a_document_that_holds_less_than_it_says) {
  make_at(database_path(), some_rows() + "DELETE FROM ZNETWORKTASKENTITY WHERE Z_PK = 2;");
  make_document(std::string(kInfo), read_file(database_path()));  // not compressed at all
  const auto got = read(store_);
  EXPECT_TRUE(got.has(IssueKind::loss, "holds 4 tasks, and 3 were read"));
}

TEST_F(PulseTest, damaged_documents_are_errors_with_a_cause) {
  make_at(database_path(), some_rows());
  const std::string packed = in_raw_blocks(read_file(database_path()));
  const auto error_of = [&](const std::string& info, const std::string& blob) {
    std::filesystem::remove(files_.private_path);
    make_document(info, blob);
    CollectedStore sink;
    const auto result = store_.read(files_, sink);
    EXPECT_FALSE(std::filesystem::exists(files_.private_path + "-database"));
    return result.ok() ? "" : result.error().text();
  };
  EXPECT_NE(error_of("", packed.substr(0, packed.size() / 2)).find("cannot be unpacked: LZFSE: the block is cut off, at byte 0"),
            std::string::npos);
  EXPECT_NE(error_of("[[[[", "junk").find("no block of LZFSE"), std::string::npos);
  EXPECT_NE(error_of("{\"taskCount\":\"x\",\"modifiedDate\":1e300}", in_raw_blocks("junk")).find("shown/store (database)"),
            std::string::npos);
  EXPECT_EQ(error_of("{\"appInfo\":7}", packed), "");
}

TEST_F(PulseTest, the_first_version) {
  make(tables("1") +
       "INSERT INTO ZLOGGERNETWORKREQUESTENTITY(ZURL, ZHTTPMETHOD, ZISCOMPLETED, ZSTATUSCODE, ZERRORCODE, ZERRORDOMAIN, "
       "ZCREATEDAT) VALUES('https://example.com/1', 'PUT', 1, 200, 0, NULL, 637809000.5),"
       "('https://example.com/2', 'PUT', 1, 0, -1005, 'NSURLErrorDomain', 637809001.5),"
       "('https://example.com/3', 'PUT', 0, 0, 0, NULL, 637809002.5);"
       "INSERT INTO ZLOGGERMESSAGEENTITY(ZTEXT, ZCREATEDAT, ZREQUEST) VALUES('hello', 637809000.5, 1)");
  const auto got = read(store_);
  EXPECT_EQ(stats_.read, 4U);
  expect_golden("stores/pulse_v1.txt", got.text());
}

TEST_F(PulseTest, rows_that_make_no_sense) {
  make(tables() + task("https://example.com/1", 9, "7", 99999, 0, "'now'") + task("", 2, "1", 0, 0) +
       task("https://example.com/3", 2, "'x'", 0, 0, "1763470863.5") +
       "INSERT INTO ZLOGGERMESSAGEENTITY(ZTEXT, ZCREATEDAT) VALUES(x'00ff', 1);" +
       "UPDATE ZNETWORKTASKENTITY SET ZHTTPMETHOD = x'ff', ZTASKDESCRIPTION = hex(zeroblob(200000)) WHERE Z_PK = 1;");
  const auto got = read(store_);
  EXPECT_EQ(stats_.unparsed, 2U);
  EXPECT_TRUE(got.has(IssueKind::bad_value, "ZREQUESTSTATE is none of 1 to 3"));
  EXPECT_TRUE(got.has(IssueKind::bad_value, "ZREQUESTSTATE is no whole number"));
  EXPECT_TRUE(got.has(IssueKind::bad_value, "ZHTTPMETHOD is no text"));
  EXPECT_TRUE(got.has(IssueKind::limit, "ZTASKDESCRIPTION was cut"));
  EXPECT_TRUE(got.has(IssueKind::unparsed, "ZURL is missing"));
  EXPECT_TRUE(got.has(IssueKind::unparsed, "ZTEXT is no text"));
  // A moment of another epoch: 2056 as seconds since 2001, which is no error; text is one.
  EXPECT_TRUE(got.has(IssueKind::bad_value, "ZCREATEDAT is no number"));
}

TEST_F(PulseTest, damage_keeps_what_came_before) {
  std::string sql = tables();
  for (int i = 0; i < 300; ++i) {
    sql += task("https://example.com/" + std::to_string(i), 2, "2", 200, 0);
  }
  make(sql);
  expect_honest_when_cut(store_, 300);
  std::string why;
  files_.private_path = dir_ + "/other";
  make("CREATE TABLE ZNETWORKTASKENTITY(ZURL)");
  EXPECT_FALSE(*store_.probe(files_, why));
  EXPECT_NE(why.find("no table ZPULSEBLOBENTITY"), std::string::npos) << why;
}

std::int64_t count(const std::string& path, const std::string& sql) {
  auto db = sqlite::Connection::open(path, sqlite::Access::read_foreign);
  return db.ok() ? db->integer(sql).value() : -1;
}

TEST_F(PulseTest, a_real_document_is_read_whole) {
  UPTRAIL_NEED_REAL(document, "stores/kean+Pulse/bigstore.pulse");
  UPTRAIL_NEED_REAL(decoded, "stores/kean+Pulse/bigstore.decoded-logs.sqlite");
  files_.private_path = dir_ + "/real.pulse";
  std::filesystem::copy_file(document, files_.private_path);
  {
    auto db = sqlite::Connection::open(files_.private_path, sqlite::Access::read_foreign);
    ASSERT_TRUE(db.ok());
    ASSERT_TRUE(unpack_pulse_database(*db, database_path()).ok());
    EXPECT_TRUE(read_file(database_path()) == read_file(decoded));
  }
  const auto got = read(store_);
  EXPECT_TRUE(got.issues.empty()) << got.issues.front().detail;
  EXPECT_EQ(stats_.matched, 4000U);
  EXPECT_EQ(static_cast<std::int64_t>(stats_.matched), count(database_path(), "SELECT count(*) FROM ZNETWORKTASKENTITY"));
  EXPECT_EQ(static_cast<std::int64_t>(stats_.read - stats_.matched),
            count(database_path(), "SELECT count(*) FROM ZLOGGERMESSAGEENTITY"));
}

TEST_F(PulseTest, a_real_directory_is_read_whole) {
  UPTRAIL_NEED_REAL(database, "stores/kean+Pulse/logs-package.pulse/logs.sqlite");
  files_.private_path = dir_ + "/logs.sqlite";
  std::filesystem::copy_file(database, files_.private_path);
  const auto got = read(store_);
  EXPECT_EQ(stats_.matched, 4U);
  EXPECT_EQ(stats_.read, 27U);
  EXPECT_EQ(stats_.unparsed, 0U);
}

}  // namespace
}  // namespace uptrail::test
