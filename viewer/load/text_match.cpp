#include "viewer/load/text_match.h"

#include <algorithm>

#include "collector/base/text.h"

namespace uptrail::viewer {

namespace {
char fold(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }
}  // namespace

TextMatch::TextMatch(std::string_view wanted) : wanted_(to_lower_ascii(trim(wanted))) {}

std::size_t TextMatch::find(std::string_view in) const {
  const auto at =
      std::search(in.begin(), in.end(), wanted_.begin(), wanted_.end(), [](char a, char wanted) { return fold(a) == wanted; });
  return at == in.end() && !wanted_.empty() ? std::string_view::npos : static_cast<std::size_t>(at - in.begin());
}

}  // namespace uptrail::viewer
