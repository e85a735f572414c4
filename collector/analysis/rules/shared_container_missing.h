#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// An extension's session has no shared container. Subject: a session.
class SharedContainerMissing : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
