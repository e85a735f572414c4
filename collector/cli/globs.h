// Patterns that a shell did not expand: quoted in a CI job's file, or given to a program that runs none.
#pragma once

#include <string>
#include <vector>

#include "collector/base/result.h"

namespace uptrail::cli {

// Paths as given; one that names nothing and holds *, ? or [ is replaced by what fits it, sorted. A usage error when nothing
// does.
Result<std::vector<std::string>> expand_globs(const std::vector<std::string>& paths);

}  // namespace uptrail::cli
