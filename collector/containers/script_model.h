// What a script has said so far: its processes, sessions and tasks.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "collector/base/ids.h"
#include "collector/containers/script_text.h"

namespace uptrail {

struct ScriptTask {
  Uuid uuid;
  std::size_t order = 0;  // of appearance
  std::int64_t id = 0;    // counts per session, from 1
  std::string identifier;
  std::string desc;
  std::optional<std::int64_t> size;
  bool resumed = false, cancelled = false, finished = false, delivered = false;
  [[nodiscard]] std::string_view state() const;  // as getAllTasks would tell it
};

struct ScriptProcess {
  std::string name;
  std::string bundle;
  std::int64_t pid = 0;
  std::int64_t launches = 0;
  std::vector<std::pair<std::string, std::string>> objects;  // object, identifier; of this launch, in order of creation
  bool objects_by_macro = true;                              // no script line named an object of this launch
  bool has_default_session = false;                          // "up" was created in some launch
  std::string newest_identifier;                             // of all launches

  // The session a line without identifier means: "up" when the process has one, else its newest, else "up".
  [[nodiscard]] std::string current_identifier() const;
  // The newest object of a session in this launch; "": none.
  [[nodiscard]] std::string object_of(std::string_view identifier) const;
  [[nodiscard]] std::string identifier_of(std::string_view object) const;  // "": not created in this launch
};

// One event before it becomes JSON.
struct ScriptDraft {
  EventKind kind = EventKind::capture_begin;
  Observer observer = Observer::app;
  std::int64_t at_ns = 0;
  std::size_t line = 0;  // index into Script::lines; kNoLine: a gap or a manifest
  std::string process;
  std::string bundle;
  std::optional<std::int64_t> pid;
  std::string thread;
  std::string boot, device;
  std::vector<std::pair<Field, std::string>> fields;  // value as JSON
  [[nodiscard]] bool has(Field field) const;
  void set(Field field, std::string json);                    // replaces
  void set_text(Field field, std::string_view text);          // replaces
  void set_default(Field field, std::string_view text);       // when not there and not ""
  [[nodiscard]] std::string_view text_of(Field field) const;  // without quotes; "" when missing
  [[nodiscard]] std::string json(TimeNs t) const;
};

class ScriptModel {
 public:
  explicit ScriptModel(const Script& script);

  // "" or "App": the app itself. nullptr: there are kMaxScriptProcesses others already.
  ScriptProcess* process(std::string_view name);
  void launch(ScriptProcess& process);
  // The task of that name; a new one joins `identifier`.
  ScriptTask& task(std::string_view name, std::string_view identifier);
  [[nodiscard]] Uuid task_uuid(std::string_view name) const;  // without making the task
  // Tasks whose end the app has not been told, in order of appearance.
  [[nodiscard]] const std::map<std::size_t, const ScriptTask*>& undelivered() const { return undelivered_; }
  void apply(const ScriptDraft& draft, ScriptProcess& process, ScriptTask* task);

 private:
  const Script& script_;
  std::map<std::string, ScriptProcess, std::less<>> processes_;
  std::map<std::string, ScriptTask, std::less<>> tasks_;
  std::map<std::string, Uuid, std::less<>> given_uuids_;
  std::map<std::string, std::int64_t, std::less<>> ids_;
  std::map<std::size_t, const ScriptTask*> undelivered_;
  std::int64_t launches_ = 0;
};

}  // namespace uptrail
