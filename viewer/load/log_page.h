// Reads the lines that the log panel shows at once.
#pragma once

#include <cstdint>

#include "viewer/load/filter.h"
#include "viewer/load/loaded_case.h"

namespace uptrail::viewer {

// Lines around `line` that pass the filter. With a filter only so many lines are looked at as an answer may take time for; where
// it stopped, the page does not claim to be at the start or the end.
LogPage read_log_page(CaseReader& reader, const LoadedCase& data, SourceId source, std::uint64_t line, const Filter& filter);

}  // namespace uptrail::viewer
