#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// Very many tasks are outstanding at once. Subject: the app.
class TooManyTasks : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
