#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>

#include "collector/base/text.h"
#include "collector/report/text_layout.h"
#include "run.h"
#include "tests/support/archives.h"
#include "tests/support/files.h"
#include "tests/support/json_schema.h"

namespace uptrail {
namespace {

using test::run;

std::string write(const std::string& dir, const std::string& name, const std::string& text) {
  test::write_file(dir + "/" + name, text);
  return dir + "/" + name;
}

const std::string kReused =
    "=== reused\n0 @fg\n5 session.invalidate object=O1 mode=cancel\n5.001 session.create identifier=up object=O1 delegate=D\n"
    "6 session.did-become-invalid object=O1\n";
const std::string kHealthy = "=== healthy\n0 @fg\n1 @task X1 U1\n30 @done X1 U1\n";

TEST(Collect, lies_beside_the_first_input_by_default) {
  const std::string dir = test::scratch_dir();
  const auto ran = run({"collect", write(dir, "trip.scn", kHealthy)});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.out.find(dir + "/trip.uptrail: 1 source, "), 0U) << ran.out;
  EXPECT_TRUE(std::filesystem::exists(dir + "/trip.uptrail"));
}

TEST(Collect, same_content_twice_changes_nothing) {
  const std::string dir = test::scratch_dir();
  const std::string log = write(dir, "trip.scn", kReused);
  const std::string copy = write(dir, "copy.txt", kReused);
  ASSERT_EQ(run({"collect", log, "-o", dir + "/c.uptrail"}).code, 0);
  const auto before = run({"check", "--json", dir + "/c.uptrail"});
  const auto again = run({"collect", copy, "-o", dir + "/c.uptrail"});
  EXPECT_EQ(again.code, 0);
  EXPECT_TRUE(contains(again.err, "already known")) << again.err;
  EXPECT_EQ(run({"check", "--json", dir + "/c.uptrail"}).out, before.out);
}

TEST(Collect, case_and_captures_are_judged_alike) {
  const std::string dir = test::scratch_dir();
  const std::string log = write(dir, "trip.scn", kReused);
  ASSERT_EQ(run({"collect", log, "-o", dir + "/c.uptrail"}).code, 0);
  const auto direct = run({"check", "--json", log});
  const auto by_case = run({"check", "--json", dir + "/c.uptrail"});
  EXPECT_EQ(direct.code, 1);
  EXPECT_EQ(by_case.code, 1);
  EXPECT_EQ(direct.out, by_case.out);
}

TEST(Collect, never_overwrites_what_is_no_case) {
  const std::string dir = test::scratch_dir();
  const std::string log = write(dir, "trip.scn", kHealthy);
  const std::string precious = write(dir, "precious.txt", "mine\n");
  const auto ran = run({"collect", "--fresh", log, "-o", precious});
  EXPECT_EQ(ran.code, 2);
  EXPECT_EQ(test::read_file(precious), "mine\n");
  EXPECT_EQ(run({"collect", log, "-o", log}).code, 2);
  EXPECT_EQ(test::read_file(log), kHealthy);
}

TEST(Collect, fresh_forgets_the_old_sources) {
  const std::string dir = test::scratch_dir();
  const std::string target = dir + "/c.uptrail";
  ASSERT_EQ(run({"collect", write(dir, "a.scn", kReused), "-o", target}).code, 0);
  ASSERT_EQ(run({"collect", "--fresh", write(dir, "b.scn", kHealthy), "-o", target}).code, 0);
  EXPECT_FALSE(contains(run({"check", "--json", target}).out, "a.scn"));
}

TEST(Collect, interrupted_leaves_the_old_case) {
  const std::string dir = test::scratch_dir();
  const std::string target = dir + "/c.uptrail";
  ASSERT_EQ(run({"collect", write(dir, "a.scn", kHealthy), "-o", target}).code, 0);
  const std::string before = test::read_file(target);
  const std::atomic<bool> cancel{true};
  const auto ran = run({"collect", write(dir, "b.scn", kReused), "-o", target}, &cancel);
  EXPECT_EQ(ran.code, 130) << ran.err;
  EXPECT_EQ(test::read_file(target), before);
  EXPECT_EQ(run({"collect", dir + "/b.scn", "-o", dir + "/new.uptrail"}, &cancel).code, 130);
  EXPECT_FALSE(std::filesystem::exists(dir + "/new.uptrail"));
}

TEST(Collect, ends_with_a_table_that_fits) {
  const std::string dir = test::scratch_dir();
  const std::string log = write(dir, "a-rather-long-name-of-a-capture-for-a-table-that-must-stay-narrow.scn", kReused);
  const std::string other =
      write(dir, "notes.ndjson",
            "{\"uptrail\":1,\"kind\":\"app.heartbeat\",\"t\":\"2026-11-18T13:00:00Z\",\"bundle\":\"com.example.a\"}\n");
  const auto ran = run({"collect", log, other, write(dir, "empty.log", ""), "-o", dir + "/c.uptrail"});
  EXPECT_EQ(ran.code, 3) << ran.err;
  for (const std::string_view part : {"read", "matched", "related", "irrelevant", "unparsed", "events", "event_script",
                                      "event_ndjson", "18 Nov 2026", "all", "failed", "next: uptrail check "}) {
    EXPECT_TRUE(contains(ran.out, part)) << part << "\n" << ran.out;
  }
  std::size_t number = 0;
  for (const auto line : split(ran.out, '\n')) {
    if (number++ > 0 && !contains(line, "uptrail")) {  // commands are not cut
      EXPECT_LE(display_width(line), 100U) << line;
    }
  }
  const auto again = run({"collect", log, other, "-o", dir + "/c.uptrail"});
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_TRUE(contains(again.out, "unchanged")) << again.out;
}

TEST(Collect, json_fits_the_schema) {
  const std::string dir = test::scratch_dir();
  const auto ran = run({"collect", "--json", write(dir, "a.scn", kReused), "-o", dir + "/c.uptrail"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(test::schema_problems("schemas/collect.schema.json", ran.out), "");
  EXPECT_TRUE(contains(ran.out, "\"added\": true"));
  const auto again = run({"collect", "--json", dir + "/a.scn", "-o", dir + "/c.uptrail"});
  EXPECT_EQ(test::schema_problems("schemas/collect.schema.json", again.out), "");
  EXPECT_TRUE(contains(again.out, "\"what\": \"unchanged\"")) << again.out;
}

TEST(Collect, leaves_no_case_when_nothing_could_be_read) {
  const std::string dir = test::scratch_dir();
  EXPECT_EQ(run({"collect", write(dir, "empty.log", ""), "-o", dir + "/c.uptrail"}).code, 3);
  EXPECT_FALSE(std::filesystem::exists(dir + "/c.uptrail"));
}

TEST(Collect, a_folder_says_what_was_used_and_what_was_passed_over) {
  const std::string dir = test::scratch_dir();
  std::filesystem::create_directory(dir + "/trip");
  write(dir, "trip/trip.scn", kHealthy);
  write(dir, "trip/words.txt", "words\n");
  const auto ran = run({"collect", dir + "/trip"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_TRUE(contains(ran.out, dir + "/trip (folder)\n    2 members: 1 used, 1 no log or store\n")) << ran.out;
  EXPECT_TRUE(std::filesystem::exists(dir + "/trip.uptrail"));
  const auto checked = run({"check", dir + "/trip.uptrail"});
  EXPECT_TRUE(contains(checked.out, "Folders and archives")) << checked.out;
}

TEST(Formats, lists_what_lies_in_an_archive) {
  const std::string dir = test::scratch_dir();
  const std::string path = write(dir, "x.zip",
                                 test::make_archive(test::ArchiveFormat::zip, test::ArchiveFilter::none,
                                                    {{"a/trip.scn", kHealthy}, {"words.txt", "words\n"}}));
  const auto ran = run({"formats", path});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_TRUE(contains(ran.out, path + "!/a/trip.scn: event_script")) << ran.out;
  EXPECT_TRUE(contains(ran.out, "2 members: 1 used, 1 no log or store")) << ran.out;
  const auto json = run({"formats", "--json", path});
  EXPECT_TRUE(contains(json.out, "\"kind\": \"tree\"")) << json.out;
  EXPECT_TRUE(contains(json.out, "\"chosen\": \"event_script\"")) << json.out;
  const auto packed = run({"formats", write(dir, "trip.scn.gz", test::packed(test::ArchiveFilter::gzip, kHealthy))});
  EXPECT_TRUE(contains(packed.out, "trip.scn.gz: event_script")) << packed.out;
}

}  // namespace
}  // namespace uptrail
