// The page of a rule, for the panels.
#pragma once

#include <string>
#include <string_view>

namespace uptrail::viewer {

std::string rule_page_text(std::string_view rule);  // Markdown; "": no such rule

}  // namespace uptrail::viewer
