#include "collector/analysis/reconstruct/wakes.h"

#include <algorithm>
#include <map>

#include "collector/analysis/lifecycle/wake.h"

namespace uptrail::analysis {

namespace {

using K = EventKind;
namespace states = lifecycle::wake;

// A launch or a resume answers the daemon's request within this time; later it has another reason.
constexpr DurationNs kLaunchDue = seconds(60);

// The sessions of one unit have consecutive ids.
struct SessionRange {
  std::uint32_t first = 0, count = 0;
};

SessionRange sessions_of(UnitId unit, const Derived& derived) {
  SessionRange out;
  for (const Session& s : derived.sessions) {
    if (s.unit == unit) {
      out.first = out.count == 0 ? s.id.value : out.first;
      out.count = s.id.value - out.first + 1;
    }
  }
  return out;
}

class WakeBuilder {
 public:
  WakeBuilder(UnitFacts& unit, UnitId id, Derived& derived)
      : unit_(unit),
        id_(id),
        derived_(derived),
        range_(sessions_of(id, derived)),
        runner_(lifecycle::kWake, range_.first, unit.lives.breaks) {}

  void run() {
    DomainId domain;
    for (FactIndex i = 0; i < unit_.facts.size(); ++i) {
      Fact& f = unit_.facts[i];
      if (f.domain != domain) {
        flush();
        domain = f.domain;
      }
      if (!f.has(kDevice)) {
        take(i, f);
      }
    }
    flush();
    unit_.lives.wakes = runner_.close(range_.count);
    std::stable_sort(done_.begin(), done_.end(), [](const Wake& a, const Wake& b) { return a.seen.start < b.seen.start; });
    derived_.wakes.insert(derived_.wakes.end(), done_.begin(), done_.end());
  }

 private:
  void take(FactIndex i, Fact& f) {
    switch (f.kind) {
      case K::app_launch:
      case K::app_resume:
      case K::daemon_wake_launched:
        launched(i, f);
        return;
      case K::app_suspend:
      case K::app_terminate:
      case K::app_force_quit:
        end_of_process(i, f);
        return;
      case K::wake_handler_called:
        give_to_only_wake(f);
        break;
      default:
        break;
    }
    if (f.session.valid() && f.session.value - range_.first < range_.count) {
      step(i, f);
    }
  }

  // The state of a session's wake, and what its record keeps of the event.
  void step(FactIndex i, const Fact& f, const lifecycle::Circumstances& given = {}) {
    const lifecycle::State from = runner_.state(f.session.value - range_.first);
    const lifecycle::State to = runner_.take(f.session.value - range_.first, i, f, given).to;
    if (f.kind == K::daemon_wake_requested) {
      start(f).requested = f.t;
    } else if (f.kind == K::wake_handle_events) {
      Wake& w = from == states::requested || from == states::launched ? open_.at(f.session) : start(f);
      w.handle_events = f.t;
      w.epoch = f.epoch;
      touch(w, f);
    } else if (from != states::idle && to == states::idle) {
      touch(open_.at(f.session), f);
      close(f.session);
    } else if (Wake* w = handed_over(f.session);
               w != nullptr && f.kind == K::session_did_finish_events && !w->did_finish_events) {
      w->did_finish_events = f.t;
      touch(*w, f);
    } else if (w != nullptr && f.kind == K::wake_handler_called) {
      w->handler_called = w->handler_called.value_or(f.t);
      touch(*w, f);
    }
  }

  Wake* handed_over(SessionId session) {
    const auto it = open_.find(session);
    return it != open_.end() && it->second.handle_events ? &it->second : nullptr;
  }
  static void touch(Wake& w, const Fact& f) {
    w.seen.start = std::min(w.seen.start, f.t);
    w.seen.end = std::max(w.seen.end, f.t + nanoseconds(1));
  }
  Wake& start(const Fact& f) {
    close(f.session);
    Wake w;
    w.unit = id_;
    w.session = f.session;
    w.seen = {f.t, f.t + nanoseconds(1)};
    return open_.emplace(f.session, w).first->second;
  }
  void close(SessionId session) {
    if (const auto it = open_.find(session); it != open_.end()) {
      done_.push_back(it->second);
      open_.erase(it);
    }
  }
  // In another order domain nothing that was before is known to be still so.
  void flush() {
    for (const auto& [session, wake] : open_) {
      done_.push_back(wake);
      runner_.begin(session.value - range_.first, lifecycle::kUnseen);
    }
    open_.clear();
  }

  void launched(FactIndex i, const Fact& f) {
    for (auto& [session, w] : open_) {
      const bool meant = f.kind != K::daemon_wake_launched || !f.session.valid() || f.session == session;
      if (!meant || runner_.state(session.value - range_.first) != states::requested) {
        continue;
      }
      lifecycle::Circumstances given;
      given.in_time = f.t <= *w.requested + kLaunchDue;
      if (runner_.take(session.value - range_.first, i, f, given).to == states::launched) {
        w.launched = f.t;
        w.epoch = f.epoch;
        touch(w, f);
      }
    }
  }

  // A call that names no session is given to the only open wake of its process.
  void give_to_only_wake(Fact& f) const {
    if (f.session.valid()) {
      return;
    }
    SessionId only;
    std::size_t n = 0;
    for (const auto& [session, w] : open_) {
      if (w.handle_events && !w.handler_called && w.epoch == f.epoch) {
        only = session;
        ++n;
      }
    }
    f.session = n == 1 ? only : f.session;
  }

  void end_of_process(FactIndex i, const Fact& f) {
    std::vector<SessionId> over;
    for (auto& [session, w] : open_) {
      if (w.handle_events && (!f.epoch.valid() || w.epoch == f.epoch)) {
        runner_.take(session.value - range_.first, i, f);
        touch(w, f);
        over.push_back(session);
      }
    }
    for (const SessionId s : over) {
      close(s);
    }
  }

  UnitFacts& unit_;
  UnitId id_;
  Derived& derived_;
  SessionRange range_;
  lifecycle::Runner runner_;
  std::map<SessionId, Wake> open_;
  std::vector<Wake> done_;
};

}  // namespace

void build_wakes(UnitFacts& unit, UnitId id, Derived& derived) { WakeBuilder(unit, id, derived).run(); }

}  // namespace uptrail::analysis
