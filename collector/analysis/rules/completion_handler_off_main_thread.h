#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// UIKit's completion handler was called on another thread than the main one. Subject: a session in a process.
class CompletionHandlerOffMainThread : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
