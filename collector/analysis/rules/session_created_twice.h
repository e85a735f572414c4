#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// A background session was created again while alive. Subject: a session in a process.
class SessionCreatedTwice : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
