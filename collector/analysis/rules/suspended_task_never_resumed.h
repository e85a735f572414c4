#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// A task was created, or found suspended, and never resumed.
class SuspendedTaskNeverResumed : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
