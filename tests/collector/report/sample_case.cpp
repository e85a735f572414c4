#include "sample_case.h"

namespace uptrail::test {

namespace {

Source source(std::uint32_t id, const char* path, const char* container, Accounting accounting) {
  Source s;
  s.id = {id};
  s.path = path;
  s.content_hash = std::string(32, static_cast<char>('a' + id));
  s.container = container;
  s.confidence = 95;
  s.clock = ClockKind::absolute;
  s.clock_info.placed_by = PlacedBy::itself;
  s.zone_offset_minutes = 60;
  s.accounting = accounting;
  return s;
}

void add_event(FakeCase& fake, std::int64_t id, EventKind kind, std::uint32_t source_id, std::uint64_t line, DurationNs at,
               const char* text) {
  Event e;
  e.kind = kind;
  e.id = {id};
  e.source = {source_id};
  e.stream = {static_cast<std::uint16_t>(source_id)};
  e.span = {line * 100, 90, line};
  e.t = kSampleStart + at;
  fake.events[e.id] = {e, RawLine{e.source, e.span, e.t, text, true, e.id}};
}

void add_findings(FakeCase& fake) {
  Finding lost;
  lost.id = {0};
  lost.fingerprint = "0123456789abcdef";
  lost.rule = "task-completed-without-callback";
  lost.severity = Severity::error;
  lost.confidence = Confidence::likely;
  lost.subject = {{0}, {}, {0}, {}, {0}, {0}, "upload 17"};
  lost.t = kSampleStart + minutes(41);
  lost.title = "upload 17: finished in the daemon, never told to the app";
  lost.explanation =
      "The daemon finished the task with HTTP 200 at 14:40:58. The app then ran 9 min 12 s and logged no didCompleteWithError "
      "for it.";
  lost.remedy = "implement urlSession(_:task:didCompleteWithError:) on the session's delegate";
  lost.evidence = {{{1}, "finished in the daemon", true}, {{2}, "the app is running", false}};
  lost.missing = {{EventKind::task_did_complete, kSampleStart + minutes(42), "within 30 s of run time"}};
  lost.numbers = {{"callback_wait", 552, 30, "s"}, {"share", 0.5, std::nullopt, ""}};
  lost.searched = {{EventKind::task_did_complete, {1}, {kSampleStart + minutes(41), kTimeMax}, 815, 13}};
  lost.clears_if = "a didCompleteWithError for this task";
  lost.folded_into = {1};
  lost.cause = {0};

  Finding adopted = lost;
  adopted.id = {1};
  adopted.fingerprint = "fedcba9876543210";
  adopted.rule = "completed-task-adopted";
  adopted.title = "upload 17 stuck since 14:41:03: the app adopted an already finished task";
  adopted.remedy = "at launch settle tasks whose state is completed; do not wait for them";
  adopted.evidence = {{{3}, "listed as completed", true}, {{1}, "finished in the daemon", false}};
  adopted.folded_into = {};
  fake.result.findings = {lost, adopted};
  fake.result.causes = {{{0}, Severity::error, Confidence::likely, adopted.title, {1}, {{1}, {0}}, {{0}}}};
  fake.result.undetermined = {{"completion-handler-not-called",
                               "the app's wake calls are not logged",
                               {{0}, {}, {0}, {}, {}, {}, "session photos"},
                               "wake.handler-called"}};
}

}  // namespace

FakeCase sample_case() {
  FakeCase fake;
  fake.case_info.title = "Shoebox 3.2, iOS 26.1";
  fake.case_info.synthetic = true;
  fake.case_info.span = Interval{kSampleStart, kSampleStart + minutes(225)};
  fake.case_info.zone_offset_minutes = 60;
  fake.source_list = {source(0, "captures/system.log", "log_show_syslog", {12034, 310, 4, 11717, 3, 3}),
                      source(1, "captures/app.ndjson", "event_ndjson", {815, 815, 0, 0, 0})};
  fake.source_list[0].issue_count = 3;
  fake.source_list[0].issues = {{IssueKind::unparsed, {1700, 20, 17}, "the line has no time stamp"}};
  const Interval open{kSampleStart, kSampleStart + minutes(225)};
  fake.stream_list = {{{0}, {0}, Observer::daemon, {0}, {}, {}, true, open, false, false, false},
                      {{1}, {1}, Observer::app, {0}, {}, {}, true, open, true, false, false}};
  Derived& d = fake.result;
  d.units = {{{0}, "iPhone", "com.example.shoebox", "Shoebox", "ios"}};
  d.sessions.resize(1);
  d.sessions[0] = {{0}, {0}, "photos", {}, {}};
  d.tasks.resize(2);
  for (std::uint32_t i = 0; i < 2; ++i) {
    d.tasks[i].id = {i};
    d.tasks[i].unit = {0};
    d.tasks[i].session = {0};
    d.tasks[i].upload = {i};
    d.tasks[i].uuid = Uuid::from_name(i == 0 ? "X1" : "X2");
    d.tasks[i].identifier = 17 + i;
  }
  d.uploads = {{{0}, {0}, "17", {{0}}, "uploading", UploadOutcome::affected, open},
               {{1}, {0}, "18", {{1}}, "", UploadOutcome::cannot_tell, open}};
  for (const auto& part : {Interval{kSampleStart, kSampleStart + minutes(70)}, Interval{kSampleStart + minutes(72), open.end}}) {
    d.coverage.push_back({{1}, {0}, EventKind::task_did_complete, part, true, true});
  }
  d.outcome = Outcome::fail;
  add_event(fake, 1, EventKind::daemon_task_finished, 0, 3391, minutes(40), "nsurlsessiond[90]: Task <X1>.<17> finished");
  add_event(fake, 2, EventKind::app_heartbeat, 1, 800, minutes(45), "{\"uptrail\":1,\"kind\":\"app.heartbeat\"}");
  add_event(fake, 3, EventKind::session_tasks_answered, 1, 815, minutes(41),
            "{\"uptrail\":1,\"kind\":\"session.tasks-answered\"}");
  add_findings(fake);
  return fake;
}

}  // namespace uptrail::test
