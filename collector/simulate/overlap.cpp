// Faults that go on at the same time.
#include <algorithm>
#include <array>
#include <functional>
#include <utility>

#include "collector/simulate/faults.h"

namespace uptrail::simulate {

namespace {

using Handler = SessionHabits::Handler;

// The same fault as part of a wake that another one is about: starts an upload in `session` and returns what happens to it while
// the app sleeps.
using Sleeper = std::function<void()> (*)(World& world, std::size_t session);
struct SleepingFault {
  std::string_view id;
  bool own_session = false;  // it is about the wake's handler: no other such fault may be in that session
  Sleeper begin = nullptr;
};

std::function<void()> ends(World& w, SimTask& task, std::int64_t code, std::int64_t status) {
  return [&w, &task, code, status] { w.daemon.end(task, code, status); };
}

// The wake's handler, in a session whose own events end in the same wake.
template <Handler how>
std::function<void()> handler(World& w, std::size_t session) {
  constexpr std::array<std::string_view, 6> kIds = {"",
                                                    "completion-handler-not-called",
                                                    "completion-handler-called-early",
                                                    "completion-handler-called-late",
                                                    "completion-handler-called-twice",
                                                    "completion-handler-off-main-thread"};
  const std::string_view id = kIds[static_cast<std::size_t>(how)];
  w.sessions[session].habits.handler = how;
  SimTask& task = w.app.start(session, w.new_upload(), held());
  InjectedFault& fault = note_fault(w, id, find_fault(id)->severity, nullptr, &w.sessions[session]);
  if (how == Handler::never) {
    add_consequence(fault, "completion-handler-overwritten");
  } else if (how == Handler::at_once) {
    add_consequence(fault, "completion-handler-called-late", Severity::warning);
  }
  return [&w, &task, session] {
    w.sessions[session].held = true;  // all in one wake
    w.daemon.end(task, 0, 200);
    w.sessions[session].wake_due = true;
  };
}

std::function<void()> refused(World& w, std::size_t session) {
  Transfer plan = held();
  plan.app.believe_errors = true;
  SimTask& task = w.app.start(session, w.new_upload(), plan);
  note_fault(w, "transport-ok-but-http-error", Severity::error, &task, nullptr);
  return ends(w, task, 0, w.random.chance(50) ? 500 : 403);
}

std::function<void()> failed(World& w, std::size_t session) {
  Transfer plan = held();
  plan.app.retry = false;
  SimTask& task = w.app.start(session, w.new_upload(), plan);
  note_fault(w, "terminal-transport-error", Severity::error, &task, nullptr);
  return ends(w, task, -1200, 0);
}

std::function<void()> without_body(World& w, std::size_t session) {
  Transfer plan = held();
  plan.body = false;
  plan.app.by_body = true;
  plan.app.retry = false;
  SimTask& task = w.app.start(session, w.new_upload(), plan);
  note_fault(w, "success-decided-in-did-receive-data", Severity::error, &task, nullptr);
  return ends(w, task, 0, 204);
}

constexpr std::array kSleeping = {
    SleepingFault{"completion-handler-not-called", true, handler<Handler::never>},
    SleepingFault{"completion-handler-called-early", true, handler<Handler::at_once>},
    SleepingFault{"completion-handler-called-late", true, handler<Handler::late>},
    SleepingFault{"completion-handler-called-twice", true, handler<Handler::twice>},
    SleepingFault{"completion-handler-off-main-thread", true, handler<Handler::off_main>},
    SleepingFault{"transport-ok-but-http-error", false, refused},
    SleepingFault{"terminal-transport-error", false, failed},
    SleepingFault{"success-decided-in-did-receive-data", false, without_body},
};

const SleepingFault* sleeping(std::string_view id) {
  const auto* const it = std::find_if(kSleeping.begin(), kSleeping.end(), [&](const SleepingFault& f) { return f.id == id; });
  return it == kSleeping.end() ? nullptr : it;
}

// In a wake that goes as it should but for its handler, other results can come, too.
bool takes_sleepers(const Fault& fault) {
  const SleepingFault* own = sleeping(fault.id);
  return own != nullptr && own->own_session;
}

bool room_for(const World& w, bool shares) {
  for (int i = 0; i < w.options.sessions; ++i) {
    const SimSession& s = w.sessions[static_cast<std::size_t>(i)];
    if (s.used_by == 0 || (shares && s.shared)) {
      return true;
    }
  }
  return false;
}

// One fault, in a session of its own if need be; afterwards the session is free again.
void inject(World& w, const Fault& fault) {
  const bool before = std::exchange(w.sharing, fault.beside == Beside::all);
  std::vector<int> used;
  for (const SimSession& s : w.sessions) {
    used.push_back(s.used_by);
  }
  fault.inject(w);
  for (std::size_t i = 0; i < used.size() && !fault.lasts; ++i) {
    w.sessions[i].used_by = used[i];
  }
  w.sharing = before;
}

// One that the app makes from now on, beside the others.
std::size_t another_session(World& w) {
  constexpr std::array<std::string_view, 8> kNames = {"archive", "documents", "drafts",  "videos",
                                                      "sketch",  "journal",   "profile", "backup"};
  const std::size_t n = w.sessions.size();
  std::string name(kNames[n % kNames.size()]);
  name.append(n / kNames.size(), 'x');  // no number: it is not one of a series
  const std::size_t at = w.add_session(name);
  w.app.open_session(at);
  w.app.ask_for_tasks(at);
  return at;
}

}  // namespace

std::size_t any(World& w) {
  std::vector<std::size_t> good;
  for (int i = 0; i < w.options.sessions; ++i) {
    const SimSession& s = w.sessions[static_cast<std::size_t>(i)];
    if (s.used_by == 0 || (w.sharing && s.shared)) {
      good.push_back(static_cast<std::size_t>(i));
    }
  }
  const std::size_t at = good.empty() ? another_session(w) : good[w.random.below(good.size())];
  ++w.sessions[at].used_by;
  w.sessions[at].shared = w.sharing;
  return at;
}

std::size_t clean(World& w) {
  const std::size_t at = any(w);
  const auto& tasks = w.sessions[at].tasks;
  if (std::none_of(tasks.begin(), tasks.end(), [](const SimTask* t) { return t->lost || t->live(); })) {
    return at;
  }
  return another_session(w);
}

bool can_go_beside(const Fault& fault) {
  return !fault.lasts && ((fault.beside != Beside::nothing && fault.sessions == 1) || sleeping(fault.id) != nullptr);
}

void play(World& w, const Fault& fault, const std::vector<const Fault*>& others) {
  std::vector<const Fault*> left;
  for (const Fault* other : others) {
    const SleepingFault* sleeper = sleeping(other->id);
    if (takes_sleepers(fault) && sleeper != nullptr) {
      w.asleep.emplace_back([&w, sleeper, other, &left]() -> std::function<void()> {
        if (sleeper->own_session && !room_for(w, false)) {
          left.push_back(other);
          return [] {};
        }
        const bool before = std::exchange(w.sharing, !sleeper->own_session);
        const std::size_t session = any(w);
        w.sharing = before;
        return sleeper->begin(w, session);
      });
    } else if (other->beside != Beside::nothing && other->sessions == 1) {
      w.meanwhile.emplace_back([&w, other, &left] {
        if (room_for(w, other->beside == Beside::all)) {
          inject(w, *other);
        } else {
          left.push_back(other);
        }
      });
    } else {
      left.push_back(other);
    }
  }
  inject(w, fault);
  for (const auto& late : std::exchange(w.meanwhile, {})) {
    make_ready(w);
    w.pause(seconds(11), seconds(20));
    late();
  }
  w.asleep.clear();
  for (const Fault* other : left) {
    make_ready(w);
    w.pause(seconds(11), seconds(20));
    inject(w, *other);
  }
}

}  // namespace uptrail::simulate
