#include "collector/pipeline/rule_pages.h"

#include <span>

#include "collector/analysis/analyse.h"
#include "collector/analysis/rule.h"
#include "collector/base/embedded.h"

namespace uptrail {

namespace embedded {
std::span<const EmbeddedFile> rule_pages();
}

std::string rule_page(std::string_view rule) {
  const std::string file = std::string(rule) + ".md";
  for (const EmbeddedFile& page : embedded::rule_pages()) {
    if (page.name == file) {
      return std::string(page.content);
    }
  }
  for (const RuleInfo* info : analysis::rule_infos()) {
    if (info->id == rule) {
      return "# " + std::string(info->id) + "\n\n" + std::string(info->title) + "\n\n" + std::string(info->summary) + "\n";
    }
  }
  return "";
}

}  // namespace uptrail
