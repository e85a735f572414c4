#include "collector/containers/script_expander.h"

#include <algorithm>
#include <array>

#include "collector/base/text.h"
#include "collector/containers/script_model.h"
#include "collector/containers/script_timeline.h"
#include "collector/containers/script_values.h"

namespace uptrail {

namespace {

constexpr std::int64_t kMacroStep = 1'000'000;  // 1 ms between the events of one line
constexpr std::string_view kDefaultSize = "1000000";
using Words = std::vector<std::string>;

// Kinds whose lines mean the current session when they name none.
bool means_a_session(EventKind kind) {
  constexpr std::array<std::string_view, 9> kPrefixes = {
      "session.",    "wake.",        "task.create-failed", "daemon.session-",          "daemon.client-",
      "daemon.call", "daemon.wake-", "daemon.assertion-",  "daemon.force-quit-noticed"};
  const std::string_view name = kind_name(kind);
  return kind_has_field(kind, Field::identifier) &&
         std::any_of(kPrefixes.begin(), kPrefixes.end(), [&](std::string_view p) { return name.starts_with(p); });
}

std::string identifier_word(const Words& macro) { return "identifier=" + (macro.size() > 1 ? macro[1] : std::string("up")); }

class Expander {
 public:
  explicit Expander(const Script& script) : script_(script), model_(script) {}
  ExpandedScript take();

 private:
  void line(std::size_t index);
  void words(Words words);
  void macro(const Words& words);
  bool wake_macro(const Words& words);
  void give(Words words);
  bool arguments(const Words& words, std::size_t least, std::size_t most, std::string_view usage);
  void event(EventKind kind, const Words& words);
  void bare(ScriptDraft& draft, std::string_view word, std::size_t position, std::string& task);
  void keyed(ScriptDraft& draft, std::string_view key, std::string_view value);
  void about(ScriptDraft& draft, ScriptProcess& process, bool named);
  void session_defaults(ScriptDraft& draft, ScriptProcess& process, bool of_task);
  ScriptTask* task_defaults(ScriptDraft& draft, ScriptProcess& process, const std::string& name);
  std::string task_list(std::string_view value, std::string_view identifier);
  std::string undelivered(std::string_view identifier);
  void append_task(std::string& out, const ScriptTask& task, std::string_view state, std::string_view desc);
  bool bad(std::string detail);

