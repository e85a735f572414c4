#include "viewer/load/rule_page.h"

#include "collector/pipeline/rule_pages.h"

namespace uptrail::viewer {

std::string rule_page_text(std::string_view rule) { return rule_page(rule); }

}  // namespace uptrail::viewer
