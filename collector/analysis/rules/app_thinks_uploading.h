#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// The app shows an upload as running, and no task is behind it.
class AppThinksUploading : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
