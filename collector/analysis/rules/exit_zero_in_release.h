#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// The app ends itself with exit(0). Subject: a process.
class ExitZeroInRelease : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