  const Script& script_;
  ScriptModel model_;
  std::vector<ScriptDraft> drafts_;
  std::vector<Issue> issues_;
  std::size_t line_ = 0;
  std::int64_t at_ns_ = 0;
  std::size_t json_bytes_ = 0;
  bool line_bad_ = false;
  bool in_macro_ = false;
  bool full_ = false;
};

ExpandedScript Expander::take() {
  for (std::size_t i = 0; i < script_.lines.size() && !full_; ++i) {
    line(i);
  }
  return place_script(script_, std::move(drafts_), std::move(issues_));
}

bool Expander::bad(std::string detail) {
  if (!line_bad_) {
    issues_.push_back({IssueKind::unparsed, script_.lines[line_].span, std::move(detail)});
  }
  line_bad_ = true;
  return false;
}

void Expander::line(std::size_t index) {
  const ScriptLine& line = script_.lines[index];
  line_ = index;
  at_ns_ = line.at_ns;
  line_bad_ = false;
  const std::size_t before = drafts_.size();
  for (std::int64_t n = 1; n <= line.repeat && !line_bad_ && !full_; ++n) {
    Words out;
    for (const std::string_view word : line.words) {
      std::string text(word);
      for (std::size_t at = text.find('$'); line.repeat > 1 && at != std::string::npos; at = text.find('$', at + 1)) {
        if (at > 0 && (text[at - 1] == 'X' || text[at - 1] == 'U')) {
          text.replace(at, 1, std::to_string(n));
        }
      }
      out.push_back(std::move(text));
    }
    in_macro_ = false;
    words(std::move(out));
  }
  if (line_bad_) {
    drafts_.resize(before);
  }
}

void Expander::words(Words words) {
  if (words[0].starts_with('@')) {
    macro(words);
  } else if (const auto kind = kind_from_name(words[0])) {
    event(*kind, words);
  } else {
    bad("expected an event kind or a macro, found \"" + words[0] + '"');
  }
}

void Expander::give(Words words_of_event) {
  in_macro_ = true;
  words(std::move(words_of_event));
}

bool Expander::arguments(const Words& w, std::size_t least, std::size_t most, std::string_view usage) {
  return w.size() - 1 >= least && w.size() - 1 <= most ? true : bad("expected \"" + std::string(usage) + '"');
}

void Expander::macro(const Words& w) {
  const std::string& name = w[0];
  const std::string identifier = identifier_word(w);
  if (name == "@fg" && arguments(w, 0, 1, "@fg [IDENTIFIER]")) {
    give({"app.launch", "reason=user"});
    give({"app.foreground"});
    give({"session.create", identifier, "delegate=D"});
    give({"session.setup-ok", identifier});
    give({"session.tasks-requested", identifier});
    give({"session.tasks-answered", identifier, "tasks=[]"});
  } else if (name == "@task" && arguments(w, 2, 3, "@task TASK UPLOAD [IDENTIFIER]")) {
    const std::string session = "identifier=" + (w.size() > 3 ? w[3] : model_.process({})->current_identifier());
    give({"upload.state", w[2], "uploading", "task=" + w[1], session});
    give({"task.create", w[1], session, "kind=upload-file", "desc=" + w[2], "file=" + w[2] + ".bin",
          "size=" + std::string(kDefaultSize)});
    give({"daemon.task-enqueued", w[1]});
    give({"task.resume", w[1]});
    give({"daemon.task-resumed", w[1]});
    give({"daemon.task-connection", w[1]});
  } else if (name == "@fin" && arguments(w, 2, 2, "@fin TASK STATUS")) {
    give({"daemon.task-response", w[1], "status=" + w[2]});
    give({"daemon.task-finished", w[1], "code=0"});
  } else if (name == "@cb" && arguments(w, 2, 2, "@cb TASK STATUS")) {
    const auto size = model_.task(w[1], model_.process({})->current_identifier()).size;
    const std::string bytes = size ? std::to_string(*size) : std::string(kDefaultSize);
    give({"task.response", w[1], "status=" + w[2]});
    give({"task.data", w[1]});
    give({"task.did-complete", w[1], "error=nil", "status=" + w[2], "sent=" + bytes, "expected=" + bytes});
    give({"daemon.callback-acknowledged", w[1]});
  } else if (name == "@done" && arguments(w, 2, 2, "@done TASK UPLOAD")) {
    give({"@fin", w[1], "200"});
    give({"@cb", w[1], "200"});
    give({"upload.state", w[2], "succeeded"});
  } else if (!wake_macro(w)) {
    bad("expected a macro (@fg @task @fin @cb @done @sleep @wakelaunch @wakeresume @close), found \"" + name + '"');
  }
}

// What an app goes through between two times in front. False: another macro, or bad arguments.
bool Expander::wake_macro(const Words& w) {
  const std::string& name = w[0];
  const std::string identifier = identifier_word(w);
  if (name == "@sleep" && arguments(w, 0, 0, "@sleep")) {
    give({"app.background", "hook=scene"});
    give({"app.suspend"});
    give({"daemon.client-disconnected"});
  } else if (name == "@wakelaunch" && arguments(w, 0, 1, "@wakelaunch [IDENTIFIER]")) {
    give({"daemon.wake-requested", identifier});
    give({"app.launch", "reason=bg-urlsession"});
    give({"session.create", identifier, "delegate=D"});
    give({"session.setup-ok", identifier});
    give({"session.tasks-requested", identifier});
    give({"session.tasks-answered", identifier, "tasks=*"});
    give({"wake.handle-events", identifier});
    give({"daemon.callback-released", identifier});
  } else if (name == "@wakeresume" && arguments(w, 0, 1, "@wakeresume [IDENTIFIER]")) {
    give({"daemon.wake-requested", identifier});
    give({"app.resume"});
    give({"wake.handle-events", identifier});
    give({"daemon.callback-released", identifier});
  } else if (name == "@close" && arguments(w, 0, 1, "@close [IDENTIFIER]")) {
    give({"session.did-finish-events", identifier});
    give({"wake.handler-called", identifier, "thread=main"});
    give({"daemon.assertion-released", identifier});
    give({"app.suspend"});
  } else {
    return false;
  }
  return true;
}

void Expander::event(EventKind kind, const Words& words) {
  if (line_bad_) {
    return;
  }
  if (drafts_.size() >= kMaxScriptEvents || json_bytes_ > kMaxScriptJson) {
    issues_.push_back({IssueKind::limit, script_.lines[line_].span,
                       "the script has more than " + std::to_string(kMaxScriptEvents) + " events or " +
                           std::to_string(kMaxScriptJson) + " bytes of fields; the rest is left out"});
    full_ = true;
    return;
  }
  ScriptDraft draft;
  draft.kind = kind;
  draft.observer = script_observer(kind);
  draft.at_ns = at_ns_;
  draft.line = line_;
  std::string task;
  std::size_t position = 0;
  for (std::size_t i = 1; i < words.size() && !line_bad_; ++i) {
    const std::size_t equals = words[i].find('=');
    if (equals == std::string::npos) {
      bare(draft, words[i], position++, task);
    } else {
      keyed(draft, std::string_view(words[i]).substr(0, equals), std::string_view(words[i]).substr(equals + 1));
    }
  }
  if (line_bad_) {
    return;
  }
  const bool named = !draft.process.empty();
  ScriptProcess* found = model_.process(draft.process);
  if (found == nullptr) {
    bad("a script has at most " + std::to_string(kMaxScriptProcesses) + " processes");
    return;
  }
  ScriptProcess& process = *found;
  if (kind == EventKind::app_launch) {
    model_.launch(process);
  }
  if (kind == EventKind::session_create && !in_macro_) {
    process.objects_by_macro = false;
  }
  session_defaults(draft, process, !task.empty());
  ScriptTask* known = task_defaults(draft, process, task);
  about(draft, process, named);
  model_.apply(draft, process, known);
  for (const auto& [field, value] : draft.fields) {
    json_bytes_ += value.size();
  }
  drafts_.push_back(std::move(draft));
  at_ns_ += kMacroStep;
}

void Expander::bare(ScriptDraft& draft, std::string_view word, std::size_t position, std::string& task) {
  const std::string_view name = kind_name(draft.kind);
  const bool upload = name.starts_with("upload.") || name.starts_with("file.") || name.starts_with("server.") ||
                      name.starts_with("store.") || !kind_has_field(draft.kind, Field::uuid);
  if (position == 0 && !upload) {
    task = word;
  } else if (position == 0 && kind_has_field(draft.kind, Field::upload_id)) {
    draft.set_text(Field::upload_id, word);
  } else if (position == 1 && draft.kind == EventKind::upload_state) {
    draft.set_text(Field::state, word);
  } else {
    bad("expected KEY=VALUE, found \"" + std::string(word) + '"');
  }
}

void Expander::keyed(ScriptDraft& draft, std::string_view key, std::string_view value) {
  if (key == "pid" && draft.observer == Observer::daemon && !parse_int(value)) {
    draft.process = value;
  } else if (key == "process") {
    draft.process = value;
  } else if (key == "pid" && parse_int(value)) {
    if (draft.observer == Observer::daemon) {
      draft.set(Field::client_pid, std::string(value));
    } else {
      draft.pid = parse_int(value);
    }
  } else if (key == "thread" || key == "bundle" || key == "device" || key == "boot") {
    (key == "thread" ? draft.thread : key == "bundle" ? draft.bundle : key == "device" ? draft.device : draft.boot) = value;
  } else if (key == "observer" && observer_from_name(value)) {
    draft.observer = *observer_from_name(value);
  } else if (const auto field = script_field(draft.kind, key)) {
    if (*field == Field::identifier && value == "<private>") {
      draft.set_text(Field::identifier, "");
    } else if (*field == Field::tasks) {
      draft.set(Field::tasks, std::string(value));  // made into JSON when the session is known
    } else if (*field == Field::error_code || *field == Field::code) {
      if (!set_script_error(draft, *field, value)) {
        bad("expected nil, a code or DOMAIN:CODE after \"" + std::string(key) + "=\"");
      }
    } else if (auto json = script_value(*field, value, script_.start)) {
      draft.set(*field, *std::move(json));
    } else {
      bad("the value of \"" + std::string(key) + "\" is not of the right type");
    }
  } else {
    bad("expected a field of events, found \"" + std::string(key) + '"');
  }
}

// Which process and bundle the event is about.
void Expander::about(ScriptDraft& draft, ScriptProcess& process, bool named) {
  const std::string_view name = kind_name(draft.kind);
  if (name.starts_with("capture.") || name.starts_with("clock.")) {
    return;
  }
  const bool of_app = draft.observer == Observer::app || draft.observer == Observer::cfn || draft.observer == Observer::sys;
  const bool without_process = name.starts_with("device.") || draft.kind == EventKind::app_install;
  if (draft.bundle.empty() && !(without_process && process.launches == 0)) {
    draft.bundle = process.bundle;
  }
  if (!of_app) {
    draft.process = named ? process.name : std::string();
    if (kind_has_field(draft.kind, Field::client_pid) && !draft.has(Field::client_pid) && process.launches > 0) {
      draft.set(Field::client_pid, std::to_string(process.pid));
    }
    return;
  }
  if (without_process && process.launches == 0) {
    draft.process.clear();
    return;
  }
  draft.process = process.name;
  draft.pid = draft.pid ? draft.pid : std::optional(process.pid);
}

// `of_task`: the line names a task, whose session is meant.
void Expander::session_defaults(ScriptDraft& draft, ScriptProcess& process, bool of_task) {
  // The macros number their objects by launch; a line may use any name for the only object there is.
  if (const auto given = draft.text_of(Field::object);
      !given.empty() && draft.kind != EventKind::session_create && process.objects.size() == 1 && process.objects_by_macro) {
    draft.set_text(Field::object, std::string(process.objects[0].first));
  }
  if (draft.kind == EventKind::session_create) {
    draft.set_default(Field::identifier, "up");
    draft.set_default(Field::object, "O" + std::to_string(std::max<std::int64_t>(process.launches, 1)));
    draft.set_default(Field::delegate, "D");
    if (!draft.has(Field::background)) {
      draft.set(Field::background, "true");
    }
    return;
  }
  for (const auto& [field, value] : draft.fields) {
    if (field == Field::shared && value == "true") {
      return;
    }
  }
  if (means_a_session(draft.kind) && !of_task) {
    const std::string of_object = process.identifier_of(draft.text_of(Field::object));
    draft.set_default(Field::identifier, of_object.empty() ? process.current_identifier() : of_object);
  }
  const bool session = kind_name(draft.kind).starts_with("session.") || draft.kind == EventKind::task_create_failed;
  if (session && kind_has_field(draft.kind, Field::object)) {
    draft.set_default(Field::object, process.object_of(draft.text_of(Field::identifier)));
  }
  if (draft.kind == EventKind::session_tasks_answered) {
    std::string list = "[]";
    for (const auto& [field, value] : draft.fields) {
      list = field == Field::tasks ? value : list;
    }
    draft.set(Field::tasks, task_list(list, draft.text_of(Field::identifier)));
  }
}

ScriptTask* Expander::task_defaults(ScriptDraft& draft, ScriptProcess& process, const std::string& name) {
  const std::string session(draft.has(Field::identifier) ? std::string(draft.text_of(Field::identifier))
                                                         : process.current_identifier());
  if (draft.kind == EventKind::upload_state && draft.has(Field::task)) {
    const std::string meant(draft.text_of(Field::task));
    if (meant != "none" && !parse_int(meant) && !Uuid::parse(meant)) {
      const ScriptTask& task = model_.task(meant, session);
      draft.set_text(Field::task, task.uuid.text());
      draft.set_default(Field::identifier, task.identifier);
    }
    return nullptr;
  }
  if (name.empty()) {
    return nullptr;
  }
  ScriptTask& task = model_.task(name, session);
  if (!draft.has(Field::uuid)) {
    draft.set_text(Field::uuid, task.uuid.text());
  }
  if (draft.has(Field::id)) {
    for (const auto& [field, value] : draft.fields) {
      task.id = field == Field::id ? parse_int(value).value_or(task.id) : task.id;
    }
  } else {
    draft.set(Field::id, std::to_string(task.id));
  }
  if (kind_has_field(draft.kind, Field::identifier)) {
    draft.set_default(Field::identifier, task.identifier);
  }
  if (draft.kind == EventKind::task_create) {
    draft.set_default(Field::object, process.object_of(task.identifier));
  }
  if (draft.kind == EventKind::daemon_task_finished && !draft.has(Field::terminal)) {
    draft.set(Field::terminal, "true");
  }
  return &task;
}

void Expander::append_task(std::string& out, const ScriptTask& task, std::string_view state, std::string_view desc) {
  out += out.size() > 1 ? ",{\"uuid\":" : "{\"uuid\":";
  append_json_string(out, task.uuid.text());
  out += ",\"id\":" + std::to_string(task.id) + ",\"state\":";
  append_json_string(out, state);
  if (!desc.empty()) {
    out += ",\"desc\":";
    append_json_string(out, desc);
  }
  out += '}';
}

// "[X1:running:U1,X2:completed]"; "*" is what the daemon has to tell.
std::string Expander::task_list(std::string_view value, std::string_view identifier) {
  if (value == "*") {
    return undelivered(identifier);
  }
  if (value.starts_with('[') && value.ends_with(']')) {
    value = value.substr(1, value.size() - 2);
  }
  std::string out = "[";
  for (const std::string_view item : split(value, ',')) {
    const auto parts = split(trim(item), ':');
    if (parts[0].empty()) {
      continue;
    }
    const ScriptTask& task = model_.task(parts[0], identifier);
    append_task(out, task, parts.size() > 1 ? parts[1] : task.state(), parts.size() > 2 ? parts[2] : std::string_view(task.desc));
  }
  return out + ']';
}

std::string Expander::undelivered(std::string_view identifier) {
  std::string out = "[";
  for (const auto& [order, task] : model_.undelivered()) {
    if (task->identifier == identifier) {
      append_task(out, *task, task->state(), task->desc);
    }
  }
  return out + ']';
}

}  // namespace

ExpandedScript expand_script(const Script& script) { return Expander(script).take(); }

}  // namespace uptrail
