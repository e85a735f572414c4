#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "collector/analysis/rule.h"
#include "collector/analysis/rule_platforms.h"
#include "collector/analysis/story/fold.h"
#include "collector/analysis/story/tell.h"
#include "collector/base/text.h"
#include "tests/support/files.h"

namespace uptrail::analysis {
namespace {

Beat beat(std::int64_t second, std::uint16_t domain, EventKind kind, Actor actor, const std::string& text, std::int64_t event) {
  Beat b;
  b.t = b.until = TimeNs{seconds(second).ns};
  b.domain = DomainId{domain};
  b.stream = StreamId{domain};
  b.kind = kind;
  b.actor = actor;
  b.text = text;
  b.events = {EventId{event}};
  return b;
}

std::vector<Stream> two_streams(bool second_placed) {
  std::vector<Stream> streams(2);
  for (std::uint16_t i = 0; i < 2; ++i) {
    streams[i].id = StreamId{i};
    streams[i].source = SourceId{i};
    streams[i].domain = DomainId{i};
    streams[i].open = Interval{TimeNs{0}, TimeNs{seconds(100).ns}};
    streams[i].placed = i == 0 || second_placed;
  }
  return streams;
}

std::vector<Source> two_sources() {
  std::vector<Source> sources(2);
  sources[0].path = "a/system.log";
  sources[1].path = "b/console.txt";
  return sources;
}

std::string paragraph_of(const std::vector<Clause>& clauses) {
  Story story;
  story.subject = "Upload 1";
  story.clauses = clauses;
  return story_paragraph(story);
}

TEST(Tell, keeps_clocks_apart_that_cannot_be_compared) {
  const auto streams = two_streams(false);
  const auto sources = two_sources();
  const Telling telling{sources, streams, 60};
  const std::vector<Beat> beats{beat(1, 0, EventKind::task_create, Actor::app, "created the task", 1),
                                beat(0, 1, EventKind::daemon_task_finished, Actor::daemon, "finished it", 2)};
  EXPECT_EQ(paragraph_of(tell(telling, beats)),
            "Upload 1: the app created the task at 01:00:01. By a clock that cannot be compared (console.txt), nsurlsessiond "
            "finished it at 01:00:00.");
  const auto notes = clock_notes(telling, beats);
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_EQ(notes[0].text, "the times of console.txt show no date or zone and stand for themselves only");
}

TEST(Tell, says_how_uncertain_a_clock_is_and_when_there_is_none) {
  auto streams = two_streams(true);
  streams[0].uncertainty = seconds(30);
  streams[1].open = std::nullopt;
  const auto sources = two_sources();
  auto untimed = beat(0, 1, EventKind::task_resume, Actor::app, "resumed it", 2);
  untimed.timed = false;
  const std::vector<Beat> beats{beat(1, 0, EventKind::task_create, Actor::app, "created the task", 1), untimed};
  const Telling telling{sources, streams, 0};
  const auto notes = clock_notes(telling, beats);
  ASSERT_EQ(notes.size(), 2U);
  EXPECT_EQ(notes[0].text, "the times of system.log are uncertain by ±30 s");
  EXPECT_EQ(notes[1].text, "console.txt has no times: the order is that of its lines");
  EXPECT_FALSE(contains(tell(telling, beats)[1].text, " at ")) << tell(telling, beats)[1].text;
}

TEST(Tell, names_the_day_when_it_changes) {
  const auto streams = two_streams(true);
  const auto sources = two_sources();
  const std::vector<Beat> beats{beat(86390, 0, EventKind::task_create, Actor::app, "created the task", 1),
                                beat(86405, 0, EventKind::task_resume, Actor::app, "resumed it", 2)};
  EXPECT_EQ(paragraph_of(tell({sources, streams, 0}, beats)),
            "Upload 1: the app created the task at 23:59:50 and resumed it at 00:00:05 on 2 Jan.");
}

TEST(FoldBeats, joins_one_step_told_by_two_and_keeps_all_events) {
  std::vector<Beat> beats{beat(1, 0, EventKind::daemon_task_response, Actor::daemon, "got HTTP 200", 1),
                          beat(1, 0, EventKind::daemon_task_response, Actor::daemon, "got HTTP 200", 2),
                          beat(9, 0, EventKind::daemon_task_response, Actor::daemon, "got HTTP 200", 3)};
  fold_beats(beats);
  ASSERT_EQ(beats.size(), 2U);
  EXPECT_EQ(beats[0].events, (std::vector<EventId>{EventId{1}, EventId{2}}));
}

TEST(Words, sizes_and_errors_read_like_an_engineers) {
  EXPECT_EQ(size_words(1), "1 byte");
  EXPECT_EQ(size_words(2'400'000), "2.4 MB");
  EXPECT_EQ(size_words(26'000'000), "26 MB");
  EXPECT_EQ(error_words("NSURLErrorDomain", -1005), "NSURLErrorDomain -1005, the connection was lost");
  EXPECT_EQ(error_words("NSPOSIXErrorDomain", 2), "NSPOSIXErrorDomain 2");
  EXPECT_EQ(error_words("", 0), "no error");
}

// The list of platforms says what the rules' sources do.
TEST(RulePlatforms, agree_with_the_rules) {
  for (const RuleInfo* info : rule_infos()) {
    std::string file(info->id);
    std::replace(file.begin(), file.end(), '-', '_');
    const std::string path = test::source_path("collector/analysis/rules/" + file + ".cpp");
    const std::string text = test::read_file(path);
    const bool silent_on_macos = contains(text, "has_wakes(world)") || contains(text, "platform == \"macos\"");
    const auto platforms = rule_platforms(info->id);
    const bool listed = std::find(platforms.begin(), platforms.end(), "macos") != platforms.end();
    EXPECT_NE(silent_on_macos, listed) << info->id;
  }
}

}  // namespace
}  // namespace uptrail::analysis
