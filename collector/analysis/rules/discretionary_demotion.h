#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// A task made in the background is discretionary: the system chooses when it is sent.
class DiscretionaryDemotion : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
