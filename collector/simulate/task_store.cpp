#include "collector/simulate/task_store.h"

#include <algorithm>
#include <map>
#include <set>

namespace uptrail::simulate {

namespace {

using K = EventKind;
using F = Field;

// What nsurlsessiond goes through. An event says what the task is now; the app's own log fills in what the daemon's does not
// show.
class Ledger {
 public:
  void note(const Event& event);
  [[nodiscard]] TaskStore take() const;

 private:
  void follow(const Event& event, TaskRow& row);
  void describe(const Event& event, TaskRow& row);
  void list(const Event& event);
  void follow_session(const Event& event);
  void lose(const Event& event);
  void set_state(TaskRow& row, RowState state);
  void erase(Uuid uuid);
  TaskRow* row_of(const Event& event, const Uuid& uuid);

  std::map<Uuid, TaskRow> rows_;
  std::map<std::pair<std::string, std::string>, SessionRow> sessions_;  // bundle, identifier
  std::set<Uuid> gone_;                                                 // their end was taken: what is said later changes nothing
  std::set<std::string> not_background_;                                // session identifiers
  TimeNs now_, written_;
};

bool makes_a_row(K kind) {
  const std::string_view name = kind_name(kind);
  return kind == K::task_create || (name.starts_with("daemon.task-") && kind != K::daemon_tasks_restored);
}

TaskRow* Ledger::row_of(const Event& event, const Uuid& uuid) {
  if (gone_.contains(uuid)) {
    return nullptr;
  }
  const auto it = rows_.find(uuid);
  if (it != rows_.end()) {
    return &it->second;
  }
  if (not_background_.contains(std::string(event.fields.text(F::identifier)))) {
    return nullptr;
  }
  TaskRow row;
  row.uuid = uuid;
  row.created = written_ = now_;
  return &rows_.emplace(uuid, std::move(row)).first->second;
}

void Ledger::set_state(TaskRow& row, RowState state) {
  if (row.state != state && row.state != RowState::completed) {
    row.state = state;
    written_ = now_;
  }
}

// By value: it is the row's own, which goes.
void Ledger::erase(Uuid uuid) {
  if (rows_.erase(uuid) > 0) {
    written_ = now_;
  }
  gone_.insert(uuid);
}

void Ledger::describe(const Event& e, TaskRow& row) {
  const auto text = [&](F field, std::string& into) {
    if (const auto value = e.fields.text(field); !value.empty()) {
      into = value;
    }
  };
  row.bundle = e.bundle.empty() ? row.bundle : e.bundle;
  row.id = e.fields.integer(F::id).value_or(row.id);
  text(F::identifier, row.identifier);
  text(F::task_kind, row.kind);
  text(F::desc, row.desc);
  text(F::url, row.url);
  text(F::method, row.method);
  text(F::file, row.file);
  for (const F field : {F::expected, F::file_size}) {
    row.expected = e.fields.integer(field) ? e.fields.integer(field) : row.expected;
  }
  for (const F field : {F::sent, F::bytes_sent}) {
    row.sent = std::max(row.sent, e.fields.integer(field).value_or(0));
  }
}

void Ledger::follow(const Event& e, TaskRow& row) {
  describe(e, row);
  switch (e.kind) {
    case K::task_resume:
    case K::daemon_task_resumed:
    case K::daemon_task_implicit_resume:
    case K::daemon_task_begin:
    case K::daemon_task_connection:
    case K::daemon_task_sent:
    case K::daemon_task_retry:
      set_state(row, RowState::running);
      break;
    case K::task_suspend:
    case K::daemon_task_suspended:
      set_state(row, RowState::suspended);
      break;
    case K::task_cancel:
    case K::daemon_task_cancelled:
      set_state(row, RowState::canceling);
      break;
    case K::daemon_task_finished:
      if (e.fields.boolean(F::terminal).value_or(true)) {
        set_state(row, RowState::completed);
        row.code = e.fields.integer(F::code).value_or(0);
        row.domain = e.fields.text(F::error_domain);
      }
      break;
    case K::task_did_complete:
    case K::daemon_callback_acknowledged:
      erase(row.uuid);
      break;
    default:
      break;
  }
}

// getAllTasks tells what nsurlsessiond has. A task that is gone from a complete list without an end is gone from the store, too.
void Ledger::list(const Event& e) {
  const std::vector<TaskListing>& tasks = *e.fields.tasks(F::tasks);
  const auto vanished = [&](const auto& entry) {
    const TaskRow& row = entry.second;
    return e.fields.boolean(F::complete) == true && row.state != RowState::completed && row.bundle == e.bundle &&
           row.identifier == e.fields.text(F::identifier) &&
           std::none_of(tasks.begin(), tasks.end(), [&](const TaskListing& t) { return t.uuid == row.uuid; });
  };
  written_ = std::erase_if(rows_, vanished) > 0 ? now_ : written_;
  for (const TaskListing& task : tasks) {
    TaskRow* row = task.uuid ? row_of(e, *task.uuid) : nullptr;
    if (row == nullptr) {
      continue;
    }
    row->bundle = e.bundle;
    row->id = task.id.value_or(row->id);
    row->identifier = e.fields.text(F::identifier);
    row->desc = task.desc.empty() ? row->desc : task.desc;
    if (task.state == "running" || task.state == "suspended") {
      set_state(*row, task.state == "running" ? RowState::running : RowState::suspended);
    } else if (task.state == "completed") {
      set_state(*row, RowState::completed);
      row->code = task.error_code.value_or(row->code);
    }
  }
}

// A session stays until its invalidation is over.
void Ledger::follow_session(const Event& e) {
  const std::pair key{e.bundle, std::string(e.fields.text(F::identifier))};
  if (e.kind == K::session_create) {
    if (!e.fields.boolean(F::background).value_or(true)) {
      not_background_.insert(key.second);
      return;
    }
    const auto [it, fresh] = sessions_.try_emplace(key);
    SessionRow& row = it->second;
    row.bundle = key.first;
    row.identifier = key.second;
    row.discretionary = fresh ? e.fields.boolean(F::discretionary) : row.discretionary;
    row.sends_launch_events = fresh ? e.fields.boolean(F::sends_launch_events) : row.sends_launch_events;
    row.resource_timeout = fresh ? e.fields.real(F::resource_timeout) : row.resource_timeout;
    written_ = fresh ? now_ : written_;
  } else if (e.kind == K::session_did_become_invalid || e.kind == K::daemon_session_cleaned) {
    written_ = sessions_.erase(key) > 0 ? now_ : written_;
  }
}

// A restored device, or an app installed anew, begins with an empty store.
void Ledger::lose(const Event& e) {
  const auto mine = [&](const std::string& bundle) { return e.kind == K::device_restore || bundle == e.bundle; };
  const auto tasks = std::erase_if(rows_, [&](const auto& entry) { return mine(entry.second.bundle); });
  const auto sessions = std::erase_if(sessions_, [&](const auto& entry) { return mine(entry.first.first); });
  written_ = tasks + sessions > 0 ? now_ : written_;
}

void Ledger::note(const Event& e) {
  now_ = *e.t_src;
  written_ = written_.ns == 0 ? now_ : written_;
  follow_session(e);
  if (e.kind == K::session_tasks_answered && e.fields.tasks(F::tasks) != nullptr) {
    list(e);
  } else if (const auto uuid = e.fields.uuid(F::uuid); uuid && e.observer != Observer::store && e.kind != K::upload_state) {
    if (rows_.contains(*uuid) || makes_a_row(e.kind)) {
      if (TaskRow* row = row_of(e, *uuid)) {
        follow(e, *row);
      }
    } else if (e.kind == K::task_did_complete) {
      erase(*uuid);
    }
  } else if (e.kind == K::device_restore || (e.kind == K::app_install && e.fields.text(F::install_kind) != "update")) {
    lose(e);
  }
}

TaskStore Ledger::take() const {
  TaskStore out;
  out.written = written_;
  std::map<std::pair<std::string, std::int64_t>, TaskRow> by_key;
  for (const auto& [uuid, row] : rows_) {
    if (row.identifier.empty() || row.id == 0) {
      ++out.nameless;
      continue;
    }
    auto& kept = by_key.try_emplace({row.identifier, row.id}, row).first->second;
    kept = kept.created < row.created ? row : kept;
  }
  for (auto& [key, row] : by_key) {
    out.rows.push_back(std::move(row));
  }
  for (const auto& [key, session] : sessions_) {
    if (!session.identifier.empty()) {
      out.sessions.push_back(session);
    }
  }
  return out;
}

}  // namespace

TaskStore task_store(const std::vector<Event>& events, TimeNs end) {
  Ledger ledger;
  for (const Event& event : events) {
    if (event.t_src && *event.t_src <= end) {
      ledger.note(event);
    }
  }
  return ledger.take();
}

}  // namespace uptrail::simulate
