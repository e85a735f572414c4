#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// All tasks of a session finished while the app slept, and nsurlsessiond asked for no wake.
class ExpectedWakeMissing : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
