// Event scripts as simulations: the scenarios that come with the program, and anybody's own.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "collector/base/result.h"
#include "collector/simulate/simulate.h"

namespace uptrail::simulate {

inline constexpr std::string_view kScriptEnding = ".scn";

std::vector<std::string_view> scenario_names();  // sorted
// Errors: there is none of that name.
Result<std::string_view> scenario_text(std::string_view name);

// What a script tells, with the truth that its `fire:` line states. `name` is for messages. Errors: it tells no event.
Result<Simulated> play_script(std::string_view text, const std::string& name);

}  // namespace uptrail::simulate
