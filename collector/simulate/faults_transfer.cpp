// Faults about transfers that wait, stop or begin again.
#include <array>

#include "collector/simulate/faults.h"

namespace uptrail::simulate {

namespace {

using K = EventKind;
using F = Field;

Transfer quick(World& w) {
  Transfer plan = quick_transfer(w);
  plan.challenge = false;
  return plan;
}

void unanswered(World& w) {
  const std::size_t i = clean(w);
  Transfer before = quick(w);
  before.challenge = true;  // this one is answered: the app logs it
  w.app.start(i, w.new_upload(), before);
  w.linger(seconds(2), seconds(9));
  Transfer plan = quick(w);
  plan.challenge = true;
  plan.app.answer = false;
  const SimTask& task = w.app.start(i, w.new_upload(), plan);
  note_fault(w, "auth-challenge-unanswered", Severity::error, &task, nullptr);
  w.linger(seconds(40), seconds(110));
}

// The text of a signed URL that was valid for 15 minutes.
std::string signed_url(TimeNs now) {
  std::string date = format_iso(now, 0);  // 2026-06-01T10:00:00Z
  std::erase_if(date, [](char c) { return c == '-' || c == ':'; });
  return "https://store.example.com/photos?X-Amz-Date=" + date + "&X-Amz-Expires=900";
}

void expired(World& w) {
  Transfer plan = quick(w);
  plan.wait = w.random.spread(minutes(20), hours(3));
  plan.status = w.random.chance(50) ? 403 : 401;
  plan.app.retry = w.random.chance(50);
  if (w.random.chance(50)) {
    plan.url = signed_url(w.clock.now());
  }
  const SimTask& task = w.app.start(any(w), w.new_upload(), plan);
  InjectedFault& fault = note_fault(w, "credentials-expired-in-queue", Severity::warning, &task, nullptr);
  add_consequence(fault, "transport-ok-but-http-error", Severity::info);
  w.pause(seconds(2), seconds(30));
  leave(w);
  w.clock.run_for(plan.wait);
  w.pause(minutes(1), minutes(3));
}

void loop(World& w) {
  Transfer plan = quick(w);
  plan.retries = static_cast<int>(w.random.between(5, 9));
  const SimTask& task = w.app.start(any(w), w.new_upload(), plan);
  note_fault(w, "retry-loop", Severity::warning, &task, nullptr);
  w.finish_all(minutes(20));
  w.linger(seconds(2), seconds(9));
}

void retry_once(World& w) {
  Transfer plan = quick(w);
  plan.retries = 1;
  const SimTask& task = w.app.start(any(w), w.new_upload(), plan);
  note_fault(w, "daemon-retry", Severity::info, &task, nullptr);
  w.finish_all(minutes(5));
  w.linger(seconds(2), seconds(9));
}

void stalled(World& w) {
  Transfer plan = quick(w);
  SimTask& task = w.app.start(clean(w), w.new_upload(), plan);
  task.plan.stall_at = w.random.chance(50) ? task.size : task.size * w.random.between(10, 90) / 100;
  note_fault(w, "stalled-no-progress", Severity::warning, &task, nullptr);
  w.linger(seconds(2), seconds(9));
  w.pause(seconds(640), seconds(900));
}

void demoted(World& w) {
  const std::size_t i = any(w);
  const DurationNs wait = w.random.spread(minutes(12), hours(3));
  w.app.habits.next_waits = wait;
  end_asleep(w, i, w.random.chance(50));
  w.pause(seconds(20), seconds(40));
  note_fault(w, "discretionary-demotion", Severity::warning, &w.tasks.back(), nullptr);
  w.clock.run_for(wait);
  w.finish_all(minutes(10));
}

constexpr std::array kFaults = {
    Fault{"auth-challenge-unanswered", "The app never answers an authentication challenge", Severity::error, 1, unanswered,
          Beside::nothing, true},
    Fault{"credentials-expired-in-queue", "The token is too old when the transfer begins at last", Severity::warning, 1, expired},
    Fault{"retry-loop", "The connection breaks again and again", Severity::warning, 1, loop, Beside::all},
    Fault{"daemon-retry", "The connection breaks once", Severity::info, 1, retry_once, Beside::all},
    Fault{"stalled-no-progress", "The server stops reading, or never answers", Severity::warning, 1, stalled, Beside::nothing,
          true},
    Fault{"discretionary-demotion", "An upload is started in a wake, and the system lets it wait", Severity::warning, 1, demoted},
};

}  // namespace

std::span<const Fault> transfer_faults() { return kFaults; }

}  // namespace uptrail::simulate
