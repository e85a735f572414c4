#include "collector/containers/script_model.h"

#include <algorithm>

#include "collector/base/text.h"

namespace uptrail {

namespace {
constexpr std::string_view kDefaultIdentifier = "up";
constexpr std::int64_t kFirstPid = 100;
constexpr std::size_t kMostObjects = 1000;  // older ones of one launch are forgotten
}  // namespace

std::string_view ScriptTask::state() const {
  if (finished) {
    return "completed";
  }
  if (cancelled) {
    return "canceling";
  }
  return resumed ? "running" : "suspended";
}

std::string ScriptProcess::current_identifier() const {
  return has_default_session || newest_identifier.empty() ? std::string(kDefaultIdentifier) : newest_identifier;
}

std::string ScriptProcess::object_of(std::string_view identifier) const {
  const auto it = std::find_if(objects.rbegin(), objects.rend(), [&](const auto& o) { return o.second == identifier; });
  return it == objects.rend() ? std::string() : it->first;
}

std::string ScriptProcess::identifier_of(std::string_view object) const {
  const auto it = std::find_if(objects.rbegin(), objects.rend(), [&](const auto& o) { return o.first == object; });
  return it == objects.rend() ? std::string() : it->second;
}

bool ScriptDraft::has(Field field) const {
  return std::any_of(fields.begin(), fields.end(), [&](const auto& f) { return f.first == field; });
}

void ScriptDraft::set(Field field, std::string json) {
  for (auto& [name, value] : fields) {
    if (name == field) {
      value = std::move(json);
      return;
    }
  }
  fields.emplace_back(field, std::move(json));
}

void ScriptDraft::set_text(Field field, std::string_view text) {
  std::string json;
  append_json_string(json, text);
  set(field, std::move(json));
}

void ScriptDraft::set_default(Field field, std::string_view text) {
  if (!has(field) && !text.empty()) {
    set_text(field, text);
  }
}

std::string_view ScriptDraft::text_of(Field field) const {
  for (const auto& [name, value] : fields) {
    if (name == field && value.size() >= 2 && value.front() == '"') {
      return std::string_view(value).substr(1, value.size() - 2);
    }
  }
  return {};
}

std::string ScriptDraft::json(TimeNs t) const {
  std::string out = "{\"uptrail\":1,\"kind\":\"";
  out += kind_name(kind);
  out += "\",\"t\":" + std::to_string(t.ns) + ",\"observer\":\"";
  out += observer_name(observer);
  out += '"';
  const auto text = [&](std::string_view key, const std::string& value) {
    if (!value.empty()) {
      out += ',';
      append_json_string(out, key);
      out += ':';
      append_json_string(out, value);
    }
  };
  text("device", device);
  text("boot", boot);
  text("bundle", bundle);
  text("process", process);
  if (pid) {
    out += ",\"pid\":" + std::to_string(*pid);
  }
  text("thread", thread);
  for (const auto& [field, value] : fields) {
    out += ',';
    append_json_string(out, field_name(field));
    out += ':';
    out += value;
  }
  return out + '}';
}

ScriptModel::ScriptModel(const Script& script) : script_(script) {
  process({});  // the app itself is always there
  // A line may mean a task before the line that gives its UUID.
  for (const ScriptLine& line : script.lines) {
    for (const std::string_view word : line.words) {
      if (word.starts_with("uuid=") && line.words.size() > 1 && line.words[1].find('=') == std::string_view::npos) {
        const std::string_view given = word.substr(5);
        const auto uuid = Uuid::parse(given);
        given_uuids_.emplace(std::string(line.words[1]), uuid ? *uuid : Uuid::from_name(given));
      }
    }
  }
}

ScriptProcess* ScriptModel::process(std::string_view name) {
  const std::string key(name.empty() ? std::string_view("App") : name);
  if (processes_.size() >= kMaxScriptProcesses && processes_.find(key) == processes_.end()) {
    return nullptr;
  }
  const auto [it, made] = processes_.try_emplace(key);
  if (made) {
    it->second.name = key;
    it->second.bundle = key == "App" ? script_.bundle : script_.bundle + '.' + key;
    // A process that no line launched has run since before the capture.
    it->second.pid = key == "App" ? kFirstPid : kFirstPid - static_cast<std::int64_t>(processes_.size());
  }
  return &it->second;
}

void ScriptModel::launch(ScriptProcess& process) {
  process.pid = kFirstPid + ++launches_;
  ++process.launches;
  process.objects.clear();
  process.objects_by_macro = true;
}

Uuid ScriptModel::task_uuid(std::string_view name) const {
  const auto it = given_uuids_.find(name);
  return it == given_uuids_.end() ? Uuid::from_name(name) : it->second;
}

ScriptTask& ScriptModel::task(std::string_view name, std::string_view identifier) {
  const auto [it, made] = tasks_.try_emplace(std::string(name));
  if (made) {
    it->second.uuid = task_uuid(name);
    it->second.identifier = identifier;
    it->second.id = ++ids_[std::string(identifier)];
    it->second.order = tasks_.size();
    undelivered_.emplace(it->second.order, &it->second);
  }
  return it->second;
}

void ScriptModel::apply(const ScriptDraft& draft, ScriptProcess& process, ScriptTask* task) {
  if (draft.kind == EventKind::session_create) {
    const std::string identifier(draft.text_of(Field::identifier));
    process.objects.emplace_back(draft.text_of(Field::object), identifier);
    if (process.objects.size() > kMostObjects) {
      process.objects.erase(process.objects.begin());
    }
    process.has_default_session = process.has_default_session || identifier == kDefaultIdentifier;
    process.newest_identifier = identifier;
  }
  if (task == nullptr) {
    return;
  }
  switch (draft.kind) {
    case EventKind::task_create:
      task->desc = draft.text_of(Field::desc);
      for (const auto& [field, value] : draft.fields) {
        task->size = field == Field::file_size ? parse_int(value) : task->size;
      }
      break;
    case EventKind::task_resume:
    case EventKind::daemon_task_resumed:
    case EventKind::daemon_task_implicit_resume:
      task->resumed = true;
      break;
    case EventKind::task_suspend:
    case EventKind::daemon_task_suspended:
      task->resumed = false;
      break;
    case EventKind::task_cancel:
    case EventKind::daemon_task_cancelled:
      task->cancelled = true;
      break;
    case EventKind::daemon_task_finished:
      task->finished = true;
      break;
    case EventKind::task_did_complete:
      task->finished = true;
      task->delivered = true;
      undelivered_.erase(task->order);
      break;
    default:
      break;
  }
}

}  // namespace uptrail
