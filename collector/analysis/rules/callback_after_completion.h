#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// A delegate callback came after didCompleteWithError of the same task.
class CallbackAfterCompletion : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
