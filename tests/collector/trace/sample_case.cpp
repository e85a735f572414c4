#include "tests/collector/trace/sample_case.h"

#include <gtest/gtest.h>

#include <sstream>

namespace uptrail::test {

namespace {

Uuid uuid(const std::string& name) { return Uuid::from_name(name); }
TimeNs at(std::int64_t s) { return {s * 1'000'000'000}; }
Interval span(std::int64_t from, std::int64_t to) { return {at(from), at(to)}; }

// Members of one class see each other whatever their order.
struct Put {
  std::ostream& out;
  template <class T>
  void operator()(const std::optional<T>& value) {
    if (value) {
      (*this)(*value);
    } else {
      out << "-";
    }
  }
  template <class Tag, class Rep>
  void operator()(StrongId<Tag, Rep> id) {
    if (id.valid()) {
      out << '#' << id.value;
    } else {
      out << "#-";
    }
  }
  void operator()(TimeNs t) { out << t.ns << "ns"; }
  void operator()(DurationNs t) { out << t.ns << "dns"; }
  void operator()(const Interval& i) { out << '[' << i.start.ns << ',' << i.end.ns << ')'; }
  void operator()(const Uuid& u) { out << u.text(); }
  void operator()(const SourceSpan& s) { out << s.offset << '+' << s.length << '@' << s.line; }
  template <class T>
  void operator()(const T& value) {
    if constexpr (std::is_enum_v<T>) {
      out << static_cast<int>(value);
    } else {
      out << value;
    }
  }
};

template <class... Args>
std::string line(const Args&... args) {
  std::ostringstream out;
  ((Put{out}(args), out << '|'), ...);
  out << '\n';
  return out.str();
}

std::string dump(const Subject& s) { return line(s.unit, s.epoch, s.session, s.object, s.task, s.upload, s.label); }

Finding sample_finding(std::uint32_t id) {
  Finding f;
  f.id = {id};
  f.fingerprint = "0123456789abcde" + std::to_string(id);
  f.rule = "some-rule";
  f.severity = id == 0 ? Severity::error : Severity::info;
  f.confidence = id == 0 ? Confidence::proven : Confidence::hint;
  f.subject = {UnitId{0}, EpochId{1}, SessionId{0}, ObjectId{0}, TaskId{1}, UploadId{0}, "upload 17"};
  f.t = at(30);
  f.title = "title \xE2\x80\xA6";
  f.explanation = "why";
  f.remedy = "do";
  f.evidence = {{EventId{1}, "first", true}, {EventId{2}, "", false}, {EventId{}, "none", false}};
  f.missing = {{EventKind::task_did_complete, at(60), "due"}};
  f.numbers = {{"T_CB", 12.5, 10.0, "s"}, {"bytes", 1e300, std::nullopt, ""}};
  f.searched = {{EventKind::task_did_complete, StreamId{0}, span(1, 90), 5000, 3}};
  f.clears_if = "a callback";
  f.cause = {0};
  if (id == 1) {
    f.folded_into = {0};
  }
  return f;
}

void add_entities(Derived& d) {
  d.units = {{UnitId{0}, "iPhone", "com.example.app", "Shoebox", "ios"}, {UnitId{1}, "", "com.example.app.ext", "", ""}};
  ProcessEpoch epoch;
  epoch.id = {0};
  epoch.unit = {0};
  epoch.process = "Shoebox";
  epoch.pid = 123;
  epoch.build = "3.2";
  epoch.domain = {0};
  epoch.launch = at(1);
  epoch.end = at(50);
  epoch.launch_reason = "user";
  epoch.end_cause = "force-quit";
  epoch.seen = span(1, 50);
  epoch.states = {{span(1, 20), ProcessState::foreground}, {span(20, 50), ProcessState::suspended}};
  epoch.running.add(span(1, 10));
  epoch.running.add(span(12, 20));
  d.epochs.push_back(epoch);
  d.epochs.push_back({EpochId{1}, UnitId{1}, "ext", {}, "", {}, {}, {}, "", "", span(5, 6), {}, {}});
  d.sessions = {{SessionId{0}, UnitId{0}, "up", {uuid("S1"), uuid("S2")}, {ObjectId{1}, ObjectId{0}}},
                {SessionId{1}, UnitId{1}, "", {}, {}}};
  d.objects = {{ObjectId{0}, SessionId{0}, EpochId{0}, "O1", "D", at(2), at(3), at(4), true, ObjectState::invalid},
               {ObjectId{1}, SessionId{0}, EpochId{}, "", "", {}, {}, {}, false, ObjectState::unknown}};
}

void add_tasks(Derived& d) {
  Task task;
  task.id = {0};
  task.unit = {0};
  task.session = {0};
  task.upload = {0};
  task.uuid = uuid("X1");
  task.identifier = 7;
  task.desc = "17";
  task.kind = "upload-file";
  task.method = "PUT";
  task.url = "https://example.com/\xF0\x9F\x98\x80";
  task.file = "/a b";
  task.status = 500;
  task.error_code = -999;
  task.error_domain = "NSURLErrorDomain";
  task.bytes_sent = 10;
  task.bytes_expected = -1;
  task.created = at(3);
  task.finished_in_daemon = at(20);
  task.delivered = at(21);
  task.seen = span(3, 21);
  task.phases = {
      {span(3, 4), TaskPhase::created}, {span(4, 20), TaskPhase::transferring}, {span(20, 21), TaskPhase::finished_in_daemon}};
  d.tasks.push_back(task);
  Task bare;
  bare.id = {1};
  bare.unit = {0};
  bare.seen = {kTimeMin, kTimeMax};
  d.tasks.push_back(bare);
  d.uploads = {{UploadId{0}, UnitId{0}, "17", {TaskId{1}, TaskId{0}}, "uploading", UploadOutcome::affected, span(3, 21)}};
  d.wakes = {{UnitId{0}, SessionId{0}, EpochId{1}, at(1), at(2), at(3), at(4), {}, span(1, 4)}};
}

}  // namespace

Event sample_event(SourceId source, std::uint64_t seq, EventKind kind, std::int64_t t) {
  Event e;
  e.kind = kind;
  e.observer = kind_info(kind).observers.front();
  e.t_src = at(t);
  e.span = {seq * 100, 99, seq + 1};
  e.device = "iPhone";
  e.bundle = "com.example.app";
  e.process = "Shoebox";
  e.pid = 123;
  e.thread = "0x1f";
  e.pattern = "event-json";
  e.fields.set(Field::identifier, std::string("up"));
  e.fields.set(Field::uuid, uuid("X" + std::to_string(seq)));
  e.fields.set(Field::id, static_cast<std::int64_t>(seq));
  e.seq = seq;
  e.source = source;
  return e;
}

Source sample_source(const std::string& path, const std::string& hash) {
  Source s;
  s.path = path;
  s.content_hash = hash;
  s.size = 12345;
  s.container = "event_ndjson";
  s.confidence = 99;
  s.clock = ClockKind::floating;
  s.zone_offset_minutes = -330;
  s.accounting = {10, 4, 3, 2, 1, 2};
  s.first = at(1);
  s.last = at(99);
  s.issues = {{IssueKind::unparsed, {5, 6, 7}, "bad line"}, {IssueKind::loss, {}, "gone"}};
  s.issue_count = 1000;
  s.message_files = {"my-app.json", "other app.json"};
  s.repeated = 7;
  s.clock_info = {{DateShown::month_day, seconds(1), 2, 0},
                  hours(1),
                  at(200),
                  DurationNs{-7},
                  PlacedBy::tasks,
                  DurationNs{-5},
                  milliseconds(3),
                  "2026+01:00",
                  "2027-11-18+HH:MM",
                  "so that it is kept"};
  return s;
}

std::vector<Stream> sample_streams() {
  Stream app;
  app.id = {0};
  app.source = {0};
  app.domain = {0};
  app.offset = {-5};
  app.uncertainty = milliseconds(3);
  app.placed = true;
  app.open = Interval{at(0), at(100)};
  app.manifest = true;
  Stream daemon;
  daemon.id = {1};
  daemon.source = {1};
  daemon.observer = Observer::daemon;
  daemon.domain = {1};
  daemon.lossy = true;
  daemon.redacted = true;
  return {app, daemon};
}

Derived sample_derived() {
  Derived d;
  add_entities(d);
  add_tasks(d);
  d.coverage = {{StreamId{1}, UnitId{}, EventKind::daemon_task_finished, {at(5), kTimeMax}, true, false},
                {StreamId{0}, UnitId{1}, EventKind::task_create, span(0, 9), false, true}};
  d.findings = {sample_finding(0), sample_finding(1)};
  d.undetermined = {{"other-rule", "no app callbacks", d.findings[0].subject, "one line"},
                    {"other-rule", "no app callbacks", {}, ""}};
  d.tallies = {{UnitId{0}, "a-rule", 1, 2, 3, 4}, {UnitId{0}, "other-rule", 0, 0, 2, 0}};
  d.causes = {
      {CauseId{0}, Severity::error, Confidence::likely, "cause", FindingId{0}, {FindingId{0}, FindingId{1}}, {UploadId{0}}}};
  d.outcome = Outcome::fail;
  d.outcome_reason = "reason";
  d.next_step = "step";
  return d;
}

std::string dump(const Event& e) {
  return line(e.id, e.source, e.seq, kind_name(e.kind), e.observer, e.confidence, e.format_only, e.t_src, e.span, e.device,
              e.bundle, e.process, e.pid, e.thread, e.pattern, encode_fields(e.fields), e.store_row, e.stream, e.domain, e.t,
              e.t_unc, e.unit, e.session, e.task, e.upload);
}

std::string dump(const Source& s) {
  std::string out =
      line(s.id, s.path, s.content_hash, s.size, s.container, s.is_store, s.confidence, s.clock, s.zone_offset_minutes,
           s.accounting.read, s.accounting.matched, s.accounting.related, s.accounting.irrelevant, s.accounting.unparsed,
           s.accounting.known, s.first, s.last, s.not_understood, s.issue_count, s.repeated);
  for (const std::string& file : s.message_files) {
    out += "  " + line(file);
  }
  const SourceClockInfo& c = s.clock_info;
  out += "  " + line(c.traits.date, c.traits.precision, c.traits.leap_year, c.traits.common_year, c.step, c.modified, c.told,
                     c.placed_by, c.offset, c.uncertainty, c.placed_as, c.suggested_date, c.suggested_why);
  for (const auto& issue : s.issues) {
    out += "  " + line(issue.kind, issue.span, issue.detail);
  }
  return out;
}

std::string dump(const Stream& s) {
  return line(s.id, s.source, s.observer, s.domain, s.offset, s.uncertainty, s.placed, s.open, s.manifest, s.lossy, s.redacted);
}

std::string dump(const CaseInfo& i) {
  return line(i.title, i.generation, i.synthetic, i.span, i.zone_offset_minutes, i.tool_version);
}

std::string dump(const Derived& d) {
  std::string out = "outcome " + line(d.outcome, d.outcome_reason, d.next_step);
  for (const auto& u : d.units) out += "unit " + line(u.id, u.device, u.bundle, u.title, u.platform);
  for (const auto& e : d.epochs) {
    out +=
        "epoch " + line(e.id, e.unit, e.process, e.pid, e.build, e.domain, e.launch, e.end, e.launch_reason, e.end_cause, e.seen);
    for (const auto& s : e.states) out += "  state " + line(s.span, s.state);
    for (const auto& r : e.running.intervals()) out += "  running " + line(r);
  }
  for (const auto& s : d.sessions) {
    out += "session " + line(s.id, s.unit, s.identifier);
    for (const auto& u : s.uuids) out += "  uuid " + line(u);
    for (const auto& o : s.objects) out += "  object " + line(o);
  }
  for (const auto& o : d.objects)
    out += "object " + line(o.id, o.session, o.epoch, o.object, o.delegate, o.created, o.invalidated, o.became_invalid, o.cancel,
                            o.last_state);
  for (const auto& t : d.tasks) {
    out += "task " + line(t.id, t.unit, t.session, t.upload, t.uuid, t.identifier, t.desc, t.kind, t.method, t.url, t.file,
                          t.status, t.error_code, t.error_domain, t.bytes_sent, t.bytes_expected, t.created, t.finished_in_daemon,
                          t.delivered, t.seen);
    for (const auto& p : t.phases) out += "  phase " + line(p.span, p.phase);
  }
  for (const auto& u : d.uploads) {
    out += "upload " + line(u.id, u.unit, u.name, u.last_state, u.outcome, u.seen);
    for (const auto& t : u.tasks) out += "  task " + line(t);
  }
  for (const auto& w : d.wakes)
    out += "wake " + line(w.unit, w.session, w.epoch, w.requested, w.launched, w.handle_events, w.did_finish_events,
                          w.handler_called, w.seen);
  for (const auto& c : d.coverage)
    out += "coverage " + line(c.stream, c.unit, kind_name(c.kind), c.span, c.declared, c.ever_logged);
  for (const auto& f : d.findings) {
    out += "finding " + line(f.id, f.fingerprint, f.rule, f.severity, f.confidence, f.t, f.title, f.explanation, f.remedy,
                             f.clears_if, f.folded_into, f.cause);
    out += "  subject " + dump(f.subject);
    for (const auto& e : f.evidence) out += "  evidence " + line(e.event, e.note, e.key);
    for (const auto& m : f.missing) out += "  missing " + line(kind_name(m.kind), m.due, m.note);
    for (const auto& n : f.numbers) out += "  number " + line(n.name, n.value, n.threshold, n.unit);
    for (const auto& s : f.searched)
      out += "  searched " + line(kind_name(s.kind), s.stream, s.span, s.records, s.siblings_found);
  }
  for (const auto& u : d.undetermined) out += "undetermined " + line(u.rule, u.reason, u.add) + "  subject " + dump(u.subject);
  for (const auto& t : d.tallies) {
    out += "verdicts " + line(t.unit, t.rule, t.fired, t.cleared, t.undetermined, t.not_applicable);
  }
  for (const auto& c : d.causes) {
    out += "cause " + line(c.id, c.severity, c.confidence, c.title, c.main);
    for (const auto& f : c.findings) out += "  finding " + line(f);
    for (const auto& u : c.uploads) out += "  upload " + line(u);
  }
  return out;
}

std::string dump(CaseReader& reader) {
  const auto info = reader.info();
  const auto sources = reader.sources();
  const auto streams = reader.streams();
  const auto derived = reader.derived();
  EXPECT_TRUE(info.ok() && sources.ok() && streams.ok() && derived.ok());
  if (!info.ok() || !sources.ok() || !streams.ok() || !derived.ok()) {
    return (!derived.ok() ? derived.error() : !info.ok() ? info.error() : Error{}).text();
  }
  std::string out = dump(*info);
  for (const auto& source : *sources) {
    out += dump(source);
    const auto raw = reader.raw_lines(source.id, 0, 1000);
    EXPECT_TRUE(raw.ok());
    for (const auto& r : *raw) {
      out += "  raw " + line(r.source, r.span, r.t_src, r.text, r.is_event, r.event);
    }
  }
  for (const auto& stream : *streams) out += dump(stream);
  const auto status = reader.for_each_event({}, [&](const Event& e) {
    out += "event " + dump(e);
    return true;
  });
  EXPECT_TRUE(status.ok()) << status.error().text();
  return out + dump(*derived);
}

void write_sample(CaseWriter& writer, const std::string& mark) {
  const auto first = writer.begin_source(sample_source("app.ndjson", ""));
  ASSERT_TRUE(first.ok()) << first.error().text();
  std::vector<Event> events;
  for (std::uint64_t i = 0; i < 6; ++i) {
    Event e = sample_event(*first, i, i % 2 == 0 ? EventKind::task_create : EventKind::task_did_complete,
                           50 - static_cast<std::int64_t>(i));
    const auto id = writer.add_event(e);
    ASSERT_TRUE(id.ok()) << id.error().text();
    e.id = *id;
    events.push_back(e);
    ASSERT_TRUE(writer.add_raw({*first, e.span, e.t_src, "line " + std::to_string(i), true, e.id}).ok());
  }
  ASSERT_TRUE(writer.add_raw({*first, {9000, 3, 91}, {}, "context", false, {}}).ok());
  Source done = sample_source("app.ndjson", "hash-1" + mark);
  done.id = *first;
  ASSERT_TRUE(writer.end_source(done).ok());

  const auto second = writer.begin_source(sample_source("system.log", ""));
  ASSERT_TRUE(second.ok());
  Event bare;
  bare.kind = EventKind::daemon_task_finished;
  bare.observer = Observer::daemon;
  bare.confidence = EventConfidence::inferred;
  bare.format_only = true;
  bare.source = *second;
  const auto id = writer.add_event(bare);
  ASSERT_TRUE(id.ok());
  bare.id = *id;
  events.push_back(bare);
  Source done2 = sample_source("system.log", "hash-2" + mark);
  done2.id = *second;
  ASSERT_TRUE(writer.end_source(done2).ok());

  for (auto& e : events) {
    e.stream = {static_cast<std::uint16_t>(e.source.value == first->value ? 0 : 1)};
    e.domain = {e.stream.value};
    e.t = e.t_src.value_or(TimeNs{0});
    e.t_unc = milliseconds(1);
    if (e.seq % 2 == 0) {
      e.unit = {0};
      e.session = {0};
      e.task = {static_cast<std::uint32_t>(e.seq == 0 ? 0 : 1)};
      e.upload = {0};
    }
    ASSERT_TRUE(writer.assign(e).ok());
  }
  auto streams = sample_streams();
  streams[0].source = *first;
  streams[1].source = *second;
  ASSERT_TRUE(writer.set_streams(streams).ok());
  CaseInfo info;
  info.title = "Shoebox 3.2";
  info.synthetic = true;
  info.span = Interval{at(0), at(99)};
  info.zone_offset_minutes = 60;
  info.tool_version = "0.1.0";
  ASSERT_TRUE(writer.set_info(info).ok());
  const auto status = writer.set_derived(sample_derived());
  ASSERT_TRUE(status.ok()) << status.error().text();
}

}  // namespace uptrail::test
