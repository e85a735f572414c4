#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// nsurlsessiond asked for the app to be launched, and it was not. Subject: a session, or the app.
class BackgroundLaunchFailed : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
