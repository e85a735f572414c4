#include "tests/viewer/support/sample_case.h"

#include "collector/base/text.h"

namespace uptrail::test {

namespace {

using viewer::EvidenceKind;
using viewer::LoadedCase;

constexpr std::int64_t kStart = 1'794'999'600;  // 2026-11-18T11:00:00Z
constexpr int kZone = 60;

TimeNs at(double minute) { return TimeNs{kStart * 1'000'000'000} + from_seconds(minute * 60); }
Interval span(double from, double to) { return {at(from), at(to)}; }

template <class Id>
Id nth(std::size_t n) {
  return Id{static_cast<decltype(Id::value)>(n)};
}

class Maker {
 public:
  std::shared_ptr<const LoadedCase> make() {
    frame();
    processes();
    sessions();
    for (int n = 0; n < 10; ++n) upload(n);
    findings();
    finish();
    return std::make_shared<const LoadedCase>(std::move(data_));
  }

 private:
  void frame() {
    data_.paths = {"samples/app.ndjson", "samples/system.log"};
    data_.info.title = "Shoebox 3.2, iOS 26.1";
    data_.info.synthetic = true;
    data_.info.span = span(0, 105);
    data_.info.zone_offset_minutes = kZone;
    for (int n = 0; n < 2; ++n) {
      Source source;
      source.id = nth<SourceId>(static_cast<std::size_t>(n));
      source.path = data_.paths[static_cast<std::size_t>(n)];
      source.container = n == 0 ? "event_ndjson" : "log_show_syslog";
      source.accounting = n == 0 ? Accounting{412, 412, 0, 0, 0} : Accounting{18'204, 311, 96, 17'790, 7};
      data_.sources.push_back(source);
      Stream stream;
      stream.id = StreamId{static_cast<std::uint16_t>(n)};
      stream.source = source.id;
      stream.observer = n == 0 ? Observer::app : Observer::daemon;
      stream.placed = true;
      stream.open = span(0, 105);
      data_.streams.push_back(stream);
    }
    Unit unit;
    unit.id = UnitId{0};
    unit.bundle = "com.example.shoebox";
    unit.title = "Shoebox";
    unit.platform = "ios";
    data_.derived.units.push_back(unit);
    for (const EventKind kind : {EventKind::app_launch, EventKind::task_did_complete}) {
      data_.derived.coverage.push_back({StreamId{0}, UnitId{0}, kind, span(0, 62), true, true});
      data_.derived.coverage.push_back({StreamId{0}, UnitId{0}, kind, span(66, 105), true, true});
    }
  }

  void epoch(double from, double to, std::int64_t pid, const std::string& reason, const std::string& end_cause,
             std::vector<ProcessSpan> states) {
    ProcessEpoch e;
    e.id = nth<EpochId>(data_.derived.epochs.size());
    e.unit = UnitId{0};
    e.process = "Shoebox";
    e.pid = pid;
    e.launch = at(from);
    e.end = at(to);
    e.launch_reason = reason;
    e.end_cause = end_cause;
    e.seen = span(from, to);
    e.states = std::move(states);
    data_.derived.epochs.push_back(e);
  }

  void processes() {
    epoch(1, 34, 412, "user", "force-quit",
          {{span(1, 11), ProcessState::foreground},
           {span(11, 13), ProcessState::background},
           {span(13, 30), ProcessState::suspended},
           {span(30, 34), ProcessState::foreground}});
    epoch(41, 79, 530, "user", "jetsam",
          {{span(41, 52), ProcessState::foreground},
           {span(52, 54), ProcessState::background},
           {span(54, 79), ProcessState::suspended}});
    epoch(84, 105, 611, "bg-urlsession", "",
          {{span(84, 87), ProcessState::background},
           {span(87, 96), ProcessState::suspended},
           {span(96, 105), ProcessState::foreground}});
    data_.derived.epochs.back().end.reset();
  }

  void sessions() {
    Session session;
    session.id = SessionId{0};
    session.unit = UnitId{0};
    session.identifier = "photos";
    session.uuids = {Uuid::from_name("S1")};
    const double from[] = {1.2, 41.3, 84.2};
    for (std::size_t n = 0; n < 3; ++n) {
      SessionObject object;
      object.id = nth<ObjectId>(n);
      object.session = session.id;
      object.epoch = nth<EpochId>(n);
      object.object = "0x10" + std::to_string(n);
      object.created = at(from[n]);
      object.last_state = ObjectState::active;
      if (n == 1) {
        object.invalidated = at(47);
        object.became_invalid = at(50.5);
        object.cancel = true;
      }
      session.objects.push_back(object.id);
      data_.derived.objects.push_back(object);
    }
    data_.derived.sessions.push_back(session);
    Wake wake;
    wake.unit = UnitId{0};
    wake.session = session.id;
    wake.epoch = EpochId{2};
    wake.requested = at(82.5);
    wake.launched = at(84);
    wake.handle_events = at(84.1);
    wake.did_finish_events = at(85);
    wake.seen = span(82.5, 88);
    data_.derived.wakes.push_back(wake);
  }

  void upload(int n) {
    const double from = 2.0 + n * 9.3;
    const double finished = from + 6 + (n % 3) * 4;
    const bool delivered = n != 0 && n != 3 && n != 9;
    Task task;
    task.id = nth<TaskId>(static_cast<std::size_t>(n));
    task.unit = UnitId{0};
    task.session = SessionId{0};
    task.upload = nth<UploadId>(static_cast<std::size_t>(n));
    task.identifier = n + 1;
    task.uuid = Uuid::from_name("X" + std::to_string(n));
    task.desc = "upload " + std::to_string(n + 14);
    task.kind = "upload-file";
    task.method = "POST";
    task.url = "https://upload.example.com/v2/photos";
    task.created = at(from);
    task.finished_in_daemon = at(finished);
    if (delivered) task.delivered = at(finished + 1.5);
    task.status = n == 5 ? 500 : 200;
    task.phases = {{span(from, from + 0.4), TaskPhase::created},
                   {span(from + 0.4, from + 2), TaskPhase::waiting},
                   {span(from + 2, finished - 0.6), TaskPhase::transferring},
                   {span(finished - 0.6, finished), TaskPhase::response},
                   {span(finished, delivered ? finished + 1.5 : finished + 12), TaskPhase::finished_in_daemon}};
    task.seen = span(from, finished + 12);
    data_.derived.tasks.push_back(task);
    Upload upload;
    upload.id = task.upload;
    upload.unit = UnitId{0};
    upload.name = task.desc;
    upload.tasks = {task.id};
    upload.last_state = delivered ? "done" : "uploading";
    upload.outcome = n == 9 ? UploadOutcome::cannot_tell : delivered ? UploadOutcome::succeeded : UploadOutcome::affected;
    upload.seen = task.seen;
    data_.derived.uploads.push_back(upload);
  }

  EvidenceRef evidence(std::int64_t event, double minute, EventKind kind, std::uint64_t line, const std::string& note, bool key) {
    viewer::EvidenceLine e;
    e.event = EventId{event};
    e.kind = kind;
    e.t = at(minute);
    e.timed = true;
    e.source = SourceId{0};
    e.span = {line * 120, 118, line};
    e.text = "{\"uptrail\":1,\"kind\":\"" + std::string(kind_name(kind)) + "\",\"t\":" + std::to_string(e.t.ns) +
             ",\"bundle\":\"com.example.shoebox\",\"pid\":412,\"identifier\":\"photos\"}";
    data_.evidence.emplace(e.event, e);
    return {e.event, note, key};
  }

  Finding& finding(const std::string& rule, Severity severity, double minute, std::size_t cause, const std::string& title) {
    Finding f;
    f.id = nth<FindingId>(data_.derived.findings.size());
    f.fingerprint = "00000000000000a" + std::to_string(f.id.value);
    f.rule = rule;
    f.severity = severity;
    f.confidence = Confidence::likely;
    f.t = at(minute);
    f.title = title;
    f.cause = nth<CauseId>(cause);
    f.subject.unit = UnitId{0};
    data_.derived.findings.push_back(f);
    return data_.derived.findings.back();
  }

  void findings() {
    Finding& stuck = finding("completed-task-adopted", Severity::error, 9.0, 0,
                             "Upload 14 stuck since 12:08:00: the app adopted an already finished task");
    stuck.subject.task = TaskId{0};
    stuck.subject.upload = UploadId{0};
    stuck.subject.session = SessionId{0};
    stuck.explanation =
        "The daemon had finished the task with HTTP 200 at 12:08:00. When the app listed its tasks it found this one in state "
        "completed, kept it as the running upload, and waited. The app ran 9 min more and no didCompleteWithError came.";
    stuck.remedy = "At launch settle tasks whose state is completed from their response and error; do not wait for a callback.";
    stuck.clears_if = "A didCompleteWithError for this task in the app's log.";
    stuck.evidence = {evidence(10, 8.0, EventKind::daemon_task_finished, 120, "finished with HTTP 200", false),
                      evidence(11, 9.0, EventKind::session_tasks_answered, 131, "listed as completed", true)};
    stuck.missing = {{EventKind::task_did_complete, at(9.5), "didCompleteWithError"}};
    stuck.numbers = {{"run time without callback", 540, 30.0, "s"}};
    stuck.searched = {{EventKind::task_did_complete, StreamId{0}, span(8, 34), 212, 9}};
    Finding& reused = finding("session-reused-after-invalidation", Severity::error, 47.1, 1,
                              "Session “photos” reused after invalidation; upload 17 refused");
    reused.subject.session = SessionId{0};
    reused.confidence = Confidence::proven;
    reused.explanation = "The same object was handed back 7 ms after invalidateAndCancel, 3 min 30 s before didBecomeInvalid.";
    reused.remedy = "Cancel tasks one by one and keep the session, or create the new one only after didBecomeInvalid.";
    reused.evidence = {evidence(20, 47.0, EventKind::session_invalidate, 250, "invalidated here", false),
                       evidence(21, 47.1, EventKind::session_create, 251, "created again here", true)};
    Finding& handler = finding("completion-handler-not-called", Severity::warning, 85.0, 2,
                               "Completion handler of the wake at 13:24:06 never called");
    handler.subject.session = SessionId{0};
    handler.explanation = "urlSessionDidFinishEvents came at 13:25:00; in 3 min of run time the handler was not called.";
    handler.remedy = "Call the stored handler in urlSessionDidFinishEvents, on the main thread.";
    handler.missing = {{EventKind::wake_handler_called, at(86.0), "completion handler"}};
    handler.evidence = {evidence(30, 84.1, EventKind::wake_handle_events, 340, "woken here", true)};
    Finding& folded = finding("task-completed-without-callback", Severity::error, 8.0, 0, "Task 1 completed without a callback");
    folded.subject.task = TaskId{0};
    folded.subject.upload = UploadId{0};
    folded.folded_into = FindingId{0};
    folded.evidence = {{EventId{10}, "finished with HTTP 200", true}};
    cause(0, Severity::error, {FindingId{0}, FindingId{3}}, {UploadId{0}});
    cause(1, Severity::error, {FindingId{1}}, {UploadId{3}});
    cause(2, Severity::warning, {FindingId{2}}, {});
  }

  void cause(std::size_t n, Severity severity, std::vector<FindingId> findings, std::vector<UploadId> uploads) {
    Cause c;
    c.id = nth<CauseId>(n);
    c.severity = severity;
    c.confidence = data_.derived.findings[n].confidence;
    c.title = data_.derived.findings[n].title;
    c.main = findings.front();
    c.findings = std::move(findings);
    c.uploads = std::move(uploads);
    data_.derived.causes.push_back(c);
  }

  void finish() {
    data_.derived.outcome = Outcome::fail;
    Undetermined open;
    open.rule = "task-completed-without-callback";
    open.reason = "the capture ended too soon after the task had finished";
    open.add = "Let the capture run 30 s longer.";
    data_.derived.undetermined.push_back(open);
    data_.event_count = 723;
    data_.evidence_kinds = {{"app callbacks", EvidenceKind::State::part, "not over the whole capture"},
                            {"CFNetwork", EvidenceKind::State::yes, ""},
                            {"daemon", EvidenceKind::State::yes, ""},
                            {"system", EvidenceKind::State::yes, ""},
                            {"stores", EvidenceKind::State::none, ""}};
    data_.scene = timeline::make_scene(data_.info, data_.derived, data_.streams, {});
    data_.detail = timeline::LevelOfDetail(data_.scene);
    data_.overview = timeline::make_overview(data_.scene, {});
  }

  LoadedCase data_;
};

}  // namespace

std::shared_ptr<const LoadedCase> sample_case() { return Maker().make(); }

std::shared_ptr<const LoadedCase> uninstrumented_case() {
  LoadedCase data = *sample_case();
  data.derived.findings.clear();
  data.derived.causes.clear();
  data.evidence.clear();
  data.derived.outcome = Outcome::unknown;
  data.derived.outcome_reason = "No didCompleteWithError is logged by Shoebox: 10 tasks cannot be judged";
  data.derived.next_step = "Add one line: uptrail howto instrument";
  for (Upload& upload : data.derived.uploads) upload.outcome = UploadOutcome::cannot_tell;
  data.scene = timeline::make_scene(data.info, data.derived, data.streams, {});
  data.detail = timeline::LevelOfDetail(data.scene);
  data.overview = timeline::make_overview(data.scene, {});
  return std::make_shared<const LoadedCase>(std::move(data));
}

viewer::LogPage sample_page(const LoadedCase& data) {
  viewer::LogPage page;
  page.source = SourceId{0};
  page.at_start = true;
  page.at_end = true;
  for (std::uint64_t line = 1; line <= 400; ++line) {
    RawLine raw;
    raw.source = page.source;
    raw.span = {line * 120, 118, line};
    raw.text = "{\"uptrail\":1,\"kind\":\"app.heartbeat\",\"t\":" + std::to_string(at(static_cast<double>(line) * 0.2).ns) + "}";
    for (const auto& [id, e] : data.evidence) {
      if (e.span.line != line) continue;
      raw.text = e.text;
      raw.is_event = true;
      raw.event = id;
    }
    page.lines.push_back(raw);
  }
  return page;
}

}  // namespace uptrail::test
