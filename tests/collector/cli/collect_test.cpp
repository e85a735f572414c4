#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>

#include "collector/base/text.h"
#include "run.h"
#include "tests/support/files.h"

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

TEST(Collect, leaves_no_case_when_nothing_could_be_read) {
  const std::string dir = test::scratch_dir();
  EXPECT_EQ(run({"collect", write(dir, "empty.log", ""), "-o", dir + "/c.uptrail"}).code, 3);
  EXPECT_FALSE(std::filesystem::exists(dir + "/c.uptrail"));
}

}  // namespace
}  // namespace uptrail
