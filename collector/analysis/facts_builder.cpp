#include "collector/analysis/facts_builder.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "collector/base/text.h"

namespace uptrail::analysis {

namespace {

struct WordText {
  Word word;
  std::string_view text;
};
constexpr auto kWords = std::to_array<WordText>({
    {Word::user, "user"},
    {Word::bg_urlsession, "bg-urlsession"},
    {Word::bg_other, "bg-other"},
    {Word::prewarm, "prewarm"},
    {Word::unknown, "unknown"},
    {Word::exit0, "exit0"},
    {Word::crash, "crash"},
    {Word::jetsam, "jetsam"},
    {Word::watchdog, "watchdog"},
    {Word::assertion_expired, "assertion-expired"},
    {Word::system, "system"},
    {Word::os_update, "os-update"},
    {Word::reboot, "reboot"},
    {Word::test_harness, "test-harness"},
    {Word::running, "running"},
    {Word::suspended, "suspended"},
    {Word::canceling, "canceling"},
    {Word::completed, "completed"},
    {Word::queued, "queued"},
    {Word::waiting, "waiting"},
    {Word::uploading, "uploading"},
    {Word::paused, "paused"},
    {Word::succeeded, "succeeded"},
    {Word::failed, "failed"},
    {Word::cancelled, "cancelled"},
    {Word::cancel, "cancel"},
    {Word::finish, "finish"},
    {Word::invalidated, "invalidated"},
    {Word::unsupported, "unsupported"},
    {Word::file, "file"},
    {Word::daemon, "daemon"},
    {Word::uikit, "uikit"},
    {Word::swiftui, "swiftui"},
    {Word::watch, "watch"},
    {Word::widget, "widget"},
    {Word::interrupted, "interrupted"},
    {Word::main, "main"},
    {Word::app, "app"},
    {Word::background_db, "background-db"},
    {Word::hook_delegate, "delegate"},
    {Word::hook_scene, "scene"},
    {Word::hook_notification, "notification"},
    {Word::hook_inferred, "inferred"},
    {Word::file_create, "create"},
    {Word::file_write, "write"},
    {Word::file_move, "move"},
    {Word::file_delete, "delete"},
    {Word::file_open_failed, "open-failed"},
    {Word::install_restore, "restore"},
    {Word::install_reinstall, "reinstall"},
});

// Which field is the main word, the number and the flag of a kind. Kinds that are not listed have none.
struct FieldOf {
  EventKind kind;
  Field field;
};
using K = EventKind;
constexpr auto kWordFields = std::to_array<FieldOf>({
    {K::app_launch, Field::reason},
    {K::app_terminate, Field::cause},
    {K::session_invalidate, Field::mode},
    {K::session_connection_lost, Field::op},
    {K::session_connection_restored, Field::op},
    {K::task_create_failed, Field::reason},
    {K::task_resume, Field::state_before},
    {K::task_suspend, Field::state_before},
    {K::task_cancel, Field::state_before},
    {K::task_did_complete, Field::state},
    {K::upload_state, Field::state},
    {K::wake_handle_events, Field::via},
    {K::store_snapshot, Field::store},
    {K::store_entry, Field::state},
    {K::app_foreground, Field::hook},
    {K::app_background, Field::hook},
    {K::app_hook_registered, Field::hook},
    {K::app_install, Field::install_kind},
    {K::file_op, Field::op},
});
constexpr auto kNumberFields = std::to_array<FieldOf>({
    {K::task_create, Field::file_size},
    {K::task_create, Field::expected},
    {K::task_progress, Field::sent},
    {K::task_data, Field::bytes},
    {K::task_did_complete, Field::sent},
    {K::server_receipt, Field::bytes},
    {K::daemon_session_created, Field::client_pid},
    {K::daemon_session_reconnected, Field::client_pid},
    {K::daemon_session_refused, Field::client_pid},
    {K::daemon_session_invalidating, Field::client_pid},
    {K::daemon_session_cleaned, Field::client_pid},
    {K::daemon_client_connected, Field::client_pid},
    {K::daemon_client_disconnected, Field::client_pid},
    {K::daemon_task_totals, Field::bytes_sent},
    {K::daemon_task_finished, Field::bytes_sent},
    {K::daemon_tasks_restored, Field::count},
    {K::daemon_too_many_tasks, Field::count},
    {K::store_snapshot, Field::count},
    {K::store_entry, Field::sent},
    {K::capture_gap, Field::count},
});
constexpr auto kSecondsFields = std::to_array<FieldOf>({
    {K::daemon_delay_set, Field::seconds},
    {K::daemon_task_retry, Field::seconds},
    {K::clock_step, Field::delta},
    {K::clock_sync, Field::offset},
});
constexpr auto kFlagFields = std::to_array<FieldOf>({
    {K::session_invalidate, Field::shared},
    {K::session_create, Field::background},
    {K::task_create, Field::completion_handler},
    {K::task_create, Field::per_task_delegate},
    {K::session_tasks_answered, Field::complete},
    {K::store_snapshot, Field::complete},
    {K::store_entry, Field::pending_callback},
    {K::wake_handle_events, Field::wrapped},
    {K::app_debugger, Field::attached},
    {K::app_refresh_setting, Field::enabled},
    {K::device_lock, Field::locked},
    {K::device_network, Field::satisfied},
    {K::daemon_session_created, Field::is_extension},
    {K::daemon_session_reconnected, Field::is_extension},
    {K::daemon_session_refused, Field::is_extension},
    {K::daemon_client_state, Field::value},
    {K::daemon_discretionary, Field::value},
    {K::file_op, Field::protection},
});

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

// Does any row of the table speak of the kind? Most kinds have none, and most events are of such kinds.
template <const auto& kTable>
bool speaks_of(K kind) {
  static const KindSet kKinds = [] {
    KindSet kinds;
    for (const FieldOf& row : kTable) {
      kinds.set(static_cast<std::size_t>(row.kind));
    }
    return kinds;
  }();
  return kKinds[static_cast<std::size_t>(kind)];
}

void set_number(Fact& f, const Fields& fields) {
  for (const auto& n : kNumberFields) {
    if (n.kind == f.kind && f.number == 0) {
      const auto number = fields.integer(n.field);
      const bool first = !f.has(kHasNumber) && n.field != Field::expected;
      f.number = number.value_or(0);
      if (number && first) {
        f.flags |= kHasNumber;
      }
    }
  }
  if (f.kind == K::daemon_discretionary && fields.has(Field::opt_in)) {
    f.number = fields.boolean(Field::opt_in).value_or(false) ? 1 : 0;
    f.flags |= kHasNumber;
  }
  for (const auto& n : kSecondsFields) {
    if (n.kind == f.kind) {
      f.number = from_seconds(fields.real(n.field).value_or(0)).ns;
    }
  }
}

void set_words(Fact& f, const Event& e) {
  for (const auto& w : kWordFields) {
    if (!speaks_of<kWordFields>(f.kind)) {
      break;
    }
    if (w.kind == f.kind) {
      f.word = word_from_text(e.fields.text(w.field));
    }
  }
  if (f.kind == K::wake_handler_called) {
    f.word = e.thread.empty() ? Word::none : (e.thread == "main" ? Word::main : Word::other);
    f.also = word_from_text(e.fields.text(Field::via));
  } else if (f.kind == K::store_entry) {
    f.also = word_from_text(e.fields.text(Field::store));
  } else if (f.kind == K::daemon_task_finished && e.fields.boolean(Field::cancelled).value_or(false)) {
    f.word = Word::cancelled;
  }
}

void set_flags(Fact& f, const Event& e, bool device) {
  for (const auto& b : kFlagFields) {
    if (!speaks_of<kFlagFields>(f.kind)) {
      break;
    }
    if (b.kind == f.kind && e.fields.boolean(b.field).value_or(false)) {
      f.flags |= kShared;
    }
  }
  if (f.kind == K::daemon_task_finished && e.fields.boolean(Field::terminal).value_or(true)) {
    f.flags |= kShared;
  }
  if (f.kind == K::session_tasks_answered && e.fields.tasks(Field::tasks) != nullptr) {
    f.flags |= kHasNumber;
  }
  // getAllTasks answers with all tasks of the session by contract.
  if (f.kind == K::session_tasks_answered && !e.fields.has(Field::complete) && e.fields.text(Field::api) == "getAllTasks") {
    f.flags |= kShared;
  }
  const int more = (e.confidence == EventConfidence::inferred ? kInferred : 0) | (e.t_src ? 0 : kNoTime) | (device ? kDevice : 0);
  f.flags = static_cast<std::uint8_t>(f.flags | more);
}

// The POSIX number of a failed file operation.
std::optional<std::int32_t> file_errno(const Event& e) {
  const auto number = e.kind == K::file_op ? e.fields.integer(Field::error_number) : std::optional<std::int64_t>();
  return number && *number >= 0 && *number <= INT16_MAX ? std::optional(static_cast<std::int32_t>(*number)) : std::nullopt;
}

using FieldSet = std::bitset<kFieldCount>;

FieldSet fields_of(const Event& e) {
  FieldSet out;
  for (const auto& [field, value] : e.fields.all()) {
    out.set(static_cast<std::size_t>(field));
  }
  return out;
}

Fact make_fact(const Event& e, bool device) {
  const FieldSet there = fields_of(e);
  const auto integer = [&](Field field) {
    return there[static_cast<std::size_t>(field)] ? e.fields.integer(field) : std::optional<std::int64_t>();
  };
  Fact f;
  f.t = e.t;
  f.event = e.id;
  f.kind = e.kind;
  f.stream = e.stream;
  f.domain = e.domain;
  f.session = e.session;
  f.task = e.task;
  f.upload = e.upload;
  f.status = static_cast<std::int16_t>(std::clamp<std::int64_t>(integer(Field::status).value_or(0), 0, 999));
  const auto code = integer(there[static_cast<std::size_t>(Field::error_code)] ? Field::error_code : Field::code);
  if (const auto number = file_errno(e); number) {
    f.code = *number;
    f.flags |= kHasCode;
  } else if (code && *code >= INT32_MIN && *code <= INT32_MAX) {
    f.code = static_cast<std::int32_t>(*code);
    f.flags |= kHasCode;
  }
  f.reason_key = static_cast<std::int8_t>(std::clamp<std::int64_t>(integer(Field::reason_key).value_or(-1), -1, 127));
  if (speaks_of<kNumberFields>(f.kind) || speaks_of<kSecondsFields>(f.kind) || f.kind == K::daemon_discretionary) {
    set_number(f, e.fields);
  }
  set_words(f, e);
  set_flags(f, e, device);
  return f;
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

Word word_from_text(std::string_view text) {
  if (text.empty()) {
    return Word::none;
  }
  const auto it = std::find_if(kWords.begin(), kWords.end(), [&](const WordText& w) { return w.text == text; });
  return it == kWords.end() ? Word::other : it->word;
}

std::string_view word_text(Word word) {
  const auto it = std::find_if(kWords.begin(), kWords.end(), [&](const WordText& w) { return w.word == word; });
  return it != kWords.end() ? it->text : (word == Word::none ? std::string_view() : std::string_view("other"));
}

FactsBuilder::FactsBuilder(std::span<const Unit> units, std::span<const Stream> streams)
    : units_(units),
      streams_(streams),
      out_(units.size()),
      process_ids_(units.size()),
      recent_(units.size()),
      last_time_(units.size()) {}

void FactsBuilder::add(const Event& event) {
  // What a stream says about itself concerns every app it records, unless one app's own logger says it.
  const bool of_stream = is_capture(event.kind) && event.observer != Observer::app && event.observer != Observer::cfn;
  if (event.unit.valid() && !of_stream) {
    if (event.unit.value < out_.size()) {
      add_to(event.unit.value, event, false);
    }
    return;
  }
  if (!concerns_all(event.kind)) {
    if (!event.task.valid() && !event.session.valid()) {
      strangers_.push_back(make_fact(event, true));
    }
    return;
  }
  for (std::size_t u = 0; u < out_.size(); ++u) {
    add_to(u, event, true);
  }
}

void FactsBuilder::add_to(std::size_t unit, const Event& event, bool device) {
  UnitFacts& to = out_[unit];
  const auto index = static_cast<FactIndex>(to.facts.size());
  to.facts.push_back(make_fact(event, device));
  const auto client = event.fields.integer(Field::client_pid);
  to.process_of.push_back(process_of(unit, client ? std::string_view() : event.process, client ? client : event.pid));
  if (const auto name = to.names.intern(event.fields.text(Field::object)); name.valid()) {
    to.object_names.emplace_back(index, name);
  }
  if (event.kind == K::file_op) {
    if (const auto path = to.names.intern(event.fields.text(Field::path)); path.valid()) {
      to.paths.emplace_back(index, path);
    }
  } else if (event.kind == K::delegate_enter || event.kind == K::delegate_exit) {
    if (const auto method = to.names.intern(event.fields.text(Field::method)); method.valid()) {
      to.methods.emplace_back(index, method);
    }
    if (const auto queue = to.names.intern(event.fields.text(Field::queue)); queue.valid()) {
      to.queues.emplace_back(index, queue);
    }
  }
  put_side_tables(to, index, event);
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

void FactsBuilder::put_side_tables(UnitFacts& unit, FactIndex index, const Event& event) {
  if (event.kind == K::session_tasks_answered) {
    const auto* tasks = event.fields.tasks(Field::tasks);
    unit.listings.emplace(index, tasks != nullptr ? *tasks : std::vector<TaskListing>());
  } else if (event.kind == K::session_create) {
    ObjectInfo info;
    info.object = event.fields.text(Field::object);
    info.delegate = event.fields.text(Field::delegate);
    info.queue = event.fields.text(Field::queue);
    info.sends_launch_events = event.fields.boolean(Field::sends_launch_events);
    info.background = event.fields.boolean(Field::background);
    for (const Field field : kConfigFields) {
      if (const Value* v = event.fields.find(field)) {
        info.config += (info.config.empty() ? "" : " ") + std::string(field_name(field)) + "=" + value_text(*v);
      }
    }
    unit.objects.emplace(index, std::move(info));
  } else if (event.kind == K::app_launch && !event.fields.text(Field::build).empty()) {
    unit.builds.emplace(index, event.fields.text(Field::build));
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
