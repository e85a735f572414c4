#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// The same upload was started again and again.
class RetryLoop : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
