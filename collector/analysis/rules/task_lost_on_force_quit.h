#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// The user closed the app and the system cancelled a task. Subject: a task.
class TaskLostOnForceQuit : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
