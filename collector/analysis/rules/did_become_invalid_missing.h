#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// A session was invalidated and didBecomeInvalid never came.
class DidBecomeInvalidMissing : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
