#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// A running task did not move although nothing was in its way.
class StalledNoProgress : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
