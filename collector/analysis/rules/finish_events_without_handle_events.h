#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// did-finish-events came without a wake. Subject: a session in a process.
class FinishEventsWithoutHandleEvents : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
