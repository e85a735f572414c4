// Faults of single calls: a task that is created, suspended, cancelled or called back once too often.
#include <array>

#include "collector/simulate/faults.h"

namespace uptrail::simulate {

namespace {

using K = EventKind;
using F = Field;

void duplicate(World& w) {
  const std::size_t i = any(w);
  const std::string upload = w.new_upload();
  SimTask& first = w.app.start(i, upload, held());
  w.pause(seconds(2), seconds(9));
  SimTask& second = w.app.create(i, upload, held());
  note_fault(w, "duplicate-task-for-upload", Severity::error, &second, nullptr);
  w.app.resume_task(second);
  w.pause(seconds(5), seconds(20));
  w.daemon.end(first, 0, 200);
  w.pause(seconds(1), seconds(5));
  w.daemon.end(second, 0, 200);
  w.linger(seconds(2), seconds(9));
}

void late_callback(World& w) {
  SimTask& task = w.app.start(any(w), w.new_upload(), held());
  w.pause(seconds(2), seconds(9));
  w.daemon.end(task, 0, 200);
  w.pause(seconds(1), seconds(2));
  note_fault(w, "callback-after-completion", Severity::warning, &task, nullptr);
  w.app.say(K::task_progress, task).with(F::sent, task.size).with(F::expected, task.size);
  w.linger(seconds(2), seconds(9));
}

void goes_on(World& w) {
  SimTask& task = w.app.start(any(w), w.new_upload(), held());
  w.pause(seconds(2), seconds(9));
  w.app.say(K::task_cancel, task);
  InjectedFault& fault = note_fault(w, "cancel-without-terminal", Severity::warning, &task, nullptr);
  add_consequence(fault, "app-thinks-uploading");
  add_consequence(fault, "task-vanished");
  task.cancelled = true;
  for (const std::int64_t third : {1, 2}) {
    w.pause(seconds(25), seconds(40));
    w.app.say(K::task_progress, task).with(F::sent, task.size / 3 * third).with(F::expected, task.size);
  }
  w.pause(seconds(35), seconds(50));
  task.phase = SimTask::Phase::ended;  // nobody is told
  task.lost = true;
}

constexpr std::array kFaults = {
    Fault{"duplicate-task-for-upload", "A second task is made for an upload that has one", Severity::error, 1, duplicate,
          Beside::all},
    Fault{"callback-after-completion", "A callback comes behind the end of its task", Severity::warning, 1, late_callback,
          Beside::all},
    Fault{"cancel-without-terminal", "A cancelled task goes on", Severity::warning, 1, goes_on, Beside::others},
};

}  // namespace

std::span<const Fault> call_faults() { return kFaults; }

}  // namespace uptrail::simulate
