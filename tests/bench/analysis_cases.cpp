#include "tests/bench/analysis_cases.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "collector/simulate/simulate.h"

namespace uptrail::bench {

namespace {

bool of_device(const Event& e) {
  const std::string_view name = kind_name(e.kind);
  return name.starts_with("device.") || name.starts_with("clock.") || e.kind == EventKind::daemon_start ||
         e.kind == EventKind::daemon_exit ||
         (name.starts_with("capture.") && e.observer != Observer::app && e.observer != Observer::cfn);
}

Uuid on_day(Uuid uuid, std::uint64_t day) {
  for (std::size_t i = 0; i < 4; ++i) {
    uuid.bytes[i] = static_cast<std::uint8_t>(uuid.bytes[i] ^ (day >> (8 * i)));
  }
  return uuid;
}

std::string on_day(const std::string& name, std::uint64_t day) { return name.empty() ? name : name + "." + std::to_string(day); }

simulate::Simulated first_day(const Shape& shape) {
  simulate::SimulateOptions options;
  options.seed = 7;
  options.sessions = shape.sessions;
  options.tasks = shape.tasks;
  options.hours = shape.hours;
  if (shape.faults > 0) {
    options.faults = simulate::random_faults(options.seed, shape.faults);
  }
  auto made = simulate::simulate(options);
  if (!made.ok()) {
    std::fprintf(stderr, "the simulator refuses: %s\n", made.error().text().c_str());
    std::abort();
  }
  return made.take();
}

}  // namespace

// The events of the first day with the ids of that day; entities are numbered in the order of their first event.
struct BigCase::Day {
  explicit Day(const Shape& of) : shape(of) {}

  void learn(std::vector<Event> made);
  void identify(Event& e);
  [[nodiscard]] bool is_left_out(const Event& e, std::uint64_t d) const;
  void move(Event& e, const Event& first, std::uint64_t d) const;  // to day d; texts of lists are changed in place
  [[nodiscard]] std::uint64_t sessions_before(std::uint64_t d) const { return shape.same_sessions ? 0 : d * identifiers.size(); }
  void fill(analysis::AnalysisInput& input) const;

