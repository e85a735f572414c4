// collect() over Powerlog stores: what they give the case, and that their word alone blames nobody.
#include <gtest/gtest.h>

#include <algorithm>

#include "collector/pipeline/collect.h"
#include "collector/sqlite/connection.h"
#include "tests/collector/pipeline/events.h"
#include "tests/support/files.h"

namespace uptrail {
namespace {

using test::scratch_dir;
using test::write_file;

constexpr std::string_view kApp = test::kOneTaskLog;

std::unique_ptr<CaseWriter> memory_case() { return create_memory_case().take(); }

Result<CollectReport> collect_paths(CaseWriter& writer, std::vector<std::string> paths) {
  CollectOptions options;
  options.paths = std::move(paths);
  return collect(writer, options);
}

// Synthetic, from the documented tables.
void write_powerlog(const std::string& path) {
  auto db = sqlite::Connection::open(path, sqlite::Access::write);
  ASSERT_TRUE(db.ok());
  // 13:00:03 and later on the wall; Powerlog's clock is 400 s ahead.
  const auto made =
      db->exec(test::read_file(test::source_path("tests/collector/stores/powerlog.sql")) +
               "INSERT INTO PLStorageOperator_EventForward_TimeOffset(timestamp, system) VALUES(1795007000, -400);"
               "INSERT INTO PLXPCAgent_EventPoint_BackgroundTransfer(timestamp, bundleID, state, taskKind, taskUUID) VALUES"
               "(1795007203, 'com.example.a:[com.example.a:(null)]', 0, 2, 'AAAC1791-4643-55E1-8948-8299BA07D00A'),"
               "(1795007204, 'com.example.a:[com.example.a:(null)]', 1, 2, 'AAAC1791-4643-55E1-8948-8299BA07D00A'),"
               "(1795007290, 'com.example.a:[com.example.a:(null)]', 3, 2, 'AAAC1791-4643-55E1-8948-8299BA07D00A')");
  ASSERT_TRUE(made.ok()) << made.error().text();
}

TEST(Collect, a_powerlog_joins_the_apps_task_and_blames_nobody) {
  const std::string dir = scratch_dir();
  write_powerlog(dir + "/powerlog.PLSQL");
  write_file(dir + "/app.ndjson", kApp);
  for (const bool with_app : {false, true}) {
    const auto writer = memory_case();
    std::vector<std::string> paths = {dir + "/powerlog.PLSQL"};
    if (with_app) {
      paths.push_back(dir + "/app.ndjson");
    }
    ASSERT_TRUE(collect_paths(*writer, paths).ok());
    const Derived d = writer->reader().derived().take();
    ASSERT_EQ(d.tasks.size(), 1U);
    ASSERT_EQ(d.units.size(), 1U);
    EXPECT_EQ(d.units[0].bundle, "com.example.a");
    EXPECT_EQ(d.tasks[0].kind, "upload");
    EXPECT_EQ(d.outcome, Outcome::unknown);
    EXPECT_EQ(d.next_step, "Add one line: uptrail howto instrument");
    for (const Finding& f : d.findings) {
      EXPECT_EQ(f.severity, Severity::info) << f.title;
    }
    std::size_t events = 0;
    EventQuery of_first;
    of_first.task = TaskId{0};
    ASSERT_TRUE(writer->reader()
                    .for_each_event(of_first,
                                    [&](const Event& e) {
                                      events += e.observer == Observer::store ? 1 : 0;
                                      return true;
                                    })
                    .ok());
    EXPECT_EQ(events, 3U);
    const auto streams = writer->reader().streams();
    for (const Stream& s : *streams) {
      EXPECT_TRUE(s.placed);
      EXPECT_EQ(s.domain == (*streams)[0].domain, s.source == (*streams)[0].source) << "existence only, no order";
    }
  }
}

TEST(Collect, every_transfer_of_a_real_powerlog_is_in_the_case_and_nobody_is_blamed) {
  UPTRAIL_NEED_REAL(path, "stores/log2timeline+plaso/powerlog_2021-12-16_05-54_84E2141B.PLSQL");
  const auto writer = memory_case();
  const auto report = collect_paths(*writer, {path});
  ASSERT_TRUE(report.ok()) << report.error().text();
  std::size_t on_a_lane = 0;
  std::size_t beside = 0;  // assertions and windows of the same tasks
  ASSERT_TRUE(writer->reader()
                  .for_each_event({},
                                  [&](const Event& e) {
                                    const bool transfer =
                                        e.kind != EventKind::daemon_task_assertion && e.kind != EventKind::daemon_task_scheduled;
                                    const bool placed = e.task.valid() && e.unit.valid() && e.t_src;
                                    (transfer ? on_a_lane : beside) += placed ? 1U : 0U;
                                    return true;
                                  })
                  .ok());
  EXPECT_EQ(on_a_lane, 563U);
  EXPECT_GT(beside, 0U);
  const Derived d = writer->reader().derived().take();
  EXPECT_EQ(d.tasks.size(), 218U);
  EXPECT_TRUE(std::all_of(d.tasks.begin(), d.tasks.end(), [](const Task& t) { return !t.phases.empty(); }));
  EXPECT_EQ(d.outcome, Outcome::unknown);
  EXPECT_TRUE(std::all_of(d.findings.begin(), d.findings.end(), [](const Finding& f) { return f.severity == Severity::info; }));
}

}  // namespace
}  // namespace uptrail
