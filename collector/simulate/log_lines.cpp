#include <algorithm>
#include <optional>
#include <utility>

#include "collector/simulate/log_message.h"
#include "collector/simulate/writers.h"

namespace uptrail::simulate {

namespace {

using K = EventKind;
using F = Field;

constexpr std::string_view kDaemon = "nsurlsessiond";
constexpr std::int64_t kDaemonPid = 88;
constexpr std::int64_t kSpringBoardPid = 59;
constexpr std::int64_t kSystemPid = 34;
// Writes what no process of the device said: manifests before the app's first launch, what happens to the device.
constexpr std::string_view kNotary = "uptrail";
constexpr std::int64_t kNotaryPid = 2;

// The main thread has the lowest number.
std::int64_t thread_number(std::int64_t pid, std::string_view name) {
  constexpr std::int64_t kThreads = 16;
  std::int64_t sum = 0;
  for (const char c : name == "main" ? std::string_view() : name) {
    sum += static_cast<unsigned char>(c);
  }
  return pid * kThreads + (sum == 0 ? 0 : 1 + sum % (kThreads - 1));
}

// An event that an app cannot see itself is on the word of who can.
Observer voice_of(const Event& event) {
  const auto usual = kind_info(event.kind).observers;
  const auto may = [&](Observer o) { return std::find(usual.begin(), usual.end(), o) != usual.end(); };
  if (event.observer == Observer::app && !may(Observer::app)) {
    for (const Observer o : {Observer::cfn, Observer::daemon, Observer::sys}) {
      if (may(o)) {
        return o;
      }
    }
  }
  return event.observer;
}

class Journal {
 public:
  Journal(const Catalogue& catalogue, Lines which, bool redacted, bool app_speaks)
      : messages_(catalogue, redacted), which_(which), app_speaks_(app_speaks) {}
  void add(const Event& event);
  LogLines take() { return std::move(out_); }

 private:
  bool say(const Event& event);
  void map_task(const Event& event, const LogMessage& message);
  void write(const Event& event, const LogMessage& message);
  bool write_json(Event event);
  void add_own(const Event& event);
  void put(LogLine line, TimeNs t) {
    line.t = t;
    out_.lines.push_back(std::move(line));
  }

