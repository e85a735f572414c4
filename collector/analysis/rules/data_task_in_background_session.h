#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// A data task in a background session. Subject: a task.
class DataTaskInBackgroundSession : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
