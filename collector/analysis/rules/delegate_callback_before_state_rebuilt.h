#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// A callback came before getAllTasks had answered, and the app did not know the task.
class DelegateCallbackBeforeStateRebuilt : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
