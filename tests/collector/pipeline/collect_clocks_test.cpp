// Clocks from bytes to the case: what reading found out, what placed them, what is suggested.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "collector/pipeline/collect.h"

namespace uptrail {
namespace {

constexpr std::string_view kTask = "Task <AAAC1791-4643-55E1-8948-8299BA07D00A>.<14> ";

std::string file(const std::string& name, std::string_view text) {
  const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
  const std::string dir = ::testing::TempDir() + "uptrail_clocks_" + test->name();
  std::filesystem::create_directories(dir);
  std::ofstream(dir + "/" + name, std::ios::binary) << text;
  return dir + "/" + name;
}

struct Collected {
  std::unique_ptr<CaseWriter> writer = create_memory_case().take();
  std::vector<Source> sources;
  std::string error;
};

Collected collect_with(std::vector<std::string> paths, std::map<std::string, std::string> dates = {}) {
  Collected out;
  CollectOptions options;
  options.paths = std::move(paths);
  options.dates = std::move(dates);
  const auto report = collect(*out.writer, options);
  if (report.ok()) {
    out.sources = report->sources;
  } else {
    out.error = report.error().text();
  }
  return out;
}

std::string device_log() {
  return "Nov 18 14:00:01 iPhone wifid(WiFiPolicy)[45] <Notice>: first\n"
         "Nov 18 14:00:03 iPhone nsurlsessiond[91] <Notice>: " +
         std::string(kTask) + "resuming\nNov 18 14:00:09 iPhone wifid[45] <Notice>: last\n";
}
constexpr std::string_view kApp =
    R"({"uptrail":1,"kind":"task.resume","t":"2026-11-18T13:00:03.7Z","bundle":"com.example.a","process":"A","pid":7,"identifier":"up","uuid":"AAAC1791-4643-55E1-8948-8299BA07D00A","id":14}
)";

TEST(CollectClocks, a_device_log_under_any_name_is_placed_by_a_task_that_the_app_logs_too) {
  const auto c = collect_with({file("a.bin", device_log()), file("b.bin", kApp)});
  ASSERT_EQ(c.error, "");
  const Source& s = c.sources[0];
  EXPECT_EQ(s.container, "idevicesyslog");
  EXPECT_EQ(s.clock, ClockKind::floating);
  EXPECT_EQ(s.clock_info.traits.date, DateShown::month_day);
  EXPECT_EQ(s.clock_info.traits.precision, seconds(1));
  EXPECT_EQ(s.clock_info.placed_by, PlacedBy::tasks);
  EXPECT_EQ(s.clock_info.placed_as, "2026-11-18+01:00");
  EXPECT_EQ(s.clock_info.suggested_date, "");
  EXPECT_TRUE(s.clock_info.modified);
  EXPECT_EQ(format_iso(*s.first + s.clock_info.offset, 0), "2026-11-18T13:00:01Z");
  EXPECT_TRUE(s.accounting.balanced());
}

TEST(CollectClocks, alone_it_floats_and_a_date_is_suggested_but_not_used) {
  const std::string other =
      "2026-11-18 14:00:00.000000+0100  localhost wifid[45]: a\n2026-11-18 14:00:30.000000+0100  localhost wifid[45]: b\n";
  const auto c = collect_with({file("device.log", device_log()), file("system.log", other)});
  ASSERT_EQ(c.error, "");
  EXPECT_EQ(c.sources[0].clock_info.placed_by, PlacedBy::nothing);
  EXPECT_EQ(c.sources[0].clock_info.suggested_date, "2026-11-18+01:00");
  EXPECT_NE(c.sources[0].clock_info.suggested_why.find("system.log"), std::string::npos);
  for (const Stream& s : c.writer->reader().streams().take()) {
    EXPECT_EQ(s.placed, s.source != c.sources[0].id);
  }
  const auto placed = collect_with({file("device.log", device_log())}, {{"device.log", "2026+01:00"}});
  ASSERT_EQ(placed.error, "");
  EXPECT_EQ(placed.sources[0].clock_info.placed_by, PlacedBy::date);
  EXPECT_EQ(format_iso(*placed.sources[0].first + placed.sources[0].clock_info.offset, 0), "2026-11-18T13:00:01Z");
  const auto zoneless = collect_with({file("device.log", device_log())}, {{"device.log", "2026"}});
  EXPECT_NE(zoneless.error.find("write 2026+01:00"), std::string::npos) << zoneless.error;
}

TEST(CollectClocks, a_step_of_an_hour_is_an_issue_and_an_event_and_makes_the_order_uncertain) {
  const std::string log = "2026-10-25 02:59:58.000 Df nsurlsessiond[91:1] " + std::string(kTask) + "resuming\n" +
                          "2026-10-25 02:00:01.000 Df wifid[45:1] after summer time\n" +
                          "2026-10-25 02:00:02.000 Df nsurlsessiond[91:1] " + std::string(kTask) +
                          "finished with error - code: -1001\n";
  const auto c = collect_with({file("c.log", log)});
  ASSERT_EQ(c.error, "");
  const Source& s = c.sources[0];
  EXPECT_EQ(s.container, "log_show_compact");
  EXPECT_EQ(s.clock_info.step, minutes(60) - seconds(3));
  ASSERT_EQ(s.issue_count, 1U);
  EXPECT_EQ(s.issues[0].kind, IssueKind::clock);
  EXPECT_EQ(s.issues[0].span.line, 2U);
  EXPECT_TRUE(s.accounting.balanced());
  EXPECT_EQ(s.accounting.irrelevant, 1U);
  std::size_t steps = 0;
  ASSERT_TRUE(c.writer->reader()
                  .for_each_event({},
                                  [&](const Event& e) {
                                    steps += e.kind == EventKind::clock_step ? 1U : 0U;
                                    EXPECT_GE(e.t_unc, minutes(59));
                                    return true;
                                  })
                  .ok());
  EXPECT_EQ(steps, 1U);
}

TEST(CollectClocks, a_printed_change_of_zone_is_no_step) {
  const std::string log =
      "2026-10-25 02:59:58.000000+0200  localhost wifid[45]: a\n2026-10-25 02:00:01.000000+0100  localhost wifid[45]: b\n";
  const auto c = collect_with({file("c.log", log)});
  ASSERT_EQ(c.error, "");
  EXPECT_EQ(*c.sources[0].last - *c.sources[0].first, seconds(3));
  EXPECT_EQ(c.sources[0].issue_count, 0U);
  EXPECT_EQ(c.sources[0].clock_info.step, nanoseconds(0));
}

}  // namespace
}  // namespace uptrail
