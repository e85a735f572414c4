#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// The app came back from a backup or a new installation, the tasks of its session did not.
class SessionStateDropped : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
