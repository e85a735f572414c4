// A report of a case under a policy, for the formats.
#pragma once

#include <array>

#include "collector/report/check_formats.h"

namespace uptrail::test {

inline const RuleInfo kSampleRule = {"a-rule", "A rule", Severity::warning, "What it finds.", "What it needs.", "Do this.", {}};

template <class F>
std::string check_with(const Policy& policy, const CheckData& data, const F& format) {
  const Judgement judgement = judge(data, policy);
  static const std::array<const RuleInfo*, 1> kRules = {&kSampleRule};
  return format(CheckReport{data, policy, judgement, kRules, "1.2.3", 1});
}

}  // namespace uptrail::test
