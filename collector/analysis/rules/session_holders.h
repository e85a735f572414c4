// Who else holds a session: what the rules about refused and lost connections share.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "collector/analysis/rules/support.h"

namespace uptrail::analysis::rules {

// How sure it is that another process held the session at that moment.
enum class Held : std::uint8_t { no, suspected, running };

struct Holder {
  Held held = Held::no;
  EpochId epoch;             // of this unit, or of another unit of the device; invalid: unknown
  FactIndex fact = kNoFact;  // its session.create, when it is of this unit
  std::string name;          // for people: Shoebox (pid 123)
};

// The processes of a unit, and of the units related to it, as holders of sessions.
class Holders {
 public:
  explicit Holders(const World& world);
  // Another process than `epoch` with a session of the same identifier at `at`: of this app, or of an app whose bundle
  // identifier is an extension of it (or it of theirs). Units that are derived later are known by name only.
  [[nodiscard]] Holder other(SessionId session, EpochId epoch, FactIndex at) const;

 private:
  void look_elsewhere(SessionId session, FactIndex at, Holder& best) const;

  const World& world_;
  std::map<SessionId, std::vector<EpochId>> endless_;             // they may hold the session ever since: nobody saw them end
  std::map<std::string_view, std::vector<SessionId>> elsewhere_;  // by identifier: sessions of related units
  std::map<UnitId, std::vector<EpochId>> epochs_elsewhere_;
};

// nsurlsessiond refused the session to a client because another one is connected: not for want of a shared container.
bool is_refusal(const Fact& fact);

}  // namespace uptrail::analysis::rules
