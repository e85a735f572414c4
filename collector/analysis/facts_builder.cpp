#include "collector/analysis/facts_builder.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "collector/analysis/event_fact.h"
#include "collector/base/text.h"

namespace uptrail::analysis {

namespace {

using K = EventKind;

// Values of session.create that make up its configuration.
constexpr std::array kConfigFields = {Field::discretionary,   Field::sends_launch_events, Field::resource_timeout,
                                      Field::request_timeout, Field::shared_container,    Field::cellular,
                                      Field::max_connections};

std::string value_text(const Value& v) {
  struct Visitor {
    std::string operator()(std::monostate) const { return {}; }
    std::string operator()(bool b) const { return b ? "true" : "false"; }
    std::string operator()(std::int64_t i) const { return std::to_string(i); }
    std::string operator()(double d) const {
      return std::floor(d) == d && std::abs(d) < 9e15 ? std::to_string(static_cast<std::int64_t>(d)) : std::to_string(d);
    }
    std::string operator()(const std::string& s) const { return s; }
    std::string operator()(const Uuid& u) const { return u.text(); }
    std::string operator()(TimeNs t) const { return format_iso(t); }
    std::string operator()(const std::vector<std::string>& list) const {
      std::string out;
      for (const auto& s : list) {
        out += out.empty() ? s : "," + s;
      }
      return out;
    }
    std::string operator()(const std::vector<TaskListing>& list) const { return std::to_string(list.size()); }
  };
  return std::visit(Visitor{}, v);
}

// Does a manifest entry name the kind? Patterns speak only for what the observer can see; an exact name is taken as it is.
bool names_kind(std::string_view entry, const KindInfo& kind, Observer observer) {
  if (entry == kind.name) {
    return true;
  }
  const bool sees = std::find(kind.observers.begin(), kind.observers.end(), observer) != kind.observers.end();
  if (entry == "*") {
    return sees;
  }
  return sees && entry.size() > 2 && entry.substr(entry.size() - 2) == ".*" &&
         kind.name.substr(0, entry.size() - 1) == entry.substr(0, entry.size() - 1);
}

// What may concern every app although it names none. Anything else that names no app is about one we do not know: to give it to
// all would blame the wrong one; it is kept apart as a stranger.
bool concerns_all(EventKind kind) {
  const std::string_view name = kind_name(kind);
  return name.starts_with("device.") || name.starts_with("clock.") || name.starts_with("capture.") || kind == K::daemon_start ||
         kind == K::daemon_exit || kind == K::store_snapshot;
}

bool is_capture(EventKind kind) { return kind == K::capture_begin || kind == K::capture_end || kind == K::capture_gap; }

}  // namespace

FactsBuilder::FactsBuilder(std::span<const Unit> units, std::span<const Stream> streams, std::span<const Task> tasks)
    : units_(units),
      streams_(streams),
      tasks_(tasks),
      out_(units.size()),
      process_ids_(units.size()),
      recent_(units.size()),
      last_time_(units.size()) {}

void FactsBuilder::add(const Event& event, const EventFields& fields) {
  // What a stream says about itself concerns every app it records, unless one app's own logger says it.
  const bool of_stream = is_capture(event.kind) && event.observer != Observer::app && event.observer != Observer::cfn;
  if (event.unit.valid() && !of_stream) {
    if (event.unit.value < out_.size()) {
      add_to(event.unit.value, event, fields, false);
    }
    return;
  }
  if (!concerns_all(event.kind)) {
    if (!event.task.valid() && !event.session.valid()) {
      strangers_.push_back(make_fact(event, fields, true));
    }
    return;
  }
  for (std::size_t u = 0; u < out_.size(); ++u) {
    add_to(u, event, fields, true);
  }
}

void FactsBuilder::add_to(std::size_t unit, const Event& event, const EventFields& fields, bool device) {
  UnitFacts& to = out_[unit];
  const auto index = static_cast<FactIndex>(to.facts.size());
  to.facts.push_back(make_fact(event, fields, device));
  const auto client = fields.integer(Field::client_pid);
  to.process_of.push_back(process_of(unit, client ? std::string_view() : event.process, client ? client : event.pid));
  if (const auto name = to.names.intern(fields.text(Field::object)); name.valid()) {
    to.object_names.emplace_back(index, name);
  }
  if (event.kind == K::file_op) {
    if (const auto path = to.names.intern(fields.text(Field::path)); path.valid()) {
      to.paths.emplace_back(index, path);
    }
  } else if (event.kind == K::delegate_enter || event.kind == K::delegate_exit) {
    if (const auto method = to.names.intern(fields.text(Field::method)); method.valid()) {
      to.methods.emplace_back(index, method);
    }
    if (const auto queue = to.names.intern(fields.text(Field::queue)); queue.valid()) {
      to.queues.emplace_back(index, queue);
    }
  }
  if (event.kind == K::session_tasks_answered) {
    put_list(to, units_[unit].id, index, fields);
  } else {
    put_side_tables(to, index, event, fields);
  }
  if (is_capture(event.kind) || (event.kind == K::clock_step && event.observer == Observer::tool)) {
    add_capture(to, units_[unit], index, event);
  }
  std::vector<TimeNs>& times = last_time_[unit];
  if (event.stream.value < streams_.size()) {
    times.resize(streams_.size(), kTimeMin);
    times[event.stream.value] = event.t;
  }
}

std::uint32_t FactsBuilder::process_of(std::size_t unit, std::string_view process, std::optional<std::int64_t> pid) {
  UnitFacts& to = out_[unit];
  Recent& recent = recent_[unit];
  for (const std::uint32_t i : recent.processes) {
    if (i < to.processes.size() && to.processes[i].pid == pid && to.processes[i].process == process) {
      return i;
    }
  }
  const ProcessKey key{std::string(process), pid};
  const auto [it, fresh] = process_ids_[unit].try_emplace(key, static_cast<std::uint32_t>(to.processes.size()));
  if (fresh) {
    to.processes.push_back(key);
  }
  recent.processes[recent.next++ % recent.processes.size()] = it->second;
  return it->second;
}

// The first task of the unit with that UUID.
TaskId FactsBuilder::task_of(UnitId unit, const Uuid& uuid) {
  if (by_uuid_.empty()) {
    for (const Task& t : tasks_) {
      if (t.uuid) {
        by_uuid_.emplace_back(t.unit, *t.uuid, t.id);
      }
    }
    std::sort(by_uuid_.begin(), by_uuid_.end());
  }
  const auto it = std::lower_bound(by_uuid_.begin(), by_uuid_.end(), std::tuple(unit, uuid, TaskId{0}));
  const bool found = it != by_uuid_.end() && std::get<UnitId>(*it) == unit && std::get<Uuid>(*it) == uuid;
  return found ? std::get<TaskId>(*it) : TaskId{};
}

void FactsBuilder::put_list(UnitFacts& unit, UnitId id, FactIndex index, const EventFields& fields) {
  Lists& lists = unit.lists;
  lists.begins.emplace_back(index, static_cast<std::uint32_t>(lists.entries.size()));
  const auto* tasks = fields.tasks(Field::tasks);
  if (tasks == nullptr) {
    return;
  }
  for (const TaskListing& t : *tasks) {
    const TaskId task = t.uuid ? task_of(id, *t.uuid) : TaskId{};
    if (!task.valid()) {
      lists.names.push_back({static_cast<std::uint32_t>(lists.entries.size()), t.uuid, t.id, unit.names.intern(t.desc)});
    }
    lists.entries.push_back({word_from_text(t.state), t.sent});
    lists.tasks.push_back(task);
  }
}

void FactsBuilder::put_side_tables(UnitFacts& unit, FactIndex index, const Event& event, const EventFields& fields) {
  const auto kept = [&unit](std::string_view text) { return unit.names.text(unit.names.intern(text)); };
  if (event.kind == K::session_create) {
    std::string config;
    for (const Field field : kConfigFields) {
      if (const Value* v = event.fields.find(field)) {
        config += (config.empty() ? "" : " ") + std::string(field_name(field)) + "=" + value_text(*v);
      }
    }
    unit.objects.emplace_back(
        index, ObjectInfo{kept(fields.text(Field::object)), kept(fields.text(Field::delegate)), kept(fields.text(Field::queue)),
                          kept(config), fields.boolean(Field::sends_launch_events), fields.boolean(Field::background)});
  } else if (event.kind == K::app_launch && !fields.text(Field::build).empty()) {
    unit.builds.emplace_back(index, unit.names.intern(fields.text(Field::build)));
  }
}

// The streams a capture.* event speaks for: its own, or, written by the tool, those of its source that it names.
std::vector<StreamId> FactsBuilder::spoken_for(const Event& event) const {
  if (event.observer != Observer::tool) {
    return {event.stream};
  }
  std::vector<StreamId> named;
  std::vector<StreamId> all;
  const auto name = event.fields.text(Field::source);
  for (const Stream& s : streams_) {
    if (s.source != event.source) {
      continue;
    }
    all.push_back(s.id);
    if (observer_name(s.observer) == name) {
      named.push_back(s.id);
    }
  }
  return named.empty() ? all : named;
}

KindSet FactsBuilder::declared(const Event& event, Observer observer) {
  const auto* list = event.fields.texts(Field::kinds);
  if (list == nullptr) {
    return {};
  }
  // A logger writes the same list at each launch.
  const auto [it, fresh] = declared_.try_emplace({observer, *list});
  KindSet& kinds = it->second;
  for (std::size_t k = 0; fresh && k < kEventKindCount; ++k) {
    const KindInfo& info = kind_info(static_cast<EventKind>(k));
    kinds[k] = std::any_of(list->begin(), list->end(), [&](const std::string& e) { return names_kind(e, info, observer); });
  }
  return kinds;
}

void FactsBuilder::add_capture(UnitFacts& unit, const Unit& about, FactIndex index, const Event& event) {
  for (const StreamId id : spoken_for(event)) {
    if (!id.valid() || id.value >= streams_.size()) {
      continue;
    }
    const Stream& stream = streams_[id.value];
    if (event.kind == K::capture_begin) {
      const auto* bundles = event.fields.texts(Field::scope_bundles);
      if (bundles != nullptr && !bundles->empty() &&
          std::find(bundles->begin(), bundles->end(), about.bundle) == bundles->end()) {
        continue;
      }
      Manifest m{index, id, {event.t, kTimeMax}, declared(event, stream.observer), {}};
      if (const auto* identifiers = event.fields.texts(Field::scope_identifiers)) {
        m.identifiers = *identifiers;
      }
      unit.manifests.push_back(std::move(m));
    } else if (event.kind == K::capture_end) {
      for (Manifest& m : unit.manifests) {
        if (m.stream == id && m.span.end == kTimeMax) {
          m.span.end = event.t + nanoseconds(1);
        }
      }
    } else if (event.kind == K::clock_step) {
      // Back: the times between are there twice. Forward: they never were.
      const DurationNs moved = from_seconds(event.fields.real(Field::delta).value_or(0));
      const TimeNs before = event.t - moved;
      unit.gaps.push_back({index, id, {std::min(before, event.t), std::max(before, event.t) + nanoseconds(1)}, "clock"});
    } else {
      // Without bounds the loss lies somewhere after the record before.
      const DurationNs offset{stream.offset.ns};
      const auto from = event.fields.time(Field::from);
      const auto to = event.fields.time(Field::to);
      const auto& times = last_time_[static_cast<std::size_t>(&unit - out_.data())];
      const TimeNs before = id.value < times.size() ? times[id.value] : kTimeMin;
      Gap gap{index, id, {from ? *from + offset : std::min(before, event.t), to ? *to + offset : event.t}, {}};
      gap.span.end = std::max(gap.span.end, gap.span.start + nanoseconds(1));
      gap.reason = event.fields.text(Field::reason);
      unit.gaps.push_back(std::move(gap));
    }
  }
}

std::vector<UnitFacts> FactsBuilder::take() {
  const auto strangers = std::make_shared<const std::vector<Fact>>(std::move(strangers_));
  for (UnitFacts& unit : out_) {
    unit.strangers = strangers;
  }
  return std::move(out_);
}

}  // namespace uptrail::analysis
