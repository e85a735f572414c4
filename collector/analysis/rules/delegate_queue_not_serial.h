#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// Delegate callbacks of a session ran at the same time. Subject: a session in a process.
class DelegateQueueNotSerial : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
