#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// The connection of a session to nsurlsessiond broke, or could not be set up.
class DaemonConnectionLost : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
