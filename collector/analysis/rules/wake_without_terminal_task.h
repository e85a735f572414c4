#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// The app was woken although no task had ended. Subject: a session in a process.
class WakeWithoutTerminalTask : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
