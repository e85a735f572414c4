#include "collector/simulate/day.h"

#include <array>

namespace uptrail::simulate {

namespace {

using K = EventKind;
using F = Field;

std::size_t any_session(World& w) { return w.random.below(static_cast<std::uint64_t>(w.options.sessions)); }

// The user watches the uploads for a while, then leaves.
void upload_and_leave(World& w, int uploads) {
  for (int i = 0; i < uploads; ++i) {
    w.app.start(any_session(w), w.new_upload(), good_transfer(w));
    w.pause(milliseconds(100), seconds(3));
  }
  w.pause(seconds(1), seconds(40));
  leave(w);
}

// The user thinks better of an upload.
void cancel_one(World& w) {
  Transfer plan = good_transfer(w);
  plan.manual = true;
  SimTask& task = w.app.start(any_session(w), w.new_upload(), plan);
  w.pause(seconds(1), seconds(20));
  w.app.cancel(task);
  w.pause(seconds(1), seconds(20));
}

// The session is given up and made again, in the right order.
void renew_session(World& w) {
  const std::size_t i = any_session(w);
  w.finish_all(minutes(30));
  w.pause(seconds(11), seconds(20));  // not at every launch
  SimSession& session = w.sessions[i];
  w.app.say(K::session_invalidate, session).text(F::mode, w.random.chance(50) ? "finish" : "cancel").with(F::shared, false);
  w.pause(milliseconds(20), milliseconds(600));
  w.daemon.disconnect(i);
  w.app.say(K::session_did_become_invalid, session).with(F::error_code, std::int64_t{0});
  session.object.clear();
  w.pause(milliseconds(1), milliseconds(300));
  w.app.open_session(i);
  w.pause(seconds(1), seconds(5));
}

// The network goes away and comes back; nsurlsessiond tries again.
void tunnel(World& w) {
  w.app.start(any_session(w), w.new_upload(), good_transfer(w));
  w.pause(seconds(2), seconds(8));
  w.set_online(false);
  w.pause(seconds(5), seconds(90));
  w.set_online(true);
  w.pause(seconds(5), seconds(60));
}

// The server refuses; the app understands and tries again.
void refused_once(World& w) {
  Transfer plan = good_transfer(w, seconds(20));
  plan.status = w.random.chance(50) ? 503 : 429;
  w.app.start(any_session(w), w.new_upload(), plan);
  w.pause(seconds(10), seconds(40));
  w.finish_all(minutes(10));
}

// Closed in the app switcher while nothing is under way, whatever the app shows.
void close_idle(World& w) {
  w.finish_all(minutes(30));
  w.app.force_quit();
  w.pause(minutes(1), minutes(40));
}

// Goes on for some seconds after the user has left.
void leave_with_assertion(World& w, int uploads) {
  for (int i = 0; i < uploads; ++i) {
    w.app.start(any_session(w), w.new_upload(), good_transfer(w, seconds(30)));
  }
  w.log.sys(K::app_assertion).text(F::op, "begin").text(F::assertion_kind, "bg-task");
  w.app.to_background();
  w.pause(seconds(4), seconds(25));
  w.log.sys(K::app_assertion).text(F::op, "end").text(F::assertion_kind, "bg-task");
  w.app.suspend();
}

}  // namespace

Transfer good_transfer(World& world, DurationNs longest) {
  Transfer plan;
  plan.wait =
      world.random.chance(85) ? world.random.between(milliseconds(100), seconds(2)) : world.random.spread(seconds(2), longest);
  plan.length = world.random.spread(seconds(1), longest);
  plan.status = world.random.chance(70) ? 200 : world.random.chance(50) ? 201 : 204;
  plan.retries = world.random.chance(6) ? 1 : 0;
  plan.challenge = world.random.chance(5);
  return plan;
}

Transfer quick_transfer(World& world) {
  Transfer plan = good_transfer(world, seconds(15));
  plan.wait = milliseconds(300);
  plan.retries = 0;
  return plan;
}

void forget_habits(World& world) {
  world.app.habits = {};
  world.daemon.forgets_wakes = false;
  for (SimSession& session : world.sessions) {
    session.habits = {};
  }
}

void make_ready(World& world) {
  forget_habits(world);
  if (!world.online) {
    world.set_online(true);
  }
  world.app.to_foreground();
  for (std::size_t i = 0; i < world.sessions.size(); ++i) {
    if (world.sessions[i].object.empty() && !world.sessions[i].retired) {
      world.app.open_session(i);
    }
  }
  world.pause(milliseconds(500), seconds(3));
  world.finish_all(hours(1));
}

void leave(World& world) {
  if (!world.app.runs()) {
    return;
  }
  if (world.app.state() == AppState::foreground) {
    world.app.to_background();
  }
  world.pause(milliseconds(300), seconds(5));
  if (world.app.state() == AppState::background) {
    world.app.suspend();
  }
  if (world.random.chance(35)) {
    world.pause(seconds(1), minutes(10));
    if (world.app.state() == AppState::suspended) {
      world.app.terminate("jetsam");
    }
  }
}

void healthy_episode(World& world, int uploads, DurationNs length) {
  forget_habits(world);
  world.app.to_foreground();
  world.pause(milliseconds(300), seconds(8));
  switch (world.random.below(10)) {
    case 0:
      cancel_one(world);
      break;
    case 1:
      renew_session(world);
      break;
    case 2:
      tunnel(world);
      break;
    case 3:
      refused_once(world);
      break;
    case 4:
      close_idle(world);
      world.app.to_foreground();
      break;
    case 5:
      leave_with_assertion(world, uploads);
      uploads = 0;
      break;
    default:
      break;
  }
  if (uploads > 0) {
    upload_and_leave(world, uploads);
  } else {
    leave(world);
  }
  world.clock.run_for(world.random.spread(minutes(1), length));
}

}  // namespace uptrail::simulate
