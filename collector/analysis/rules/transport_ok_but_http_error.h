#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// didCompleteWithError(nil), but the server had refused. Subject: a task.
class TransportOkButHttpError : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
