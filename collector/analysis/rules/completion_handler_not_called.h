#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// The completion handler of a wake was never called. Subject: a session in a process, one verdict a wake.
class CompletionHandlerNotCalled : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
