#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// Cancelled by the system because Background App Refresh is off. Subject: a task.
class BackgroundRefreshDisabled : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
