// Skimming: most lines of a system log concern nobody here. They are judged by their header and a look at their text, counted,
// and left out of what is read in full.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "collector/base/byte_source.h"
#include "collector/model/record_filter.h"

namespace uptrail {

struct DullLine {
  TimeNs time;
  std::optional<int> zone_offset_minutes;
};

// How one container judges its lines. Not thread-safe; one per thread.
class LineJudge {
 public:
  virtual ~LineJudge() = default;
  // For a line that is a record of its own, with nothing to say about it, and that does not matter; nullopt: it must be read in
  // full. The record must be judged as read() would give it if the next line began another one. `line` has no line end;
  // kLinePadding bytes behind it are readable.
  virtual std::optional<DullLine> dull(std::string_view line) = 0;
};

// A part of a block that is to be read in full, and what was left out before it.
struct KeptRun {
  std::size_t begin = 0, end = 0;  // whole lines of the block, except at its ends
  SkippedLines before;
};

// Lines kept before and after each line that is not dull. One more than the context that is stored (kContextLines): the line
// before may turn out to be the first of a record that goes on.
inline constexpr std::size_t kKeptBefore = 3;
inline constexpr std::size_t kKeptAfter = 2;

// Divides a block. Its first and last lines are always kept, so that blocks do not depend on each other; `inside_line`: the block
// begins inside a line. kLinePadding bytes behind `block` must be readable.
void skim(std::string_view block, bool inside_line, LineJudge& judge, std::vector<KeptRun>& out);

}  // namespace uptrail
