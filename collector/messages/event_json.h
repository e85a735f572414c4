// Event JSON beyond the public face in decoder.h: what the decoder must know of a line besides the event itself.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collector/model/event.h"
#include "collector/model/record.h"

namespace uptrail {

struct JsonEvent {
  Event event;
  bool observer_given = false;  // false: `observer` is the kind's first usual one
};

// As decode_event_json. `parsed`: the line as JSON, when somebody has parsed it already; else nullptr.
std::optional<JsonEvent> decode_json_event(std::string_view line, const simdjson::dom::element* parsed,
                                           std::vector<Issue>& issues);

// Cheap: may the text be event JSON? A yes promises nothing.
bool looks_like_event_json(std::string_view text);
// A text that is no JSON: was it meant as an event? A cut line may have lost its "uptrail".
bool was_meant_as_event(std::string_view text);
// The parser rejects a whole line for one number that it cannot hold. Such numbers are put in quotes, so that only their own
// value is refused, by name.
std::string quote_unholdable_numbers(std::string_view line);

}  // namespace uptrail
