#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// A task finished and its delegate was never told. Subject: a task.
class TaskCompletedWithoutCallback : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
