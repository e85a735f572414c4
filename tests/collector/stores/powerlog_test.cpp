#include "collector/stores/powerlog.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "collector/sqlite/connection.h"
#include "collector/sqlite/statement.h"
#include "tests/collector/stores/store_fixture.h"
#include "tests/support/files.h"

namespace uptrail::test {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kX1 = "10000000-0000-4000-8000-000000000001";
constexpr std::string_view kX2 = "20000000-0000-4000-8000-000000000002";
constexpr std::string_view kX3 = "30000000-0000-4000-8000-000000000003";
// 2026-11-18T13:00:00Z on the wall; Powerlog's clock is 400 s ahead of it.
constexpr double kNoon = 1'795'006'800;
constexpr double kAhead = 400;

// A Powerlog as a device would have made it: synthetic, from the documented tables (docs/formats/powerlog.md).
class PowerlogTest : public testing::Test {
 protected:
  void SetUp() override {
    dir_ = scratch_dir();
    files_ = {"shown/powerlog.PLSQL", dir_ + "/powerlog.PLSQL", false, TimeNs{}};
  }
  sqlite::Connection create(bool offset = true, const std::string& mode = "DELETE") {
    auto db = sqlite::Connection::open(files_.private_path, sqlite::Access::write);
    EXPECT_TRUE(db.ok());
    run(*db, "PRAGMA synchronous = OFF; PRAGMA journal_mode = " + mode + ";" +
                 read_file(source_path("tests/collector/stores/powerlog.sql")));
    if (offset) {
      run(*db, "INSERT INTO PLStorageOperator_EventForward_TimeOffset(timestamp, baseband, kernel, system) VALUES(" +
                   std::to_string(kNoon + kAhead - 60) + ", 0, -1571153284.1, " + std::to_string(-kAhead) + ")");
    }
    return db.take();
  }
  static void run(sqlite::Connection& db, const std::string& sql) {
    const auto status = db.exec(sql);
    EXPECT_TRUE(status.ok()) << status.error().text();
  }
  // `at`: seconds after 13:00 on the wall. `more`: further columns, and their values.
  static void insert(sqlite::Connection& db, double at, std::string_view uuid, int state, const std::string& more = "",
                     const std::string& values = "",
                     const std::string& bundle = "com.example.shoebox:[com.example.shoebox:(null)]") {
    run(db, "INSERT INTO PLXPCAgent_EventPoint_BackgroundTransfer(timestamp, bundleID, state, taskKind, taskUUID" + more +
                ") VALUES(" + std::to_string(kNoon + kAhead + at) + ", '" + bundle + "', " + std::to_string(state) + ", 2, '" +
                std::string(uuid) + "'" + values + ")");
  }
  CollectedStore read(std::size_t stop_after = SIZE_MAX) {
    CollectedStore sink;
    sink.stop_after = stop_after;
    const auto result = store_.read(files_, sink);
    EXPECT_TRUE(result.ok()) << result.error().text();
    if (result.ok()) {
      stats_ = *result;
      EXPECT_EQ(stats_.read, stats_.matched + stats_.unparsed);
      EXPECT_EQ(stats_.matched, sink.events.size());
    }
    return sink;
  }

