#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// Two tasks send one upload at the same time.
class DuplicateTaskForUpload : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
