#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// invalidate was called on URLSession.shared, which has no effect. Subject: a process.
class SharedSessionInvalidated : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
