#include "collector/cli/today.h"

#include <array>
#include <chrono>
#include <cstdio>

#include "collector/base/time.h"

namespace uptrail::cli {

std::string today() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  const CivilTime c = to_civil(TimeNs{std::chrono::duration_cast<std::chrono::nanoseconds>(since).count()});
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02d-%02d", c.year, c.month, c.day);
  return text.data();
}

}  // namespace uptrail::cli
