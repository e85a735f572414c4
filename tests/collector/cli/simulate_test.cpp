#include <gtest/gtest.h>

#include "collector/base/text.h"
#include "run.h"
#include "tests/support/files.h"
#include "tests/support/json_schema.h"

namespace uptrail {
namespace {

using test::run;

TEST(SimulateVerb, writes_a_capture_that_check_judges_as_the_truth_says) {
  const std::string dir = test::scratch_dir();
  const std::string capture = dir + "/trip.log";
  const std::string truth = dir + "/truth.json";
  const auto made = run({"simulate", "--seed", "4", "--faults", "completion-handler-not-called", "--container", "syslog", "-o",
                         capture, "--truth", truth});
  EXPECT_EQ(made.code, 0) << made.err;
  EXPECT_EQ(made.out, "");
  EXPECT_EQ(test::schema_problems("schemas/truth.schema.json", test::read_file(truth)), "");
  EXPECT_TRUE(contains(test::read_file(truth), "\"fault\":\"completion-handler-not-called\""));
  const auto judged = run({"check", capture});
  EXPECT_EQ(judged.code, 1) << judged.out;
  EXPECT_TRUE(contains(judged.out, "never called")) << judged.out;
}

TEST(SimulateVerb, leaves_existing_files_alone) {
  const std::string path = test::scratch_dir() + "/mine.ndjson";
  test::write_file(path, "mine");
  EXPECT_EQ(run({"simulate", "-o", path}).code, 2);
  EXPECT_EQ(test::read_file(path), "mine");
  EXPECT_EQ(run({"simulate", "-o", path, "--force"}).code, 0);
  EXPECT_NE(test::read_file(path), "mine");
}

TEST(SimulateVerb, plays_scenarios_and_scripts) {
  const auto named = run({"simulate", "13-resume-case", "--container", "console"});
  EXPECT_EQ(named.code, 0);
  EXPECT_TRUE(contains(named.out, "wake.handle-events"));
  const std::string script = test::scratch_dir() + "/my.scn";
  test::write_file(script, "0 @fg\n1 @task X1 U1\nfire: daemon-retry/info\n");
  const auto own = run({"simulate", script, "--truth", script + ".json"});
  EXPECT_EQ(own.code, 0) << own.err;
  EXPECT_TRUE(contains(own.out, "task.create"));
  EXPECT_TRUE(contains(test::read_file(script + ".json"), "daemon-retry"));
  EXPECT_EQ(run({"simulate", "13-resume-cas"}).err, "uptrail: no scenario \"13-resume-cas\" (did you mean 13-resume-case?)\n");
}

TEST(SimulateVerb, a_scenario_by_option_is_judged_alike_and_losses_are_said) {
  const std::string dir = test::scratch_dir();
  for (const std::string container : {"json", "compact", "default"}) {
    const std::string path = dir + "/" + container + ".log";
    const auto made = run({"simulate", "--scenario", "11-swipe-kill-app-still-uploading", "--container", container, "-o", path});
    EXPECT_EQ(made.code, 0) << made.err;
    EXPECT_EQ(contains(made.err, "no zone"), container == "compact") << made.err;
    EXPECT_TRUE(contains(run({"check", path}).out, "closed by the user")) << container;
  }
  EXPECT_EQ(run({"simulate", "13-resume-case", "--scenario", "14-relaunch-case"}).code, 2);
}

TEST(SimulateVerb, writes_the_daemons_store_beside_the_logs) {
  const std::string dir = test::scratch_dir();
  const std::string log = dir + "/trip.log";
  const auto made = run({"simulate", "--scenario", "22-new-task-never-resumed", "--sources", "app,daemon,store", "--container",
                         "syslog", "-o", log});
  EXPECT_EQ(made.code, 0) << made.err;
  EXPECT_TRUE(contains(made.err, "trip.tasks.sqlite: 1 task")) << made.err;
  const auto judged = run({"check", log, dir + "/trip.tasks.sqlite"});
  EXPECT_TRUE(contains(judged.out, "stores 1")) << judged.out;
  EXPECT_TRUE(contains(judged.out, "resume")) << judged.out;
  EXPECT_TRUE(contains(run({"simulate", "--sources", "app,store"}).err, "-o FILE"));
  EXPECT_TRUE(contains(run({"simulate", "--sources", "app,store", "-o", dir + "/trip.ndjson"}).err, "is left as it is"));
}

TEST(SimulateVerb, three_witnesses_convict_what_two_cannot) {
  const std::string dir = test::scratch_dir();
  const std::string log = dir + "/trip.ndjson";
  const std::string tasks = dir + "/trip.tasks.sqlite";
  const std::string transfers = dir + "/trip.transfers.sqlite";
  const auto made = run({"simulate", "--scenario", "91-three-witnesses", "--sources", "daemon,sys,store,app-store", "-o", log});
  EXPECT_EQ(made.code, 0) << made.err;
  EXPECT_TRUE(contains(made.err, "trip.transfers.sqlite: 3 uploads")) << made.err;
  const auto judged = run({"check", log, tasks, transfers});
  EXPECT_EQ(judged.code, 1) << judged.out;
  for (const std::string_view part : {"upload U1 uploading in the app's store, but its task has ended", "trip.ndjson:",
                                      "trip.tasks.sqlite, session_tasks", "trip.transfers.sqlite, awstransfer rowid 1"}) {
    EXPECT_TRUE(contains(judged.out, part)) << part << "\n" << judged.out;
  }
  for (const auto& two : {std::vector{log, tasks}, std::vector{log, transfers}, std::vector{tasks, transfers}}) {
    const auto less = run({"check", two[0], two[1]});
    EXPECT_FALSE(contains(less.out, "error,")) << less.out;
    EXPECT_TRUE(contains(less.out, "annot tell")) << less.out;
  }
  EXPECT_TRUE(contains(run({"simulate", "--sources", "app,app-store"}).err, "-o FILE"));
}

TEST(SimulateVerb, skew_gives_two_files) {
  const std::string dir = test::scratch_dir();
  const auto made = run({"simulate", "--skew", "90", "-o", dir + "/trip.ndjson"});
  EXPECT_EQ(made.code, 0) << made.err;
  EXPECT_FALSE(contains(test::read_file(dir + "/trip.app.ndjson"), "\"observer\":\"daemon\""));
  EXPECT_TRUE(contains(test::read_file(dir + "/trip.system.ndjson"), "\"observer\":\"daemon\""));
  EXPECT_EQ(run({"simulate", "--skew", "90"}).code, 2);
}

TEST(SimulateVerb, says_what_is_wrong_with_its_options) {
  EXPECT_TRUE(contains(run({"simulate", "--faults", "bad-luck"}).err, "--list"));
  for (const auto& bad : std::vector<std::vector<std::string>>{{"--seed", "x"},
                                                               {"--seed", "-1"},
                                                               {"--sessions", "0"},
                                                               {"--hours", "-3"},
                                                               {"--gap", "5"},
                                                               {"--cut", "soon"},
                                                               {"--drop", "moon"},
                                                               {"--tasks", "1e9"}}) {
    EXPECT_EQ(run({"simulate", bad[0], bad[1]}).code, 2) << bad[0];
  }
  EXPECT_EQ(run({"simulate", "none-such.scn"}).code, 3);
}

}  // namespace
}  // namespace uptrail
