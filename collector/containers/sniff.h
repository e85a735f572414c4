// What the sniffers share: the first lines of the head, and scores.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "collector/containers/container.h"

namespace uptrail {

// The first non-blank lines (at most `most`), without line ends and byte order mark. A last line that the head cuts off is
// left out unless it is the only one.
std::vector<std::string_view> head_lines(std::string_view head, bool complete, std::size_t most);

Sniffed sniffed_no(std::string why);
Sniffed sniffed(int score, std::string why);  // score 1..100

}  // namespace uptrail
