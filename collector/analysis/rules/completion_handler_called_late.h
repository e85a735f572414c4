#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// The handler was called long after did-finish-events. Subject: a session in a process.
class CompletionHandlerCalledLate : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
