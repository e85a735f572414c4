#include "tests/collector/analysis/bench_events.h"
#include <functional>
#include <tuple>

#include <algorithm>

#include "collector/analysis/reconstruct/epochs.h"
#include "collector/analysis/reconstruct/objects.h"
#include "collector/analysis/reconstruct/process_states.h"
#include "collector/analysis/reconstruct/tasks.h"
#include "collector/analysis/reconstruct/wakes.h"

namespace uptrail::analysis::test {

Capture::Capture() {
  Source source;
  source.id = SourceId{0};
  source.path = "hand-made";
  sources.push_back(source);
  Unit unit;
  unit.id = UnitId{0};
  unit.bundle = "com.example.app";
  unit.title = "MyApp";
  units.push_back(unit);
  add_stream(Observer::app);
  add_stream(Observer::daemon);
}

StreamId Capture::add_stream(Observer observer, bool own_source, DurationNs uncertainty, DomainId domain) {
  if (own_source) {
    Source source;
    source.id = SourceId{static_cast<std::uint32_t>(sources.size())};
    sources.push_back(source);
  }
  Stream s;
  s.id = StreamId{static_cast<std::uint16_t>(streams.size())};
  s.source = own_source ? sources.back().id : SourceId{0};
  s.observer = observer;
  s.domain = domain;
  s.uncertainty = uncertainty;
  s.placed = true;
  streams.push_back(s);
  return s.id;
}

Event& Capture::add(double t, EventKind kind, std::initializer_list<std::pair<Field, Value>> fields) {
  return add_to(kind_name(kind).substr(0, 7) == "daemon." ? kDaemon : kApp, t, kind, fields);
}

Event& Capture::add_to(StreamId stream, double t, EventKind kind, std::initializer_list<std::pair<Field, Value>> fields) {
  Event e;
  e.kind = kind;
  e.t = at(t);
  e.t_src = e.t;
  e.id = EventId{static_cast<std::int64_t>(events.size())};
  e.seq = events.size();
  e.stream = stream;
  e.observer = streams[stream.value].observer;
  e.domain = streams[stream.value].domain;
  e.source = streams[stream.value].source;
  e.unit = UnitId{0};
  e.bundle = units[0].bundle;
  const bool by_app = e.observer == Observer::app || e.observer == Observer::cfn;
  if (by_app) {
    e.pid = pid_;
    e.process = "MyApp";
  }
  for (const auto& [field, value] : fields) {
    e.fields.set(field, value);
  }
  if (const auto identifier = e.fields.text(Field::identifier); !identifier.empty()) {
    e.session = session_of(std::string(identifier));
  }
  if (const auto name = e.fields.text(Field::upload_id); !name.empty()) {
    e.upload = upload_of(std::string(name));
  }
  if (const auto uuid = e.fields.uuid(Field::uuid)) {
    e.task = task_of(*uuid, e.session);
    Task& task = tasks[e.task.value];
    e.session = e.session.valid() ? e.session : task.session;
    if (e.upload.valid() && !task.upload.valid()) {
      task.upload = e.upload;
      uploads[e.upload.value].tasks.push_back(task.id);
    }
    e.upload = task.upload;
  }
  events.push_back(std::move(e));
  return events.back();
}

SessionId Capture::session_of(const std::string& identifier) {
  for (const Session& s : sessions) {
    if (s.identifier == identifier) {
      return s.id;
    }
  }
  Session s;
  s.id = SessionId{static_cast<std::uint32_t>(sessions.size())};
  s.unit = UnitId{0};
  s.identifier = identifier;
  sessions.push_back(s);
  return s.id;
}

TaskId Capture::task_of(const Uuid& uuid, SessionId session) {
  for (Task& t : tasks) {
    if (t.uuid == uuid) {
      t.session = t.session.valid() ? t.session : session;
      return t.id;
    }
  }
  Task t;
  t.id = TaskId{static_cast<std::uint32_t>(tasks.size())};
  t.unit = UnitId{0};
  t.uuid = uuid;
  t.session = session;
  tasks.push_back(t);
  return t.id;
}

UploadId Capture::upload_of(const std::string& name) {
  for (const Upload& u : uploads) {
    if (u.name == name) {
      return u.id;
    }
  }
  Upload u;
  u.id = UploadId{static_cast<std::uint32_t>(uploads.size())};
  u.unit = UnitId{0};
  u.name = name;
  uploads.push_back(u);
  return u.id;
}

void Capture::declare(std::vector<std::string> kinds) {
  for (const StreamId s : {kApp, kDaemon}) {
    Event& e = add_to(s, 0, EventKind::capture_begin, {{Field::kinds, kinds}});
    e.pid.reset();
    e.process.clear();
  }
}

void Capture::heartbeats(double from, double to) {
  for (double t = from; t <= to; t += 5) {
    add(t, EventKind::app_heartbeat);
  }
}

void Capture::end(double end) {
  for (Stream& s : streams) {
    s.open = Interval{at(0), at(end)};
  }
}

AnalysisInput Capture::input() const {
  auto sorted = std::make_shared<std::vector<Event>>(events);
  std::stable_sort(sorted->begin(), sorted->end(), [](const Event& a, const Event& b) {
    return std::tuple(a.domain, a.t, a.stream, a.seq) < std::tuple(b.domain, b.t, b.stream, b.seq);
  });
  AnalysisInput in;
  in.events = [sorted](const std::function<bool(const Event&)>& sink) -> Status {
    for (const Event& e : *sorted) {
      if (!sink(e)) {
        break;
      }
    }
    return done();
  };
  in.event = [sorted](EventId id) -> Result<std::optional<Event>> {
    for (const Event& e : *sorted) {
      if (e.id == id) {
        return std::optional<Event>(e);
      }
    }
    return std::optional<Event>();
  };
  in.sources = sources;
  in.streams = streams;
  in.units = units;
  in.sessions = sessions;
  in.tasks = tasks;
  in.uploads = uploads;
  return in;
}

Derived Capture::run(std::span<const Rule* const> rules) const {
  AnalysisInput in = input();
  in.rules = rules;
  auto out = analyse(in);
  EXPECT_TRUE(out.ok());
  return out.take();
}

Stage::Stage(const Capture& capture) : streams_(capture.streams) {
  const AnalysisInput in = capture.input();
  derived_.units = in.units;
  derived_.sessions = in.sessions;
  derived_.tasks = in.tasks;
  derived_.uploads = in.uploads;
  FactsBuilder builder(derived_.units, streams_, derived_.tasks);
  EXPECT_TRUE(in.events([&](const Event& e) {
                  const EventFields fields(e);
                  fill_entity(derived_, e, fields);
                  builder.add(e, fields);
                  return true;
                }).ok());
  facts_ = builder.take();
  UnitFacts& u = facts_[0];
  for (const auto& s : derived_.sessions) {
    entities_.sessions.push_back(s.id);
  }
  for (const auto& t : derived_.tasks) {
    entities_.tasks.push_back(t.id);
  }
  for (const auto& up : derived_.uploads) {
    entities_.uploads.push_back(up.id);
  }
  entities_.epochs = build_epochs(u, UnitId{0}, streams_, derived_.epochs);
  entities_.objects = build_objects(u, derived_);
  build_wakes(u, UnitId{0}, derived_);
  TaskBuilder(u, derived_, streams_).build(entities_.tasks, entities_.uploads);
  coverage_ = std::make_unique<Coverage>(u, streams_, derived_.epochs, entities_.epochs, derived_.sessions);
  build_process_states(u, streams_, *coverage_, entities_.epochs, derived_.epochs);
  world_ = std::make_unique<WorldImpl>(UnitId{0}, u, entities_, derived_, streams_, *coverage_, in.event);
}

}  // namespace uptrail::analysis::test
