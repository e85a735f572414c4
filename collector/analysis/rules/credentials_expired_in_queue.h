#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// A request waited longer than its credentials are valid.
class CredentialsExpiredInQueue : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
