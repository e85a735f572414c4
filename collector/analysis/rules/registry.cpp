#include <algorithm>
#include <vector>

#include "collector/analysis/rule.h"
#include "collector/analysis/rules/capture_incomplete.h"

namespace uptrail::analysis {

// One line a rule, sorted by id.
std::span<const Rule* const> builtin_rules() {
  static const std::vector<const Rule*> kRules = {};
  return kRules;
}

std::vector<const RuleInfo*> rule_infos() {
  std::vector<const RuleInfo*> out = {&capture_incomplete_info()};
  for (const Rule* rule : builtin_rules()) {
    out.push_back(&rule->info());
  }
  std::sort(out.begin(), out.end(), [](const RuleInfo* a, const RuleInfo* b) { return a->id < b->id; });
  return out;
}

}  // namespace uptrail::analysis
