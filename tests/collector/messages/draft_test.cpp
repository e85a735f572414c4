#include "collector/messages/draft.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "collector/base/text.h"

namespace uptrail {
namespace {

using nlohmann::json;

struct Line {
  std::string text;
  std::string process = "Shoebox";
};

DraftedMessages draft_of(const std::vector<Line>& lines, bool all = false, std::size_t most = 40) {
  MessageDraft draft(builtin_catalogue().take());
  for (const Line& line : lines) {
    Record record;
    record.process = line.process;
    record.message = line.text;
    draft.add(record);
  }
  auto made = draft.finish(most, all);
  const auto loaded = load_catalogue({{"draft.json", made->json}});
  EXPECT_TRUE(loaded) << loaded.error().text() << made->json;
  return made.take();
}

std::vector<std::string> patterns_of(const DraftedMessages& made) {
  std::vector<std::string> out;
  const json all = json::parse(made.json);
  for (const json& m : all["messages"]) {
    out.push_back(m["pattern"]);
  }
  return out;
}

std::string only_pattern(const std::vector<Line>& lines) {
  const std::vector<std::string> patterns = patterns_of(draft_of(lines, true));
  EXPECT_EQ(patterns.size(), 1U) << lines.front().text;
  return patterns.empty() ? "" : patterns.front();
}

struct Varying {
  const char* line;
  const char* pattern;
};

TEST(Draft, what_varies_becomes_a_capture) {
  const std::vector<Varying> cases = {
      {"upload 17 started", "upload {int:uploadId} started"},
      {"took 0.25 s, sent -5 of 12", "took {real:took} s, sent {int:sent} of {int:number}"},
      {"upload task 4E1B7C52-90AD-4F36-8B11-2D3C4E5F6071 is resumed", "upload task {uuid:uuid} is resumed"},
      {"session object 0x10a96d750 made", "session object {hex:what} made"},
      {"photo \"my photo.jpg\" queued", "photo \"{text:photo}\" queued"},
      {"uploading IMG_0017.HEIC now", "uploading {word:uploading} now"},
      {"PUT https://up.example.com/a?b=1, upload", "PUT {word:PUT}, upload"},
      {"body at /var/mobile/tmp/a.bin written", "body at {word:what} written"},
      {"session com.example.shoebox.uploads woke", "session {word:identifier} woke"},
      {"upload ended 14:02:33.120 today", "upload ended {word:ended} today"},
      {"retry of upload {a} on 2026-11-18", "retry of upload {{a}} on {word:what}"},
      {"HTTP status=503 for upload", "HTTP status={int:status} for upload"},
      {"upload failed: Error Domain=NSURLErrorDomain Code=-1005 \"lost\"", "upload failed: {error:nsError}"},
      {"token is <private> for upload", "token is {word:what} for upload"},
      {"upload 99999999999999999999 big", "upload {word:uploadId} big"},
      {"S3 upload with UTF8 names", "S3 upload with UTF8 names"},
      {"chunk 12ms 3MB abc123def456 upload", "chunk {int:chunk}ms {int:ms}MB {word:MB} upload"},
  };
  for (const Varying& c : cases) {
    EXPECT_EQ(only_pattern({{c.line}}), c.pattern) << c.line;
  }
}

TEST(Draft, words_that_tell_lines_apart_never_become_values) {
  const auto patterns =
      patterns_of(draft_of({{"upload a failed"}, {"upload a finished"}, {"upload a resumed"}, {"upload a cancelled"}}, true));
  EXPECT_EQ(patterns.size(), 4U);
}

TEST(Draft, other_words_become_values_when_they_have_three_forms) {
  EXPECT_EQ(only_pattern({{"upload alpha started"}, {"upload beta started"}, {"upload gamma started"}}),
            "upload {word:uploadId} started");
  EXPECT_EQ(patterns_of(draft_of({{"upload alpha started"}, {"upload beta started"}})).size(), 2U);
}

TEST(Draft, several_words_that_vary_at_a_time_are_folded_too) {
  std::vector<Line> lines;
  for (char a = 'a'; a < 'p'; ++a) {
    for (char b = 'a'; b < 'd'; ++b) {
      lines.push_back({std::string("user ") + a + "nna opened upload " + static_cast<char>(a + 1) + b + "x in the list view"});
    }
  }
  EXPECT_EQ(only_pattern(lines), "user {word:user} opened upload {word:uploadId} in the list view");
}

TEST(Draft, types_that_differ_widen) {
  EXPECT_EQ(only_pattern({{"upload took 3 s"}, {"upload took 2.5 s"}}), "upload took {real:took} s");
  EXPECT_EQ(only_pattern({{"upload error: (null)"}, {"upload error: Error Domain=D Code=1 \"x\""}}),
            "upload error: {error:nsError}");
}

TEST(Draft, a_kind_only_where_the_method_is_named_and_the_task_is_known) {
  const auto kind_of = [](const char* line) {
    const json m = json::parse(draft_of({{line}}).json)["messages"][0];
    return m["kind"].is_null() ? std::string() : m["kind"].get<std::string>();
  };
  EXPECT_EQ(kind_of("didCompleteWithError task 7"), "task.did-complete");
  EXPECT_EQ(kind_of("didCompleteWithError called"), "");
  EXPECT_EQ(kind_of("upload finished"), "");
  EXPECT_EQ(kind_of("urlSessionDidFinishEvents for session com.example.up.photos"), "session.did-finish-events");
  EXPECT_EQ(kind_of("handleEventsForBackgroundURLSession com.example.up.photos"), "wake.handle-events");
  EXPECT_EQ(kind_of("handleEventsForBackgroundURLSession was never called"), "");
  const json m = json::parse(draft_of({{"upload finished"}}).json)["messages"][0];
  EXPECT_EQ(m["note"], "seen 1 time. Could be upload.state or task.did-complete (docs/events.md)");
}

TEST(Draft, samples_are_the_lines_and_give_what_the_kind_yields) {
  const json m = json::parse(draft_of({{"didCompleteWithError task 7"}, {"didCompleteWithError task 8"}}).json)["messages"][0];
  ASSERT_EQ(m["samples"].size(), 2U);
  EXPECT_EQ(m["samples"][1]["line"], "didCompleteWithError task 8");
  EXPECT_EQ(m["samples"][1]["gives"], json::parse(R"({"id":8})"));
}

TEST(Draft, what_is_understood_or_the_systems_is_left_alone) {
  const DraftedMessages made = draft_of({{"sess done in background"},
                                         {"Task <4E1B7C52-90AD-4F36-8B11-2D3C4E5F6071>.<7> some new words"},
                                         {"some upload words", "nsurlsessiond"},
                                         {R"({"uptrail":1,"kind":"app.heartbeat"})"},
                                         {"upload a started"}});
  EXPECT_EQ(made.lines, 5U);
  EXPECT_EQ(made.known, 2U);
  EXPECT_EQ(made.of_system, 2U);
  EXPECT_EQ(made.messages, 1U);
}

TEST(Draft, ranks_by_relation_and_leaves_the_rest_out) {
  const std::vector<Line> lines = {{"the weather is fine"}, {"session opened"}, {"upload session task failed"}, {"view shown"}};
  const DraftedMessages made = draft_of(lines);
  EXPECT_EQ(patterns_of(made), (std::vector<std::string>{"upload session task failed", "session opened"}));
  EXPECT_EQ(made.left_out, 2U);
  EXPECT_EQ(draft_of(lines, true).messages, 4U);
  EXPECT_EQ(draft_of(lines, true, 1).messages, 1U);
}

TEST(Draft, a_pattern_that_would_take_anothers_line_stands_behind_it) {
  const DraftedMessages made = draft_of(
      {{"upload state alpha"}, {"upload state beta"}, {"upload state gamma"}, {"upload state gamma"}, {"upload state failed"}});
  const auto patterns = patterns_of(made);
  ASSERT_EQ(patterns.size(), 2U);
  EXPECT_EQ(patterns[0], "upload state failed");
  EXPECT_EQ(patterns[1], "upload state {word:state}");
}

TEST(Draft, hostile_lines_make_no_trouble) {
  std::string words = "upload";
  for (int i = 0; i < 500; ++i) {
    words += " " + std::to_string(i) + "=\"" + std::to_string(i) + "\"";
  }
  draft_of({{std::string(100'000, 'x')},
            {words},
            {"upload \xff\xfe {{{ }}} {?a} \x01\x02 <> '' \"\" 0x upload"},
            {"upload \" unclosed"},
            {"{task} upload"},
            {"''''\"\"\"\" upload"},
            {"-"},
            {"- upload -"},
            {"upload: (null)(null)<private>7"},
            {"upload\tby\ttabs 7"}},
           true);
}

TEST(Draft, names_the_process_that_wrote_most_and_others_with_their_messages) {
  const json root = json::parse(draft_of({{"upload a"}, {"upload a"}, {"upload b task", "Other"}}).json);
  EXPECT_EQ(root["processes"], json::array({"Shoebox"}));
  bool other = false;
  for (const json& m : root["messages"]) {
    other = other || (m.contains("processes") && m["processes"] == json::array({"Other"}));
  }
  EXPECT_TRUE(other);
  EXPECT_EQ(json::parse(draft_of({{"upload a", ""}}).json)["processes"], json::array({"*any*"}));
}

}  // namespace
}  // namespace uptrail
