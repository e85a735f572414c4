#pragma once

#include "collector/analysis/rule.h"

namespace uptrail::analysis {

// A task was created on an invalidated session. Subject: a session in a process, and the upload.
class TaskCreatedInInvalidatedSession : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override;
  void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const override;
};

}  // namespace uptrail::analysis
