// Faults about what the app believes of its uploads, and about calls that leave a task where it is.
#include <array>

#include "collector/simulate/faults.h"

namespace uptrail::simulate {

namespace {

using K = EventKind;
using F = Field;

void never_resumed(World& w) {
  const std::size_t i = clean(w);
  const std::string upload = w.new_upload();
  w.app.upload_state(upload, i, "queued");
  SimTask& task = w.app.create(i, upload, held());
  w.app.upload_state(task, "uploading", true);
  InjectedFault& fault = note_fault(w, "suspended-task-never-resumed", Severity::error, &task, nullptr);
  add_consequence(fault, "app-thinks-uploading");
  w.linger(seconds(15), seconds(90));
}

void unbalanced(World& w) {
  SimTask& task = held_upload(w, clean(w));
  for (const int low : {1, 2}) {
    w.app.suspend_task(task);
    w.pause(seconds(low), seconds(8));
  }
  note_fault(w, "unbalanced-suspend", Severity::warning, &task, nullptr);
  w.app.resume_task(task);
  w.linger(seconds(15), seconds(50));
}

// Two sessions, each with a task of the same number, in a store that is keyed by the number alone.
void collision(World& w) {
  SimSession& a = w.sessions[0];
  SimSession& b = w.sessions[1];
  a.next_id = b.next_id = std::max(a.next_id, b.next_id);
  Transfer plan = held();
  plan.app.settle = false;
  SimTask& first = w.app.start(0, w.new_upload(), plan);
  w.pause(milliseconds(100), seconds(3));
  SimTask& second = w.app.start(1, w.new_upload(), held());
  for (const SimTask* task : {&first, &second}) {
    w.log.store(K::store_entry)
        .text(F::store, "app")
        .text(F::upload_id, task->upload)
        .with(F::id, task->id)
        .text(F::state, "uploading")
        .text(F::keyed_by, "taskIdentifier");
  }
  InjectedFault& fault = note_fault(w, "task-identifier-collision", Severity::warning, nullptr, nullptr, first.upload);
  for (const SimTask* task : {&first, &second}) {  // either may be named
    for (const std::string_view rule : {"task-identifier-collision", "app-thinks-uploading"}) {
      TrueFinding other = fault.finding;
      other.rule = rule;
      other.severity = Severity::error;
      other.task = task->uuid;
      other.upload = task->upload;
      other.identifier = w.sessions[task->session].identifier;
      fault.consequences.push_back(std::move(other));
    }
  }
  w.pause(seconds(1), seconds(9));
  w.daemon.end(first, 0, 200);
  w.pause(seconds(1), seconds(2));
  w.log.app(K::upload_state)
      .text(F::upload_id, second.upload)
      .text(F::state, "succeeded")
      .text(F::task, std::to_string(first.id));
  w.pause(seconds(3), seconds(20));
  w.daemon.end(second, 0, 200);
  w.linger(seconds(1), seconds(9));
}

void by_body(World& w) {
  const std::size_t i = any(w);
  Transfer before = good_transfer(w, seconds(10));
  before.body = true;  // answers with a body are logged
  w.app.start(i, w.new_upload(), before);
  w.linger(seconds(2), seconds(9));
  Transfer plan = good_transfer(w, seconds(15));
  plan.status = w.random.chance(50) ? 204 : 200;
  plan.body = false;
  plan.app.by_body = true;
  plan.app.retry = false;
  const SimTask& task = w.app.start(i, w.new_upload(), plan);
  note_fault(w, "success-decided-in-did-receive-data", Severity::error, &task, nullptr);
  w.finish_all(minutes(5));
  w.linger(seconds(6), seconds(20));
}

// The app's records lose an upload with the process; its session goes on with the task.
void orphan(World& w) {
  const std::size_t i = any(w);
  w.app.start(i, w.new_upload(), good_transfer(w, seconds(10)));  // so that the store has a record of this session
  w.finish_all(minutes(5));
  SimTask& task = held_upload(w, i);
  sleep_and_die(w);
  w.app.records.erase(task.upload);
  task.plan.app.known = false;
  w.app.to_foreground();
  InjectedFault& fault = note_fault(w, "orphan-task", Severity::warning, &task, nullptr);
  add_consequence(fault, "callback-for-unknown-task", Severity::warning);
  add_consequence(fault, "app-thinks-uploading");
  w.pause(seconds(65), seconds(120));
  w.read_app_store();
  w.pause(seconds(2), seconds(20));
  w.daemon.end(task, 0, 200);
  w.linger(seconds(2), seconds(9));
}

// The app comes back from a backup with its database; the system's sessions do not.
void state_dropped(World& w) {
  SimTask& task = held_upload(w);
  w.app.to_background();
  w.app.suspend();
  w.pause(seconds(10), minutes(5));
  w.app.terminate("system");
  if (w.random.chance(50)) {
    w.log.sys(K::app_install).text(F::install_kind, w.random.chance(50) ? "reinstall" : "restore");
  }
  for (std::size_t i = 0; i < w.sessions.size(); ++i) {
    w.daemon.forget(i);
  }
  w.pause(minutes(1), minutes(20));
  w.app.launch("user");
  w.log.app(K::device_restore).text(F::restore_kind, w.random.chance(50) ? "backup" : "migration");
  w.app.enter_foreground();
  InjectedFault& fault = note_fault(w, "session-state-dropped", Severity::warning, &task, nullptr);
  for (const auto& [upload, record] : w.app.records) {  // whatever else it still shows as uploading is gone, too
    if (record.state == "uploading" && upload != task.upload) {
      fault.consequences.push_back(
          {"session-state-dropped", Severity::warning, std::nullopt, w.sessions[record.session].identifier, upload});
    }
  }
  add_consequence(fault, "app-thinks-uploading");
  add_consequence(fault, "task-vanished");
  w.app.open_all();
  w.pause(seconds(70), seconds(120));
  w.app.upload_state(task.upload, task.session, "failed");
}

// The result comes before the list of tasks, and the app drops it.
void before_rebuilt(World& w) {
  SimTask& task = held_upload(w);
  sleep_and_die(w);
  w.app.launch("user");
  w.app.enter_foreground();
  for (std::size_t i = 0; i < w.sessions.size(); ++i) {
    if (!w.sessions[i].retired) {
      w.app.open_session(i);
    }
  }
  InjectedFault& fault = note_fault(w, "delegate-callback-before-state-rebuilt", Severity::error, &task, nullptr);
  add_consequence(fault, "app-thinks-uploading");
  add_consequence(fault, "callback-for-unknown-task", Severity::warning);
  task.plan.app.known = false;
  w.app.request_tasks(task.session);
  w.daemon.end(task, 0, 200);
  w.app.tell(task);
  w.app.answer_tasks(task.session);
  for (std::size_t i = 0; i < w.sessions.size(); ++i) {
    if (i != task.session && !w.sessions[i].retired) {
      w.app.ask_for_tasks(i);
    }
  }
  w.linger(seconds(10), seconds(30));
}

constexpr std::array kFaults = {
    Fault{"suspended-task-never-resumed", "A task is made, and resume() is forgotten", Severity::error, 1, never_resumed,
          Beside::nothing, true},
    Fault{"unbalanced-suspend", "A task is suspended twice and resumed once", Severity::warning, 1, unbalanced, Beside::nothing,
          true},
    Fault{"task-identifier-collision", "Two sessions' tasks have one number, which is the app's key", Severity::warning, 2,
          collision},
    Fault{"success-decided-in-did-receive-data", "The answer has no body; the app takes that for a failure", Severity::error, 1,
          by_body, Beside::all},
    Fault{"orphan-task", "The app's store has forgotten an upload that goes on", Severity::warning, 1, orphan},
    Fault{"session-state-dropped", "The app is restored from a backup, its tasks are not", Severity::warning, 1, state_dropped},
    Fault{"delegate-callback-before-state-rebuilt", "A result comes before the list of tasks, and is dropped", Severity::error, 1,
          before_rebuilt},
};

}  // namespace

std::span<const Fault> state_faults() { return kFaults; }

}  // namespace uptrail::simulate
