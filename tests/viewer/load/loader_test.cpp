#include "viewer/load/loader.h"

#include <gtest/gtest.h>
#include <algorithm>

#include <chrono>
#include <thread>

#include "tests/support/files.h"

namespace uptrail::viewer {
namespace {

LoadStatus wait(Loader& loader) {
  for (int i = 0; i < 2000; ++i) {
    const LoadStatus status = loader.status();
    if (status.phase != LoadPhase::loading) return status;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  ADD_FAILURE() << "still loading after 10 s";
  return {};
}

std::vector<std::string> samples() {
  return {test::source_path("assets/samples/instrumented/app.ndjson"),
          test::source_path("assets/samples/instrumented/system.log")};
}

TEST(Loader, collects_captures_into_a_case_with_scene_and_evidence) {
  Loader loader;
  loader.open(samples());
  ASSERT_EQ(wait(loader).phase, LoadPhase::ready);
  const auto loaded = loader.take_case();
  ASSERT_NE(loaded, nullptr);
  EXPECT_EQ(loaded->sources.size(), 2U);
  EXPECT_FALSE(loaded->derived.causes.empty());
  EXPECT_FALSE(loaded->scene.lanes.empty());
  for (const Finding& finding : loaded->derived.findings) {
    for (const EvidenceRef& ref : finding.evidence) EXPECT_TRUE(loaded->evidence.contains(ref.event)) << finding.title;
  }
  EXPECT_EQ(loader.take_case(), nullptr) << "it is given once";
}

TEST(Loader, answers_with_the_lines_around_one) {
  Loader loader;
  loader.open(samples());
  ASSERT_EQ(wait(loader).phase, LoadPhase::ready);
  const auto loaded = loader.take_case();
  loader.request_log(loaded->sources[0].id, 20);
  std::optional<LogPage> page;
  for (int i = 0; i < 1000 && !page; ++i) {
    page = loader.take_log();
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  ASSERT_TRUE(page.has_value());
  ASSERT_FALSE(page->lines.empty());
  EXPECT_LE(page->lines.front().span.line, 20U);
  EXPECT_GE(page->lines.back().span.line, 20U);
}

TEST(Loader, a_stretch_of_time_leads_to_the_line_of_its_first_event) {
  Loader loader;
  loader.open(samples());
  ASSERT_EQ(wait(loader).phase, LoadPhase::ready);
  const auto loaded = loader.take_case();
  const EvidenceLine& line = loaded->evidence.begin()->second;
  loader.request_log_at(line.source, {line.t, line.t + nanoseconds(1)});
  std::optional<LogPage> page;
  for (int i = 0; i < 1000 && !page; ++i) {
    page = loader.take_log();
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  ASSERT_TRUE(page.has_value());
  EXPECT_EQ(page->found_line, line.span.line);
  EXPECT_TRUE(
      std::any_of(page->lines.begin(), page->lines.end(), [&](const RawLine& raw) { return raw.span.line == page->found_line; }));
}

TEST(Loader, says_what_is_wrong_with_a_missing_file) {
  Loader loader;
  loader.open({test::scratch_dir() + "/nowhere.log"});
  const LoadStatus status = wait(loader);
  EXPECT_EQ(status.phase, LoadPhase::failed);
  EXPECT_NE(status.error.text().find("nowhere.log"), std::string::npos);
}

TEST(Loader, a_later_open_replaces_an_earlier_one) {
  Loader loader;
  loader.open({test::scratch_dir() + "/nowhere.log"});
  loader.open(samples());
  EXPECT_EQ(wait(loader).phase, LoadPhase::ready);
  EXPECT_NE(loader.take_case(), nullptr);
}

// It used to be thrown away with the queue, and the panel said "Reading…" for ever.
TEST(Loader, a_question_is_answered_although_the_next_file_cannot_be_opened) {
  Loader loader;
  loader.open(samples());
  ASSERT_EQ(wait(loader).phase, LoadPhase::ready);
  const auto loaded = loader.take_case();
  loader.search(1, "upload");  // keeps the worker away from what follows
  loader.request_log(loaded->sources[0].id, 20);
  loader.open({"/nowhere/at/all.log"});
  ASSERT_EQ(wait(loader).phase, LoadPhase::failed);
  std::optional<LogPage> page;
  for (int i = 0; i < 1000 && !page; ++i) {
    page = loader.take_log();
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  EXPECT_TRUE(page.has_value());
}

TEST(Loader, a_question_to_the_case_before_is_not_asked_of_the_next) {
  Loader loader;
  loader.open(samples());
  ASSERT_EQ(wait(loader).phase, LoadPhase::ready);
  const auto loaded = loader.take_case();
  loader.open({samples().front()});
  ASSERT_EQ(wait(loader).phase, LoadPhase::ready);
  loader.request_log(loaded->sources[1].id, 20);  // the new case has one source
  loader.take_case();
  for (int i = 0; i < 20 && loader.busy(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  EXPECT_FALSE(loader.busy());
  EXPECT_FALSE(loader.take_log().has_value());
}

TEST(Loader, can_be_destroyed_while_loading) {
  Loader loader;
  loader.open(samples());
  EXPECT_NE(loader.status().phase, LoadPhase::idle);
}

}  // namespace
}  // namespace uptrail::viewer
