// Simulated events as the files that people have in hand. All writers leave out what their form cannot say.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "collector/base/result.h"
#include "collector/model/event.h"

namespace uptrail::simulate {

std::string write_ndjson(const std::vector<Event>& events);

}  // namespace uptrail::simulate
