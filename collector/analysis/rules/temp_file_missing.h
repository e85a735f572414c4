#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// The file of an upload could not be read when its task was made or taken over.
class TempFileMissing : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
