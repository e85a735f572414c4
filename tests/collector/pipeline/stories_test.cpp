// Event scripts in, stories out: what is said, and on which events each clause rests.
#include "collector/pipeline/stories.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "collector/base/text.h"
#include "collector/pipeline/collect.h"

namespace uptrail {
namespace {

std::vector<Story> stories_of(std::string_view script, const StoryQuery& query = {}) {
  auto reader = collect_text(script, "s.scn");
  EXPECT_TRUE(reader.ok());
  if (!reader.ok()) return {};
  auto stories = tell_stories(**reader, query);
  EXPECT_TRUE(stories.ok()) << (stories.ok() ? "" : stories.error().text());
  return stories.ok() ? stories.take() : std::vector<Story>();
}

std::string story_of(std::string_view script, const StoryQuery& query = {}) {
  const auto stories = stories_of(script, query);
  return stories.empty() ? std::string() : story_paragraph(stories.front());
}

constexpr std::string_view kLost =
    "0 @fg\n1 @task X1 U1\n2 @task X2 U2\n8 daemon.task-sent X1\n9 @sleep\n30 @fin X1 200\n30.1 @wakelaunch\n"
    "31 @cb X2 200\n31.1 @close\n40 app.foreground\n";

TEST(Stories, tells_what_happened_to_an_upload_from_its_events) {
  const std::string text = story_of("0 @fg\n1 @task X1 U1\n30 @done X1 U1\n");
  EXPECT_EQ(
      text,
      "Upload U1: the app created and resumed the task at 00:00:01 in the foreground (1 MB); nsurlsessiond opened a "
      "connection, got HTTP 200 at 00:00:30 and finished it without error; the app received didCompleteWithError (no error, "
      "HTTP 200) and recorded the upload as succeeded.");
}

TEST(Stories, says_never_only_with_full_coverage_and_run_time) {
  EXPECT_TRUE(contains(story_of(kLost, {.upload = "U1"}),
                       "The app never received didCompleteWithError for it, though its log covers it"));
  const std::string silent = story_of("cover: daemon only\n" + std::string(kLost), {.task = "1"});
  EXPECT_FALSE(contains(silent, "never")) << silent;
  EXPECT_TRUE(contains(silent, "Whether the app was told cannot be said: no log shows its didCompleteWithError")) << silent;
  const std::string gap = story_of("gap: app 25 60\n" + std::string(kLost), {.upload = "U1"});
  EXPECT_FALSE(contains(gap, "never")) << gap;
  EXPECT_TRUE(contains(gap, "was not seen")) << gap;
  const std::string asleep =
      story_of("0 @fg\n1 @task X1 U1\n5 @task X2 U2\n6 @done X2 U2\n9 @sleep\n30 @fin X1 200\n", {.upload = "U1"});
  EXPECT_FALSE(contains(asleep, "never")) << asleep;
  EXPECT_TRUE(contains(asleep, "is not known to have run after that")) << asleep;
}

TEST(Stories, ties_every_clause_about_something_seen_to_its_events) {
  for (const Story& story : stories_of(kLost)) {
    for (const Clause& clause : story.clauses) EXPECT_FALSE(clause.events.empty()) << clause.text;
  }
}

TEST(Stories, folds_repetitions_and_keeps_their_events) {
  const auto stories =
      stories_of("0 @fg\n1 @task X1 U1\n10 repeat n=16 task.progress X1 sent=1000 expected=1000000\n60 @done X1 U1\n");
  ASSERT_FALSE(stories.empty());
  const std::string text = story_paragraph(stories.front());
  EXPECT_TRUE(contains(text, "saw progress 15 more times, the last at 00:00:10")) << text;
  const auto& clauses = stories.front().clauses;
  EXPECT_TRUE(std::any_of(clauses.begin(), clauses.end(), [](const Clause& c) { return c.events.size() == 15; }));
}

TEST(Stories, a_long_life_of_the_process_does_not_drown_the_upload) {
  std::string script = "0 @fg\n1 @task X1 U1\n";
  for (int i = 0; i < 200; ++i) {
    script += std::to_string(10 + i * 20) + " app.background\n" + std::to_string(20 + i * 20) + " app.foreground\n";
  }
  const auto stories = stories_of(script + "5000 @done X1 U1\n");
  ASSERT_FALSE(stories.empty());
  EXPECT_LT(stories.front().clauses.size(), 30U);
  EXPECT_TRUE(contains(story_paragraph(stories.front()), "more events of the app and its session"));
  std::size_t events = 0;
  for (const Clause& c : stories.front().clauses) events += c.events.size();
  EXPECT_GE(events, 400U);
}

TEST(Stories, uploads_with_findings_come_first) {
  const auto stories = stories_of("0 @fg\n1 @task X1 A\n2 @task X2 B\n30 @done X1 A\n40 @fin X2 200\n");
  ASSERT_EQ(stories.size(), 2U);
  EXPECT_EQ(stories[0].subject, "Upload B");
  EXPECT_FALSE(stories[0].findings.empty());
  EXPECT_EQ(stories[1].subject, "Upload A");
}

TEST(Stories, tells_wakes_and_sessions) {
  const std::string script = "0 @fg\n1 @task X1 U1\n5 @sleep\n60 @fin X1 200\n60.1 @wakelaunch\n60.5 @cb X1 200\n60.7 @close\n";
  const std::string wake = story_of(script, {.wake = 1});
  EXPECT_TRUE(contains(wake, "Wake 1 of session up: nsurlsessiond asked for a wake at 00:01:00")) << wake;
  EXPECT_TRUE(contains(wake, "called the completion handler")) << wake;
  const std::string session = story_of(script, {.session = "up"});
  EXPECT_TRUE(contains(session, "Of its 1 task, the app was told the end of 1")) << session;
}

TEST(Stories, a_name_that_nothing_has_is_an_error_that_names_what_there_is) {
  auto reader = collect_text("0 @fg\n1 @task X1 U1\n", "s.scn");
  ASSERT_TRUE(reader.ok());
  const auto stories = tell_stories(**reader, {.upload = "U9"});
  ASSERT_FALSE(stories.ok());
  EXPECT_EQ(stories.error().kind, ErrorKind::usage);
  EXPECT_EQ(stories.error().hint, "there is U1");
}

}  // namespace
}  // namespace uptrail
