#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// nsurlsessiond resumed a task that the app never resumed. Subject: a task.
class TaskImplicitlyResumed : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
