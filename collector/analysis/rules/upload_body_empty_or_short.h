#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// The server accepted an upload of which fewer bytes were sent than the file has.
class UploadBodyEmptyOrShort : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
