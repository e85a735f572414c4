#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// Each launch invalidates the session: a clean slate that kills the uploads of the previous run.
class SessionInvalidatedOnEveryLaunch : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