  Powerlog store_;
  std::string dir_;
  StoreFiles files_;
  StoreStats stats_;
};

std::string dump(const CollectedStore& got) {
  std::string out;
  for (const Event& e : got.events) {
    out += (e.t_src ? format_iso(*e.t_src, 3) : "-") + " " + std::string(kind_name(e.kind)) + " " +
           (e.bundle.empty() ? "-" : e.bundle) + " " + encode_fields(e.fields) + "\n";
  }
  for (const Issue& i : got.issues) {
    out += std::string(issue_kind_name(i.kind)) + ": " + i.detail + "\n";
  }
  return out;
}

TEST_F(PowerlogTest, every_row_is_an_event_of_its_own_time) {
  {
    auto db = create();
    const std::string end = ", bytesSent, bytesReceived, interfaceName, isDiscretionary";
    insert(db, 1, kX1, 0);
    insert(db, 2, kX1, 1);
    insert(db, 60.25, kX1, 3, end, ", 4200000, 380, 'en0', 0");
    insert(db, 61, kX2, 0);
    insert(db, 62, kX2, 4, end, ", 0, 0, NULL, 1");
    const std::string failed = end + ", errorCode, willRetry, previousFailureCount";
    // Will be tried again: said by the row, and by the rows that follow.
    insert(db, 70, kX3, 5, failed, ", 0, 0, NULL, 0, -1005, 1, 0");
    insert(db, 70.5, kX3, 0);
    insert(db, 71, kX3, 1);
    insert(db, 80, kX3, 5, failed, ", 0, 0, NULL, 0, -1001, NULL, NULL");
    insert(db, 80.5, kX3, 0);
    insert(db, 90, kX3, 5, failed, ", 0, 0, NULL, 0, -1001, NULL, NULL");
    insert(db, 91, "40000000-0000-4000-8000-000000000004", 0, ", sessionID, taskID", ", 'photos', 7",
           "com.apple.appstored:[com.apple.AppStore:com.example.shoebox]");
  }
  std::string why;
  EXPECT_TRUE(*store_.probe(files_, why)) << why;
  const auto got = read();
  expect_golden("powerlog_events.txt", dump(got));
  ASSERT_EQ(got.events.size(), 12U);
  EXPECT_EQ(got.events[0].store_row, "PLXPCAgent_EventPoint_BackgroundTransfer ID 1");
  EXPECT_EQ(got.events[0].pattern, "store:powerlog");
  EXPECT_EQ(got.events[0].observer, Observer::store);
  EXPECT_EQ(got.events[0].confidence, EventConfidence::inferred);
}

TEST_F(PowerlogTest, times_take_the_last_offset_before_them) {
  {
    auto db = create();
    const auto offset = [&](double at, double system) {
      run(db, "INSERT INTO PLStorageOperator_EventForward_TimeOffset(timestamp, system) VALUES(" +
                  std::to_string(kNoon + kAhead + at) + ", " + std::to_string(system) + ")");
    };
    offset(100, -380);
    offset(50, -390);  // out of order
    offset(9000, -100);
    insert(db, -500, kX1, 0);  // before the first offset
    insert(db, 49, kX1, 1);
    insert(db, 99, kX1, 1);
    insert(db, 100, kX1, 3);
  }
  const auto got = read();
  ASSERT_EQ(got.events.size(), 4U);
  const auto at = [&](std::size_t i) { return format_iso(*got.events[i].t_src, 0); };
  EXPECT_EQ(at(0), "2026-11-18T12:51:40Z");
  EXPECT_EQ(at(1), "2026-11-18T13:00:49Z");
  EXPECT_EQ(at(2), "2026-11-18T13:01:49Z");
  EXPECT_EQ(at(3), "2026-11-18T13:02:00Z");
  EXPECT_TRUE(got.has(IssueKind::clock, "corrected by 10.0 s"));
  EXPECT_EQ(got.issues.size(), 2U) << "a correction behind the last row moves nothing";
}

TEST_F(PowerlogTest, without_offsets_the_times_are_kept_and_doubted) {
  {
    auto db = create(false);
    insert(db, 1, kX1, 0);
  }
  auto got = read();
  ASSERT_EQ(got.events.size(), 1U);
  EXPECT_EQ(format_iso(*got.events[0].t_src, 0), "2026-11-18T13:06:41Z");
  EXPECT_TRUE(got.has(IssueKind::clock, "no usable row"));
  {
    auto db = sqlite::Connection::open(files_.private_path, sqlite::Access::write);
    run(*db, "DROP TABLE PLStorageOperator_EventForward_TimeOffset");
  }
  got = read();
  EXPECT_EQ(got.events.size(), 1U);
  EXPECT_TRUE(got.has(IssueKind::clock, "no table PLStorageOperator_EventForward_TimeOffset"));
  {
    auto db = sqlite::Connection::open(files_.private_path, sqlite::Access::write);
    run(*db,
        "CREATE TABLE PLStorageOperator_EventForward_TimeOffset(timestamp, system);"
        "INSERT INTO PLStorageOperator_EventForward_TimeOffset VALUES('early', -400), (1, 'much'), (1, 1e300), (NULL, NULL)");
  }
  got = read();
  EXPECT_EQ(format_iso(*got.events[0].t_src, 0), "2026-11-18T13:06:41Z");
  EXPECT_TRUE(got.has(IssueKind::bad_value, "that is no number: 4"));
}

TEST_F(PowerlogTest, needs_three_columns_only) {
  {
    auto db = sqlite::Connection::open(files_.private_path, sqlite::Access::write);
    ASSERT_TRUE(db.ok());
    run(*db,
        "CREATE TABLE PLXPCAgent_EventPoint_BackgroundTransfer(state, extra, taskUUID, timestamp);"
        "INSERT INTO PLXPCAgent_EventPoint_BackgroundTransfer VALUES(3, x'00', '" +
            std::string(kX1) + "', 1795006800)");
  }
  const auto got = read();
  ASSERT_EQ(got.events.size(), 1U);
  EXPECT_EQ(got.events[0].kind, EventKind::daemon_task_finished);
  EXPECT_EQ(got.events[0].bundle, "");
  EXPECT_EQ(format_iso(*got.events[0].t_src, 0), "2026-11-18T13:00:00Z");
}

TEST_F(PowerlogTest, counts_rows_it_cannot_use_and_keeps_the_others) {
  {
    auto db = create();
    for (int i = 0; i < 12; ++i) {
      insert(db, i, kX1, 0);
    }
    run(db,
        "CREATE TABLE t AS SELECT 1; UPDATE PLXPCAgent_EventPoint_BackgroundTransfer SET taskUUID = NULL WHERE ID = 1;"
        "UPDATE PLXPCAgent_EventPoint_BackgroundTransfer SET taskUUID = 'no uuid' WHERE ID = 2;"
        "UPDATE PLXPCAgent_EventPoint_BackgroundTransfer SET state = 2 WHERE ID = 3;"
        "UPDATE PLXPCAgent_EventPoint_BackgroundTransfer SET state = 'done' WHERE ID = 4;"
        "UPDATE PLXPCAgent_EventPoint_BackgroundTransfer SET state = NULL WHERE ID = 5;"
        "UPDATE PLXPCAgent_EventPoint_BackgroundTransfer SET timestamp = NULL WHERE ID = 6;"
        "UPDATE PLXPCAgent_EventPoint_BackgroundTransfer SET timestamp = 'noon' WHERE ID = 7;"
        "UPDATE PLXPCAgent_EventPoint_BackgroundTransfer SET timestamp = -1e300 WHERE ID = 8;"
        "UPDATE PLXPCAgent_EventPoint_BackgroundTransfer SET timestamp = 9e999 WHERE ID = 9;"
        "UPDATE PLXPCAgent_EventPoint_BackgroundTransfer SET timestamp = 0 WHERE ID = 10;"
        "UPDATE PLXPCAgent_EventPoint_BackgroundTransfer SET state = 3, bundleID = x'00', bytesSent = 'many', bytesReceived = -1,"
        " taskKind = 9, taskID = 'x', interfaceName = 7.5, isDiscretionary = 'yes', sessionID = NULL WHERE ID = 11");
  }
  const auto got = read();
  EXPECT_EQ(stats_.read, 12U);
  EXPECT_EQ(stats_.unparsed, 10U);
  ASSERT_EQ(got.events.size(), 2U);
  const auto& poor = got.events[0];
  EXPECT_EQ(poor.bundle, "");
  for (const auto field : {Field::sent_about, Field::received_about, Field::task_kind, Field::id, Field::discretionary}) {
    EXPECT_FALSE(poor.fields.has(field)) << field_name(field);
  }
  EXPECT_TRUE(got.has(IssueKind::unparsed, "rowid 1: taskUUID"));
  EXPECT_TRUE(got.has(IssueKind::unparsed, "rowid 3: state"));
  EXPECT_TRUE(got.has(IssueKind::unparsed, "rowid 7: timestamp is no number"));
  EXPECT_TRUE(got.has(IssueKind::unparsed, "rowid 8: timestamp is no time"));
  EXPECT_TRUE(got.has(IssueKind::unparsed, "rowid 10: timestamp is no time"));
  EXPECT_TRUE(got.has(IssueKind::bad_value, "rowid 11: bytesSent is no number"));
  EXPECT_TRUE(got.has(IssueKind::bad_value, "rowid 11: bytesReceived is negative"));
  EXPECT_TRUE(got.has(IssueKind::bad_value, "rowid 11: bundleID is no text"));
}

TEST_F(PowerlogTest, stops_when_the_sink_says_so) {
  {
    auto db = create();
    insert(db, 1, kX1, 0);
    insert(db, 2, kX1, 1);
    insert(db, 3, kX1, 3);
  }
  EXPECT_EQ(read(2).events.size(), 2U);
}

TEST_F(PowerlogTest, refuses_other_databases_and_says_why) {
  std::string why;
  {
    auto db = sqlite::Connection::open(files_.private_path, sqlite::Access::write);
    ASSERT_TRUE(db.ok());
    run(*db, "CREATE VIEW PLXPCAgent_EventPoint_BackgroundTransfer AS SELECT 1 timestamp, 2 taskUUID, 3 state");
  }
  EXPECT_FALSE(*store_.probe(files_, why));
  EXPECT_EQ(why, "no table PLXPCAgent_EventPoint_BackgroundTransfer");
  CollectedStore sink;
  const auto result = store_.read(files_, sink);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().path, "shown/powerlog.PLSQL");
  EXPECT_TRUE(sink.events.empty());
  {
    auto db = sqlite::Connection::open(files_.private_path, sqlite::Access::write);
    run(*db,
        "DROP VIEW PLXPCAgent_EventPoint_BackgroundTransfer;"
        "CREATE TABLE PLXPCAgent_EventPoint_BackgroundTransfer(timestamp, state)");
  }
  EXPECT_FALSE(*store_.probe(files_, why));
  EXPECT_EQ(why, "table PLXPCAgent_EventPoint_BackgroundTransfer has no column taskUUID");
}

