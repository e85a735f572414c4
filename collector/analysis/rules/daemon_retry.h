#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// nsurlsessiond retried after a recoverable error; not an end. Subject: a task.
class DaemonRetry : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
