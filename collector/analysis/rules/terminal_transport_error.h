#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// A task ended with a transport error that no other rule explains.
class TerminalTransportError : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