TEST_F(PowerlogTest, says_that_a_wal_is_missing) {
  files_.private_path = dir_ + "/original.PLSQL";
  auto db = create(true, "WAL");
  run(db, "PRAGMA wal_checkpoint(TRUNCATE)");
  insert(db, 1, kX1, 0);
  const std::string original = files_.private_path;
  files_.private_path = dir_ + "/copy.PLSQL";
  fs::copy_file(original, files_.private_path);
  const auto alone = read();
  EXPECT_TRUE(alone.events.empty());
  EXPECT_TRUE(alone.has(IssueKind::loss, "-wal"));
  files_.private_path = dir_ + "/with-wal.PLSQL";
  fs::copy_file(original, files_.private_path);
  fs::copy_file(original + "-wal", files_.private_path + "-wal");
  files_.has_wal = true;
  EXPECT_EQ(read().events.size(), 1U);
}

class PowerlogDamage : public PowerlogTest {
 protected:
  static constexpr std::size_t kRows = 400;
  std::string whole() {
    {
      auto db = create();
      run(db, "PRAGMA user_version = 0; BEGIN");
      for (std::size_t i = 0; i < kRows; ++i) {
        insert(db, static_cast<double>(i), kX1, 0);
      }
      run(db, "COMMIT");
    }
    return read_file(files_.private_path);
  }
  // Either nothing, with an error, or the rows that are there, with an issue; never silence.
  void expect_told(std::string_view how) {
    CollectedStore sink;
    const auto result = store_.read(files_, sink);
    if (result.ok()) {
      EXPECT_TRUE(sink.has(IssueKind::damaged, how));
      EXPECT_TRUE(sink.has(IssueKind::loss, "behind the damage"));
      EXPECT_EQ(sink.events.size(), result->matched);
    } else {
      EXPECT_EQ(result.error().path, "shown/powerlog.PLSQL");
    }
  }
};

