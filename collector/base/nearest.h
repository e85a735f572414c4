// What somebody meant who typed something else.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace uptrail {

// The candidate nearest to `typed` if it is near enough to be meant, else "".
std::string nearest(std::string_view typed, const std::vector<std::string>& candidates);

}  // namespace uptrail
