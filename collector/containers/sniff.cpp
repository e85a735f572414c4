#include "collector/containers/sniff.h"

#include <algorithm>

#include "collector/base/text.h"

namespace uptrail {

std::vector<std::string_view> head_lines(std::string_view head, bool complete, std::size_t most) {
  if (head.starts_with("\xEF\xBB\xBF")) {
    head.remove_prefix(3);
  }
  std::vector<std::string_view> out;
  while (!head.empty() && out.size() < most) {
    const std::size_t end = head.find('\n');
    const bool whole = end != std::string_view::npos || complete;
    std::string_view line = head.substr(0, end);
    head.remove_prefix(std::min(head.size(), line.size() + 1));
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
    }
    if (!trim(line).empty() && (whole || out.empty())) {
      out.push_back(line);
    }
  }
  return out;
}

Sniffed sniffed_no(std::string why) { return {Match::no, 0, std::move(why)}; }

Sniffed sniffed(int score, std::string why) {
  const int bounded = std::clamp(score, 1, 100);
  return {bounded >= 90 ? Match::sure : Match::maybe, bounded, std::move(why)};
}

}  // namespace uptrail
