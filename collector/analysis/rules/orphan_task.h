#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// The session runs a task of which the app has no record.
class OrphanTask : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
