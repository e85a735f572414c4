#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// The app took a finished or cancelled task for its running upload. Subject: a task.
class CompletedTaskAdopted : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
