#include "viewer/load/text_match.h"

#include "collector/base/text.h"
#include "collector/base/text_search.h"

namespace uptrail::viewer {

TextMatch::TextMatch(std::string_view wanted) : wanted_(to_lower_ascii(trim(wanted))) {}

std::size_t TextMatch::find(std::string_view in) const { return find_ignore_case(in, wanted_); }

}  // namespace uptrail::viewer
