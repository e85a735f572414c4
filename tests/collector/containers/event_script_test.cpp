#include "collector/containers/event_script.h"

#include <gtest/gtest.h>

#include "tests/collector/containers/checks.h"
#include "tests/support/files.h"

namespace uptrail {
namespace {

using test::container_by_id;
using test::read_dump;

TEST(EventScript, passes_the_container_checks) {
  for (const char* name : {"event_script_s01.scn", "event_script_s14.scn", "event_script_s38.scn"}) {
    test::check_container(container_by_id("event_script"), name, false);
  }
}

TEST(EventScript, reads_expectations) {
  const auto found = parse_script_expectations("0 @fg\nfire: a-rule/error, b-rule\nnot: *, c-rule\nundet: d-rule\nfire: -\n");
  ASSERT_EQ(found.fire.size(), 2U);
  EXPECT_EQ(found.fire[0].rule, "a-rule");
  EXPECT_EQ(found.fire[0].severity, "error");
  EXPECT_EQ(found.fire[1].severity, "");
  EXPECT_EQ(found.not_, (std::vector<std::string>{"*", "c-rule"}));
  EXPECT_EQ(found.undet, (std::vector<std::string>{"d-rule"}));
}

TEST(EventScript, repeats_with_numbered_tasks) {
  const std::string out = expand_event_script("1 repeat n=1500 @task X$ U$\n");
  std::size_t creates = 0;
  for (std::size_t at = out.find("task.create"); at != std::string::npos; at = out.find("task.create", at + 1)) {
    ++creates;
  }
  EXPECT_EQ(creates, 1500U);
  EXPECT_NE(out.find("\"desc\":\"U1500\""), std::string::npos);
}

TEST(EventScript, beats_every_five_seconds_only_while_running) {
  const std::string out =
      expand_event_script("end: 100\n0 @fg\n12 app.suspend\n50 app.foreground\n61 app.terminate cause=crash\n");
  std::vector<std::string> times;
  for (std::size_t at = out.find("app.heartbeat"); at != std::string::npos; at = out.find("app.heartbeat", at + 1)) {
    times.push_back(out.substr(at + 19, 16));
  }
  const std::string base = "17672256";
  EXPECT_EQ(times, (std::vector<std::string>{base + "05000000", base + "10000000", base + "55000000", base + "60000000"}));
}

TEST(EventScript, drops_what_is_not_covered_or_behind_the_end) {
  const std::string out = expand_event_script("cover: daemon only\nend: 30\n0 @fg\n1 @task X1 U1\n60 @done X1 U1\n");
  EXPECT_EQ(out.find("\"observer\":\"app\""), std::string::npos);
  EXPECT_NE(out.find("daemon.task-enqueued"), std::string::npos);
  EXPECT_EQ(out.find("daemon.task-finished"), std::string::npos);
}

TEST(EventScript, refuses_hostile_numbers) {
  const auto out =
      read_dump(container_by_id("event_script"),
                "1e300 @fg\n-1 @fg\nnan @fg\n0 repeat n=99999999999 @fg\n0 @fg\n20000000000 app.foreground\nend: inf\n");
  EXPECT_EQ(out.unparsed, 6U) << out.dump.substr(0, 2000);
}

TEST(EventScript, stops_at_its_event_limit) {
  const auto out = read_dump(container_by_id("event_script"), "0 @fg\n9000000000 app.background\n");
  EXPECT_EQ(out.records, 150'000U);
  EXPECT_NE(out.dump.find("issue limit"), std::string::npos);
}

TEST(EventScript, bounds_what_a_few_lines_can_grow_into) {
  const std::string text = "0 repeat n=30000 @task X$ U$\n1 repeat n=150000 @wakelaunch\n";
  const std::string out = expand_event_script(text);
  EXPECT_LT(out.size(), 256U << 20U);
  const auto many = read_dump(container_by_id("event_script"), "0 repeat n=100 app.launch process=X$\n");
  EXPECT_NE(many.dump.find("at most 64 processes"), std::string::npos);
}

TEST(EventScript, lets_a_line_use_any_name_for_the_object_of_a_macro) {
  const std::string out = expand_event_script("0 @fg\n5 app.terminate cause=exit0\n20 @fg\n21 session.invalidate object=O1\n");
  EXPECT_NE(
      out.find("\"kind\":\"session.invalidate\",\"t\":1767225621000000000,\"observer\":\"app\",\"bundle\":\"com.example.app\","
               "\"process\":\"App\",\"pid\":102,\"object\":\"O2\",\"identifier\":\"up\""),
      std::string::npos)
      << out;
}

TEST(EventScript, takes_the_session_of_a_line_from_its_task) {
  const std::string out = expand_event_script(
      "0 session.create identifier=a\n1 session.create identifier=b\n2 task.create X1 identifier=a\n"
      "3 daemon.callback-acknowledged X1\n4 daemon.callback-held\n");
  const auto line = [&](std::string_view kind) {
    const std::size_t at = out.find(kind);
    return at == std::string::npos ? std::string() : out.substr(at, out.find('\n', at) - at);
  };
  EXPECT_NE(line("daemon.callback-acknowledged").find("\"identifier\":\"a\""), std::string::npos) << out;
  EXPECT_NE(line("daemon.callback-held").find("\"identifier\":\"b\""), std::string::npos) << out;
}

TEST(EventScript, holds_one_script) {
  const auto out = read_dump(container_by_id("event_script"), "=== one\n0 app.launch\n=== two\n0 @fg\n");
  EXPECT_EQ(out.unparsed, 1U);
  EXPECT_EQ(out.dump.find("session.create"), std::string::npos);
}

}  // namespace
}  // namespace uptrail
