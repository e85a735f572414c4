#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// The app keeps its records by taskIdentifier alone, and two tasks have the same one.
class TaskIdentifierCollision : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
