// The day in UTC by the clock of this computer, "2027-01-31". For what expires; nothing else may depend on it.
#pragma once

#include <string>

namespace uptrail::cli {

std::string today();

}  // namespace uptrail::cli
