#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// applicationDidEnterBackground is not called in an app that uses scenes.
class SceneBackgroundHookNotCalled : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
