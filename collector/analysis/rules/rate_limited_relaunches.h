#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// The system delays the app's background starts. Subject: the app.
class RateLimitedRelaunches : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
