#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// Recorded under a debugger or in the Simulator. Subject: the app.
class UntrustworthyTestEnvironment : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
