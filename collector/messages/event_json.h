// Event JSON beyond the public face in decoder.h: what the decoder must know of a line besides the event itself.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "collector/model/event.h"
#include "collector/model/record.h"

namespace uptrail {

struct JsonEvent {
  Event event;
  bool observer_given = false;  // false: `observer` is the kind's first usual one
};

// As decode_event_json.
std::optional<JsonEvent> decode_json_event(std::string_view line, std::vector<Issue>& issues);

// Cheap: may the text be event JSON? A yes promises nothing.
bool looks_like_event_json(std::string_view text);

}  // namespace uptrail
