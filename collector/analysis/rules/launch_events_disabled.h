#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// sessionSendsLaunchEvents is false, and results waited for the user to open the app.
class LaunchEventsDisabled : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
