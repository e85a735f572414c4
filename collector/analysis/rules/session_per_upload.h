#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// A background session for every upload, or many alive at once.
class SessionPerUpload : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
