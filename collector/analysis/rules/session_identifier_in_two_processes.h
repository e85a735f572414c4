#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// A process was refused a session that another process holds.
class SessionIdentifierInTwoProcesses : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