TEST_F(PowerlogDamage, a_half_copied_file_keeps_the_rows_it_has) {
  const std::string bytes = whole();
  for (const double share : {0.95, 0.6, 0.3, 0.02}) {
    write_file(files_.private_path, bytes.substr(0, static_cast<std::size_t>(share * static_cast<double>(bytes.size()))));
    expect_told("cut off");
  }
}

TEST_F(PowerlogDamage, a_corrupt_page_ends_the_reading_there) {
  std::string bytes = whole();
  ASSERT_GT(bytes.size(), 12U * 4096U);
  for (std::size_t i = 0; i < 4096; ++i) {
    bytes[bytes.size() - 4096 + i] = '\xff';
  }
  write_file(files_.private_path, bytes);
  expect_told("after ");
}

TEST_F(PowerlogDamage, junk_is_an_error_with_its_path) {
  EXPECT_FALSE(store_.may_be("hello"));
  write_file(files_.private_path, std::string(5000, 'x'));
  std::string why;
  const auto junk = store_.probe(files_, why);
  ASSERT_FALSE(junk.ok());
  EXPECT_EQ(junk.error().path, "shown/powerlog.PLSQL");
}

TEST(PowerlogReal, every_transfer_row_is_read) {
  UPTRAIL_NEED_REAL(path, "stores/log2timeline+plaso/powerlog_2021-12-16_05-54_84E2141B.PLSQL");
  const std::string copy = scratch_dir() + "/copy.PLSQL";
  fs::copy_file(path, copy);
  auto db = sqlite::Connection::open(copy, sqlite::Access::read_foreign);
  ASSERT_TRUE(db.ok());
  const auto rows = db->integer("SELECT count(*) FROM PLXPCAgent_EventPoint_BackgroundTransfer");
  const auto tasks = db->integer("SELECT count(DISTINCT taskUUID) FROM PLXPCAgent_EventPoint_BackgroundTransfer");
  const auto done = db->integer("SELECT count(*) FROM PLXPCAgent_EventPoint_BackgroundTransfer WHERE state = 3");
  ASSERT_EQ(*rows, 563);
  ASSERT_EQ(*tasks, 218);
  CollectedStore got;
  const auto stats = Powerlog().read({path, copy, false, {}}, got);
  ASSERT_TRUE(stats.ok()) << stats.error().text();
  EXPECT_EQ(stats->unparsed, 0U);
  // What else the file tells has tests of its own.
  std::erase_if(got.events, [](const Event& e) { return !e.store_row.starts_with("PLXPCAgent_EventPoint_BackgroundTransfer"); });
  EXPECT_EQ(static_cast<std::int64_t>(got.events.size()), *rows);
  std::set<Uuid> seen;
  std::int64_t without_error = 0;
  for (const Event& e : got.events) {
    seen.insert(*e.fields.uuid(Field::uuid));
    ASSERT_TRUE(e.t_src);
    EXPECT_FALSE(e.bundle.empty());
    without_error += e.kind == EventKind::daemon_task_finished && e.fields.integer(Field::code) == 0 ? 1 : 0;
  }
  EXPECT_EQ(static_cast<std::int64_t>(seen.size()), *tasks);
  EXPECT_EQ(without_error, *done);
  // The first row was written 4.6 s after an offset of -373.466 s was noted.
  EXPECT_EQ(format_iso(*got.events.front().t_src, 0), "2021-11-02T10:17:33Z");
}

}  // namespace
}  // namespace uptrail::test
