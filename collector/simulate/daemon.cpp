#include <algorithm>

#include "collector/simulate/world.h"

namespace uptrail::simulate {

namespace {
using K = EventKind;
using F = Field;
constexpr std::int64_t kConnectionLost = -1005;
}  // namespace

Said Daemon::say(K kind, const SimTask& task) {
  const SimSession& session = w_.sessions[task.session];
  Said said = w_.log.daemon(kind);
  said.with(F::uuid, task.uuid).with(F::id, task.id).text(F::identifier, session.identifier);
  return said.with(F::session_uuid, session.uuid);
}

Said Daemon::say(K kind, const SimSession& session) {
  Said said = w_.log.daemon(kind);
  return said.text(F::identifier, session.identifier).with(F::session_uuid, session.uuid);
}

void Daemon::connect(std::size_t index) {
  SimSession& session = w_.sessions[index];
  if (session.connected) {
    return;
  }
  session.connected = true;
  say(session.known_to_daemon ? K::daemon_session_reconnected : K::daemon_session_created, session);
  session.known_to_daemon = true;
  say(K::daemon_client_connected, session).with(F::client_pid, w_.app.pid());
}

void Daemon::disconnect(std::size_t index) {
  SimSession& session = w_.sessions[index];
  if (session.connected) {
    session.connected = false;
    say(K::daemon_client_disconnected, session).with(F::client_pid, w_.app.pid());
  }
}

void Daemon::take(SimTask& task) {
  say(K::daemon_task_created, task).text(F::task_kind, task.kind);
  say(K::daemon_task_mapped, task);
  say(K::daemon_task_enqueued, task);
  if (w_.app.state() == AppState::background) {  // whatever the session's configuration says
    Said said = w_.log.daemon(K::daemon_discretionary);
    said.with(F::uuid, task.uuid).with(F::id, task.id).with(F::value, true).with(F::opt_in, false);
  }
}

void Daemon::later(SimTask& task, DurationNs d, void (Daemon::*what)(SimTask&)) {
  const std::uint64_t step = ++task.step;
  w_.clock.after(d, [this, &task, step, what] {
    if (task.step == step) {
      (this->*what)(task);
    }
  });
}

void Daemon::resume(SimTask& task, bool implicitly) {
  task.resumed = true;
  say(implicitly ? K::daemon_task_implicit_resume : K::daemon_task_resumed, task);
  task.phase = SimTask::Phase::queued;
  if (!task.plan.manual) {
    later(task, w_.random.between(milliseconds(20), milliseconds(400)), &Daemon::begin);
  }
}

void Daemon::suspend(SimTask& task) {
  ++task.step;
  say(K::daemon_task_suspended, task);
}

void Daemon::begin(SimTask& task) {
  say(K::daemon_task_begin, task);
  if (!w_.online || task.plan.wait > seconds(2)) {
    say(K::daemon_task_waiting, task).text(F::reason, w_.online ? "das" : "connection");
  }
  if (w_.online) {
    later(task, task.plan.wait, &Daemon::connected);
  }
}

void Daemon::network_changed() {
  for (SimTask& task : w_.tasks) {
    if (!task.moving() || task.plan.manual) {
      continue;
    }
    if (w_.online && task.phase == SimTask::Phase::queued) {
      later(task, w_.random.between(seconds(1), seconds(4)), &Daemon::connected);
    } else if (!w_.online && task.phase == SimTask::Phase::transferring) {
      retry(task);
    }
  }
}

void Daemon::connected(SimTask& task) {
  if (!w_.online) {
    say(K::daemon_task_waiting, task).text(F::reason, "connection");
    ++task.step;
    return;
  }
  if (task.plan.challenge && w_.app.runs() && w_.sessions[task.session].connected) {
    task.plan.challenge = false;
    w_.app.challenge(task);
    if (!task.plan.app.answer) {
      ++task.step;
      task.plan.manual = true;  // waits for ever
      return;
    }
  }
  task.phase = SimTask::Phase::transferring;
  say(K::daemon_task_connection, task).with(F::connection, w_.random.between(100, 999));
  later(task, {task.plan.length.ns / 4}, &Daemon::progress);
}

void Daemon::progress(SimTask& task) {
  const std::int64_t total = task.plan.sent_instead.value_or(task.size);
  if (task.plan.retries > 0) {
    --task.plan.retries;
    retry(task);
    return;
  }
  task.sent = std::min(total, task.sent + total / 3 + 1);
  task.sent = std::min(task.sent, task.plan.stall_at.value_or(total));
  if (w_.app.runs() && w_.sessions[task.session].connected) {
    w_.app.say(K::task_progress, task).with(F::sent, task.sent).with(F::expected, total);
  }
  if (task.plan.stall_at && task.sent == *task.plan.stall_at) {
    ++task.step;
    task.plan.manual = true;  // waits for ever
    return;
  }
  later(task, {task.plan.length.ns / 4}, task.sent < total ? &Daemon::progress : &Daemon::respond);
}

// A recoverable error: the body starts again, the app sees nothing.
void Daemon::retry(SimTask& task) {
  task.phase = SimTask::Phase::queued;
  task.sent = 0;
  say(K::daemon_task_retry, task).with(F::code, kConnectionLost).text(F::error_domain, "NSURLErrorDomain");
  w_.truth.by_nature.push_back({"daemon-retry", Severity::info, task.uuid, w_.sessions[task.session].identifier, task.upload});
  if (!w_.online) {
    say(K::daemon_task_waiting, task).text(F::reason, "connection");
    ++task.step;
    return;
  }
  say(K::daemon_task_waiting, task).text(F::reason, "delay");
  later(task, w_.random.between(seconds(2), seconds(8)), &Daemon::connected);
}

void Daemon::respond(SimTask& task) {
  if (task.plan.status != 0) {
    say(K::daemon_task_sent, task).text(F::body, "S");
    say(K::daemon_task_response, task).with(F::status, task.plan.status);
  }
  later(task, w_.random.between(milliseconds(5), milliseconds(60)), &Daemon::planned_end);
}

void Daemon::cancel(SimTask& task, std::optional<std::int64_t> reason) {
  ++task.step;
  task.reason = reason;
  if (!reason) {
    say(K::daemon_task_cancelled, task);
  }
  end(task, -999, 0);
}

void Daemon::end(SimTask& task, std::int64_t code, std::int64_t status) {
  ++task.step;
  task.phase = SimTask::Phase::ended;
  task.code = code;
  task.status = status;
  if (code == 0 && task.sent == 0) {
    task.sent = task.plan.sent_instead.value_or(task.size);
  }
  say(K::daemon_task_totals, task).with(F::bytes, std::int64_t{0}).with(F::bytes_sent, task.sent);
  Said said = say(K::daemon_task_finished, task);
  said.with(F::code, code).with(F::bytes_sent, task.sent).with(F::terminal, true);
  if (code != 0) {
    said.text(F::error_domain, task.plan.domain.empty() ? "NSURLErrorDomain" : task.plan.domain);
  }
  if (code == -999) {
    said.with(F::cancelled, true);
    if (task.reason) {
      said.with(F::reason_key, *task.reason);
    }
  }
  const std::size_t session = task.session;
  w_.clock.after(w_.random.between(milliseconds(5), milliseconds(80)), [this, session] { settle(session); });
}

void Daemon::settle(std::size_t index) {
  SimSession& session = w_.sessions[index];
  const auto untold = [](const SimTask* t) { return !t->live() && !t->told && !t->lost; };
  if (std::none_of(session.tasks.begin(), session.tasks.end(), untold)) {
    return;
  }
  if (w_.app.runs()) {
    for (std::size_t i = 0; session.connected && !session.held && i < session.tasks.size(); ++i) {
      if (untold(session.tasks[i]) && w_.app.runs()) {
        w_.app.tell(*session.tasks[i]);
        w_.clock.spend(w_.random.between(milliseconds(4), milliseconds(90)));
      }
    }
    return;
  }
  const bool moving = std::any_of(session.tasks.begin(), session.tasks.end(), [](const SimTask* t) { return t->moving(); });
  if (moving || session.wake_due || w_.app.force_quit_by_user() || !session.known_to_daemon || forgets_wakes) {
    return;
  }
  if (!session.launch_events) {
    say(K::daemon_wake_suppressed, session).text(F::reason, "launch-events-disabled");
    return;
  }
  session.wake_due = true;
  w_.clock.after(w_.random.between(milliseconds(200), seconds(3)), [this, index] { w_.app.wake(index); });
}

void Daemon::forget(std::size_t index) {
  SimSession& session = w_.sessions[index];
  for (SimTask* task : session.tasks) {
    ++task->step;
    task->lost = task->lost || !task->told;
    task->phase = SimTask::Phase::ended;
  }
  session.known_to_daemon = false;
  session.uuid = w_.random.uuid();
  session.next_id = 1;
}

void Daemon::release(std::size_t index, std::string_view mode) {
  SimSession& session = w_.sessions[index];
  session.held = false;
  say(K::daemon_callback_released, session).text(F::mode, mode);
}

}  // namespace uptrail::simulate
