// Faults about sessions.
#include <array>

#include "collector/simulate/faults.h"

namespace uptrail::simulate {

namespace {

using K = EventKind;
using F = Field;

void create_failed(World& w, const SimSession& session, std::string_view reason, std::string_view text) {
  w.app.say(K::task_create_failed, session).text(F::reason, reason).text(F::text, text).text(F::upload_id, w.new_upload());
}

void reused(World& w) {
  const std::size_t i = any(w);
  SimSession& session = w.sessions[i];
  InjectedFault& fault = note_fault(w, "session-reused-after-invalidation", Severity::error, nullptr, &session);
  add_consequence(fault, "task-created-in-invalidated-session");
  invalidate(w, session, w.random.chance(70) ? "cancel" : "finish");
  w.pause(milliseconds(1), milliseconds(20));
  w.app.say(K::session_create, session).text(F::delegate, "Uploader").text(F::queue, "serial").with(F::background, true);
  if (w.random.chance(60)) {
    w.app.say(K::session_exists_warning, session, Observer::cfn);
  }
  if (w.random.chance(60)) {
    w.pause(milliseconds(5), milliseconds(100));
    create_failed(w, session, "invalidated", "Task created in a session that has been invalidated");
  }
  w.pause(milliseconds(100), milliseconds(900));
  become_invalid(w, i);
}

void task_in_invalidated(World& w) {
  const std::size_t i = any(w);
  SimSession& session = w.sessions[i];
  note_fault(w, "task-created-in-invalidated-session", Severity::error, nullptr, &session);
  invalidate(w, session, w.random.chance(50) ? "cancel" : "finish");
  w.pause(milliseconds(1), milliseconds(200));
  create_failed(w, session, "invalidated", "Task created in a session that has been invalidated");
  w.pause(milliseconds(100), milliseconds(900));
  become_invalid(w, i);
}

void shared_invalidated(World& w) {
  note_fault(w, "shared-session-invalidated", Severity::warning, nullptr, nullptr);
  w.log.app(K::session_invalidate).with(F::shared, true).text(F::mode, "cancel");
  w.linger(seconds(1), seconds(5));
}

void created_twice(World& w) {
  SimSession& session = w.sessions[any(w)];
  note_fault(w, "session-created-twice", Severity::warning, nullptr, &session);
  w.app.say(K::session_create, session).text(F::delegate, "SecondUploader").text(F::queue, "serial").with(F::background, true);
  if (w.random.chance(70)) {
    w.app.say(K::session_exists_warning, session, Observer::cfn);
  }
  w.linger(seconds(1), seconds(5));
}

void no_shared_container(World& w) {
  InjectedFault& fault = note_fault(w, "shared-container-missing", Severity::error, nullptr, nullptr);
  fault.finding.identifier = "share";
  const Extension extension = start_extension(w);
  const auto say = [&](K kind, Observer observer) {
    Said said = extension.say(w, kind, observer);
    return said.text(F::identifier, "share").text(F::object, extension.object);
  };
  say(K::session_create, Observer::app)
      .text(F::shared_container, "none")
      .text(F::delegate, "ShareUploader")
      .with(F::background, true);
  say(K::session_setup_failed, Observer::cfn).with(F::code, std::int64_t{-995});
  say(K::session_did_become_invalid, Observer::app)
      .text(F::error_domain, "NSURLErrorDomain")
      .with(F::error_code, std::int64_t{-995});
  extension.say(w, K::app_terminate, Observer::sys).text(F::cause, "system");
}

void unsupported(World& w) {
  const SimSession& session = w.sessions[any(w)];
  note_fault(w, "unsupported-task-kind", Severity::error, nullptr, &session);
  create_failed(w, session, "unsupported", "Upload tasks from NSData are not supported in background sessions.");
  w.linger(seconds(1), seconds(5));
}

void data_task(World& w) {
  const std::size_t i = any(w);
  Transfer plan;
  plan.manual = true;
  plan.app.retry = false;
  SimTask& task = w.app.create(i, w.new_upload(), plan, "data");
  InjectedFault& fault = note_fault(w, "data-task-in-background-session", Severity::error, &task, nullptr);
  add_consequence(fault, "terminal-transport-error");
  w.app.resume_task(task);
  w.pause(seconds(1), seconds(6));
  w.app.to_background();
  w.app.suspend();
  w.pause(milliseconds(50), milliseconds(150));
  task.sent = 0;
  w.daemon.end(task, -997, 0);
  w.sessions[i].wake_due = true;  // it ends while the client goes: no wake for it
  w.pause(seconds(10), minutes(3));
  w.sessions[i].wake_due = false;
  w.app.to_foreground();
  w.linger(seconds(1), seconds(5));
}

void concurrent_queue(World& w) {
  leave(w);
  w.pause(seconds(5), minutes(2));
  if (w.app.state() == AppState::suspended) {
    w.app.terminate("jetsam");
  }
  SimSession& session = w.sessions[any(w)];
  session.habits.queue = "concurrent";
  w.app.to_foreground();
  note_fault(w, "delegate-queue-not-serial", Severity::warning, nullptr, &session);
  w.pause(seconds(2), seconds(9));
  w.app.to_background();
  w.app.suspend();
  w.pause(seconds(5), minutes(2));
  w.app.terminate("jetsam");
}

void before_first_unlock(World& w) {
  w.app.terminate("reboot");
  w.pause(seconds(20), seconds(60));
  w.log.device(K::device_boot).with(F::boot_uuid, w.random.uuid());
  w.pause(seconds(5), seconds(30));
  w.app.launch("bg-other");
  SimSession& session = w.sessions[any(w)];
  note_fault(w, "session-created-before-first-unlock", Severity::warning, nullptr, &session);
  w.app.say(K::session_blocked_first_unlock, session, Observer::cfn);
  w.pause(seconds(10), seconds(50));
  w.log.device(K::device_first_unlock);
  w.app.open_all();
  w.pause(seconds(1), seconds(4));
  w.app.suspend();
  w.pause(seconds(10), minutes(1));
}

constexpr std::array kFaults = {
    Fault{"session-reused-after-invalidation", "The session is created again before its invalidation is complete",
          Severity::error, 1, reused, Beside::others},
    Fault{"task-created-in-invalidated-session", "A task is created between invalidate and didBecomeInvalid", Severity::error, 1,
          task_in_invalidated, Beside::others},
    Fault{"shared-session-invalidated", "invalidateAndCancel is called on URLSession.shared", Severity::warning, 1,
          shared_invalidated, Beside::others},
    Fault{"session-created-twice", "The session is created again with another delegate", Severity::warning, 1, created_twice,
          Beside::others},
    Fault{"shared-container-missing", "An extension's session names no shared container", Severity::error, 1, no_shared_container,
          Beside::others},
    Fault{"unsupported-task-kind", "A background upload from NSData is tried", Severity::error, 1, unsupported, Beside::others},
    Fault{"data-task-in-background-session", "A data task dies when the app is suspended", Severity::error, 1, data_task},
    Fault{"delegate-queue-not-serial", "The session gets a concurrent delegate queue", Severity::warning, 1, concurrent_queue},
    Fault{"session-created-before-first-unlock", "The app is launched after a boot, before the first unlock", Severity::warning,
          1, before_first_unlock},
};

}  // namespace

std::span<const Fault> session_faults() { return kFaults; }

}  // namespace uptrail::simulate
