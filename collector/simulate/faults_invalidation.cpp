// Faults about sessions that are invalidated, and about sessions for single uploads.
#include <array>

#include "collector/simulate/faults.h"

namespace uptrail::simulate {

namespace {

using K = EventKind;
using F = Field;

void clean_slate(World& w, std::size_t i) {
  w.pause(milliseconds(50), seconds(2));
  invalidate(w, w.sessions[i], "cancel");
  w.pause(milliseconds(20), milliseconds(300));
}

void at_every_launch(World& w) {
  const std::size_t i = clean(w);
  if (w.random.chance(50)) {  // an upload of the run before pays for it
    SimTask& task = held_upload(w, i);
    sleep_and_die(w);
    w.app.to_foreground();
    clean_slate(w, i);
    InjectedFault& fault = note_fault(w, "session-invalidated-on-every-launch", Severity::error, nullptr, &w.sessions[i]);
    fault.finding.upload = task.upload;
    add_consequence(fault, "terminal-transport-error", Severity::warning);
    task.cancelled = true;
    w.daemon.cancel(task);
    w.pause(milliseconds(100), milliseconds(300));
    become_invalid(w, i);
    w.pause(seconds(1), seconds(9));
    return;
  }
  note_fault(w, "session-invalidated-on-every-launch", Severity::warning, nullptr, &w.sessions[i]);
  for (int n = 0; n < 2; ++n) {
    sleep_and_die(w);
    w.app.to_foreground();
    clean_slate(w, i);
    become_invalid(w, i);
    w.pause(seconds(5), seconds(30));
  }
}

void never_confirmed(World& w) {
  const std::size_t i = clean(w);
  SimSession& session = w.sessions[i];
  invalidate(w, session, "finish");  // confirmed: this app logs it
  w.pause(milliseconds(20), milliseconds(300));
  become_invalid(w, i);
  w.pause(seconds(1), seconds(9));
  note_fault(w, "did-become-invalid-missing", Severity::warning, nullptr, &session);
  invalidate(w, session, w.random.chance(50) ? "cancel" : "finish");
  w.pause(milliseconds(1), milliseconds(200));
  w.daemon.disconnect(i);
  session.object.clear();  // nobody can use it any more
  w.app.to_background();
  w.app.suspend();
  w.pause(seconds(10), minutes(5));
  w.app.to_foreground();
  w.pause(seconds(75), seconds(140));
  sleep_and_die(w);
}

void tied(World& w) {
  const std::size_t i = clean(w);
  SimSession& session = w.sessions[i];
  session.habits.invalidate_in_wake = true;
  end_asleep(w, i, w.random.chance(50));
  InjectedFault& fault = note_fault(w, "completion-handler-tied-to-invalidation", Severity::error, nullptr, &session);
  add_consequence(fault, "completion-handler-not-called");
  add_consequence(fault, "did-become-invalid-missing");
  w.pause(minutes(1), minutes(3));
  end_process(w);
}

void one_each(World& w) {
  const auto count = w.random.between(3, 5);
  const std::string stem = "upload-" + std::to_string(w.random.between(100, 999));
  for (std::int64_t n = 0; n < count; ++n) {
    const std::size_t i = w.add_session(stem + std::to_string(n));
    if (n == 0) {
      note_fault(w, "session-per-upload", Severity::warning, nullptr, nullptr);
    }
    w.app.open_session(i);
    SimTask& task = held_upload(w, i);
    w.daemon.end(task, 0, 200);
    w.pause(milliseconds(200), seconds(2));
    SimSession& session = w.sessions[i];
    invalidate(w, session, "finish");
    w.pause(milliseconds(20), milliseconds(300));
    w.daemon.disconnect(i);
    w.app.say(K::session_did_become_invalid, session).with(F::error_code, std::int64_t{0});
    session.object.clear();
    session.retired = true;
  }
  w.linger(seconds(2), seconds(9));
}

constexpr std::array kFaults = {
    Fault{"session-invalidated-on-every-launch", "The session is invalidated right after the launch", Severity::error, 1,
          at_every_launch},
    Fault{"did-become-invalid-missing", "The app is suspended while a session is being invalidated", Severity::warning, 1,
          never_confirmed},
    Fault{"completion-handler-tied-to-invalidation", "In a wake the handler waits for the session to become invalid",
          Severity::error, 1, tied},
    Fault{"session-per-upload", "Every upload has a session of its own", Severity::warning, 1, one_each, Beside::others},
};

}  // namespace

std::span<const Fault> invalidation_faults() { return kFaults; }

}  // namespace uptrail::simulate
