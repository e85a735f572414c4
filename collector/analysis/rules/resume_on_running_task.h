#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// resume() on a task that runs already, or has ended. Subject: a task.
class ResumeOnRunningTask : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
