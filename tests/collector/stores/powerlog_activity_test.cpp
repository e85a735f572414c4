// What a Powerlog tells beside the transfers. Synthetic, from the documented tables (docs/formats/powerlog.md).
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <tuple>

#include "collector/sqlite/connection.h"
#include "collector/stores/powerlog.h"
#include "tests/collector/stores/store_fixture.h"
#include "tests/support/files.h"

namespace uptrail::test {
namespace {

namespace fs = std::filesystem;

const std::string kTask = "10000000-0000-4000-8000-000000000001";
const std::string kOther = "20000000-0000-4000-8000-000000000002";
// 2026-11-18T13:00:00Z on the wall is 400 s later on Powerlog's clock.
const std::string kNoon = "1795007200";

class PowerlogActivityTest : public testing::Test {
 protected:
  void SetUp() override {
    files_.private_path = scratch_dir() + "/powerlog.PLSQL";
    files_.shown_path = "shown/powerlog.PLSQL";
    run("PRAGMA synchronous = OFF;" + read_file(source_path("tests/collector/stores/powerlog.sql")) +
        "INSERT INTO PLStorageOperator_EventForward_TimeOffset(timestamp, system) VALUES(1795000000, -400);"
        "INSERT INTO PLXPCAgent_EventPoint_BackgroundTransfer(timestamp, bundleID, state, taskKind, taskUUID) VALUES(" +
        kNoon + ", 'com.apple.appstored:[com.apple.AppStore:com.example.app]', 0, 2, '" + kTask + "');");
  }
  void run(const std::string& sql) const {
    auto db = sqlite::Connection::open(files_.private_path, sqlite::Access::write);
    ASSERT_TRUE(db.ok());
    const auto status = db->exec(sql);
    EXPECT_TRUE(status.ok()) << status.error().text();
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
  StoreFiles files_;
  StoreStats stats_;
};

TEST_F(PowerlogActivityTest, assertions_of_its_tasks_are_paired_and_dated_by_their_offset) {
  const std::string columns =
      "INSERT INTO PLPowerAssertionAgent_EventForward_Assertion(timestamp, Action, AssertName, GlobalUniqueID, "
      "timestampActionOffset) VALUES";
  run(columns + "(" + kNoon + ", 0, 'NSURLSessionTask " + kTask + "', 71, -460500), (" + kNoon + ", 0, 'NSURLSessionTask " +
      kOther + "', 72, -460000), (" + kNoon + ", 0, 'some other assertion', 73, 0), (" + kNoon + ", 4, NULL, 73, 0), (" + kNoon +
      ", 4, NULL, 72, 0), (" + kNoon + ", 7, NULL, 71, 0), (" + kNoon + ", 4, NULL, 71, -402000), (" + kNoon +
      ", 4, NULL, 71, 0), (" + kNoon + ", 0, 'NSURLSessionTask " + kTask + "', 74, NULL), ('junk', 4, NULL, 74, NULL)");
  const auto got = read();
  const auto events = got.of(EventKind::daemon_task_assertion);
  ASSERT_EQ(events.size(), 3U) << "another's, and those without a beginning, are left out";
  EXPECT_EQ(events[0].fields.uuid(Field::uuid)->text(), kTask);
  EXPECT_EQ(events[0].fields.text(Field::op), "begin");
  EXPECT_EQ(format_iso(*events[0].t_src, 1), "2026-11-18T12:58:59.5Z") << "the offset holds the clock's error, too";
  EXPECT_EQ(events[1].fields.text(Field::op), "end");
  EXPECT_EQ(format_iso(*events[1].t_src, 1), "2026-11-18T12:59:58.0Z");
  EXPECT_EQ(events[1].fields.real(Field::seconds), 58.5);
  EXPECT_EQ(format_iso(*events[2].t_src, 0), "2026-11-18T13:00:00Z") << "without an offset by Powerlog's clock";
  EXPECT_EQ(stats_.unparsed, 1U);
  EXPECT_EQ(got.issues.size(), 1U);
}

TEST_F(PowerlogActivityTest, the_schedulers_window_keeps_its_own_times) {
  const std::string columns =
      "INSERT INTO PLDuetService_EventNone_DASActivity(timestamp, taskName, startTime, endTime, application) VALUES";
  run(columns + "(" + kNoon + ", 'com.apple.CFNetwork-cc-177-17-Task <" + kTask + ">.<5>', 1795006790, 1795500000.5, 'a, b'), (" +
      kNoon + ", 'com.apple.CFNetwork-cc-177-18-Task <" + kOther + ">.<1>', 1, 2, 'a'), (" + kNoon +
      ", 'com.apple.something', 1, 2, 'a'), (" + kNoon + ", 'com.apple.CFNetwork-x-Task <no uuid>', 1, 2, 'a'), (" + kNoon +
      ", 'com.apple.CFNetwork-x-Task <" + kTask + ">', 'junk', 1e300, 'a')");
  const auto events = read().of(EventKind::daemon_task_scheduled);
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(format_iso(*events[0].t_src, 0), "2026-11-18T13:00:00Z");
  EXPECT_EQ(events[0].fields.integer(Field::id), 5);
  EXPECT_EQ(format_iso(*events[0].fields.time(Field::from), 0), "2026-11-18T12:59:50Z");
  EXPECT_EQ(events[0].fields.time(Field::to), TimeNs{1'795'500'000'500'000'000});
  EXPECT_FALSE(events[1].fields.has(Field::id));
  EXPECT_FALSE(events[1].fields.has(Field::from));
  EXPECT_FALSE(events[1].fields.has(Field::to));
  EXPECT_EQ(stats_.unparsed, 1U);
}

TEST_F(PowerlogActivityTest, usage_of_bundles_that_transfer) {
  const std::string columns =
      "INSERT INTO PLProcessNetworkAgent_EventInterval_UsageDiff(timestamp, timestampEnd, BundleName, WifiIn, WifiOut, CellIn, "
      "CellOut) VALUES";
  run(columns + "(" + kNoon + ", " + kNoon + " + 60, 'com.example.app', 10, 2000, 0, -1), (" + kNoon + ", " + kNoon +
      " + 60, 'com.example.idle', 10, 2000, 0, 0), (" + kNoon + ", " + kNoon + " + 60, NULL, 1, 1, 1, 1), (" + kNoon +
      ", 5, 'com.apple.AppStore', 1, 1, 1, 1)");
  const auto events = read().of(EventKind::app_network_usage);
  ASSERT_EQ(events.size(), 1U) << "the app for which another process transfers";
  EXPECT_EQ(events[0].bundle, "com.example.app");
  EXPECT_EQ(format_iso(*events[0].t_src, 0), "2026-11-18T13:01:00Z");
  EXPECT_EQ(events[0].fields.integer(Field::wifi_sent), 2000);
  EXPECT_EQ(events[0].fields.integer(Field::wifi_received), 10);
  EXPECT_EQ(events[0].fields.integer(Field::cellular_received), 0);
  EXPECT_FALSE(events[0].fields.has(Field::cellular_sent));
  EXPECT_EQ(stats_.unparsed, 1U);
}

TEST_F(PowerlogActivityTest, tables_of_another_shape_are_left_alone_and_stopping_holds) {
  run("DROP TABLE PLDuetService_EventNone_DASActivity; DROP TABLE PLPowerAssertionAgent_EventForward_Assertion;"
      "CREATE TABLE PLPowerAssertionAgent_EventForward_Assertion(timestamp, AssertName);"
      "INSERT INTO PLPowerAssertionAgent_EventForward_Assertion VALUES(1, 'NSURLSessionTask " +
      kTask + "'); INSERT INTO PLProcessNetworkAgent_EventInterval_UsageDiff(timestamp, timestampEnd, BundleName) VALUES(" +
      kNoon + ", " + kNoon + ", 'com.example.app')");
  EXPECT_EQ(read().events.size(), 2U);
  EXPECT_EQ(read(1).events.size(), 1U);
}

// Counted a second time in plain SQL.
TEST(PowerlogActivityReal, every_row_about_a_transferred_task_is_read) {
  UPTRAIL_NEED_REAL(path, "stores/log2timeline+plaso/powerlog_2021-12-16_05-54_84E2141B.PLSQL");
  const std::string copy = scratch_dir() + "/copy.PLSQL";
  fs::copy_file(path, copy);
  auto db = sqlite::Connection::open(copy, sqlite::Access::read_foreign);
  ASSERT_TRUE(db.ok());
  const std::string tasks = "(SELECT upper(taskUUID) FROM PLXPCAgent_EventPoint_BackgroundTransfer)";
  const std::string takes =
      " FROM PLPowerAssertionAgent_EventForward_Assertion WHERE Action = 0 AND upper(substr(AssertName, 18)) IN " + tasks;
  const auto begun = db->integer("SELECT count(*)" + takes);
  const auto ended = db->integer(
      "SELECT count(*) FROM PLPowerAssertionAgent_EventForward_Assertion WHERE Action = 4 AND GlobalUniqueID IN (SELECT "
      "GlobalUniqueID" +
      takes + ")");
  const auto windows = db->integer(
      "SELECT count(*) FROM PLDuetService_EventNone_DASActivity WHERE substr(taskName, instr(taskName, 'Task <') + 6, 36) IN " +
      tasks);
  ASSERT_TRUE(begun.ok() && ended.ok() && windows.ok());
  CollectedStore got;
  const auto stats = Powerlog().read({path, copy, false, {}}, got);
  ASSERT_TRUE(stats.ok()) << stats.error().text();
  EXPECT_EQ(stats->unparsed, 0U);
  std::int64_t begins = 0, ends = 0;
  for (const Event& e : got.of(EventKind::daemon_task_assertion)) {
    (e.fields.text(Field::op) == "begin" ? begins : ends) += 1;
  }
  EXPECT_GT(begins, 0);
  EXPECT_EQ(begins, *begun);
  EXPECT_EQ(ends, *ended);
  EXPECT_EQ(static_cast<std::int64_t>(got.of(EventKind::daemon_task_scheduled).size()), *windows);
}

}  // namespace
}  // namespace uptrail::test
