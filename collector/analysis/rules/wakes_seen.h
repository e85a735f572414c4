// The wakes of a session as the app and nsurlsessiond saw them: what the rules about wakes share.
#pragma once

#include <map>
#include <vector>

#include "collector/analysis/rules/spans_at.h"
#include "collector/analysis/rules/support.h"

namespace uptrail::analysis::rules {

// One wake of a session: handle-events, and what closes it.
struct WakeSeen {
  SessionId session;
  EpochId epoch;
  FactIndex events = kNoFact;
  FactIndex finished = kNoFact;  // did-finish-events
  FactIndex called = kNoFact;    // the app called the handler
  FactIndex released = kNoFact;  // nsurlsessiond released the assertion: the handler was called
  FactIndex stopped = kNoFact;   // suspend, terminate or force-quit after `finished` (or after `events`)
  bool warned = false;           // UIKit's line is about this one
  [[nodiscard]] bool closed() const { return called != kNoFact || released != kNoFact; }
};

// All wakes of the session in known processes, in the order of their handle-events. Each call of a handler closes the youngest
// open wake that it may follow: a second wake's handler hides that the first one's was lost.
std::vector<WakeSeen> wakes_of(const World& world, SessionId session);
// The wakes of all sessions of the unit.
std::vector<WakeSeen> all_wakes(const World& world);
// The form with a completion handler; the others (SwiftUI, watch, widget) end when their closure returns.
bool is_uikit(const World& world, const WakeSeen& wake);
// Not in the background, as far as the life-cycle is known.
bool in_foreground(const World& world, EpochId epoch, TimeNs t);
// A delegate callback that the app itself logged: did-complete, progress, response, data, challenge …
bool is_delegate_callback(const World& world, FactIndex i);
// A delegate method was entered before `until` and not left: nothing else can be delivered on its queue.
bool delegate_blocked(const World& world, EpochId epoch, FactIndex from, FactIndex until);
// When tasks were finished by nsurlsessiond and when the app was told. One for all questions of a rule.
class Deliveries {
 public:
  explicit Deliveries(const World& world) : world_(world) {}
  // Tasks of the session that nsurlsessiond finished before `until`, without a did-complete before it; ascending.
  std::vector<TaskId> undelivered(SessionId session, FactIndex until);

 private:
  [[nodiscard]] bool is_undelivered(TaskId task, FactIndex until) const;

  const World& world_;
  std::map<SessionId, SpansAt> of_;  // each task from its first end in nsurlsessiond to the first word to the app
};

}  // namespace uptrail::analysis::rules
