#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// Results are reported, or the wake's handler called, only after didBecomeInvalid.
class CompletionHandlerTiedToInvalidation : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
