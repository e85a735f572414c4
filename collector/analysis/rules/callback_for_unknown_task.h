#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// The app could not attribute a delegate callback and dropped it. Subject: a task or process.
class CallbackForUnknownTask : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
