#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "collector/base/text.h"
#include "run.h"
#include "tests/support/files.h"
#include "tests/support/json_schema.h"

namespace uptrail {
namespace {

using test::run;

std::string script(const std::string& text) {
  const std::string path = test::scratch_dir() + "/x.scn";
  test::write_file(path, text);
  return path;
}

const std::string kReused =
    "=== reused\n0 @fg\n5 session.invalidate object=O1 mode=cancel\n5.001 session.create identifier=up object=O1 delegate=D\n"
    "6 session.did-become-invalid object=O1\n";
const std::string kHealthy = "=== healthy\n0 @fg\n1 @task X1 U1\n30 @done X1 U1\n";
const std::string kShared = "=== shared\n0 @fg\n1 @task X1 U1\n5 session.invalidate shared=true\n60 @done X1 U1\n";

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

TEST(Check, healthy_is_ok) {
  const auto ran = run({"check", script(kHealthy)});
  EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
  EXPECT_EQ(first_line(ran.out).substr(0, 4), "OK  ") << ran.out;
  EXPECT_EQ(ran.err, "");
}

TEST(Check, error_fails_and_never_does_not) {
  const std::string path = script(kReused);
  const auto ran = run({"check", path});
  EXPECT_EQ(ran.code, 1) << ran.err;
  EXPECT_EQ(first_line(ran.out).substr(0, 4), "FAIL");
  EXPECT_TRUE(contains(ran.out, "C1  error, "));
  EXPECT_NE(run({"check", "--fail-on", "never", path}).code, 1);
}

TEST(Check, warning_fails_by_default_only) {
  const std::string path = script(kShared);
  EXPECT_EQ(run({"check", path}).code, 1);
  EXPECT_NE(run({"check", "--fail-on", "error", path}).code, 1);
  EXPECT_NE(run({"check", "--ignore", "shared-session-invalidated", path}).code, 1);
}

TEST(Check, nothing_from_the_app_cannot_be_told) {
  const std::string path =
      script("=== daemon only\ncover: app none\n0 daemon.task-enqueued X1\n5 daemon.task-finished X1 code=0\n");
  const auto ran = run({"check", path});
  EXPECT_EQ(ran.code, 4) << ran.out << ran.err;
  EXPECT_EQ(first_line(ran.out).substr(0, 14), "COULD NOT TELL");
  EXPECT_TRUE(contains(ran.out, "uptrail howto instrument")) << ran.out;
  EXPECT_EQ(run({"check", "--allow-unknown", path}).code, 0);
}

TEST(Check, json_fits_the_schema) {
  for (const std::string& text : {kReused, kHealthy, kShared}) {
    const auto ran = run({"check", "--json", script(text)});
    EXPECT_EQ(test::schema_problems("schemas/check.schema.json", ran.out), "");
    EXPECT_EQ(ran.out, run({"check", "--format", "json", script(text)}).out);
  }
}

TEST(Check, refuses_unknown_rules_and_dates) {
  const std::string path = script(kHealthy);
  EXPECT_EQ(run({"check", "--only", "no-such-rule", path}).code, 2);
  EXPECT_EQ(run({"check", "--date", path, path}).code, 2);
  EXPECT_EQ(run({"check", "--date", path + "=someday", path}).code, 2);
  EXPECT_EQ(run({"check", "--date", "other.log=2026-11-18", path}).code, 2);
  EXPECT_EQ(run({"check", "--rules", path + ".none", path}).code, 3);
  EXPECT_EQ(run({"check"}).code, 2);
}

TEST(Check, a_mapping_file_that_no_input_fits_is_warned_of) {
  const std::string path = script(kHealthy);
  const std::string dir = path.substr(0, path.rfind('/'));
  test::write_file(dir + "/map.json",
                   R"({"uptrail_store_map":1,"name":"Mine","format":"json","path":"queue.*","fields":{"id":"$key"}})");
  test::write_file(dir + "/queue.json", R"({"queue":{"U1":{}}})");
  const auto without = run({"check", "--store-map", dir + "/map.json", path});
  EXPECT_EQ(without.code, 0) << without.err;
  EXPECT_TRUE(contains(without.err, "no input is Mine (by a mapping file): none has items under queue.* ($key)")) << without.err;
  EXPECT_EQ(run({"check", "--store-map", dir + "/map.json", path, dir + "/queue.json"}).err, "");
}

TEST(Check, takes_one_case_alone) {
  const std::string path = script(kHealthy);
  const std::string target = test::scratch_dir() + "/c.uptrail";
  test::write_file(path, kHealthy);
  ASSERT_EQ(run({"collect", path, "-o", target}).code, 0);
  EXPECT_EQ(run({"check", target}).code, 0);
  EXPECT_EQ(run({"check", target, path}).code, 2);
  EXPECT_EQ(run({"check", "--only", "capture-incomplete", target}).code, 2);
}

TEST(Explain, shows_the_raw_lines_of_a_finding) {
  const std::string path = script(kReused);
  const auto list = run({"explain", path});
  EXPECT_EQ(list.code, 0) << list.err;
  EXPECT_EQ(list.out.substr(0, 2), "C1");
  const auto one = run({"explain", path, "C1"});
  EXPECT_EQ(one.code, 0);
  EXPECT_TRUE(contains(one.out, "Evidence\n")) << one.out;
  EXPECT_TRUE(contains(one.out, "    | ")) << one.out;
  EXPECT_EQ(run({"explain", path, "C99"}).code, 2);
  EXPECT_EQ(run({"explain", path, "C1", "more"}).code, 2);
}

TEST(Explain, tells_the_rule_its_search_and_what_would_clear_it) {
  const std::string path = script("0 @fg\n1 @task X1 U1\n2 @task X2 U2\n30 @done X1 U1\n40 @fin X2 200\n");
  const auto one = run({"explain", "--only", "task-completed-without-callback", path, "F1"});
  EXPECT_EQ(one.code, 0) << one.err;
  for (const char* part :
       {"The rule\n", "It needs: ", "Numbers\n", "(limit 30 s)", "looked for task.did-complete of this task in",
        "is known to have run for", "of others", "Would clear it: "}) {
    EXPECT_TRUE(contains(one.out, part)) << part << "\n" << one.out;
  }
}

TEST(Check, leaves_findings_out_by_rule_and_by_id_and_counts_them) {
  const std::string path = script("0 @fg\n1 @task X1 U1\n2 @task X2 U2\n30 @done X1 U1\n40 @fin X2 200\n");
  const auto root =
      nlohmann::json::parse(run({"check", "--json", "--only", "task-completed-without-callback", path}).out, nullptr, false);
  ASSERT_FALSE(root.is_discarded());
  ASSERT_EQ(root["findings"].size(), 1U);
  EXPECT_EQ(root["counts"]["left_out"], 0);
  const std::string id = root["findings"][0]["id"];
  for (const std::string& ignored : {id, std::string("task-completed-without-callback")}) {
    const auto less = nlohmann::json::parse(
        run({"check", "--json", "--only", "task-completed-without-callback", "--ignore", ignored, path}).out, nullptr, false);
    ASSERT_FALSE(less.is_discarded()) << ignored;
    EXPECT_EQ(less["findings"].size(), 0U) << ignored;
    EXPECT_EQ(less["counts"]["left_out"], 1) << ignored;
    EXPECT_TRUE(contains(run({"check", "--only", "task-completed-without-callback", "--ignore", ignored, path}).out,
                         "Left out: 1 finding (--ignore)"))
        << ignored;
  }
  const auto other = nlohmann::json::parse(
      run({"check", "--json", "--only", "task-completed-without-callback", "--ignore", "0123456789abcdef", path}).out, nullptr,
      false);
  EXPECT_EQ(other["findings"].size(), 1U);
  const std::string target = path + ".uptrail";
  ASSERT_EQ(run({"collect", path, "-o", target, "--ignore", id}).code, 0);
  EXPECT_TRUE(contains(run({"check", target}).out, "Left out: 1 finding"));
}

TEST(Dispute, writes_a_script_on_which_the_same_rule_fires) {
  const std::string path = script("0 @fg\n1 @task X1 U1\n2 @task X2 U2\n30 @done X1 U1\n40 @fin X2 200\n");
  const std::string target = path + ".f1.scn";
  const auto ran = run({"dispute", "--only", "task-completed-without-callback", path, "F1", "-o", target});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.out, "");
  const auto again = run({"check", "--only", "task-completed-without-callback", target});
  EXPECT_EQ(again.code, 1) << test::read_file(target);
  EXPECT_EQ(run({"dispute", path}).code, 2);
  EXPECT_EQ(run({"dispute", path, "F9"}).code, 2);
}

TEST(Formats, says_what_and_why) {
  const std::string path = script(kHealthy);
  const auto text = run({"formats", path});
  EXPECT_EQ(text.code, 0) << text.err;
  EXPECT_EQ(first_line(text.out), path + ": event_script");
  const auto root = nlohmann::json::parse(run({"formats", "--json", path}).out, nullptr, false);
  ASSERT_FALSE(root.is_discarded());
  EXPECT_EQ(root["chosen"], "event_script");
  EXPECT_EQ(root["kind"], "container");
  EXPECT_GE(root["candidates"].size(), 5U);
}

TEST(Formats, does_not_recognise_junk) {
  const std::string path = script("");
  test::write_file(path, std::string("\0\1\2\3junk\377", 9));
  EXPECT_EQ(run({"formats", path}).code, 3);
}

// -- for pipelines
// ---------------------------------------------------------------------------------------------------------------

// Beside the test's scratch folder, which script() makes anew.
std::string in_scratch(const std::string& name, const std::string& text) {
  const std::string dir =
      std::string(UPTRAIL_BINARY_DIR) + "/scratch_kept/" + ::testing::UnitTest::GetInstance()->current_test_info()->name();
  std::filesystem::create_directories(dir);
  test::write_file(dir + "/" + name, text);
  return dir + "/" + name;
}

TEST(CheckFormats, several_at_once_each_to_its_file) {
  const std::string path = in_scratch("x.scn", kReused);
  const std::string dir = path.substr(0, path.rfind('/'));
  std::vector<std::string> arguments = {"check", path};
  const std::vector<std::string> formats = {"json", "junit", "sarif", "github", "gitlab", "markdown"};
  for (const std::string& format : formats) {
    arguments.insert(arguments.end(), {"--format", format + "=" + dir + "/out." + format});
  }
  const auto ran = run(arguments);
  EXPECT_EQ(ran.code, 1) << ran.err;
  EXPECT_EQ(first_line(ran.out).substr(0, 4), "FAIL") << "people read the log of the job";
  for (const std::string& format : formats) {
    EXPECT_TRUE(contains(test::read_file(dir + "/out." + format), "session-reused-after-invalidation")) << format;
  }
  EXPECT_EQ(test::schema_problems("schemas/check.schema.json", test::read_file(dir + "/out.json")), "");
  // One to standard output takes the place of the text.
  EXPECT_TRUE(nlohmann::json::accept(run({"check", "--format", "sarif", "--format", "junit=" + dir + "/j", path}).out));
}

TEST(CheckFormats, wrong_ones_are_usage_errors) {
  const std::string path = script(kHealthy);
  const auto problem = [&](std::vector<std::string> options) {
    options.insert(options.begin(), "check");
    options.push_back(path);
    const auto ran = run(options);
    EXPECT_EQ(ran.code, 2);
    return ran.err;
  };
  EXPECT_TRUE(contains(problem({"--format", "junitt"}), "did you mean junit?"));
  EXPECT_TRUE(contains(problem({"--format", "json", "--format", "sarif"}), "both go to standard output"));
  EXPECT_TRUE(contains(problem({"--format", "json="}), "names no file"));
  EXPECT_TRUE(contains(problem({"--format", "json=" + path}), "is an input"));
  EXPECT_TRUE(contains(problem({"--format", "json=/tmp/x", "--format", "sarif=/tmp/./x"}), "is named for two formats"));
  EXPECT_EQ(run({"check", "--format", "json=/no/such/folder/x", path}).code, 3);
}

TEST(CheckBaseline, only_what_is_new_fails) {
  const std::string old = in_scratch("old.json", run({"check", "--json", script(kReused)}).out);
  EXPECT_EQ(run({"check", script(kReused)}).code, 1);
  const auto again = run({"check", "--baseline", old, script(kReused)});
  EXPECT_EQ(again.code, 0) << again.out;
  EXPECT_TRUE(contains(again.out, "known, 0 fixed")) << again.out;
  const std::string both = kReused + "9 session.invalidate shared=true\n";
  const auto more = run({"check", "--baseline", old, script(both)});
  EXPECT_EQ(more.code, 1) << more.out;
  EXPECT_EQ(run({"check", "--baseline", script(kHealthy), script(kHealthy)}).code, 2) << "a capture is no baseline";
}

TEST(CheckBaseline, what_the_capture_cannot_show_is_not_fixed) {
  const std::string old = in_scratch("old.json", run({"check", "--json", script(kReused)}).out);
  const std::string silent =
      script("=== daemon only\ncover: app none\n0 daemon.task-enqueued X1\n5 daemon.task-finished X1 code=0\n");
  const auto ran = run({"check", "--baseline", old, "--allow-unknown", silent});
  EXPECT_TRUE(contains(ran.out, "not re-checked  ")) << ran.out;
  EXPECT_FALSE(contains(ran.out, "fixed  ")) << ran.out;
}

TEST(CheckRequire, missing_evidence_passes_under_no_option) {
  const std::string path = script(kHealthy);
  EXPECT_EQ(run({"check", "--require", "app", path}).code, 0);
  const auto ran = run({"check", "--require", "app,store", "--allow-unknown", path});
  EXPECT_EQ(ran.code, 4) << ran.out;
  EXPECT_TRUE(contains(ran.out, "Required evidence is missing: a task store")) << ran.out;
  EXPECT_EQ(run({"check", "--require", "store", "--could-not-tell", "fail", path}).code, 1);
  EXPECT_TRUE(contains(run({"check", "--require", "demon", path}).err, "did you mean daemon?"));
}

TEST(CheckProject, is_read_and_named_and_options_win) {
  const std::string path = script(kReused);
  const std::string config = in_scratch("uptrail.json", R"({"check": {"fail_on": "never"}})");
  const auto ran = run({"check", "--config", config, path});
  EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
  EXPECT_TRUE(contains(ran.out, "Project: ")) << ran.out;
  EXPECT_EQ(run({"check", "--config", config, "--fail-on", "error", path}).code, 1);
  EXPECT_EQ(run({"check", "--config", config, "--no-config", path}).code, 1);
}

TEST(CheckProject, severity_and_what_is_left_out) {
  const std::string path = script(kShared);
  const std::string softer = in_scratch("softer.json", R"({"rules": {"severity": {"shared-session-invalidated": "info"}}})");
  const auto info = run({"check", "--config", softer, path});
  EXPECT_EQ(info.code, 0) << info.out;
  EXPECT_TRUE(contains(info.out, "info, ")) << info.out;
  const std::string expired = in_scratch(
      "expired.json",
      R"({"rules": {"ignore": [{"rule": "shared-session-invalidated", "reason": "app 3.3 mends it", "expires": "2020-01-31"}]}})");
  const auto red = run({"check", "--config", expired, path});
  EXPECT_EQ(red.code, 1);
  EXPECT_TRUE(contains(red.err, "counts again, it was to be ignored until 2020-01-31 (app 3.3 mends it)")) << red.err;
}

TEST(CheckInputs, patterns_are_expanded) {
  const std::string dir = test::scratch_dir();
  test::write_file(dir + "/one.scn", kHealthy);
  const auto ran = run({"check", dir + "/*.scn"});
  EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
  const auto none = run({"check", dir + "/*.none"});
  EXPECT_EQ(none.code, 2);
  EXPECT_TRUE(contains(none.err, "nothing fits the pattern")) << none.err;
}

TEST(Compare, two_captures) {
  const std::string a = in_scratch("a.scn", kReused);
  const std::string b = in_scratch("b.scn", kHealthy);
  const auto ran = run({"compare", a, b});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_TRUE(contains(ran.out, "session-reused-after-invalidation")) << ran.out;
  EXPECT_EQ(test::schema_problems("schemas/compare.schema.json", run({"compare", "--json", a, b}).out), "");
  EXPECT_TRUE(contains(run({"compare", a, a}).out, "0 new, "));
  EXPECT_EQ(run({"compare", a}).code, 2);
  EXPECT_EQ(run({"compare", a, "/no/such/file"}).code, 3);
}

}  // namespace
}  // namespace uptrail
