// Event script -> event JSON: expands macros and repeats, keeps a small model of processes, sessions and tasks so that a short
// line becomes a complete event, adds manifests and heartbeats.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collector/containers/script_text.h"

namespace uptrail {

struct ScriptEvent {
  TimeNs t;
  SourceSpan span;        // the script line it came from
  std::string_view text;  // that line
  std::string process;    // "": none named
  std::optional<std::int64_t> pid;
  std::string thread;
  std::string json;
};

struct ExpandedScript {
  std::vector<ScriptEvent> events;  // in time order
  std::vector<Issue> issues;        // in line order
};
ExpandedScript expand_script(const Script& script);

}  // namespace uptrail
