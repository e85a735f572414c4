// How well didCompleteWithError is recorded, process by process.
#pragma once

#include <cstddef>
#include <map>
#include <vector>

#include "collector/analysis/rules/support.h"

namespace uptrail::analysis::rules {

// Answers are kept for the sessions that coverage tells apart.
class CallbackCoverage {
 public:
  explicit CallbackCoverage(const World& world) : world_(world) {}
  // Somewhere at least in part.
  bool recorded(SessionId session);
  // The worst that processes give which began after this one's end: they may have been told, unseen. Cov::yes when there is none.
  CovAnswer later(SessionId session, EpochId epoch);

 private:
  struct Callbacks {
    std::vector<CovAnswer> of;          // by position of the epoch
    std::vector<std::size_t> by_begin;  // positions of the epochs by domain and begin
    std::vector<std::size_t> worst;     // from each place in by_begin on, inside its domain: where the coverage is the worst
  };
  [[nodiscard]] CovAnswer of_process(SessionId session, EpochId epoch) const;
  const Callbacks& callbacks(SessionId session);

  const World& world_;
  std::map<SessionId, Callbacks> callbacks_;
  std::map<SessionId, bool> recorded_;
};

}  // namespace uptrail::analysis::rules
