// Faults about how transfers end, and about the app's surroundings.
#include <array>

#include "collector/simulate/faults.h"

namespace uptrail::simulate {

namespace {

using K = EventKind;
using F = Field;

void http_error(World& w) {
  constexpr std::array<std::int64_t, 5> kStatus = {400, 403, 413, 500, 503};
  Transfer plan = quick_transfer(w);
  plan.status = kStatus[w.random.below(kStatus.size())];
  plan.app.believe_errors = true;
  const SimTask& task = w.app.start(any(w), w.new_upload(), plan);
  note_fault(w, "transport-ok-but-http-error", Severity::error, &task, nullptr);
  w.finish_all(minutes(2));
  w.linger(seconds(2), seconds(9));
}

void transport_error(World& w) {
  constexpr std::array<std::int64_t, 5> kCodes = {-1003, -1004, -1005, -1017, -1200};
  Transfer plan = quick_transfer(w);
  plan.status = 0;
  plan.code = kCodes[w.random.below(kCodes.size())];
  plan.app.retry = false;
  const SimTask& task = w.app.start(any(w), w.new_upload(), plan);
  note_fault(w, "terminal-transport-error", Severity::error, &task, nullptr);
  w.finish_all(minutes(2));
  w.linger(seconds(2), seconds(9));
}

void resource_timeout(World& w) {
  leave(w);
  w.pause(seconds(5), minutes(2));
  if (w.app.state() == AppState::suspended) {
    w.app.terminate("jetsam");
  }
  const std::size_t i = any(w);
  const DurationNs limit = minutes(w.random.between(10, 40));
  w.sessions[i].habits.resource_timeout = limit;
  w.app.to_foreground();
  w.pause(seconds(2), seconds(9));
  w.set_online(false);
  Transfer plan;
  plan.manual = true;
  plan.app.retry = false;
  SimTask& task = w.app.start(i, w.new_upload(), plan);
  InjectedFault& fault = note_fault(w, "resource-timeout", Severity::error, &task, nullptr);
  add_consequence(fault, "terminal-transport-error");
  w.pause(seconds(2), seconds(30));
  w.app.to_background();
  w.app.suspend();
  w.clock.run_until(task.created + limit + milliseconds(300));
  w.daemon.end(task, -1001, 0);
  w.pause(seconds(30), seconds(60));
  w.set_online(true);
  if (w.app.state() == AppState::suspended) {
    w.app.terminate("jetsam");  // the next process makes a session with the usual timeout
  }
}

void file_missing(World& w) {
  const std::size_t i = any(w);
  const std::string upload = w.new_upload();
  const std::string file = upload + ".body";
  w.app.upload_state(upload, i, "queued");
  w.log.app(K::file_op).text(F::op, "create").text(F::path, file);
  w.pause(milliseconds(100), seconds(2));
  w.log.app(K::file_op).text(F::op, "delete").text(F::path, file);
  Transfer plan;
  plan.manual = true;
  plan.domain = "NSPOSIXErrorDomain";
  plan.app.retry = false;
  SimTask& task = w.app.create(i, upload, plan);
  InjectedFault& fault = note_fault(w, "temp-file-missing", Severity::error, &task, nullptr);
  add_consequence(fault, "terminal-transport-error");
  add_consequence(fault, "upload-body-empty-or-short");
  w.app.upload_state(task, "uploading", true);
  w.log.app(K::file_op).text(F::op, "open-failed").text(F::path, file).with(F::error_number, std::int64_t{2});
  w.app.resume_task(task);
  w.pause(milliseconds(30), milliseconds(300));
  w.daemon.end(task, 2, 0);
  w.linger(seconds(2), seconds(9));
}

void file_locked(World& w) {
  Transfer plan;
  plan.manual = true;
  plan.domain = "NSPOSIXErrorDomain";
  plan.app.retry = false;
  SimTask& task = w.app.start(any(w), w.new_upload(), plan);
  InjectedFault& fault = note_fault(w, "file-protection-blocks-upload", Severity::error, &task, nullptr);
  add_consequence(fault, "terminal-transport-error");
  add_consequence(fault, "temp-file-missing");
  w.pause(seconds(1), seconds(5));
  w.app.to_background();
  w.app.suspend();
  w.pause(seconds(1), seconds(20));
  w.log.device(K::device_lock).with(F::locked, true);
  w.pause(seconds(10), minutes(2));
  w.log.daemon(K::file_op)
      .text(F::op, "open-failed")
      .text(F::path, task.file)
      .with(F::error_number, std::int64_t{1})
      .with(F::protection, true);
  w.daemon.end(task, 1, 0);
  w.pause(seconds(20), minutes(2));
  w.log.device(K::device_lock).with(F::locked, false);
}

void empty_body(World& w) {
  Transfer plan = quick_transfer(w);
  plan.status = 200;
  plan.sent_instead = 0;
  const SimTask& task = w.app.start(any(w), w.new_upload(), plan);
  note_fault(w, "upload-body-empty-or-short", Severity::error, &task, nullptr);
  w.finish_all(minutes(2));
  w.linger(seconds(2), seconds(9));
}

void exit_zero(World& w) {
  w.pause(seconds(1), seconds(9));
  w.app.to_background();
  w.pause(milliseconds(20), milliseconds(400));
  note_fault(w, "exit-zero-in-release", Severity::warning, nullptr, nullptr);
  w.app.terminate("exit0");
  w.pause(seconds(10), minutes(5));
}

void debugger(World& w) {
  note_fault(w, "untrustworthy-test-environment", Severity::info, nullptr, nullptr);
  w.log.app(K::app_debugger).with(F::attached, true);
  w.pause(seconds(1), seconds(20));
  w.log.app(K::app_debugger).with(F::attached, false);
}

constexpr std::array kFaults = {
    Fault{"transport-ok-but-http-error", "The server refuses; the app counts it as a success", Severity::error, 1, http_error,
          Beside::all},
    Fault{"terminal-transport-error", "The transfer fails, and the app gives up", Severity::error, 1, transport_error,
          Beside::all},
    Fault{"resource-timeout", "No network until timeoutIntervalForResource is over", Severity::error, 1, resource_timeout},
    Fault{"temp-file-missing", "The body file is deleted before the task is made", Severity::error, 1, file_missing, Beside::all},
    Fault{"file-protection-blocks-upload", "The body file is locked together with the device", Severity::error, 1, file_locked},
    Fault{"upload-body-empty-or-short", "The body that is sent is empty", Severity::error, 1, empty_body, Beside::all},
    Fault{"exit-zero-in-release", "The app calls exit(0) when it goes to the background", Severity::warning, 1, exit_zero},
    Fault{"untrustworthy-test-environment", "A debugger is attached", Severity::info, 1, debugger},
};

}  // namespace

std::span<const Fault> outcome_faults() { return kFaults; }

}  // namespace uptrail::simulate
