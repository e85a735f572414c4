// The drop-in loggers cannot be compiled here; these are exactly the lines that they print, and what they must mean.
#include <gtest/gtest.h>

#include "collector/messages/decoder.h"
#include "collector/pipeline/collect.h"
#include "tests/support/files.h"

namespace uptrail {
namespace {

std::string events_of(const std::string& golden) {
  auto reader = collect_text(test::read_file(test::source_path("tests/golden/instrument/" + golden)), golden);
  EXPECT_TRUE(reader.ok()) << (reader.ok() ? std::string() : reader.error().text());
  if (!reader.ok()) return {};
  std::string out;
  const Status status = reader.value()->for_each_event({}, [&](Event event) {
    // One container prints the thread of the log call, the other does not.
    if (event.thread.substr(0, 2) == "0x") event.thread.clear();
    out += encode_event_json(event) + "\n";
    return true;
  });
  EXPECT_TRUE(status.ok());
  return out;
}

TEST(Instrument, swift_lines_mean_what_they_should) {
  test::expect_golden("instrument/events.ndjson", events_of("swift.syslog.log"));
}

TEST(Instrument, objective_c_lines_mean_the_same) {
  test::expect_golden("instrument/events.ndjson", events_of("objc.ndjson.log"));
}

TEST(Instrument, lines_of_a_healthy_afternoon_raise_nothing) {
  for (const char* golden : {"swift.syslog.log", "objc.ndjson.log"}) {
    auto reader = collect_text(test::read_file(test::source_path(std::string("tests/golden/instrument/") + golden)), golden);
    ASSERT_TRUE(reader.ok());
    const auto sources = reader.value()->sources();
    ASSERT_TRUE(sources.ok());
    ASSERT_EQ(sources.value().size(), 1U);
    EXPECT_EQ(sources.value()[0].accounting.matched, 22U) << golden;
    EXPECT_EQ(sources.value()[0].issue_count, 0U) << golden;
    const auto derived = reader.value()->derived();
    ASSERT_TRUE(derived.ok());
    for (const Finding& finding : derived.value().findings) {
      EXPECT_EQ(finding.severity, Severity::info) << finding.rule << ": " << finding.title;
    }
  }
}

// Every kind that the loggers write or declare exists, and both declare the same.
TEST(Instrument, both_loggers_know_the_same_kinds) {
  const std::string swift = test::read_file(test::source_path("assets/instrument/UptrailLog.swift"));
  const std::string objc = test::read_file(test::source_path("assets/instrument/UptrailLog.m"));
  std::size_t checked = 0;
  for (std::size_t i = 0; i < kEventKindCount; ++i) {
    const std::string quoted = "\"" + std::string(kind_name(static_cast<EventKind>(i))) + "\"";
    EXPECT_EQ(swift.find(quoted) == std::string::npos, objc.find("@" + quoted) == std::string::npos) << quoted;
    checked += swift.find(quoted) == std::string::npos ? 0 : 1;
  }
  EXPECT_GE(checked, 18U);
}

}  // namespace
}  // namespace uptrail
