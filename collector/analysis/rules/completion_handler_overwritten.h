#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// The handler of one wake was replaced by the next one's before it was called. Subject: the session whose handler is lost.
class CompletionHandlerOverwritten : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
