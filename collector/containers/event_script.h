// The event script: a few words a line that expand to Uptrail events (docs/formats/event_script.md).
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "collector/model/event_kinds.h"

namespace uptrail {

// What the `fire:`, `not:` and `undet:` lines of a script say. "-" (none) gives no entry.
struct ScriptExpectation {
  struct Rule {
    std::string rule;
    std::string severity;  // "": any
  };
  std::vector<Rule> fire;
  std::vector<std::string> not_;  // "*" stands for every rule at warning or error
  std::vector<std::string> undet;
};
ScriptExpectation parse_script_expectations(std::string_view text);

// The events of the script, one JSON line each, in time order; lines that were not understood are left out.
std::string expand_event_script(std::string_view text);

// "app.*,task.create": the kinds as a `cover:` line names them; all kinds of a prefix as one.
std::string script_kind_list(const std::set<EventKind>& kinds);

}  // namespace uptrail
