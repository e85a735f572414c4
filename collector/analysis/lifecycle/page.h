// docs/lifecycles.md, printed from the tables.
#pragma once

#include <string>

namespace uptrail::analysis::lifecycle {

std::string page();  // Markdown

}  // namespace uptrail::analysis::lifecycle
