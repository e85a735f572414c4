#include "collector/report/check_formats.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "collector/base/text.h"
#include "report_of.h"
#include "sample_case.h"
#include "tests/support/files.h"

namespace uptrail {
namespace {

using nlohmann::json;

CheckData gather(test::FakeCase fake) {
  fake.result.tallies = {{UnitId{0}, "a-rule", 0, 3, 0, 0},
                         {UnitId{0}, "completed-task-adopted", 1, 2, 0, 0},
                         {UnitId{0}, "completion-handler-not-called", 0, 1, 1, 0},
                         {UnitId{0}, "never-applies", 0, 0, 0, 9},
                         {UnitId{0}, "task-completed-without-callback", 1, 0, 0, 0}};
  auto data = gather_check(fake);
  EXPECT_TRUE(data.ok());
  return data.take();
}

std::string written(std::string_view format, const CheckData& data, const Policy& policy = {}) {
  for (const CheckFormat& f : check_formats()) {
    if (f.name == format) return test::check_with(policy, data, [&](const CheckReport& r) { return f.write(r, {}); });
  }
  ADD_FAILURE() << "no format " << format;
  return {};
}

Policy sample_policy() {
  Policy policy;
  BaselineFinding gone{"cccccccccccccccc", "dddddddddddddddd", "a-rule",          "com.example.shoebox",
                       "upload 3 is lost", Severity::error,    Confidence::likely};
  BaselineFinding open = gone;
  open.rule = "completion-handler-not-called";
  open.key = "eeeeeeeeeeeeeeee";
  open.title = "handler of wake 3 not called";
  policy.baseline = Baseline{"old.json", {gone, open}};
  policy.require = {"app", "store"};
  policy.project_file = "uptrail.json";
  return policy;
}

TEST(CheckFormats, print_the_sample_as_agreed) {
  const CheckData data = gather(test::sample_case());
  for (const CheckFormat& f : check_formats()) {
    if (f.name == "text" || f.name == "json") continue;  // have files of their own
    test::expect_golden("report/check." + std::string(f.name) + ".txt", written(f.name, data));
  }
  test::expect_golden("report/check_judged.txt", written("text", data, sample_policy()));
  test::expect_golden("report/check_judged.md.txt", written("markdown", data, sample_policy()));
}

// What a capture says may be anything. `hostile` stands wherever the sample has text of a log.
const std::string kTurns = {'\xE2', '\x80', '\xAE'};  // U+202E: what follows runs from right to left
const std::string kHostile =
    "<script>alert(1)</script> ]]> \" & ' ::error::x\n::error file=x::y\r\n%0A | `b` [l](http://x) @team \x1b[31m " + kTurns;

CheckData hostile() {
  test::FakeCase fake = test::sample_case();
  for (Finding& f : fake.result.findings) {
    f.title = f.explanation = f.remedy = f.subject.label = kHostile;
    for (EvidenceRef& e : f.evidence) e.note = kHostile;
  }
  for (Source& s : fake.source_list) s.path = kHostile;
  for (Cause& c : fake.result.causes) c.title = kHostile;
  for (Undetermined& u : fake.result.undetermined) u.reason = u.add = kHostile;
  fake.result.units[0].bundle = kHostile;
  fake.case_info.title = kHostile;
  fake.result.outcome_reason = fake.result.next_step = kHostile;
  return gather(fake);
}

TEST(CheckFormats, hostile_text_moves_no_terminal_and_turns_no_text) {
  for (const CheckFormat& f : check_formats()) {
    for (const bool judged : {false, true}) {
      const std::string text = written(f.name, hostile(), judged ? sample_policy() : Policy{});
      EXPECT_EQ(text.find('\x1b'), std::string::npos) << f.name;
      EXPECT_EQ(text.find('\r'), std::string::npos) << f.name;
      if (f.name != "json") {  // escapes nothing but what JSON must; it is data
        EXPECT_EQ(text.find(kTurns), std::string::npos) << f.name;
      }
    }
  }
}

TEST(CheckGithub, hostile_text_begins_no_command) {
  const std::string text = written("github", hostile());
  std::size_t commands = 0;
  for (const std::string_view line : split(text, '\n')) {
    if (line.empty()) continue;
    ++commands;
    EXPECT_TRUE(line.starts_with("::error ") || line.starts_with("::warning ")) << line;
    const std::string_view properties = line.substr(0, line.find("::", 2));
    EXPECT_EQ(std::count(properties.begin(), properties.end(), ':'), 2) << "only those that begin it: " << properties;
  }
  EXPECT_EQ(commands, 1U);
}

TEST(CheckGithub, what_does_not_fail_is_no_error) {
  CheckData data = gather(test::sample_case());
  EXPECT_TRUE(written("github", data).starts_with("::error "));
  Policy policy;
  policy.fail_on = FailOn::never;
  EXPECT_TRUE(written("github", data, policy).starts_with("::warning "));
  data.derived.causes[0].severity = Severity::info;
  EXPECT_TRUE(written("github", data).starts_with("::notice "));
}

TEST(CheckMarkdown, hostile_text_is_no_markup) {
  const std::string text = written("markdown", hostile());
  EXPECT_EQ(text.find("<script"), std::string::npos);
  EXPECT_EQ(text.find("http://x"), std::string::npos) << "GitHub would make a link of it";
  EXPECT_EQ(text.find("@team"), std::string::npos);
  EXPECT_TRUE(contains(text, "\\`b\\` \\[l\\](http:&#8203;//x) @&#8203;team")) << text;
  for (const std::string_view line : split(text, '\n')) {
    EXPECT_FALSE(line.starts_with("::")) << line;
    // Markdown is not looked for in the line that begins an HTML block.
    EXPECT_TRUE(line.starts_with("<details") || !contains(line, "[l](")) << line;
  }
}

TEST(CheckSarif, tells_findings_questions_and_what_is_fixed) {
  const json root = json::parse(written("sarif", gather(test::sample_case()), sample_policy()));
  const json& results = root["runs"][0]["results"];
  ASSERT_EQ(results.size(), 4U);
  EXPECT_EQ(results[0]["kind"], "fail");
  EXPECT_EQ(results[0]["level"], "error");
  EXPECT_EQ(results[0]["baselineState"], "new");
  EXPECT_EQ(results[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "captures/system.log");
  EXPECT_EQ(results[0]["locations"][0]["physicalLocation"]["region"]["startLine"], 3391);
  EXPECT_EQ(results[2]["kind"], "open");
  EXPECT_EQ(results[2]["level"], "none");
  EXPECT_EQ(results[3]["baselineState"], "absent") << "only the one that is known to be fixed";
  const json& rules = root["runs"][0]["tool"]["driver"]["rules"];
  for (const json& result : results) {
    EXPECT_EQ(rules[result["ruleIndex"].get<std::size_t>()]["id"], result["ruleId"]);
  }
}

TEST(CheckSarif, odd_paths_are_uri_references) {
  test::FakeCase fake = test::sample_case();
  fake.source_list[0].path = "a b:1/sys%tem#\xC3\xBC.log";
  fake.source_list[1].path = "/logs/app.ndjson";
  const json root = json::parse(written("sarif", gather(fake)));
  EXPECT_EQ(root["runs"][0]["artifacts"][0]["location"]["uri"], "a%20b%3A1/sys%25tem%23%C3%BC.log");
  EXPECT_EQ(root["runs"][0]["artifacts"][1]["location"]["uri"], "file:///logs/app.ndjson");
}

TEST(CheckJunit, could_not_tell_is_skipped_and_never_passed) {
  const std::string text = written("junit", gather(test::sample_case()));
  EXPECT_TRUE(contains(text, "name=\"a-rule\" time=\"0\"/>")) << text;
  EXPECT_TRUE(contains(text, "<failure type=\"completed-task-adopted\""));
  EXPECT_TRUE(contains(text, "<skipped message=\"could not tell (1 question): the app's")) << text;
  EXPECT_FALSE(contains(text, "never-applies"));
  EXPECT_TRUE(contains(text, "tests=\"4\" failures=\"2\" errors=\"0\" skipped=\"1\""));
  Policy policy;
  policy.require = {"store"};
  policy.fail_on = FailOn::never;
  EXPECT_TRUE(contains(written("junit", gather(test::sample_case()), policy), "<skipped message=\"COULD NOT TELL: Required"));
  policy.could_not_tell = UnknownEnds::fail;
  EXPECT_TRUE(contains(written("junit", gather(test::sample_case()), policy), "<failure type=\"evidence\""));
}

TEST(CheckGitlab, has_what_code_quality_asks_for) {
  const json root = json::parse(written("gitlab", gather(test::sample_case())));
  ASSERT_EQ(root.size(), 1U) << "the other finding is its symptom";
  EXPECT_EQ(root[0]["check_name"], "completed-task-adopted");
  EXPECT_EQ(root[0]["fingerprint"], "fedcba9876543210");
  EXPECT_EQ(root[0]["severity"], "critical");
  EXPECT_EQ(root[0]["location"]["path"], "captures/app.ndjson");
  EXPECT_EQ(root[0]["location"]["lines"]["begin"], 815);
}

}  // namespace
}  // namespace uptrail
