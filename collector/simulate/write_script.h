// Events as an event script (docs/formats/event_script.md).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "collector/model/event.h"
#include "collector/simulate/writers.h"

namespace uptrail::simulate {

// Events in ascending order of time. The script is expanded again to see what it does not tell. Error: a script cannot hold them.
Result<Written> write_script(const std::vector<Event>& events);

// What a script says in its own way: sources with `cover:` and `end:`, gaps with `gap:`; the app's heart beats by itself.
bool is_scaffolding(EventKind kind);
// One sentence each: what the events have and the script has not. What a script adds to an event loses nothing.
std::vector<std::string> script_losses(const std::vector<Event>& events, std::string_view script);

}  // namespace uptrail::simulate
