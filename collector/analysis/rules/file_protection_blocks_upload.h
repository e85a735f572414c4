#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// Data protection kept the transfer service from the file while the device was locked.
class FileProtectionBlocksUpload : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
