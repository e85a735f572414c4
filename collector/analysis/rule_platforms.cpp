#include "collector/analysis/rule_platforms.h"

#include <algorithm>
#include <array>

namespace uptrail::analysis {

namespace {

// Rules that rest on wakes or on the first unlock. A test compares this list with the rules' sources.
constexpr std::array<std::string_view, 11> kNotOnMacos{
    "background-launch-failed",
    "completion-handler-called-twice",
    "completion-handler-not-called",
    "discretionary-demotion",
    "expected-wake-missing",
    "finish-events-without-handle-events",
    "launch-events-disabled",
    "rate-limited-relaunches",
    "session-created-before-first-unlock",
    "session-not-recreated-after-relaunch",
    "wake-cut-short",
};

}  // namespace

std::vector<std::string_view> rule_platforms(std::string_view rule) {
  if (std::find(kNotOnMacos.begin(), kNotOnMacos.end(), rule) != kNotOnMacos.end()) {
    return {"ios", "tvos", "visionos", "watchos"};
  }
  return {"ios", "macos", "tvos", "visionos", "watchos"};
}

}  // namespace uptrail::analysis
