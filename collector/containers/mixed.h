// Files that hold several containers one behind the other, as a terminal's scrollback does: where does another one begin?
//
// A reader has little to do for it: when a line is no record of its own and may_begin_elsewhere(), it asks its sink whether the
// input changes its container there (RecordSink::ends_before), before it takes the line for a continuation. read_text_records()
// does.
#pragma once

#include <optional>
#include <string_view>

#include "collector/containers/container.h"

namespace uptrail {

// Cheap: could this line, which is no record of the container that is being read, begin one of another? Indented lines and
// closing brackets never do; others must have a time of day near their beginning, or begin a JSON object.
bool may_begin_elsewhere(std::string_view line);
// JSON of Uptrail's own event NDJSON, among rows of `log show`.
inline bool is_event_row(std::string_view json) { return json.starts_with("{\"uptrail\""); }

// The lines around the one in question, as they stand in the file.
struct Surroundings {
  std::string_view before;  // what stands before it; at least its last lines
  std::string_view ahead;   // the line and what follows, at most kSniffBytes
  bool complete = false;    // `ahead` reaches the end of the input
};

// How the input goes on when another container begins at `ahead`; nullopt: the line is a part of what `own` reads behind
// `prefix`. One line is never enough, because messages quote logs: another container must be sure of the line, and
// - the banner or column header of `log` stands right before it, or
// - no record of `own` follows within kSniffBytes, and at least one more of the other does (two when other text stands before),
// or
// - blank lines stand before and behind at least three records of the other.
std::optional<Recognition> other_container_at(const Container& own, const LinePrefix& prefix, const Surroundings& around);

}  // namespace uptrail
