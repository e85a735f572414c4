#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// The app was woken, or ran again, and never created the session that holds its results.
class SessionNotRecreatedAfterRelaunch : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
