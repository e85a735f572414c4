#include "collector/simulate/write_script.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <set>

#include "collector/base/text.h"
#include "collector/containers/event_script.h"
#include "collector/containers/script_text.h"
#include "collector/containers/script_values.h"
#include "collector/messages/catalogue.h"

namespace uptrail::simulate {

namespace {

using K = EventKind;
using F = Field;

constexpr std::int64_t kFirstPid = 100;  // the n-th launch of a script has the pid 100 + n

bool of_process(Observer o) { return o == Observer::app || o == Observer::cfn || o == Observer::sys; }

// The first bare word is the task of such a kind.
bool is_about_a_task(K kind) {
  const std::string_view name = kind_name(kind);
  const bool other =
      name.starts_with("upload.") || name.starts_with("file.") || name.starts_with("server.") || name.starts_with("store.");
  return !other && has_field(kind, F::uuid);
}

std::string real_text(double value) {
  std::array<char, 40> out{};
  const auto end = std::to_chars(out.data(), out.data() + out.size(), value);
  return {out.data(), end.ptr};
}

// " key=text", quoted where a bare word would end too soon; "": no script can say it.
std::string said(std::string_view key, std::string_view text) {
  const bool plain = !text.empty() && text.find_first_of(" \t[]") == std::string_view::npos;
  const std::string word = std::string(key) + "=" + (plain ? std::string(text) : '"' + std::string(text) + '"');
  const bool one_line = text.find_first_of("\r\n") == std::string_view::npos;
  return one_line && script_words(word).size() == 1 ? " " + word : "";
}

// A list whose items would break the line is left out.
std::string checked(std::string list) {
  const bool whole = list.find_first_of("\r\n") == std::string::npos && script_words(list).size() == 1;
  return whole ? std::move(list) : std::string();
}

class ScriptWriter {
 public:
  explicit ScriptWriter(const std::vector<Event>& events);
  std::string take();

 private:
  void name_tasks();
  void find_main_process();
  std::string seconds(TimeNs t) const;
  std::string head() const;
  std::string cover(Observer observer, bool alone) const;
  std::string line(const Event& event);
  std::string who(const Event& event);
  std::string task_words(const Event& event);
  std::string upload_words(const Event& event) const;
  std::string field(const Event& event, F field, const Value& value);
  std::string error(const Event& event, F code_field, std::int64_t code) const;
  std::string listing(const std::vector<TaskListing>& tasks, std::string_view identifier);
  std::string task_name(const std::optional<Uuid>& uuid) const;

  struct Known {  // of a task, as the script has told it so far
    std::optional<std::int64_t> id;
    std::string identifier;
  };
  Known& meet(const std::string& task, const std::string& identifier);

