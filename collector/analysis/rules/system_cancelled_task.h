#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// Cancelled by the system for lack of resources. Subject: a task.
class SystemCancelledTask : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
