#include "tests/bench/viewer_case.h"

#include <array>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "collector/timeline/picture_codec.h"
#include "collector/trace/case_file.h"

namespace uptrail::bench {

namespace {

constexpr TimeNs kStart{1'795'000'000'000'000'000};

// When the phases of a task begin; the last one is its end.
struct Life {
  std::array<TimeNs, 6> at;
};

Life life_of(std::uint32_t i) {
  Life life;
  TimeNs t = kStart + milliseconds(1000 * static_cast<std::int64_t>(i / kViewerSessions) + i % 997);
  for (std::uint32_t phase = 0; phase < life.at.size(); ++phase) {
    life.at[phase] = t;
    t = t + milliseconds(50 + (i * 7919 + phase * 104729) % 30000);
  }
  return life;
}

Uuid uuid_of(std::uint32_t i) { return Uuid::from_name("task " + std::to_string(i)); }

Task task_of(std::uint32_t i) {
  const Life life = life_of(i);
  Task t;
  t.id = TaskId{i};
  t.unit = UnitId{0};
  t.session = SessionId{i % kViewerSessions};
  t.upload = UploadId{i};
  t.uuid = uuid_of(i);
  t.identifier = i / kViewerSessions + 1;
  t.desc = "photo " + std::to_string(i);
  t.kind = "upload-file";
  t.method = "POST";
  t.url = "https://upload.example.com/v2/albums/" + std::to_string(i % 1000) + "/photos/" + std::to_string(i);
  t.file = "/private/var/mobile/tmp/photo-" + std::to_string(i) + ".heic";
  t.status = i % 97 == 0 ? 500 : 200;
  t.bytes_sent = 100'000 + i % 4'000'000;
  t.bytes_expected = t.bytes_sent;
  t.created = life.at[0];
  t.finished_in_daemon = life.at[4];
  t.delivered = life.at[5];
  t.seen = {life.at[0], life.at[5]};
  constexpr std::array kPhases = {TaskPhase::created, TaskPhase::waiting, TaskPhase::transferring, TaskPhase::response,
                                  TaskPhase::finished_in_daemon};
  for (std::size_t p = 0; p < kPhases.size(); ++p) t.phases.push_back({{life.at[p], life.at[p + 1]}, kPhases[p]});
  return t;
}

Derived derived_of(std::uint32_t tasks, std::int64_t first_event) {
  Derived d;
  d.units.push_back({UnitId{0}, "iPhone", "com.example.shoebox", "Shoebox", "ios"});
  for (std::uint32_t i = 0; i < kViewerSessions; ++i) {
    Session s;
    s.id = SessionId{i};
    s.unit = UnitId{0};
    s.identifier = "session " + std::to_string(i);
    d.sessions.push_back(s);
  }
  for (std::uint32_t i = 0; i < tasks; ++i) {
    d.tasks.push_back(task_of(i));
    Upload u;
    u.id = UploadId{i};
    u.unit = UnitId{0};
    u.name = d.tasks.back().desc;
    u.tasks = {TaskId{i}};
    u.last_state = "succeeded";
    u.outcome = i % 50 == 0 ? UploadOutcome::affected : UploadOutcome::succeeded;
    u.seen = d.tasks.back().seen;
    d.uploads.push_back(std::move(u));
    if (i % 50 != 0) continue;
    Finding f;
    f.id = FindingId{static_cast<std::uint32_t>(d.findings.size())};
    f.fingerprint = "00000000" + std::to_string(10'000'000 + i);
    f.rule = "task-completed-without-callback";
    f.severity = static_cast<Severity>(i / 50 % 3);
    f.confidence = Confidence::likely;
    f.subject.unit = UnitId{0};
    f.subject.task = TaskId{i};
    f.subject.upload = UploadId{i};
    f.t = d.tasks.back().seen.end;
    f.title = "made up about photo " + std::to_string(i);
    f.explanation = "Made up, to have a length that explanations have in a real case.";
    f.evidence = {{EventId{first_event + static_cast<std::int64_t>(i) * kEventsPerTask}, "the key event", true}};
    if (f.id.value < 200) {
      f.cause = CauseId{f.id.value};
      Cause c;
      c.id = f.cause;
      c.severity = Severity::error;
      c.title = f.title;
      c.main = f.id;
      c.findings = {f.id};
      c.uploads = {UploadId{i}};
      d.causes.push_back(std::move(c));
    }
    d.findings.push_back(std::move(f));
  }
  d.outcome = Outcome::fail;
  return d;
}

Event event_of(std::uint32_t task, std::uint32_t n, const Life& life) {
  constexpr std::array kKinds = {EventKind::task_create,      EventKind::task_resume,   EventKind::daemon_task_created,
                                 EventKind::task_progress,    EventKind::task_progress, EventKind::task_progress,
                                 EventKind::task_progress,    EventKind::task_response, EventKind::daemon_task_finished,
                                 EventKind::task_did_complete};
  static_assert(kKinds.size() == kEventsPerTask);
  Event e;
  e.kind = kKinds[n];
  e.t = life.at[n * 5 / kEventsPerTask] + milliseconds(n);
  e.t_src = e.t;
  e.seq = static_cast<std::uint64_t>(task) * kEventsPerTask + n;
  e.span = {e.seq * 120, 118, e.seq + 1};
  e.bundle = "com.example.shoebox";
  e.process = "Shoebox";
  e.pattern = "event-json";
  e.fields.set(Field::id, static_cast<std::int64_t>(task / kViewerSessions + 1));
  e.stream = StreamId{0};
  e.domain = DomainId{0};
  e.unit = UnitId{0};
  e.session = SessionId{task % kViewerSessions};
  e.task = TaskId{task};
  e.upload = UploadId{task};
  return e;
}

Status write_events(CaseWriter& writer, SourceId source, std::uint32_t tasks, std::int64_t& first_event) {
  for (std::uint32_t task = 0; task < tasks; ++task) {
    const Life life = life_of(task);
    for (std::uint32_t n = 0; n < kEventsPerTask; ++n) {
      Event e = event_of(task, n, life);
      e.source = source;
      auto id = writer.add_event(e);
      UPTRAIL_TRY(id);
      if (task == 0 && n == 0) first_event = id->value;
      if (n > 0 || task % 50 != 0) continue;
      RawLine line;
      line.source = source;
      line.span = e.span;
      line.t_src = e.t_src;
      line.text = "made up line of " + std::to_string(e.seq);
      line.is_event = true;
      line.event = *id;
      UPTRAIL_TRY(writer.add_raw(line));
    }
  }
  return done();
}

Status assign_events(CaseWriter& writer, SourceId source, std::uint32_t tasks, std::int64_t first_event) {
  for (std::uint32_t task = 0; task < tasks; ++task) {
    const Life life = life_of(task);
    for (std::uint32_t n = 0; n < kEventsPerTask; ++n) {
      Event e = event_of(task, n, life);
      e.id = EventId{first_event + static_cast<std::int64_t>(task) * kEventsPerTask + n};
      e.source = source;
      UPTRAIL_TRY(writer.assign(e));
    }
  }
  return done();
}

Status write_case(const std::string& path, std::uint32_t tasks) {
  auto made = create_case(path, CaseMode::fresh);
  UPTRAIL_TRY(made);
  CaseWriter& writer = **made;
  Source source;
  source.path = "app.ndjson";
  source.content_hash = "made up " + std::to_string(tasks);
  source.container = "event_ndjson";
  source.clock = ClockKind::absolute;
  auto id = writer.begin_source(source);
  UPTRAIL_TRY(id);
  source.id = *id;
  std::int64_t first_event = 0;
  UPTRAIL_TRY(write_events(writer, *id, tasks, first_event));
  UPTRAIL_TRY(writer.end_source(source));
  UPTRAIL_TRY(assign_events(writer, *id, tasks, first_event));
  Stream stream;
  stream.id = StreamId{0};
  stream.source = *id;
  stream.domain = DomainId{0};
  stream.placed = true;
  stream.open = Interval{kStart, life_of(tasks - 1).at[5] + seconds(60)};
  UPTRAIL_TRY(writer.set_streams({stream}));
  CaseInfo info;
  info.title = "Made up";
  info.synthetic = true;
  info.span = stream.open;
  UPTRAIL_TRY(writer.set_info(info));
  const Derived derived = derived_of(tasks, first_event);
  UPTRAIL_TRY(writer.set_derived(derived));
  const timeline::Scene scene = timeline::make_scene(info, derived, {stream}, {});
  UPTRAIL_TRY(timeline::write_picture(writer, scene, timeline::make_overview(scene, {})));
  return writer.commit();
}

}  // namespace

std::string viewer_case(std::uint32_t tasks) {
  namespace fs = std::filesystem;
  const fs::path folder = fs::path(UPTRAIL_BINARY_DIR) / "bench-files";
  const fs::path path = folder / ("viewer-v" + std::to_string(kCaseSchemaVersion) + "-" + std::to_string(tasks) + ".uptrail");
  std::error_code error;
  fs::create_directories(folder, error);
  if (fs::exists(path, error)) return path.string();
  std::fprintf(stderr, "writing %s, once\n", path.c_str());
  const Status written = write_case(path.string(), tasks);
  if (written.ok()) return path.string();
  std::fprintf(stderr, "%s\n", written.error().text().c_str());
  return "";
}

}  // namespace uptrail::bench
