#include "collector/pipeline/dispute_script.h"

#include <algorithm>
#include <array>
#include <set>

#include "collector/base/name_tail.h"
#include "collector/base/text.h"
#include "collector/containers/event_script.h"

namespace uptrail {

namespace {

using K = EventKind;
using F = Field;

constexpr std::int64_t kFirstPid = 100;  // as the script counts launches from there
constexpr std::int64_t kPidWithoutLaunch = 200;

bool is_allowed(K kind, F field, std::string_view text) {
  for (const AllowedValues& allowed : kind_info(kind).allowed) {
    if (allowed.field == field) {
      return std::find(allowed.values.begin(), allowed.values.end(), text) != allowed.values.end();
    }
  }
  return false;
}

// Words of Apple's and of ours that name nobody.
bool is_public_word(F field, std::string_view text) {
  static constexpr std::array<std::string_view, 38> kWords{
      "running",   "suspended", "canceling", "completed", "queued",   "waiting",   "uploading", "paused", "succeeded", "failed",
      "cancelled", "main",      "delegate",  "scene",     "inferred", "wifi",      "cellular",  "wired",  "other",     "none",
      "POST",      "PUT",       "PATCH",     "GET",       "DELETE",   "immediate", "S",         "N",      "nominal",   "fair",
      "serious",   "critical",  "all",       "uikit",     "swiftui",  "unknown",   "daemon",    "app"};
  if (field == F::error_domain) {
    return text.starts_with("NS") || text.starts_with("kCF");
  }
  if (field == F::kinds) {
    return true;
  }
  return std::find(kWords.begin(), kWords.end(), text) != kWords.end();
}

// A delegate or challenge method: Apple's names begin so.
bool is_method(std::string_view text) {
  static constexpr std::array<std::string_view, 6> kChallenges{"serverTrust", "clientCertificate", "HTTPBasic", "HTTPDigest",
                                                               "NTLM",        "Negotiate"};
  return std::find(kChallenges.begin(), kChallenges.end(), text) != kChallenges.end() || text.starts_with("urlSession") ||
         text.starts_with("URLSession") || text.starts_with("NSURLAuthenticationMethod");
}

bool is_app_side(Observer observer) {
  return observer == Observer::app || observer == Observer::cfn || observer == Observer::sys;
}

Observer default_observer(K kind) {
  const std::string_view name = kind_name(kind);
  return name.starts_with("daemon.")   ? Observer::daemon
         : name.starts_with("store.")  ? Observer::store
         : name.starts_with("server.") ? Observer::server
                                       : Observer::app;
}

bool has_field(K kind, F field) {
  const auto fields = kind_info(kind).fields;
  return std::find(fields.begin(), fields.end(), field) != fields.end();
}

// "NSPOSIXErrorDomain:" before the code, which would mean NSURLErrorDomain without it.
std::string error_domain_of(const Event& e) {
  const auto domain = e.fields.text(F::error_domain);
  return domain.empty()                            ? std::string()
         : is_public_word(F::error_domain, domain) ? std::string(domain) + ":"
                                                   : "ExampleErrorDomain:";
}

// Everything that such a source can record: then nothing has to be said about its coverage.
bool is_everything(Observer observer, const std::set<K>& kinds) {
  for (std::size_t i = 0; i < kEventKindCount; ++i) {
    const K kind = static_cast<K>(i);
    const auto usual = kind_info(kind).observers;
    const bool own = !usual.empty() && usual.front() == observer && !kind_name(kind).starts_with("capture.");
    if (own && !kinds.contains(kind)) {
      return false;
    }
  }
  return true;
}

}  // namespace

DisputeScript::DisputeScript(const Derived& derived, const std::vector<Stream>& streams, UnitId unit, DomainId domain)
    : derived_(derived), streams_(streams), unit_(unit), domain_(domain), open_{kTimeMax, kTimeMin} {
  for (const Stream& s : streams) {
    if (s.domain == domain && s.open) {
      open_.start = std::min(open_.start, s.open->start);
      open_.end = std::max(open_.end, s.open->end);
    }
  }
  std::map<std::string, std::size_t> lives;
  for (const ProcessEpoch& e : derived.epochs) {
    if (e.unit == unit) {
      ++lives[e.process];
    }
  }
  const auto most =
      std::max_element(lives.begin(), lives.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  main_process_ = most == lives.end() ? std::string() : most->first;
}

std::string DisputeScript::seconds_of(TimeNs t) const {
  const std::int64_t ns = std::max<std::int64_t>((t - open_.start).ns, 0);
  std::string fraction = std::to_string(1'000'000'000 + ns % 1'000'000'000).substr(1);
  fraction.erase(fraction.find_last_not_of('0') + 1);
  return std::to_string(ns / 1'000'000'000) + (fraction.empty() ? "" : "." + fraction);
}

std::string DisputeScript::alias(Pseudonyms& names, std::string_view text, std::string_view prefix) {
  const auto [it, made] = names.try_emplace(std::string(text));
  if (made) {
    it->second = std::string(prefix) + std::to_string(names.size());
  }
  return it->second;
}

std::string DisputeScript::task_name(TaskId task) {
  const auto [it, made] = tasks_.try_emplace(task);
  if (made) {
    it->second = "X" + std::to_string(tasks_.size());
  }
  return it->second;
}

EpochId DisputeScript::epoch_of(const Event& e) const {
  const auto client = e.fields.integer(F::client_pid);
  const std::optional<std::int64_t> pid = is_app_side(e.observer) ? e.pid : client;
  EpochId best;
  for (const ProcessEpoch& epoch : derived_.epochs) {
    const bool fits = epoch.unit == unit_ && epoch.domain == domain_ && epoch.seen.start <= e.t && e.t <= epoch.seen.end &&
                      (!pid || !epoch.pid || *pid == *epoch.pid) && (e.process.empty() || epoch.process == e.process);
    if (fits) {
      best = epoch.id;  // the later one when one begins as another ends
    }
  }
  return best;
}

std::int64_t DisputeScript::pid_of(EpochId epoch) {
  const auto it = pids_.find(epoch);
  return it != pids_.end() ? it->second
                           : pids_.emplace(epoch, kPidWithoutLaunch + static_cast<std::int64_t>(pids_.size())).first->second;
}

std::string DisputeScript::process_words(const Event& e) {
  if (kind_name(e.kind).starts_with("device.")) {
    return {};
  }
  const EpochId epoch = epoch_of(e);
  if (e.kind == K::app_launch) {
    ++launches_;
    if (epoch.valid()) {
      pids_.try_emplace(epoch, kFirstPid + launches_);
      running_ = epoch;
    }
  }
  std::string out;
  const bool other = !main_process_.empty() && !e.process.empty() && e.process != main_process_;
  if (is_app_side(e.observer)) {
    out += other ? " process=" + alias(processes_, e.process, "ext") : "";
    out += epoch.valid() ? " pid=" + std::to_string(pid_of(epoch)) : "";
  } else if (has_field(e.kind, F::client_pid) && launches_ > 0) {
    const EpochId meant = epoch.valid() ? epoch : running_;
    out += meant.valid() ? " pid=" + std::to_string(pid_of(meant)) : "";
  }
  return out;
}

std::string DisputeScript::listing(const Event& event, const std::vector<TaskListing>& list) {
  std::string out;
  for (const TaskListing& entry : list) {
    std::string name;
    for (const Task& task : derived_.tasks) {
      const bool same = entry.uuid && task.uuid
                            ? *entry.uuid == *task.uuid
                            : entry.id && task.identifier && *entry.id == *task.identifier && task.session == event.session;
      if (task.unit == unit_ && same) {
        name = task_name(task.id);
        break;
      }
    }
    if (name.empty()) {
      const std::string key = entry.uuid ? entry.uuid->text() : std::to_string(entry.id.value_or(-1)) + entry.desc;
      const auto [it, made] = strangers_.try_emplace(key);
      it->second = made ? "Y" + std::to_string(strangers_.size()) : it->second;
      name = it->second;
    }
    out += (out.empty() ? "" : ",") + name + ":" + entry.state + ":" +
           (entry.desc.empty() ? std::string() : alias(uploads_, entry.desc, "U"));
  }
  return "[" + out + "]";
}

std::optional<std::string> DisputeScript::text_value(const Event& event, F field, const std::string& text) {
  if (text.empty()) {
    return std::nullopt;
  }
  switch (field) {
    case F::identifier: {
      if (const std::size_t begin = id_at_end(text); begin > 0 && begin < text.size()) {
        return alias(session_groups_, text.substr(0, begin), "g") + "-" + alias(numbered_sessions_, text, "");
      }
      const std::string name = alias(sessions_, text, "s");
      return name == "s1" ? "up" : name;
    }
    case F::object:
      return alias(objects_, text, "O");
    case F::delegate:
      return alias(delegates_, text, "D");
    case F::desc:
    case F::upload_id:
      return alias(uploads_, text, "U");
    case F::file:
    case F::path:
      return alias(files_, text, "file") + ".bin";
    case F::url:
    case F::location:
      return "https://example.com/" + alias(urls_, text, "");
    case F::task:
      return event.task.valid() ? task_name(event.task) : "none";
    case F::queue:
      return is_allowed(event.kind, field, text) ? text : alias(queues_, text, "queue");
    case F::slot:
      return alias(slots_, text, "slot");
    case F::shared_container:
      return text == "none" ? text : "group.com.example";
    case F::build:
      return "1";
    case F::method:
      return is_method(text) || is_public_word(field, text) ? std::optional(text) : std::nullopt;
    default:
      return is_allowed(event.kind, field, text) || is_public_word(field, text) ? std::optional(text) : std::nullopt;
  }
}

std::optional<std::string> DisputeScript::value(const Event& event, F field, const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) {
    return text_value(event, field, *text);
  }
  if (const auto* flag = std::get_if<bool>(&value)) {
    return *flag ? "true" : "false";
  }
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    return std::to_string(*number);
  }
  if (const auto* real = std::get_if<double>(&value)) {
    std::string out = std::to_string(*real);
    out.erase(out.find_last_not_of('0') + 1);
    return out.ends_with('.') ? out + "0" : out;
  }
  if (const auto* uuid = std::get_if<Uuid>(&value)) {
    return alias(uuids_, uuid->text(), "u");
  }
  if (const auto* time = std::get_if<TimeNs>(&value)) {
    return *time >= open_.start ? std::optional(seconds_of(*time)) : std::nullopt;
  }
  if (const auto* tasks = std::get_if<std::vector<TaskListing>>(&value)) {
    return listing(event, *tasks);
  }
  return std::nullopt;
}

std::string DisputeScript::words(const Event& e) {
  std::string out;
  const bool task_kind = has_field(e.kind, F::uuid) && !kind_name(e.kind).starts_with("store.") && e.kind != K::upload_state;
  if (task_kind && e.task.valid()) {
    out += " " + task_name(e.task);
  }
  for (const auto& [field, item] : e.fields.all()) {
    const bool said =
        (field == F::uuid && (task_kind || e.kind == K::upload_state)) || field == F::client_pid || field == F::source;
    if (said || !has_field(e.kind, field)) {
      continue;
    }
    if (field == F::uuid && e.task.valid()) {
      out += " uuid=" + Uuid::from_name(task_name(e.task)).text();
      continue;
    }
    const bool code = field == F::error_code || field == F::code;
    if (const auto text = field == F::error_domain ? std::nullopt : value(e, field, item)) {
      out += " " + std::string(field_name(field)) + "=" + (code && *text != "0" ? error_domain_of(e) : "") + *text;
    }
  }
  return out;
}

std::optional<DisputeLine> DisputeScript::line(const Event& e) {
  if (kind_name(e.kind).starts_with("capture.") || kind_name(e.kind).starts_with("clock.") || e.kind == K::app_heartbeat) {
    return std::nullopt;
  }
  DisputeLine out;
  out.kind = e.kind;
  out.observer = e.observer;
  out.task = e.task;
  out.text = seconds_of(e.t) + " " + std::string(kind_name(e.kind)) + words(e) + process_words(e);
  if (e.observer != default_observer(e.kind)) {
    out.text += " observer=" + std::string(observer_name(e.observer));
  }
  if (!e.thread.empty() && e.kind == K::wake_handler_called) {
    out.text += std::string(" thread=") + (e.thread == "main" ? "main" : "worker");
  }
  return out;
}

std::string DisputeScript::gap(const Event& e) const {
  const auto from = e.fields.time(F::from);
  const auto to = e.fields.time(F::to);
  if (e.kind != K::capture_gap || !from || !to || *to < *from) {
    return {};
  }
  return "gap: " + std::string(observer_name(e.observer)) + " " + seconds_of(*from) + " " + seconds_of(*to) + "\n";
}

std::string DisputeScript::head(const std::vector<DisputeLine>& lines) const {
  std::map<Observer, std::set<K>> kinds;
  std::set<Observer> there;
  for (const CoverageSpan& c : derived_.coverage) {
    if (c.stream.valid() && c.stream.value < streams_.size() && (!c.unit.valid() || c.unit == unit_)) {
      const Stream& stream = streams_[c.stream.value];
      if (stream.domain == domain_ && c.kind != K::capture_begin && c.kind != K::capture_end) {
        kinds[stream.observer].insert(c.kind);
        there.insert(stream.observer);
      }
    }
  }
  for (const DisputeLine& line : lines) {
    kinds[line.observer].insert(line.kind);
    there.insert(line.observer);
  }
  std::string out;
  for (const Observer observer :
       {Observer::app, Observer::cfn, Observer::daemon, Observer::sys, Observer::store, Observer::server}) {
    if (there.contains(observer) && is_everything(observer, kinds[observer])) {
      continue;
    }
    if (there.contains(observer)) {
      out += "cover: " + std::string(observer_name(observer)) + " " + script_kind_list(kinds[observer]) + "\n";
    } else if (observer == Observer::app || observer == Observer::daemon) {
      out += "cover: " + std::string(observer_name(observer)) + " except *\n";
    }
  }
  return open_.end > open_.start ? out + "end: " + seconds_of(open_.end) + "\n" : out;
}

}  // namespace uptrail
