#include "collector/base/text_search.h"

#include <algorithm>

namespace uptrail {

namespace {
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
}  // namespace

std::size_t find_ignore_case(std::string_view text, std::string_view lowered) {
  const auto at = std::search(text.begin(), text.end(), lowered.begin(), lowered.end(),
                              [](char a, char wanted) { return lower(a) == wanted; });
  return at == text.end() && !lowered.empty() ? std::string_view::npos : static_cast<std::size_t>(at - text.begin());
}

}  // namespace uptrail
