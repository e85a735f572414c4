#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// The process was stopped in a wake, before its events had been delivered. Subject: a session in a process.
class WakeCutShort : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
