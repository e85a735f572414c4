// Faults about wakes that do not come as they should, launches, and nsurlsessiond itself.
#include <array>

#include "collector/simulate/faults.h"

namespace uptrail::simulate {

namespace {

using K = EventKind;
using F = Field;

void no_wake(World& w) {
  const std::size_t i = clean(w);
  good_wake(w, i);
  w.daemon.forgets_wakes = true;
  end_asleep(w, i, w.random.chance(50));
  note_fault(w, "expected-wake-missing", Severity::warning, nullptr, &w.sessions[i]);
  w.pause(minutes(17), hours(3));
}

void not_recreated(World& w) {
  const std::size_t i = any(w);
  SimSession& session = w.sessions[i];
  session.habits.opened = false;
  session.habits.handler = w.random.chance(50) ? SessionHabits::Handler::never : SessionHabits::Handler::at_end;
  end_asleep(w, i, true);
  InjectedFault& fault = note_fault(w, "session-not-recreated-after-relaunch", Severity::error, nullptr, &session);
  for (const std::string_view rule : {"completion-handler-not-called", "completion-handler-called-early", "wake-cut-short",
                                      "task-completed-without-callback"}) {
    add_consequence(fault, rule);
  }
  w.pause(minutes(1), minutes(4));
  end_process(w);
}

void not_announced(World& w) {
  const std::size_t i = any(w);
  good_wake(w, i);
  w.sessions[i].habits.announced = false;
  end_asleep(w, i, true);
  note_fault(w, "finish-events-without-handle-events", Severity::info, nullptr, &w.sessions[i]);
  w.pause(minutes(1), minutes(3));
  end_process(w);
}

void events_off(World& w) {
  const std::size_t i = any(w);
  sleep_and_die(w);
  w.sessions[i].habits.launch_events = false;
  w.app.to_foreground();
  w.pause(seconds(11), seconds(20));
  end_asleep(w, i, w.random.chance(50));
  InjectedFault& fault = note_fault(w, "launch-events-disabled", Severity::warning, nullptr, &w.sessions[i]);
  add_consequence(fault, "expected-wake-missing", Severity::warning);
  w.pause(minutes(32), hours(3));
  w.app.to_foreground();
  w.pause(seconds(2), seconds(20));
  w.app.to_background();
  w.app.suspend();
  w.pause(seconds(5), minutes(2));
  end_process(w);  // the next object is configured well
}

// nsurlsessiond crashes: what it had is lost, or nothing new can be made for a while.
void connection(World& w, std::string_view op, bool lost) {
  if (lost) {
    w.log.device(K::daemon_exit).text(F::reason, "crash");
  } else {
    w.log.device(K::daemon_start);
  }
  for (const SimSession& session : w.sessions) {
    if (!session.object.empty()) {
      w.app.say(lost ? K::session_connection_lost : K::session_connection_restored, session, Observer::cfn).text(F::op, op);
    }
  }
}

void tasks_lost(World& w) {
  SimTask& task = held_upload(w);
  InjectedFault& fault = note_fault(w, "daemon-connection-lost", Severity::error, &task, nullptr);
  fault.finding.task.reset();  // it is about the service
  fault.finding.upload.clear();
  add_consequence(fault, "terminal-transport-error");
  task.plan.app.retry = w.random.chance(50);
  connection(w, "interrupted", true);
  w.pause(milliseconds(300), seconds(3));
  connection(w, "interrupted", false);
  w.daemon.end(task, -997, 0);
  w.pause(seconds(10), seconds(40));
}

void new_tasks_fail(World& w) {
  const std::size_t i = any(w);
  connection(w, "invalidated", true);
  InjectedFault& fault = note_fault(w, "daemon-connection-lost", Severity::error, nullptr, &w.sessions[i]);
  add_consequence(fault, "terminal-transport-error");
  const auto count = w.random.between(2, 4);
  for (std::int64_t n = 0; n < count; ++n) {
    Transfer plan = held();
    plan.app.retry = false;
    SimTask& task = w.app.start(i, w.new_upload(), plan);
    w.pause(milliseconds(20), milliseconds(300));
    w.daemon.end(task, w.random.chance(70) ? -997 : -1, 0);
    w.pause(milliseconds(300), seconds(1));
  }
  connection(w, "invalidated", false);
  w.pause(seconds(5), seconds(20));
}

void service_gone(World& w) { w.random.chance(50) ? tasks_lost(w) : new_tasks_fail(w); }

// An extension makes a session with the app's identifier while the app has it.
void two_processes(World& w) {
  const SimSession& session = w.sessions[any(w)];
  note_fault(w, "session-identifier-in-two-processes", Severity::error, nullptr, &session);
  const Extension extension = start_extension(w);
  const auto say = [&](K kind, Observer observer) {
    Said said = extension.say(w, kind, observer);
    return said.text(F::identifier, session.identifier).text(F::object, extension.object);
  };
  say(K::session_create, Observer::app)
      .text(F::shared_container, "group.com.example.shoebox")
      .text(F::delegate, "ShareUploader")
      .with(F::background, true);
  w.log.daemon(K::daemon_session_refused)
      .about(extension.bundle)
      .text(F::identifier, session.identifier)
      .with(F::session_uuid, w.random.uuid())  // of the extension's own object
      .with(F::client_pid, extension.pid)
      .with(F::code, std::int64_t{-996});
  say(K::session_setup_failed, Observer::cfn).with(F::code, std::int64_t{-996});
  say(K::session_did_become_invalid, Observer::app)
      .text(F::error_domain, "NSURLErrorDomain")
      .with(F::error_code, std::int64_t{-996});
  w.pause(seconds(1), seconds(5));
  extension.say(w, K::app_terminate, Observer::sys).text(F::cause, "system");
}

// The app counts on applicationDidEnterBackground, which an app with scenes does not get.
void hook(World& w) {
  sleep_and_die(w);
  w.app.to_foreground();
  w.log.app(K::app_hook_registered).text(F::hook, "delegate");
  w.pause(seconds(12), seconds(60));
  note_fault(w, "scene-background-hook-not-called", Severity::warning, nullptr, nullptr);
  w.log.sys(K::app_assertion).text(F::op, "begin").text(F::assertion_kind, "bg-task");
  w.app.to_background();
  w.pause(seconds(7), seconds(12));
  w.log.sys(K::app_assertion).text(F::op, "end").text(F::assertion_kind, "bg-task");
  w.app.suspend();
  w.pause(seconds(5), minutes(3));
}

constexpr std::array kFaults = {
    Fault{"expected-wake-missing", "All tasks end, and nsurlsessiond does not wake the app", Severity::warning, 1, no_wake},
    Fault{"session-not-recreated-after-relaunch", "The app is launched for a session and does not make it", Severity::error, 1,
          not_recreated},
    Fault{"finish-events-without-handle-events", "A wake comes without handleEvents", Severity::info, 1, not_announced},
    Fault{"launch-events-disabled", "sessionSendsLaunchEvents is off, and a result waits", Severity::warning, 1, events_off},
    Fault{"daemon-connection-lost", "nsurlsessiond dies: tasks are lost, or new ones fail", Severity::error, 1, service_gone},
    Fault{"session-identifier-in-two-processes", "An extension uses the identifier of the app's session", Severity::error, 1,
          two_processes, Beside::others},
    Fault{"scene-background-hook-not-called", "The app waits for a hook that apps with scenes do not get", Severity::warning, 1,
          hook},
};

}  // namespace

std::span<const Fault> relaunch_faults() { return kFaults; }

}  // namespace uptrail::simulate
