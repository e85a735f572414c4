#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// A live task is missing in a later complete list, and nothing ended it.
class TaskVanished : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
