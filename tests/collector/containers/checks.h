// The four checks every container must pass, and a canonical dump of what a reader found.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "collector/containers/container.h"

namespace uptrail::test {

struct ReadResult {
  std::string dump;  // one block a record, one line an issue, in the order given
  std::uint64_t records = 0;
  std::uint64_t unparsed = 0;
  std::string error;  // "": read to the end
};

ReadResult read_dump(const Container& container, std::string_view bytes, std::size_t chunk = SIZE_MAX,
                     const LinePrefix& prefix = {});

// `fixture` is a file below tests/fixtures/containers. Checks: the container is the only one that is sure; the dump equals the
// golden file of the same name; 1-byte chunks change nothing; a sink that wants no more is obeyed; the input cut at any byte
// neither fails nor loses a record that is whole (a cut only changes what stands behind the last complete record).
// `line_records`: a record depends on its own lines only (an event script does not: its end moves with the last line).
void check_container(const Container& container, const std::string& fixture, bool line_records = true);

const Container& container_by_id(std::string_view id);
// One that takes what no other container knows, and so is never sure.
bool is_fallback(const Container& container);

}  // namespace uptrail::test
