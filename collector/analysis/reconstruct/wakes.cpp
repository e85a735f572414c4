#include "collector/analysis/reconstruct/wakes.h"

#include <algorithm>
#include <map>

namespace uptrail::analysis {

namespace {

using K = EventKind;

// A launch or a resume answers the daemon's request within this time; later it has another reason.
constexpr DurationNs kLaunchDue = seconds(60);

class WakeBuilder {
 public:
  WakeBuilder(UnitFacts& unit, UnitId id, Derived& derived) : unit_(unit), id_(id), derived_(derived) {}

  void run() {
    DomainId domain;
    for (Fact& f : unit_.facts) {
      if (f.domain != domain) {
        flush();
        domain = f.domain;
      }
      if (!f.has(kDevice)) {
        take(f);
      }
    }
    flush();
    std::stable_sort(done_.begin(), done_.end(), [](const Wake& a, const Wake& b) { return a.seen.start < b.seen.start; });
    derived_.wakes.insert(derived_.wakes.end(), done_.begin(), done_.end());
  }

 private:
  void take(Fact& f) {
    switch (f.kind) {
      case K::daemon_wake_requested:
        requested(f);
        break;
      case K::daemon_wake_failed:
      case K::daemon_wake_suppressed:
        if (Wake* w = pending(f.session)) {
          touch(*w, f);
          close(f.session);
        }
        break;
      case K::app_launch:
      case K::app_resume:
      case K::daemon_wake_launched:
        launched(f);
        break;
      case K::wake_handle_events:
        handle_events(f);
        break;
      case K::session_did_finish_events:
        if (Wake* w = open(f.session); w != nullptr && w->handle_events && !w->did_finish_events) {
          w->did_finish_events = f.t;
          touch(*w, f);
        }
        break;
      case K::wake_handler_called:
        handler_called(f);
        break;
      case K::app_suspend:
      case K::app_terminate:
      case K::app_force_quit:
        end_of_process(f);
        break;
      default:
        break;
    }
  }

  Wake* open(SessionId session) {
    const auto it = open_.find(session);
    return session.valid() && it != open_.end() ? &it->second : nullptr;
  }
  Wake* pending(SessionId session) {
    Wake* w = open(session);
    return w != nullptr && !w->handle_events ? w : nullptr;
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
  void flush() {
    for (const auto& [session, wake] : open_) {
      done_.push_back(wake);
    }
    open_.clear();
  }

  void requested(const Fact& f) {
    if (f.session.valid()) {
      start(f).requested = f.t;
    }
  }

  void launched(const Fact& f) {
    for (auto& [session, w] : open_) {
      const bool meant = f.kind != K::daemon_wake_launched || !f.session.valid() || f.session == session;
      if (meant && w.requested && !w.launched && !w.handle_events && f.t <= *w.requested + kLaunchDue) {
        w.launched = f.t;
        w.epoch = f.epoch;
        touch(w, f);
      }
    }
  }

  void handle_events(const Fact& f) {
    if (!f.session.valid()) {
      return;
    }
    Wake* w = pending(f.session);
    if (w == nullptr) {
      w = &start(f);
    }
    w->handle_events = f.t;
    w->epoch = f.epoch;
    touch(*w, f);
  }

  void handler_called(Fact& f) {
    if (!f.session.valid()) {
      SessionId only;
      std::size_t n = 0;
      for (const auto& [session, w] : open_) {
        if (w.handle_events && !w.handler_called && w.epoch == f.epoch) {
          only = session;
          ++n;
        }
      }
      if (n != 1) {
        return;
      }
      f.session = only;
    }
    if (Wake* w = open(f.session); w != nullptr && w->handle_events) {
      w->handler_called = w->handler_called.value_or(f.t);
      touch(*w, f);
    }
  }

  void end_of_process(const Fact& f) {
    std::vector<SessionId> over;
    for (auto& [session, w] : open_) {
      if (w.handle_events && (!f.epoch.valid() || w.epoch == f.epoch)) {
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
  std::map<SessionId, Wake> open_;
  std::vector<Wake> done_;
};

}  // namespace

void build_wakes(UnitFacts& unit, UnitId id, Derived& derived) { WakeBuilder(unit, id, derived).run(); }

}  // namespace uptrail::analysis
