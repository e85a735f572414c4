// Faults about wakes and their completion handlers.
#include <array>

#include "collector/simulate/faults.h"

namespace uptrail::simulate {

namespace {

using K = EventKind;
using F = Field;
using Handler = SessionHabits::Handler;

void wake_with(World& w, std::string_view id, Severity severity, Handler handler) {
  const std::size_t i = any(w);
  w.sessions[i].shared = true;  // faults of other uploads may be part of the wake
  w.sessions[i].habits.handler = handler;
  end_asleep(w, i, w.random.chance(50));
  note_fault(w, id, severity, nullptr, &w.sessions[i]);
  w.pause(minutes(1), minutes(3));
  end_process(w);
}

void not_called(World& w) {
  wake_with(w, "completion-handler-not-called", Severity::error, Handler::never);
  add_consequence(w.truth.faults.back(), "completion-handler-overwritten");  // by that of the next wake
}
void early(World& w) {
  wake_with(w, "completion-handler-called-early", Severity::error, Handler::at_once);
  add_consequence(w.truth.faults.back(), "completion-handler-called-late", Severity::warning);
}
void late(World& w) { wake_with(w, "completion-handler-called-late", Severity::warning, Handler::late); }
void twice(World& w) { wake_with(w, "completion-handler-called-twice", Severity::error, Handler::twice); }
void off_main(World& w) { wake_with(w, "completion-handler-off-main-thread", Severity::warning, Handler::off_main); }

void overwritten(World& w) {
  w.app.habits.one_slot = true;
  Transfer plan = good_transfer(w, seconds(60));
  plan.manual = true;
  SimTask& a = w.app.start(0, w.new_upload(), plan);
  SimTask& b = w.app.start(1, w.new_upload(), plan);
  w.pause(seconds(1), seconds(9));
  w.app.to_background();
  w.app.suspend();
  w.pause(seconds(2), minutes(3));
  w.sessions[0].held = w.sessions[1].held = true;
  w.daemon.end(a, 0, 200);
  w.daemon.end(b, 0, 200);
  w.sessions[1].wake_due = true;  // both in one wake
  InjectedFault& fault = note_fault(w, "completion-handler-overwritten", Severity::error, nullptr, &w.sessions[0]);
  add_consequence(fault, "completion-handler-not-called");
  TrueFinding other = fault.finding;
  other.identifier = w.sessions[1].identifier;
  fault.consequences.push_back(std::move(other));
  w.pause(minutes(1), minutes(3));
  end_process(w);
}

void cut_short(World& w) {
  const std::size_t i = any(w);
  good_wake(w, i);
  w.app.habits.dies_in_wake = true;
  const SimTask& task = end_asleep(w, i, w.random.chance(50));
  InjectedFault& fault = note_fault(w, "wake-cut-short", Severity::error, nullptr, &w.sessions[i]);
  fault.finding.upload = task.upload;
  add_consequence(fault, "completion-handler-not-called");
  w.pause(seconds(40), minutes(2));
}

void launch_failed(World& w) {
  const std::size_t i = any(w);
  SimSession& session = w.sessions[i];
  w.app.habits.cannot_launch = true;
  end_asleep(w, i, true);
  note_fault(w, "background-launch-failed", Severity::warning, nullptr, &session);
  w.pause(minutes(2), minutes(6));
}

void rate_limited(World& w) {
  const std::size_t i = any(w);
  w.app.habits.next_in_wake = 3;
  end_asleep(w, i, false);
  note_fault(w, "rate-limited-relaunches", Severity::warning, nullptr, &w.sessions[i]);
  w.clock.run_for(minutes(20));
  w.finish_all(hours(1));
}

void blocked(World& w) {
  const bool grave = w.random.chance(60);
  Transfer plan;
  plan.manual = true;
  SimTask& task = w.app.start(any(w), w.new_upload(), plan);
  w.pause(seconds(1), seconds(9));
  task.plan.app.block = grave ? w.random.between(seconds(12), seconds(25)) : w.random.between(seconds(3), seconds(8));
  note_fault(w, "delegate-blocked-too-long", grave ? Severity::error : Severity::warning, &task, nullptr);
  w.daemon.end(task, 0, 200);
  w.pause(seconds(1), seconds(4));
}

void no_terminal_task(World& w) {
  const std::size_t i = any(w);
  Transfer plan;
  plan.manual = true;
  SimTask& task = w.app.start(i, w.new_upload(), plan);
  w.pause(seconds(1), seconds(9));
  w.app.to_background();
  w.app.suspend();
  w.pause(seconds(10), minutes(3));
  note_fault(w, "wake-without-terminal-task", Severity::info, nullptr, &w.sessions[i]);
  w.app.wake(i);
  w.pause(seconds(5), seconds(60));
  w.daemon.end(task, 0, 200);
  w.pause(seconds(20), seconds(60));
}

constexpr std::array kFaults = {
    Fault{"completion-handler-not-called", "A wake's handler is never called", Severity::error, 1, not_called},
    Fault{"completion-handler-called-early", "A wake's handler is called in handleEvents itself", Severity::error, 1, early},
    Fault{"completion-handler-called-late", "A wake's handler is called long after the events", Severity::warning, 1, late},
    Fault{"completion-handler-called-twice", "A wake's handler is called twice", Severity::error, 1, twice},
    Fault{"completion-handler-off-main-thread", "A wake's handler is called on the delegate queue", Severity::warning, 1,
          off_main},
    Fault{"completion-handler-overwritten", "One variable holds the handlers of two sessions", Severity::error, 2, overwritten},
    Fault{"wake-cut-short", "The watchdog ends the app before the events of the wake came", Severity::error, 1, cut_short},
    Fault{"background-launch-failed", "The system cannot launch the app for its events", Severity::warning, 1, launch_failed},
    Fault{"rate-limited-relaunches", "Each wake starts the next upload, and the limiter steps in", Severity::warning, 1,
          rate_limited},
    Fault{"delegate-blocked-too-long", "didCompleteWithError works for many seconds", Severity::error, 1, blocked},
    Fault{"wake-without-terminal-task", "The app is woken although no task has ended", Severity::info, 1, no_terminal_task},
};

}  // namespace

std::span<const Fault> wake_faults() { return kFaults; }

}  // namespace uptrail::simulate
