// On which platforms a rule judges: macOS apps are never woken and need no first unlock.
#pragma once

#include <string_view>
#include <vector>

namespace uptrail::analysis {

// Names as in Unit::platform, sorted. An app whose platform is not known is judged by every rule.
std::vector<std::string_view> rule_platforms(std::string_view rule);

}  // namespace uptrail::analysis