  MessageWriter messages_;
  Lines which_;
  bool app_speaks_;  // some process of the app logs
  LogLines out_;
  std::vector<Event> manifests_;  // of the app, for every process that logs
  std::set<std::pair<std::string, std::optional<std::int64_t>>> declared_;
  std::string app_;  // the app's process of late: its logger tells the gaps, too
  std::int64_t app_pid_ = 0;
  std::set<Uuid> mapped_;  // tasks whose bundle and session a line has named
};

void Journal::write(const Event& event, const LogMessage& message) {
  LogLine line;
  line.message = message.text;
  const std::string& process = message.pattern->processes.front();
  if (process.starts_with("*")) {
    line.process = event.process;
    line.pid = event.pid.value_or(0);
  } else {
    line.process = process;
    line.pid = process == kDaemon ? kDaemonPid : process == "SpringBoard" ? kSpringBoardPid : kSystemPid;
  }
  const bool transfer = event.observer == Observer::cfn || event.observer == Observer::daemon;
  line.thread = thread_number(line.pid, event.thread);
  const bool of_task = message.pattern->compiled.subject() == SubjectForm::task;
  line.library = event.observer == Observer::cfn || of_task ? "CFNetwork" : "";
  line.subsystem = transfer ? "com.apple.CFNetwork" : "com.apple." + line.process;
  line.category = transfer ? "Default" : "process";
  put(std::move(line), *event.t_src);
}

// nsurlsessiond's lines about a task show its UUID only; one of them says whose it is.
void Journal::map_task(const Event& event, const LogMessage& message) {
  const auto uuid = event.fields.uuid(F::uuid);
  const bool names_session =
      event.kind == K::daemon_task_mapped ||
      std::find(message.not_shown.begin(), message.not_shown.end(), field_name(F::identifier)) == message.not_shown.end();
  if (event.observer != Observer::daemon || !uuid || event.bundle.empty() || !event.fields.has(F::identifier) ||
      mapped_.contains(*uuid)) {
    return;
  }
  mapped_.insert(*uuid);
  if (names_session) {
    return;
  }
  Event mapping = event;
  mapping.kind = K::daemon_task_mapped;
  if (const auto mapped = messages_.message(mapping)) {
    write(mapping, *mapped);
  }
}

// False: no known line tells it.
bool Journal::say(const Event& event) {
  Event heard = event;
  heard.observer = voice_of(event);
  const auto message = messages_.message(heard);
  if (!message) {
    return false;
  }
  map_task(heard, *message);
  write(heard, *message);
  for (const std::string_view field : message->not_shown) {
    const auto uuid = heard.fields.uuid(F::uuid);
    if (field != field_name(F::identifier) || !uuid || !mapped_.contains(*uuid)) {
      out_.not_shown.insert(std::string(kind_name(event.kind)) + " " + std::string(field));
    }
  }
  return true;
}

// The logger's event JSON: its time is that of its record. The app is a debug build, whose code is in a library of its own.
// False: nobody is there to write it.
bool Journal::write_json(Event event) {
  LogLine line;
  line.subsystem = event.bundle.empty() ? std::string(kNotary) : event.bundle;
  line.category = kNotary;
  if (event.observer == Observer::daemon) {
    line.process = kDaemon;
    line.pid = kDaemonPid;
  } else if (!event.process.empty()) {
    line.process = event.process;
    line.pid = event.pid.value_or(0);
  } else if (event.observer == Observer::app && !app_.empty()) {
    line.process = app_;
    line.pid = app_pid_;
  } else if (which_ == Lines::everything) {
    line.process = kNotary;
    line.pid = kNotaryPid;
  } else {
    return false;
  }
  line.library = line.process == kDaemon || line.process == kNotary ? "" : line.process + ".debug.dylib";
  line.thread = thread_number(line.pid, event.thread);
  const TimeNs t = *event.t_src;
  event.t_src.reset();
  line.message = encode_event_json(event);
  put(std::move(line), t);
  return true;
}

// A manifest that no process wrote is declared by each process of the app, as its logger does when it is launched.
void Journal::add_own(const Event& event) {
  if (event.process.empty()) {
    const bool for_all = event.kind == K::capture_begin && app_speaks_;
    if (for_all) {
      manifests_.push_back(event);
    } else if (!write_json(event)) {
      ++out_.left_out[event.kind];
    }
    return;
  }
  app_ = event.process;
  app_pid_ = event.pid.value_or(app_pid_);
  const bool first = declared_.insert({event.process, event.pid}).second;
  const auto declare = [&] {
    for (Event manifest : manifests_) {
      manifest.t_src = event.t_src;
      write_json(std::move(manifest));
    }
  };
  if (first && event.kind != K::app_launch) {
    declare();
  }
  write_json(event);
  if (first && event.kind == K::app_launch) {
    declare();
  }
}

void Journal::add(const Event& event) {
  if (!event.t_src) {
    return;
  }
  if (voice_of(event) == Observer::app) {
    add_own(event);
  } else if (!say(event) && !(which_ == Lines::everything && write_json(event))) {
    ++out_.left_out[event.kind];
  }
}

}  // namespace

LogLines log_lines(const std::vector<Event>& events, const Catalogue& catalogue, Lines which, bool redacted) {
  const bool app_speaks = std::any_of(
      events.begin(), events.end(), [](const Event& e) { return voice_of(e) == Observer::app && e.t_src && !e.process.empty(); });
  Journal journal(catalogue, which, redacted, app_speaks);
  for (const Event& event : events) {
    journal.add(event);
  }
  return journal.take();
}

}  // namespace uptrail::simulate
