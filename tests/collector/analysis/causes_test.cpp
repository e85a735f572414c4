#include "collector/analysis/causes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "collector/analysis/rules/capture_incomplete.h"
#include "tests/collector/analysis/bench_events.h"

namespace uptrail::analysis::test {
namespace {

using K = EventKind;
const Uuid kX1 = Uuid::from_name("X1");

// A rule that says what the test wants.
class Says final : public Rule {
 public:
  explicit Says(std::string_view id) { info_.id = id; }
  [[nodiscard]] const RuleInfo& info() const override { return info_; }
  void judge(const World& /*world*/, const Thresholds& thresholds, Verdicts& verdicts) const override {
    for (Finding f : findings) {
      f.numbers.push_back({"limit", thresholds.value("limit"), std::nullopt, ""});
      verdicts.fired(std::move(f));
    }
    for (const Undetermined& q : questions) {
      verdicts.undetermined(q);
    }
    verdicts.cleared({});
    verdicts.not_applicable({});
  }
  RuleInfo info_;
  std::vector<Finding> findings;
  std::vector<Undetermined> questions;
};

Finding finding(std::string_view rule, double t, Severity severity = Severity::error,
                Confidence confidence = Confidence::likely) {
  Finding f;
  f.rule = rule;
  f.t = at(t);
  f.severity = severity;
  f.confidence = confidence;
  f.subject.unit = UnitId{0};
  f.title = std::string(rule) + " happened";
  return f;
}
Finding of_task(Finding f, std::uint32_t task) {
  f.subject.task = TaskId{task};
  return f;
}
Finding of_session(Finding f, std::uint32_t session, std::uint32_t epoch = EpochId::kNone) {
  f.subject.session = SessionId{session};
  f.subject.epoch = EpochId{epoch};
  return f;
}

// Two uploads of one task each; both sessions known.
Derived entities() {
  Derived d;
  d.units.resize(1);
  d.units[0].id = UnitId{0};
  d.units[0].bundle = "com.example.app";
  d.sessions.resize(2);
  d.sessions[0].identifier = "up";
  d.sessions[1].identifier = "photos";
  for (std::uint32_t i = 0; i < 2; ++i) {
    Task t;
    t.id = TaskId{i};
    t.unit = UnitId{0};
    t.session = SessionId{0};
    t.upload = UploadId{i};
    d.tasks.push_back(t);
    Upload u;
    u.id = UploadId{i};
    u.name = i == 0 ? "17" : "21";
    u.tasks = {TaskId{i}};
    d.uploads.push_back(u);
  }
  return d;
}
Derived with(std::vector<Finding> findings) {
  Derived d = entities();
  d.findings = std::move(findings);
  build_causes(d, {}, 0);
  return d;
}

TEST(Causes, a_symptom_is_folded_under_what_explains_it) {
  const Derived d = with({of_task(finding("task-completed-without-callback", 5), 0),
                          of_task(finding("completed-task-adopted", 6, Severity::warning), 0)});
  ASSERT_EQ(d.causes.size(), 1U);
  EXPECT_EQ(d.findings[0].folded_into, d.findings[1].id);
  EXPECT_EQ(d.causes[0].main, d.findings[1].id);
  EXPECT_EQ(d.causes[0].findings, (std::vector<FindingId>{FindingId{1}, FindingId{0}}));
  EXPECT_EQ(d.causes[0].severity, Severity::error) << "as grave as its gravest symptom";
  EXPECT_EQ(d.causes[0].title, "upload 17 stuck since 00:00:05: app adopted an already finished task");
  EXPECT_EQ(d.causes[0].uploads, (std::vector<UploadId>{UploadId{0}}));
  EXPECT_EQ(d.uploads[0].outcome, UploadOutcome::affected);
  EXPECT_EQ(d.uploads[1].outcome, UploadOutcome::cannot_tell);
  EXPECT_EQ(d.findings[0].cause, d.causes[0].id);
}

TEST(Causes, of_another_task_is_not_explained) {
  const Derived d = with({of_task(finding("task-completed-without-callback", 5), 1),
                          of_task(finding("completed-task-adopted", 6, Severity::warning), 0)});
  EXPECT_EQ(d.causes.size(), 2U);
  EXPECT_FALSE(d.findings[0].folded_into.valid());
}

TEST(Causes, a_session_explains_its_tasks_in_the_same_process_only) {
  Finding task = of_task(finding("task-completed-without-callback", 50), 0);
  task.subject.session = SessionId{0};
  task.subject.epoch = EpochId{1};
  EXPECT_EQ(with({of_session(finding("session-reused-after-invalidation", 5), 0, 1), task}).causes.size(), 1U);
  EXPECT_EQ(with({of_session(finding("session-reused-after-invalidation", 5), 0, 0), task}).causes.size(), 2U);
  EXPECT_EQ(with({of_session(finding("session-reused-after-invalidation", 5), 1, 1), task}).causes.size(), 2U);
}

TEST(Causes, what_happened_to_one_upload_of_a_session_explains_no_other) {
  Finding lost = of_session(finding("session-state-dropped", 5, Severity::warning), 0, 1);
  lost.subject.upload = UploadId{0};
  Finding stuck = of_session(finding("app-thinks-uploading", 50), 0, 1);
  stuck.subject.upload = UploadId{0};
  EXPECT_EQ(with({lost, stuck}).causes.size(), 1U);
  stuck.subject.upload = UploadId{1};
  EXPECT_EQ(with({lost, stuck}).causes.size(), 2U);
}

TEST(Causes, folds_run_through_to_the_root) {
  const Derived d =
      with({of_task(finding("session-state-dropped", 1, Severity::warning), 0), of_task(finding("task-vanished", 2), 0),
            of_task(finding("stalled-no-progress", 3, Severity::warning), 0)});
  ASSERT_EQ(d.causes.size(), 1U);
  EXPECT_EQ(d.causes[0].findings.size(), 3U);
  EXPECT_EQ(d.findings[2].folded_into, FindingId{1});
}

TEST(Causes, a_hint_explains_nothing_stronger) {
  const Derived d = with({of_task(finding("completed-task-adopted", 5, Severity::warning, Confidence::hint), 0),
                          of_task(finding("task-completed-without-callback", 6), 0)});
  EXPECT_EQ(d.causes.size(), 2U);
}

TEST(Causes, every_row_of_the_table_folds_and_none_folds_itself) {
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (const Fold& row : fold_table()) {
    EXPECT_TRUE(seen.emplace(row.cause, row.symptom).second) << row.cause << " " << row.symptom;
    EXPECT_NE(row.cause, row.symptom);
    const Derived d = with({of_task(finding(row.cause, 1), 0), of_task(finding(row.symptom, 2), 0)});
    EXPECT_EQ(d.causes.size(), 1U) << row.cause << " " << row.symptom;
  }
  for (const Fold& row : fold_table()) {
    EXPECT_FALSE(seen.contains({row.symptom, row.cause})) << "a circle: " << row.cause;
  }
}

TEST(Causes, are_sorted_gravest_first) {
  const Derived d =
      with({finding("a", 1, Severity::warning, Confidence::proven), finding("b", 2, Severity::error, Confidence::likely),
            finding("c", 3, Severity::error, Confidence::proven), finding("d", 0, Severity::warning, Confidence::proven)});
  std::vector<std::string> order;
  for (const Cause& c : d.causes) {
    order.push_back(d.findings[c.main.value].rule);
  }
  EXPECT_EQ(order, (std::vector<std::string>{"c", "b", "d", "a"}));
}

TEST(Causes, information_makes_one_only_when_there_is_nothing_else) {
  EXPECT_EQ(with({finding("a", 1, Severity::info)}).causes.size(), 1U);
  EXPECT_EQ(with({finding("a", 1, Severity::info), finding("b", 2, Severity::warning)}).causes.size(), 1U);
}

TEST(Causes, one_mishap_that_hit_several_tasks_is_one_cause) {
  Finding a = of_task(finding("task-lost-on-force-quit", 1, Severity::warning), 0);
  Finding b = of_task(finding("task-lost-on-force-quit", 1, Severity::warning), 1);
  a.evidence.push_back({EventId{7}, "closed here", true});
  b.evidence.push_back({EventId{7}, "closed here", true});
  const Derived d = with({a, b});
  ASSERT_EQ(d.causes.size(), 1U);
  EXPECT_EQ(d.causes[0].uploads.size(), 2U);
  EXPECT_EQ(d.causes[0].title, "task-lost-on-force-quit happened (upload 17, upload 21)");
}

TEST(Fingerprint, is_the_same_in_another_run_and_differs_between_subjects) {
  const Derived one = with({of_task(finding("a", 1), 0), of_task(finding("a", 2), 1), of_task(finding("a", 3), 0)});
  Finding moved = of_task(finding("a", 500), 0);
  moved.title = "told differently";
  const Derived two = with({moved});
  EXPECT_EQ(one.findings[0].fingerprint.size(), 16U);
  EXPECT_EQ(one.findings[0].fingerprint, two.findings[0].fingerprint);
  EXPECT_NE(one.findings[0].fingerprint, one.findings[1].fingerprint);
  EXPECT_NE(one.findings[0].fingerprint, one.findings[2].fingerprint) << "a second time for the same subject";
}

TEST(Fingerprint, does_not_depend_on_uuids_in_identifiers) {
  Derived a = entities();
  Derived b = entities();
  a.sessions[0].identifier = "up-6F9619FF-8B86-D011-B42D-00C04FC964FF";
  b.sessions[0].identifier = "up-00000000-8B86-D011-B42D-00C04FC964FF";
  const Finding f = of_session(finding("a", 1), 0);
  EXPECT_EQ(fingerprint(f, a, 0), fingerprint(f, b, 0));
  b.sessions[0].identifier = "down";
  EXPECT_NE(fingerprint(f, a, 0), fingerprint(f, b, 0));
}

// One delivered task in a fully recorded capture.
Capture healthy() {
  Capture c;
  c.declare();
  c.add(0, K::app_launch);
  c.add(1, K::task_create, {{Field::uuid, kX1}, {Field::identifier, "up"}, {Field::upload_id, "17"}});
  c.add(5, K::daemon_task_finished, {{Field::uuid, kX1}, {Field::code, std::int64_t{0}}});
  c.add(6, K::task_did_complete, {{Field::uuid, kX1}, {Field::error_code, std::int64_t{0}}, {Field::status, std::int64_t{200}}});
  c.heartbeats(0, 60);
  c.end(60);
  return c;
}

TEST(Outcome, is_ok_when_every_task_could_be_judged) {
  const Derived d = healthy().run();
  EXPECT_EQ(d.outcome, Outcome::ok) << d.outcome_reason;
  EXPECT_TRUE(d.outcome_reason.empty());
  EXPECT_TRUE(d.findings.empty());
}

TEST(Outcome, fails_from_a_likely_warning_on_and_not_for_hints) {
  Says rule("a");
  const Rule* rules[] = {&rule};
  rule.findings = {finding("", 1, Severity::warning, Confidence::likely)};
  EXPECT_EQ(healthy().run(rules).outcome, Outcome::fail);
  rule.findings = {finding("", 1, Severity::error, Confidence::hint)};
  EXPECT_EQ(healthy().run(rules).outcome, Outcome::ok);
  rule.findings = {finding("", 1, Severity::info, Confidence::proven)};
  EXPECT_EQ(healthy().run(rules).outcome, Outcome::ok);
}

TEST(Outcome, without_callbacks_nobody_can_tell) {
  Capture c = healthy();
  std::erase_if(c.events, [](const Event& e) { return e.stream == Capture::kApp; });
  const Derived d = c.run();
  EXPECT_EQ(d.outcome, Outcome::unknown);
  EXPECT_EQ(d.outcome_reason, "No didCompleteWithError is logged by MyApp: 1 task cannot be judged.");
  EXPECT_EQ(d.next_step, "Add one line: uptrail howto instrument");
}

TEST(Outcome, nobody_is_told_to_add_a_line_to_the_systems_own_processes) {
  Capture c = healthy();
  std::erase_if(c.events, [](const Event& e) { return e.stream == Capture::kApp; });
  c.units[0].bundle = "com.apple.cloudd";
  const Derived d = c.run();
  EXPECT_EQ(d.outcome, Outcome::unknown);
  EXPECT_EQ(d.outcome_reason,
            "Only the system's own processes (com.apple.cloudd) have transfers in this capture, and they log no callbacks.");
  EXPECT_EQ(d.next_step, "Record while your app uploads: uptrail howto device");
}

TEST(Outcome, a_gap_over_an_undelivered_task_leaves_it_open) {
  Capture c = healthy();
  std::erase_if(c.events, [](const Event& e) { return e.kind == K::task_did_complete; });
  c.add(7, K::task_did_complete, {{Field::uuid, Uuid::from_name("X2")}});
  c.add(9, K::capture_gap, {{Field::from, at(8)}, {Field::to, at(9)}});
  const Derived d = c.run();
  EXPECT_EQ(d.outcome, Outcome::unknown);
  EXPECT_NE(d.outcome_reason.find("a gap in the app's log"), std::string::npos) << d.outcome_reason;
}

TEST(Outcome, finished_and_not_delivered_is_not_ok) {
  Capture c = healthy();
  std::erase_if(c.events, [](const Event& e) { return e.kind == K::task_did_complete; });
  c.add(0.5, K::task_did_complete, {{Field::uuid, Uuid::from_name("X2")}});
  const Derived d = c.run();
  EXPECT_EQ(d.outcome, Outcome::unknown);
  EXPECT_NE(d.outcome_reason.find("not yet been delivered"), std::string::npos) << d.outcome_reason;
}

TEST(Outcome, an_empty_capture_is_not_ok) {
  Capture c;
  c.end(10);
  const Derived d = c.run();
  EXPECT_EQ(d.outcome, Outcome::unknown);
  EXPECT_FALSE(d.next_step.empty());
}

TEST(CaptureIncomplete, is_silent_about_a_complete_capture) { EXPECT_TRUE(healthy().run().findings.empty()); }

TEST(CaptureIncomplete, counts_the_open_questions_and_names_what_to_add) {
  Says rule("some-rule");
  Undetermined q;
  q.reason = "the app's didCompleteWithError is not logged";
  q.add = "log task.did-complete";
  rule.questions = {q, q, q};
  const Rule* rules[] = {&rule};
  const Derived d = healthy().run(rules);
  ASSERT_EQ(d.findings.size(), 1U);
  const Finding& f = d.findings[0];
  EXPECT_EQ(f.rule, "capture-incomplete");
  EXPECT_EQ(f.severity, Severity::info);
  EXPECT_EQ(f.title, "3 questions cannot be answered: the app's didCompleteWithError is not logged");
  EXPECT_NE(f.explanation.find("some-rule: 3 questions"), std::string::npos) << f.explanation;
  EXPECT_EQ(f.remedy, "log task.did-complete.");
  EXPECT_EQ(d.outcome, Outcome::ok) << "it is information only";
  ASSERT_EQ(d.undetermined.size(), 3U);
  EXPECT_EQ(d.undetermined[0].rule, "some-rule");
}

TEST(CaptureIncomplete, speaks_of_missing_callbacks_gaps_and_redaction_by_itself) {
  Capture c = healthy();
  std::erase_if(c.events, [](const Event& e) { return e.stream == Capture::kApp; });
  c.add(9, K::daemon_task_resumed, {{Field::uuid, kX1}});
  c.streams[Capture::kDaemon.value].redacted = true;
  c.add_to(Capture::kDaemon, 30, K::capture_gap, {{Field::from, at(20)}, {Field::to, at(21)}});
  const Derived d = c.run();
  ASSERT_EQ(d.findings.size(), 1U);
  const std::string& text = d.findings[0].explanation;
  EXPECT_NE(text.find("Nothing in the capture was logged by the app's own code."), std::string::npos) << text;
  EXPECT_NE(text.find("1 gap in the capture."), std::string::npos) << text;
  EXPECT_NE(text.find("<private>"), std::string::npos) << text;
}

TEST(Analyse, obeys_the_settings) {
  Says rule("a");
  rule.info_.thresholds = {{"limit", 30, "s", "because"}};
  rule.findings = {finding("", 1)};
  const Rule* rules[] = {&rule};
  AnalysisInput in = healthy().input();
  in.rules = rules;
  EXPECT_EQ(analyse(in).take().findings.at(0).numbers.at(0).value, 30);
  in.settings.thresholds["a"]["limit"] = 5;
  EXPECT_EQ(analyse(in).take().findings.at(0).numbers.at(0).value, 5);
  in.settings.ignore = {"a"};
  EXPECT_TRUE(analyse(in).take().findings.empty());
  in.settings.ignore.clear();
  in.settings.only = {"b"};
  EXPECT_TRUE(analyse(in).take().findings.empty());
}

TEST(Analyse, reports_an_event_stream_that_breaks) {
  AnalysisInput in = healthy().input();
  in.events = [](const std::function<bool(const Event&)>&) -> Status { return fail(ErrorKind::malformed, "broken"); };
  const auto out = analyse(in);
  ASSERT_FALSE(out.ok());
  EXPECT_EQ(out.error().message, "broken");
}

TEST(Rules, infos_are_sorted_and_hold_capture_incomplete) {
  const auto infos = rule_infos();
  EXPECT_TRUE(std::is_sorted(infos.begin(), infos.end(), [](const RuleInfo* a, const RuleInfo* b) { return a->id < b->id; }));
  EXPECT_NE(std::find(infos.begin(), infos.end(), &capture_incomplete_info()), infos.end());
  EXPECT_TRUE(std::is_sorted(builtin_rules().begin(), builtin_rules().end(),
                             [](const Rule* a, const Rule* b) { return a->info().id < b->info().id; }));
}

}  // namespace
}  // namespace uptrail::analysis::test
