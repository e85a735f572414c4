// The pages of docs/rules, compiled in.
#pragma once

#include <string>
#include <string_view>

namespace uptrail {

// Markdown. A rule without a page gives what it says of itself; an unknown one "".
std::string rule_page(std::string_view rule);

}  // namespace uptrail
