// What may have happened unseen in the processes of the app since some time.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "collector/analysis/rules/support.h"

namespace uptrail::analysis::rules {

// Keeps what does not depend on the time asked about, so that an answer costs the same however many processes follow.
class WorstCoverage {
 public:
  explicit WorstCoverage(const World& world);
  // The worst coverage that the processes of the name of `like` give after `from`, each as long as it is seen. Of several that
  // are equally bad, the last one's. Cov::yes when none ran.
  CovAnswer since(EventKind kind, SessionId session, EpochId like, TimeNs from);

 private:
  // The processes that may be of one name, ascending in id, and from when to when each may have run.
  struct Named {
    std::vector<EpochId> epochs;
    std::vector<TimeNs> begins, ends;
    std::vector<TimeNs> latest;   // the latest end up to here
    std::vector<TimeNs> soonest;  // from here on: none began, and none ended, before
  };
  using Name = std::pair<DomainId, std::string_view>;
  static constexpr std::uint32_t kNone = UINT32_MAX;
  // What becomes of an answer when the processes from one on are added to it.
  struct Added {
    Cov cov = Cov::yes;
    bool declared_never_logged = false;
    std::uint32_t last = kNone;  // position of the process whose answer it is; kNone: as it was
  };
  using AddedTo = std::array<Added, 3>;  // by the coverage that the answer has

  [[nodiscard]] TimeNs earliest_begin(EpochId epoch) const;
  const Named& named(EpochId like);
  [[nodiscard]] CovAnswer of(EventKind kind, SessionId session, const Named& names, std::size_t k, TimeNs from) const;
  const AddedTo& added(EventKind kind, SessionId session, const Name& name, const Named& names, std::size_t from);

  const World& world_;
  std::map<Name, std::vector<std::pair<TimeNs, EpochId>>> ends_;  // ascending; of processes whose name is just that
  std::map<DomainId, std::vector<std::pair<TimeNs, EpochId>>> all_ends_;
  std::map<Name, Named> named_;
  std::map<std::tuple<EventKind, SessionId, Name>, std::vector<AddedTo>> added_;  // from the last process backwards
};

// Two lives of one process, as far as their names tell.
bool same_process_name(const World& world, EpochId a, EpochId b);

}  // namespace uptrail::analysis::rules
