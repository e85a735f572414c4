// Faults about tasks and what the app knows of them.
#include <array>

#include "collector/simulate/faults.h"

namespace uptrail::simulate {

namespace {

using K = EventKind;
using F = Field;

void no_callback(World& w) {
  SimTask& task = held_upload(w);
  InjectedFault& fault = note_fault(w, "task-completed-without-callback", Severity::error, &task, nullptr);
  add_consequence(fault, "app-thinks-uploading");
  add_consequence(fault, "task-vanished");  // all that the app itself can see
  task.plan.app.lose = true;
  w.daemon.end(task, 0, 200);
  w.linger(seconds(95), seconds(140));
}

void adopted(World& w) {
  SimTask& task = held_upload(w);
  sleep_and_die(w);
  w.app.launch("user");
  for (SimSession& session : w.sessions) {
    session.held = true;
  }
  w.app.enter_foreground();
  for (std::size_t i = 0; i < w.sessions.size(); ++i) {
    if (!w.sessions[i].retired) {
      w.app.open_session(i);
    }
  }
  w.daemon.end(task, 0, 200);
  for (std::size_t i = 0; i < w.sessions.size(); ++i) {
    if (!w.sessions[i].retired) {
      w.app.ask_for_tasks(i);
    }
  }
  task.lost = true;
  InjectedFault& fault = note_fault(w, "completed-task-adopted", Severity::error, &task, nullptr);
  add_consequence(fault, "task-completed-without-callback");
  add_consequence(fault, "app-thinks-uploading");
  w.app.upload_state(task, "uploading", true);
  for (SimSession& session : w.sessions) {
    session.held = false;
  }
  w.linger(seconds(95), seconds(140));
}

void thinks_uploading(World& w) {
  SimTask& task = held_upload(w);
  note_fault(w, "app-thinks-uploading", Severity::error, &task, nullptr);
  task.plan.app.settle = false;
  w.daemon.end(task, 0, 200);
  w.linger(seconds(95), seconds(140));
}

void unknown_task(World& w) {
  SimTask& task = held_upload(w);
  InjectedFault& fault = note_fault(w, "callback-for-unknown-task", Severity::warning, &task, nullptr);
  add_consequence(fault, "app-thinks-uploading");
  task.plan.app.settle = false;
  w.daemon.end(task, 0, 200);
  w.pause(milliseconds(500), seconds(1));
  w.app.say(K::delegate_dropped, task).text(F::method, "urlSession(_:task:didCompleteWithError:)").text(F::why, "no record");
  w.linger(seconds(5), seconds(20));
}

void lost_on_force_quit(World& w) {
  SimTask& task = held_upload(w);
  const bool unnoticed = w.random.chance(40);
  InjectedFault& fault =
      note_fault(w, "task-lost-on-force-quit", unnoticed ? Severity::error : Severity::warning, &task, nullptr);
  if (unnoticed) {
    add_consequence(fault, "app-thinks-uploading");
  }
  add_consequence(fault, "terminal-transport-error");
  task.plan.app.settle = !unnoticed;
  w.app.force_quit();
  w.pause(minutes(2), hours(2));
  w.app.to_foreground();
  w.linger(seconds(95), seconds(140));
}

void cancelled_by_system(World& w, std::string_view id, std::int64_t reason) {
  SimTask& task = held_upload(w);
  InjectedFault& fault = note_fault(w, id, Severity::warning, &task, nullptr);
  add_consequence(fault, "terminal-transport-error");
  task.plan.app.retry = w.random.chance(50);
  w.daemon.cancel(task, reason);
  w.linger(seconds(10), seconds(40));
}

void refresh_off(World& w) {
  w.log.app(K::app_refresh_setting).with(F::enabled, false);
  cancelled_by_system(w, "background-refresh-disabled", 1);
  w.log.app(K::app_refresh_setting).with(F::enabled, true);
}
void no_resources(World& w) { cancelled_by_system(w, "system-cancelled-task", 2); }

void vanished(World& w) {
  SimTask& task = held_upload(w);
  w.app.ask_for_tasks(task.session);
  w.pause(seconds(20), minutes(2));
  InjectedFault& fault = note_fault(w, "task-vanished", Severity::error, &task, nullptr);
  add_consequence(fault, "app-thinks-uploading");
  add_consequence(fault, "stalled-no-progress", Severity::warning);
  task.lost = true;
  task.phase = SimTask::Phase::ended;
  w.app.ask_for_tasks(task.session);
  w.linger(seconds(95), seconds(140));
}

void resumed_twice(World& w) {
  SimTask& task = held_upload(w);
  note_fault(w, "resume-on-running-task", Severity::info, &task, nullptr);
  w.app.say(K::task_resume, task).text(F::state_before, "running");
  w.pause(seconds(2), seconds(9));
  w.daemon.end(task, 0, 200);
  w.linger(seconds(1), seconds(9));
}

void implicitly_resumed(World& w) {
  const std::size_t i = any(w);
  const std::string upload = w.new_upload();
  SimTask& task = w.app.create(i, upload, good_transfer(w, seconds(20)));
  w.app.upload_state(task, "paused");
  InjectedFault& fault = note_fault(w, "task-implicitly-resumed", Severity::info, &task, nullptr);
  add_consequence(fault, "suspended-task-never-resumed");
  w.pause(milliseconds(500), seconds(3));
  w.app.to_background();
  w.app.suspend();
  w.pause(milliseconds(5), milliseconds(50));
  w.daemon.resume(task, true);
  w.pause(seconds(60), minutes(3));
}

void crowd(World& w) {
  const std::size_t i = any(w);
  InjectedFault& fault = note_fault(w, "too-many-tasks", Severity::info, nullptr, &w.sessions[i]);
  fault.finding.upload.clear();
  Transfer plan;
  plan.wait = seconds(12);
  plan.length = seconds(4);
  for (int n = 0; n < 104; ++n) {
    w.app.start(i, w.new_upload(), plan);
    w.clock.spend(milliseconds(2));
  }
  w.finish_all(minutes(5));
}

constexpr std::array kFaults = {
    Fault{"task-completed-without-callback", "A task ends and the delegate is never told", Severity::error, 1, no_callback,
          Beside::all},
    Fault{"completed-task-adopted", "At launch the app waits for a task that is over", Severity::error, 1, adopted},
    Fault{"app-thinks-uploading", "The upload stays as uploading after its task has ended", Severity::error, 1, thinks_uploading,
          Beside::all},
    Fault{"callback-for-unknown-task", "The app drops a callback, since it knows no such task", Severity::warning, 1,
          unknown_task, Beside::all},
    Fault{"task-lost-on-force-quit", "The user closes the app in the app switcher", Severity::error, 1, lost_on_force_quit},
    Fault{"background-refresh-disabled", "The user switches background updates off", Severity::warning, 1, refresh_off,
          Beside::others},
    Fault{"system-cancelled-task", "The system cancels a task for lack of resources", Severity::warning, 1, no_resources,
          Beside::others},
    Fault{"task-vanished", "A running task is gone from the next list of tasks", Severity::error, 1, vanished, Beside::others},
    Fault{"resume-on-running-task", "resume() is called on a running task", Severity::info, 1, resumed_twice, Beside::all},
    Fault{"task-implicitly-resumed", "A task is never resumed by the app", Severity::info, 1, implicitly_resumed},
    Fault{"too-many-tasks", "More than a hundred tasks at once", Severity::info, 1, crowd},
};

}  // namespace

std::span<const Fault> task_faults() { return kFaults; }

}  // namespace uptrail::simulate
