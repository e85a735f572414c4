#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// A wake's completion handler was called more than once. Subject: a session in a process.
class CompletionHandlerCalledTwice : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
