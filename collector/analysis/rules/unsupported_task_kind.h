#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// A task of a kind that background sessions refuse. Subject: a task or session.
class UnsupportedTaskKind : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