  const std::vector<Event>& events_;
  TimeNs start_;
  std::string main_process_, main_bundle_;
  std::map<Uuid, std::string> names_;
  std::set<Uuid> defined_;            // a name says the UUID, or a line gives it
  std::set<std::string> introduced_;  // names that say their UUID, or whose line has given it
  std::map<std::string, Known> tasks_;
  std::map<std::string, std::int64_t> ids_;   // by session: the last number the script has given
  std::map<std::string, std::int64_t> pids_;  // by process
  std::int64_t launches_ = 0;
};

ScriptWriter::ScriptWriter(const std::vector<Event>& events) : events_(events) {
  const auto first = std::find_if(events.begin(), events.end(), [](const Event& e) { return e.t_src.has_value(); });
  start_ = first == events.end() ? TimeNs{} : *first->t_src;
  name_tasks();
  find_main_process();
}

// X1, X2 … A UUID that a script has made out of such a name gets the name back.
void ScriptWriter::name_tasks() {
  std::vector<Uuid> in_order;
  const auto met = [&](const std::optional<Uuid>& uuid) {
    if (uuid && names_.try_emplace(*uuid).second) {
      in_order.push_back(*uuid);
    }
  };
  for (const Event& e : events_) {
    if (const auto uuid = e.fields.uuid(F::uuid); uuid && is_about_a_task(e.kind)) {
      met(uuid);
      defined_.insert(*uuid);
    }
    if (const auto* tasks = e.fields.tasks(F::tasks)) {
      std::for_each(tasks->begin(), tasks->end(), [&](const TaskListing& t) { met(t.uuid); });
    }
  }
  std::set<std::string> used;
  for (std::size_t n = 1; n <= 2 * in_order.size() + 9; ++n) {
    const std::string name = "X" + std::to_string(n);
    if (const auto it = names_.find(Uuid::from_name(name)); it != names_.end()) {
      it->second = name;
      defined_.insert(it->first);
      used.insert(name);
      introduced_.insert(name);
    }
  }
  std::size_t n = 0;
  for (const Uuid& uuid : in_order) {
    std::string& name = names_[uuid];
    while (name.empty()) {
      std::string next = "X" + std::to_string(++n);
      name = used.contains(next) ? "" : std::move(next);
    }
  }
}

// The one that logs most. A script calls it App.
void ScriptWriter::find_main_process() {
  std::map<std::string, std::pair<std::size_t, std::string>> seen;
  for (const Event& e : events_) {
    if (of_process(e.observer) && !e.process.empty()) {
      auto& [count, bundle] = seen[e.process];
      ++count;
      bundle = bundle.empty() ? e.bundle : bundle;
    }
  }
  std::size_t most = 0;
  for (const auto& [name, what] : seen) {
    if (what.first > most) {
      most = what.first;
      main_process_ = name;
      main_bundle_ = what.second;
    }
  }
  for (auto e = events_.begin(); e != events_.end() && main_bundle_.empty(); ++e) {
    main_bundle_ = e->bundle;
  }
}

std::string ScriptWriter::seconds(TimeNs t) const {
  const std::int64_t ns = std::max<std::int64_t>((t - start_).ns, 0);
  std::string fraction = std::to_string(1'000'000'000 + ns % 1'000'000'000).substr(1);
  fraction.erase(fraction.find_last_not_of('0') + 1);
  return std::to_string(ns / 1'000'000'000) + (fraction.empty() ? "" : "." + fraction);
}

std::string ScriptWriter::cover(Observer observer, bool alone) const {
  std::set<K> kinds;
  bool all = false;
  bool redacted = false;
  for (const Event& e : events_) {
    if (e.observer != observer) {
      continue;
    }
    const auto* declared = e.kind == K::capture_begin ? e.fields.texts(F::kinds) : nullptr;
    redacted = redacted || (e.kind == K::capture_begin && e.fields.boolean(F::redacted) == true);
    for (std::size_t i = 0; declared != nullptr && i < declared->size(); ++i) {
      const std::string& pattern = (*declared)[i];
      all = all || pattern == "*";
      for (std::size_t k = 0; k < kEventKindCount; ++k) {
        const std::string_view name = kind_name(static_cast<K>(k));
        if (name == pattern || (pattern.ends_with(".*") && name.starts_with(pattern.substr(0, pattern.size() - 1)))) {
          kinds.insert(static_cast<K>(k));
        }
      }
    }
    if (!kind_name(e.kind).starts_with("capture.")) {
      kinds.insert(e.kind);
    }
  }
  std::string out = std::string(observer_name(observer)) + (alone ? " only" : "");
  out += all ? "" : kinds.empty() ? " except *" : " " + script_kind_list(kinds);
  return all && !alone && !redacted ? "" : "cover: " + out + (redacted ? ", identifiers <private>" : "") + "\n";
}

std::string ScriptWriter::head() const {
  std::set<Observer> there;
  TimeNs end = start_;
  std::string gaps;
  for (const Event& e : events_) {
    there.insert(e.observer);
    end = e.t_src ? std::max(end, *e.t_src) : end;
    const auto from = e.fields.time(F::from);
    const auto to = e.fields.time(F::to);
    if (e.kind == K::capture_gap && from && to && *to >= *from) {
      gaps += "gap: " + std::string(observer_name(e.observer)) + " " + seconds(*from) + " " + seconds(*to) + "\n";
    }
  }
  const int digits = start_.ns % 1'000'000'000 == 0 ? 0 : 9;
  std::string out = "=== simulated\nstart: " + format_iso(start_, digits) + "\nend: " + seconds(end) + "\n";
  out += main_bundle_.empty() ? "" : "bundle: " + main_bundle_ + "\n";
  for (const Observer o : there) {
    out += cover(o, there.size() == 1);
  }
  for (const Observer o : {Observer::app, Observer::daemon}) {  // a script takes these two for granted
    out += there.contains(o) || there.size() == 1 ? "" : "cover: " + std::string(observer_name(o)) + " except *\n";
  }
  return out + gaps;
}

std::string ScriptWriter::task_name(const std::optional<Uuid>& uuid) const {
  const auto it = uuid ? names_.find(*uuid) : names_.end();
  return it == names_.end() ? std::string() : it->second;
}

// A task that a script meets gets the next number of its session.
ScriptWriter::Known& ScriptWriter::meet(const std::string& task, const std::string& identifier) {
  const auto [it, made] = tasks_.try_emplace(task);
  if (made) {
    it->second.identifier = identifier;
    it->second.id = ++ids_[identifier];
  }
  return it->second;
}

std::string ScriptWriter::task_words(const Event& e) {
  const auto uuid = e.fields.uuid(F::uuid);
  const std::string name = task_name(uuid);
  const std::string identifier(e.fields.text(F::identifier));
  std::string out = " " + name;
  if (introduced_.insert(name).second) {
    out += " uuid=" + uuid->text();
  }
  const bool first = !tasks_.contains(name);
  Known& known = meet(name, identifier);
  if (!identifier.empty() && (first || identifier != known.identifier)) {
    out += said("identifier", identifier);
  }
  if (const auto id = e.fields.integer(F::id); id && (*id != known.id || identifier.empty())) {
    known.id = id;
    out += " id=" + std::to_string(*id);
  }
  return out;
}

std::string ScriptWriter::upload_words(const Event& e) const {
  const auto bare = [](std::string_view text) {
    return !text.empty() && text.find_first_of(" \t[]=\"") == std::string_view::npos;
  };
  const std::string_view upload = e.fields.text(F::upload_id);
  const std::string_view state = e.fields.text(F::state);
  if (e.kind == K::upload_state && bare(upload) && bare(state)) {
    return " " + std::string(upload) + " " + std::string(state);
  }
  return (upload.empty() ? "" : said("uploadId", upload)) + (state.empty() ? "" : said("state", state));
}

// "nil", "-999", "NSPOSIXErrorDomain:1"
std::string ScriptWriter::error(const Event& e, F code_field, std::int64_t code) const {
  const std::string_view domain = e.fields.text(F::error_domain);
  std::string out = " " + std::string(code_field == F::error_code ? "error" : "code") + "=";
  if (code == 0 && domain.empty()) {
    return out + (code_field == F::error_code ? "nil" : "0");
  }
  if (domain.find_first_of(" \t[]\"\r\n") != std::string_view::npos) {
    return out + ":" + std::to_string(code);
  }
  const bool usual = domain == "NSURLErrorDomain" && code < 0;
  return out + (usual ? "" : std::string(domain) + ":") + std::to_string(code);
}

std::string ScriptWriter::listing(const std::vector<TaskListing>& tasks, std::string_view identifier) {
  std::string out;
  for (const TaskListing& task : tasks) {
    const std::string name = task_name(task.uuid);
    if (!name.empty()) {
      meet(name, std::string(identifier));
      out += (out.empty() ? "" : ",") + name + ":" + task.state + ":" + task.desc;
    }
  }
  return "[" + out + "]";
}

std::string ScriptWriter::field(const Event& e, F field, const Value& value) {
  const std::string key = " " + std::string(field_name(field)) + "=";
  if (const auto* text = std::get_if<std::string>(&value)) {
    const auto named = field == F::task ? Uuid::parse(*text) : std::nullopt;
    const std::string task = named && defined_.contains(*named) ? task_name(named) : "";
    if (!task.empty()) {
      meet(task, std::string(e.fields.text(F::identifier)));
    }
    return task.empty() ? said(field_name(field), *text) : key + task;
  }
  if (const auto* flag = std::get_if<bool>(&value)) {
    return key + (*flag ? "true" : "false");
  }
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    return key + std::to_string(*number);
  }
  if (const auto* real = std::get_if<double>(&value)) {
    return key + real_text(*real);
  }
  if (const auto* uuid = std::get_if<Uuid>(&value)) {
    return key + uuid->text();
  }
  if (const auto* time = std::get_if<TimeNs>(&value)) {
    return key + format_iso(*time, 9);
  }
  if (const auto* texts = std::get_if<std::vector<std::string>>(&value)) {
    std::string list;
    for (const std::string& text : *texts) {
      list += (list.empty() ? "" : ",") + text;
    }
    return checked(key + "[" + list + "]");
  }
  const auto* tasks = std::get_if<std::vector<TaskListing>>(&value);
  return tasks == nullptr ? "" : checked(key + listing(*tasks, e.fields.text(F::identifier)));
}

// Observer, process and pid, as far as the script would not know them.
std::string ScriptWriter::who(const Event& e) {
  std::string out;
  if (e.observer != script_observer(e.kind)) {
    out += " observer=" + std::string(observer_name(e.observer));
  }
  const bool main = e.process.empty() || e.process == main_process_;
  out += main ? "" : said("process", e.process);
  const std::string process = main ? "" : e.process;
  if (e.kind == K::app_launch && of_process(e.observer)) {
    pids_[process] = kFirstPid + ++launches_;
  }
  const auto told = e.observer == Observer::daemon ? e.fields.integer(F::client_pid) : e.pid;
  const auto known = pids_.find(process);
  if (told && (known == pids_.end() || known->second != *told)) {
    out += " pid=" + std::to_string(*told);
  }
  const std::string bundle = main ? main_bundle_ : main_bundle_ + "." + e.process;
  out += e.bundle.empty() || e.bundle == bundle ? "" : said("bundle", e.bundle);
  out += e.thread.empty() ? "" : said("thread", e.thread);
  return out + (e.device.empty() ? "" : said("device", e.device));
}

std::string ScriptWriter::line(const Event& e) {
  std::string out = seconds(*e.t_src) + " " + std::string(kind_name(e.kind));
  const bool task = is_about_a_task(e.kind) && e.fields.uuid(F::uuid);
  const bool upload = kind_name(e.kind).starts_with("upload.");
  out += task ? task_words(e) : upload ? upload_words(e) : "";
  for (const auto& [name, value] : e.fields.all()) {
    const bool said = (task && (name == F::uuid || name == F::id || name == F::identifier)) ||
                      (upload && (name == F::upload_id || name == F::state)) || name == F::client_pid;
    const bool with_code = e.fields.has(F::error_code) || e.fields.has(F::code);
    if (said || (name == F::error_domain && with_code)) {
      continue;
    }
    const auto code = name == F::error_code || name == F::code ? std::get_if<std::int64_t>(&value) : nullptr;
    out += code != nullptr ? error(e, name, *code) : field(e, name, value);
  }
  return out + who(e) + "\n";
}

std::string ScriptWriter::take() {
  std::string out = head();
  for (const Event& e : events_) {
    if (e.t_src && !is_scaffolding(e.kind)) {
      out += line(e);
    }
  }
  return out;
}

}  // namespace

bool is_scaffolding(K kind) { return kind_name(kind).starts_with("capture.") || kind == K::app_heartbeat; }

Result<Written> write_script(const std::vector<Event>& events) {
  Written out;
  out.text = ScriptWriter(events).take();
  if (out.text.size() > kMaxScriptBytes || events.size() > kMaxScriptEvents) {
    return fail(ErrorKind::limit, "a script holds at most " + std::to_string(kMaxScriptEvents) + " events and " +
                                      std::to_string(kMaxScriptBytes) + " bytes; event NDJSON holds any number");
  }
  out.losses = script_losses(events, out.text);
  return out;
}

}  // namespace uptrail::simulate