  Shape shape;
  std::vector<Event> events;
  std::vector<std::string> identifiers;
  struct TaskOfDay {
    Uuid uuid;
    std::optional<std::int64_t> id;
    SessionId session;
    UploadId upload;
    std::string desc;
  };
  std::vector<TaskOfDay> tasks;
  std::vector<std::string> uploads;
  std::map<std::string, SessionId, std::less<>> session_ids;
  std::map<Uuid, TaskId> task_ids;
  std::map<std::string, UploadId, std::less<>> upload_ids;
  std::map<Observer, StreamId> stream_ids;
  std::vector<Stream> streams;
  DurationNs length;
  std::uint64_t days = 1;
  std::uint64_t texts_read = 0;
};

void BigCase::Day::identify(Event& e) {
  if (const auto name = e.fields.text(Field::identifier); !name.empty()) {
    const auto [it, fresh] =
        session_ids.try_emplace(std::string(name), SessionId{static_cast<std::uint32_t>(identifiers.size())});
    if (fresh) {
      identifiers.emplace_back(name);
    }
    e.session = it->second;
  }
  const std::string upload(e.fields.text(Field::upload_id).empty() ? e.fields.text(Field::desc)
                                                                   : e.fields.text(Field::upload_id));
  if (!upload.empty()) {
    const auto [it, fresh] = upload_ids.try_emplace(upload, UploadId{static_cast<std::uint32_t>(uploads.size())});
    if (fresh) {
      uploads.push_back(upload);
    }
    e.upload = it->second;
  }
  if (const auto uuid = e.fields.uuid(Field::uuid)) {
    const auto [it, fresh] = task_ids.try_emplace(*uuid, TaskId{static_cast<std::uint32_t>(tasks.size())});
    if (fresh) {
      tasks.push_back({*uuid, {}, {}, {}, {}});
    }
    TaskOfDay& t = tasks[it->second.value];
    t.id = t.id ? t.id : e.fields.integer(Field::id);
    t.session = t.session.valid() ? t.session : e.session;
    t.upload = t.upload.valid() ? t.upload : e.upload;
    e.task = it->second;
  }
}

void BigCase::Day::learn(std::vector<Event> made) {
  for (Event& e : made) {
    const auto [it, fresh] = stream_ids.try_emplace(e.observer, StreamId{static_cast<std::uint16_t>(streams.size())});
    if (fresh) {
      Stream s;
      s.id = it->second;
      s.source = SourceId{0};
      s.observer = e.observer;
      s.domain = DomainId{0};
      s.placed = true;
      streams.push_back(s);
    }
    e.stream = it->second;
    e.domain = DomainId{0};
    e.source = SourceId{0};
    e.t = e.t_src.value_or(TimeNs{});
    e.unit = of_device(e) ? UnitId{} : UnitId{0};
    identify(e);
  }
  for (Event& e : made) {
    if (e.task.valid()) {
      e.session = e.session.valid() ? e.session : tasks[e.task.value].session;
      e.upload = e.upload.valid() ? e.upload : tasks[e.task.value].upload;
    }
  }
  std::stable_sort(made.begin(), made.end(),
                   [](const Event& a, const Event& b) { return std::tuple(a.t, a.stream) < std::tuple(b.t, b.stream); });
  events = std::move(made);
  length = events.back().t - events.front().t + hours(1);
}

bool BigCase::Day::is_left_out(const Event& e, std::uint64_t d) const {
  const bool app = e.observer == Observer::app || e.observer == Observer::cfn;
  return (e.kind == EventKind::capture_begin && d > 0 && !app) || (e.kind == EventKind::capture_end && d + 1 < days);
}

void BigCase::Day::move(Event& e, const Event& first, std::uint64_t d) const {
  const auto k = static_cast<std::uint64_t>(&first - events.data());
  const auto n = static_cast<std::uint32_t>(d);
  e.id = EventId{static_cast<std::int64_t>(d * events.size() + k + 1)};
  e.seq = d * events.size() + k;
  e.t = first.t + DurationNs{length.ns * static_cast<std::int64_t>(d)};
  e.t_src = e.t;
  if (first.session.valid()) {
    e.session.value = first.session.value + static_cast<std::uint32_t>(sessions_before(d));
  }
  if (first.task.valid()) {
    e.task.value = first.task.value + n * static_cast<std::uint32_t>(tasks.size());
  }
  if (first.upload.valid()) {
    e.upload.value = first.upload.value + n * static_cast<std::uint32_t>(uploads.size());
  }
  constexpr std::int64_t kPidsOfOneDay = 100'000;
  if (first.pid) {
    e.pid = *first.pid + kPidsOfOneDay * n;
  }
  if (const auto client = first.fields.integer(Field::client_pid)) {
    e.fields.set(Field::client_pid, *client + kPidsOfOneDay * n);
  }
  if (const auto* list = first.fields.tasks(Field::tasks)) {
    std::vector<TaskListing> moved = *list;
    for (TaskListing& t : moved) {
      t.uuid = t.uuid ? std::optional(on_day(*t.uuid, d)) : t.uuid;
      t.desc = on_day(t.desc, d);
    }
    e.fields.set(Field::tasks, std::move(moved));
  }
}

void BigCase::Day::fill(analysis::AnalysisInput& input) const {
  Source source;
  source.id = SourceId{0};
  source.path = "made up";
  input.sources = {source};
  input.streams = streams;
  const TimeNs end = events.front().t + DurationNs{length.ns * static_cast<std::int64_t>(days)};
  for (Stream& s : input.streams) {
    s.open = Interval{events.front().t, end};
  }
  Unit unit;
  unit.id = UnitId{0};
  unit.bundle = "com.example.shoebox";
  unit.title = "Shoebox";
  unit.platform = "ios";
  input.units = {unit};
  for (std::uint64_t d = 0; d < days; ++d) {
    for (std::size_t i = 0; i < identifiers.size() && (d == 0 || !shape.same_sessions); ++i) {
      Session s;
      s.id = SessionId{static_cast<std::uint32_t>(input.sessions.size())};
      s.unit = unit.id;
      s.identifier = shape.same_sessions ? identifiers[i] : on_day(identifiers[i], d);
      input.sessions.push_back(std::move(s));
    }
    const std::size_t first_upload = input.uploads.size();
    for (const std::string& name : uploads) {
      Upload u;
      u.id = UploadId{static_cast<std::uint32_t>(input.uploads.size())};
      u.unit = unit.id;
      u.name = on_day(name, d);
      input.uploads.push_back(std::move(u));
    }
    for (const TaskOfDay& t : tasks) {
      Task task;
      task.id = TaskId{static_cast<std::uint32_t>(input.tasks.size())};
      task.unit = unit.id;
      task.uuid = on_day(t.uuid, d);
      task.identifier = t.id;
      if (t.session.valid()) {
        task.session.value = t.session.value + static_cast<std::uint32_t>(sessions_before(d));
      }
      if (t.upload.valid()) {
        task.upload.value = t.upload.value + static_cast<std::uint32_t>(first_upload);
        input.uploads[task.upload.value].tasks.push_back(task.id);
        task.desc = input.uploads[task.upload.value].name;
      }
      input.tasks.push_back(std::move(task));
    }
  }
}

BigCase::BigCase(const Shape& shape, std::uint64_t events) : day_(std::make_unique<Day>(shape)) {
  day_->learn(first_day(shape).events);
  day_->days = std::max<std::uint64_t>(1, (events + day_->events.size() - 1) / day_->events.size());
}

BigCase::~BigCase() = default;

std::uint64_t BigCase::tasks() const { return day_->tasks.size() * day_->days; }
std::uint64_t BigCase::sessions() const { return day_->identifiers.size() * (day_->shape.same_sessions ? 1 : day_->days); }
std::uint64_t BigCase::texts_read() const { return day_->texts_read; }

analysis::AnalysisInput BigCase::input() {
  analysis::AnalysisInput input;
  day_->fill(input);
  input.events = [day = day_.get()](const std::function<bool(const Event&)>& sink) -> Status {
    std::vector<Event> events = day->events;
    for (std::uint64_t d = 0; d < day->days; ++d) {
      for (std::size_t k = 0; k < events.size(); ++k) {
        if (day->is_left_out(day->events[k], d)) {
          continue;
        }
        day->move(events[k], day->events[k], d);
        if (!sink(events[k])) {
          return done();
        }
      }
    }
    return done();
  };
  input.event = [day = day_.get()](EventId id) -> Result<std::optional<Event>> {
    ++day->texts_read;
    const auto n = static_cast<std::uint64_t>(id.value - 1);
    const std::uint64_t d = n / day->events.size();
    if (id.value < 1 || d >= day->days) {
      return std::optional<Event>();
    }
    const Event& first = day->events[n % day->events.size()];
    Event e = first;
    day->move(e, first, d);
    return std::optional<Event>(std::move(e));
  };
  return input;
}

}  // namespace uptrail::bench
