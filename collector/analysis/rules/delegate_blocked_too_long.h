#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// A delegate callback blocked its queue. Subject: a process.
class DelegateBlockedTooLong : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
