#include "collector/report/judgement.h"

#include <gtest/gtest.h>

#include "collector/base/text.h"
#include "collector/model/finding_key.h"
#include "report_of.h"
#include "sample_case.h"

namespace uptrail {
namespace {

CheckData gather(test::FakeCase fake) {
  auto data = gather_check(fake);
  EXPECT_TRUE(data.ok());
  return data.take();
}

BaselineFinding old_one(const Finding& f, const Derived& d) {
  return {f.fingerprint, key_digest(finding_key(f, d, KeyForm::over_runs)), f.rule, "com.example.shoebox", f.title, f.severity,
          f.confidence};
}

Policy with_baseline(std::vector<BaselineFinding> findings) {
  Policy policy;
  policy.baseline = Baseline{"old.json", std::move(findings)};
  return policy;
}

TEST(Judgement, a_cause_fails_from_the_limit_on) {
  CheckData data = gather(test::sample_case());
  EXPECT_EQ(judge(data, {}).verdict, Verdict::failed);
  Policy policy;
  policy.fail_on = FailOn::never;
  EXPECT_EQ(judge(data, policy).verdict, Verdict::passed);
  data.derived.causes[0].severity = Severity::warning;
  policy.fail_on = FailOn::error;
  EXPECT_EQ(judge(data, policy).verdict, Verdict::passed);
  data.derived.causes[0].severity = Severity::error;
  data.derived.causes[0].confidence = Confidence::hint;
  EXPECT_EQ(judge(data, policy).verdict, Verdict::passed) << "hints never count";
}

TEST(Judgement, what_is_known_does_not_fail) {
  const CheckData data = gather(test::sample_case());
  const auto& findings = data.derived.findings;
  const Judgement all = judge(data, with_baseline({old_one(findings[0], data.derived), old_one(findings[1], data.derived)}));
  EXPECT_EQ(all.verdict, Verdict::passed);
  EXPECT_EQ(all.known, 2U);
  EXPECT_EQ(all.fresh, 0U);
  const Judgement one = judge(data, with_baseline({old_one(findings[0], data.derived)}));
  EXPECT_EQ(one.verdict, Verdict::failed);
  EXPECT_EQ(one.fresh, 1U);
  EXPECT_EQ(one.novelty[1], Novelty::fresh);
}

TEST(Judgement, another_run_has_other_ids_and_the_same_keys) {
  const CheckData data = gather(test::sample_case());
  BaselineFinding old = old_one(data.derived.findings[1], data.derived);
  old.id = "aaaaaaaaaaaaaaaa";  // upload 16 of yesterday's run
  const Judgement j = judge(data, with_baseline({old}));
  EXPECT_EQ(j.novelty[1], Novelty::known);
  // One of the baseline stands for one finding, not for all that are like it.
  CheckData twice = data;
  twice.derived.findings.push_back(data.derived.findings[1]);
  twice.derived.findings.back().id = FindingId{2};
  twice.derived.findings.back().fingerprint = "bbbbbbbbbbbbbbbb";
  EXPECT_EQ(judge(twice, with_baseline({old})).fresh, 2U);
}

// Fixed is said only when the rule looked, found the like in order, and left nothing open.
TEST(Judgement, gone_is_fixed_only_when_cleared) {
  CheckData data = gather(test::sample_case());
  BaselineFinding old;
  old.id = "cccccccccccccccc";
  old.key = "dddddddddddddddd";
  old.rule = "some-rule";
  old.bundle = "com.example.shoebox";
  old.title = "upload 3 is lost";
  Policy policy = with_baseline({old});
  policy.fail_on = FailOn::error;
  const auto state = [&] {
    const Judgement j = judge(data, policy);
    return j.gone.size() == 1 ? (j.gone[0].fixed ? std::string("fixed") : j.gone[0].why) : "not gone";
  };
  EXPECT_EQ(state(), "the rule did not judge");
  data.derived.tallies = {{UnitId{0}, "some-rule", 0, 0, 0, 4}};
  EXPECT_EQ(state(), "nothing of the kind happened in this capture");
  data.derived.tallies = {{UnitId{0}, "some-rule", 0, 5, 1, 0}};
  data.derived.undetermined.push_back({"some-rule", "no callbacks are logged", {UnitId{0}, {}, {}, {}, {}, {}, "x"}, ""});
  EXPECT_EQ(state(), "the rule could not tell: no callbacks are logged");
  data.derived.tallies = {{UnitId{0}, "some-rule", 0, 5, 0, 0}};
  EXPECT_EQ(state(), "fixed");
  policy.baseline->findings[0].bundle = "com.example.other";
  EXPECT_EQ(state(), "nothing of com.example.other is in this capture");
}

TEST(Judgement, what_could_not_be_checked_again_is_unknown) {
  CheckData data = gather(test::sample_case());
  data.derived.findings.clear();
  data.derived.causes.clear();
  data.derived.outcome = Outcome::ok;
  BaselineFinding old;
  old.id = old.key = "cccccccccccccccc";
  old.rule = "some-rule";
  old.severity = Severity::error;
  EXPECT_EQ(judge(data, with_baseline({old})).verdict, Verdict::unknown);
  old.severity = Severity::info;  // would not have failed
  EXPECT_EQ(judge(data, with_baseline({old})).verdict, Verdict::passed);
}

TEST(Judgement, required_evidence_must_be_there) {
  CheckData data = gather(test::sample_case());
  data.derived.causes.clear();
  data.derived.outcome = Outcome::ok;
  Policy policy;
  policy.require = {"app", "daemon"};
  EXPECT_EQ(judge(data, policy).verdict, Verdict::passed);
  policy.require = {"app", "store", "cfnetwork", "system"};
  const Judgement j = judge(data, policy);
  EXPECT_EQ(j.verdict, Verdict::unknown);
  EXPECT_EQ(j.lacking, (std::vector<std::string>{"store", "cfnetwork", "system"}));
  EXPECT_TRUE(contains(j.reason, "a task store")) << j.reason;
  data.derived.coverage.clear();
  EXPECT_FALSE(has_evidence(data, "app"));
  data.streams[0].observer = Observer::store;
  EXPECT_TRUE(has_evidence(data, "store"));
  data.sources[0].accounting.matched = 0;
  EXPECT_FALSE(has_evidence(data, "store")) << "a store without a row that was understood shows nothing";
}

TEST(Baseline, is_what_check_printed) {
  const CheckData data = gather(test::sample_case());
  const std::string json = test::check_with({}, data, [](const CheckReport& r) { return check_json(r); });
  const auto baseline = parse_baseline(json, "old.json");
  ASSERT_TRUE(baseline.ok()) << baseline.error().text();
  ASSERT_EQ(baseline->findings.size(), 2U);
  EXPECT_EQ(baseline->findings[0].id, "0123456789abcdef");
  EXPECT_EQ(baseline->findings[0].bundle, "com.example.shoebox");
  Policy policy;
  policy.baseline = baseline.value();
  EXPECT_EQ(judge(data, policy).known, 2U);
}

TEST(Baseline, names_what_is_wrong) {
  const auto problem = [](std::string_view text) { return parse_baseline(text, "old.json").error().text(); };
  EXPECT_TRUE(contains(problem("{"), "old.json")) << problem("{");
  EXPECT_TRUE(contains(problem("[1]"), "not one JSON object"));
  EXPECT_TRUE(contains(problem("{\"findings\": []}"), "not the output of uptrail check"));
  EXPECT_TRUE(contains(problem(R"({"schema": "uptrail.check/1", "findings": [{"id": "x"}]})"), "finding 1 lacks"));
}

TEST(FindingKey, names_become_placeholders) {
  EXPECT_EQ(with_placeholders("upload 17"), "upload <n>");
  EXPECT_EQ(with_placeholders("IMG_0042.HEIC"), "IMG_<n>.HEIC");
  EXPECT_EQ(with_placeholders("up-2026-11-18T14:00:01Z-3"), "up-<date>-<n>");
  EXPECT_EQ(with_placeholders("2026-11-18 17"), "<date> <n>");
  EXPECT_EQ(with_placeholders("at 2026-11-18 14:00:01.25+0100, 2nd"), "at <date>, <n>nd");
  EXPECT_EQ(with_placeholders("s.9A0C3D1E-55B7-4C28-A6F0-718293A4B5C6.x"), "s.<uuid>.x");
  EXPECT_EQ(with_placeholders("blob 3fa9c1d2e of facade"), "blob <hex> of facade");
  EXPECT_EQ(with_placeholders("photos"), "photos");
  EXPECT_EQ(with_placeholders(""), "");
}

}  // namespace
}  // namespace uptrail
