// A rule judges subjects of one unit. It reads the World, never raw events, and never takes absence of evidence for evidence of
// absence: whatever rests on something not being there asks World::absent().
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collector/analysis/world.h"
#include "collector/model/finding.h"

namespace uptrail::analysis {

// Collects the verdicts of one rule. CLEARED and NOT_APPLICABLE are counted only.
class Verdicts {
 public:
  virtual ~Verdicts() = default;
  virtual void fired(Finding finding) = 0;  // id, fingerprint, folded_into and cause are set later
  virtual void cleared(const Subject& subject) = 0;
  virtual void undetermined(Undetermined question) = 0;
  virtual void not_applicable(const Subject& subject) = 0;
};

// Threshold values of one rule, defaults or the user's.
class Thresholds {
 public:
  virtual ~Thresholds() = default;
  [[nodiscard]] virtual double value(std::string_view name) const = 0;  // precondition: named in RuleInfo
  [[nodiscard]] DurationNs duration(std::string_view name) const { return from_seconds(value(name)); }
};

class Rule {
 public:
  virtual ~Rule() = default;
  [[nodiscard]] virtual const RuleInfo& info() const = 0;
  virtual void judge(const World& world, const Thresholds& thresholds, Verdicts& verdicts) const = 0;
};

// All rules of this build, sorted by id. Objects live for ever. capture-incomplete is not among them: it reports on the others'
// undetermined verdicts and is judged last, by analyse().
std::span<const Rule* const> builtin_rules();
// Every rule's RuleInfo, capture-incomplete included, sorted by id.
std::vector<const RuleInfo*> rule_infos();

}  // namespace uptrail::analysis
