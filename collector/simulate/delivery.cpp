// What CFNetwork gives to the app's delegate, and what the app makes of it: callbacks and wakes.
#include <algorithm>
#include <utility>

#include "collector/simulate/day.h"
#include "collector/simulate/world.h"

namespace uptrail::simulate {

namespace {
using K = EventKind;
using F = Field;
using Handler = SessionHabits::Handler;
constexpr std::string_view kDidComplete = "urlSession(_:task:didCompleteWithError:)";
}  // namespace

void App::tell(SimTask& task) {
  if (task.plan.app.lose) {
    task.lost = true;
    return;
  }
  task.told = true;
  say(K::task_cfn_finished, task, Observer::cfn).with(F::error_code, task.code);
  say(K::delegate_enter, task).text(F::method, kDidComplete);
  bool body = false;
  if (task.status != 0) {
    say(K::task_response, task).with(F::status, task.status);
    body = task.plan.body.value_or(w_.random.chance(80));
    if (body) {
      say(K::task_data, task).with(F::bytes, w_.random.between(2, 900));
    }
  }
  Said said = say(K::task_did_complete, task);
  said.with(F::error_code, task.code).text(F::state, "completed");
  if (task.code == 0) {
    said.with(F::status, task.status).with(F::sent, task.sent).with(F::expected, task.plan.sent_instead.value_or(task.size));
  } else {
    said.text(F::error_domain, task.plan.domain.empty() ? "NSURLErrorDomain" : task.plan.domain);
    if (task.reason) {
      said.with(F::reason_key, *task.reason);
    }
  }
  w_.log.daemon(K::daemon_callback_acknowledged)
      .with(F::uuid, task.uuid)
      .with(F::id, task.id)
      .text(F::identifier, w_.sessions[task.session].identifier)
      .with(F::session_uuid, w_.sessions[task.session].uuid);
  if (task.plan.app.block.ns > 0) {
    w_.clock.run_for(task.plan.app.block);  // heartbeats come from another queue
  } else {
    w_.clock.spend(w_.random.between(milliseconds(1), milliseconds(30)));
  }
  if (!runs()) {
    return;
  }
  if (task.plan.app.known) {
    settle_upload(task, body);
  } else {
    say(K::delegate_dropped, task).text(F::method, kDidComplete).text(F::why, "no record");
  }
  say(K::delegate_exit, task).text(F::method, kDidComplete);
}

void App::challenge(SimTask& task) {
  say(K::task_challenge, task).text(F::method, "serverTrust");
  if (task.plan.app.answer) {
    w_.clock.spend(w_.random.between(milliseconds(1), milliseconds(200)));
    say(K::task_challenge_answered, task).text(F::disposition, "useCredential");
  }
}

void App::settle_upload(SimTask& task, bool body) {
  if (!task.plan.app.settle) {
    return;
  }
  const bool good = task.code == 0 && (body || !task.plan.app.by_body) &&
                    (task.plan.app.believe_errors || (task.status >= 200 && task.status < 300));
  if (good || task.cancelled) {
    upload_state(task, good ? "succeeded" : "cancelled");
    if (waking_ && habits.next_waits) {
      Transfer plan = good_transfer(w_, seconds(10));
      plan.wait = *std::exchange(habits.next_waits, std::nullopt);
      plan.retries = 0;
      start(task.session, w_.new_upload(), plan);
    }
    if (waking_ && habits.next_in_wake > 0) {
      start_next(task);
    }
    return;
  }
  if (!task.plan.app.retry) {
    upload_state(task, "failed");
    return;
  }
  upload_state(task, "waiting");
  const std::string upload = task.upload;
  const std::size_t session = task.session;
  if (!w_.sessions[session].object.empty()) {
    Transfer again;
    again.wait = w_.random.between(milliseconds(300), seconds(2));
    again.length = w_.random.between(seconds(1), seconds(9));
    start(session, upload, again);
  }
}

// One upload after the other, each started in the wake of the one before: the limiter delays it.
void App::start_next(const SimTask& task) {
  const int n = 3 - --habits.next_in_wake;
  const DurationNs delay = seconds(60LL << (n - 1));
  Transfer plan = good_transfer(w_, seconds(10));
  plan.wait = delay;
  plan.retries = 0;
  const SimTask& next = start(task.session, w_.new_upload(), plan);
  w_.log.daemon(K::daemon_delay_set)
      .text(F::identifier, w_.sessions[task.session].identifier)
      .with(F::uuid, next.uuid)
      .with(F::seconds, delay.seconds());
}

void App::finish_events(std::size_t session) { say(K::session_did_finish_events, w_.sessions[session]); }

void App::call_handler(std::size_t session, std::string_view thread) {
  SimSession& s = w_.sessions[session];
  w_.log.app(K::wake_handler_called).text(F::identifier, s.identifier).text(F::via, "uikit").thread(std::string(thread));
  if (s.assertion) {
    s.assertion = false;
    w_.log.daemon(K::daemon_assertion_released).text(F::identifier, s.identifier);
  }
}

// The events of one wake, for every session that nsurlsessiond means.
void App::handle(const std::vector<std::size_t>& sessions) {
  for (const std::size_t i : sessions) {
    SimSession& s = w_.sessions[i];
    s.assertion = true;
    if (!s.habits.announced) {
      w_.daemon.release(i, "immediate");
      continue;
    }
    w_.log.app(K::wake_handle_events).text(F::identifier, s.identifier).text(F::via, "uikit").with(F::wrapped, true);
    w_.log.app(K::wake_handler_saved).text(F::identifier, s.identifier).text(F::slot, habits.one_slot ? "handler" : s.identifier);
    if (s.habits.recreate_in_wake) {
      open_session(i, s.object);
    }
    if (s.habits.handler == Handler::at_once) {
      call_handler(i);
    }
    w_.pause(milliseconds(5), milliseconds(60));
    w_.daemon.release(i, "after-notification");
  }
  for (std::size_t n = 0; n < sessions.size(); ++n) {
    const std::size_t i = sessions[n];
    w_.pause(milliseconds(100), milliseconds(300));
    if (habits.dies_in_wake) {
      w_.pause(seconds(20), seconds(28));
      terminate("watchdog");
      return;
    }
    w_.daemon.settle(i);
    w_.pause(milliseconds(5), milliseconds(80));
    end_of_events(i, habits.one_slot && n + 1 < sessions.size());
  }
}

// The last of a session's events, and what the app does about its handler.
void App::end_of_events(std::size_t i, bool overwritten) {
  SimSession& session = w_.sessions[i];
  const Handler how = session.habits.handler;
  if (!session.object.empty()) {
    finish_events(i);
  }
  if (session.habits.invalidate_in_wake) {
    say(K::session_invalidate, session).text(F::mode, "finish").with(F::shared, false);
    session.object.clear();  // it connects no more
    return;
  }
  if (!session.habits.announced) {
    return;
  }
  switch (how) {
    case Handler::never:
    case Handler::at_once:
      break;
    case Handler::late:
      w_.pause(seconds(11), seconds(18));
      call_handler(i);
      break;
    case Handler::off_main:
      call_handler(i, "com.apple.NSURLSession-delegate");
      break;
    case Handler::at_end:
    case Handler::twice:
      if (!overwritten) {
        w_.pause(milliseconds(1), milliseconds(200));
        call_handler(i);
      }
      break;
  }
  if (how == Handler::twice) {
    w_.pause(milliseconds(50), milliseconds(400));
    call_handler(i);
  }
}

void App::wake(std::size_t first) {
  SimSession& session = w_.sessions[first];
  if (waking_) {
    w_.clock.after(milliseconds(500), [this, first] { wake(first); });
    return;
  }
  session.wake_due = false;
  if (runs() || force_quit_) {
    w_.daemon.settle(first);
    return;
  }
  waking_ = true;
  std::vector<std::size_t> mine{first};
  for (std::size_t i = 0; i < w_.sessions.size(); ++i) {
    if (w_.sessions[i].wake_due) {
      w_.sessions[i].wake_due = false;
      mine.push_back(i);
    }
  }
  const auto about = [&](K kind, std::size_t i) {
    w_.log.daemon(kind).text(F::identifier, w_.sessions[i].identifier).with(F::session_uuid, w_.sessions[i].uuid);
  };
  for (const std::size_t i : mine) {
    w_.sessions[i].held = true;
    about(K::daemon_wake_requested, i);
  }
  w_.clock.spend(w_.random.between(milliseconds(50), milliseconds(900)));
  if (habits.cannot_launch) {
    w_.log.daemon(K::daemon_wake_failed)
        .text(F::identifier, session.identifier)
        .with(F::session_uuid, session.uuid)
        .text(F::error, "timeout");
    waking_ = false;
    return;
  }
  if (state_ == AppState::suspended) {
    resume(false);
    about(K::daemon_wake_launched, first);
  } else {
    launch("bg-urlsession");
    about(K::daemon_wake_launched, first);
    open_all();
  }
  for (const std::size_t i : mine) {
    about(K::daemon_callback_held, i);
  }
  handle(mine);
  rest(std::any_of(mine.begin(), mine.end(), [&](std::size_t i) { return w_.sessions[i].habits.handler == Handler::never; }));
  waking_ = false;
}

// The end of a wake: sessions that were not meant are told what there is, then the system suspends the app.
void App::rest(bool handler_missing) {
  for (std::size_t i = 0; runs() && i < w_.sessions.size(); ++i) {
    w_.daemon.settle(i);
  }
  if (!runs()) {
    return;
  }
  if (handler_missing) {
    w_.pause(seconds(22), seconds(28));
    w_.log.sys(K::wake_never_called_warning);
  }
  w_.pause(milliseconds(300), seconds(3));
  if (state_ == AppState::background) {
    suspend();
  }
}

}  // namespace uptrail::simulate
