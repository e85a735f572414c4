#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// An authentication challenge was not answered; the task waits.
class AuthChallengeUnanswered : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
