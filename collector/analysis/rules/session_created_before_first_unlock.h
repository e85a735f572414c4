#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// A background session was created before the first unlock after a boot. Subject: a process.
class SessionCreatedBeforeFirstUnlock : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
