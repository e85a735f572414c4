#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// The app judges an upload by a response body, which need not come.
class SuccessDecidedInDidReceiveData : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
