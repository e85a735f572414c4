// The line that Xcode 15 and later print below a message: "Timestamp: … | Library: … | TID: 0x…", fields and order as chosen.
#pragma once

#include <optional>
#include <string_view>

#include "collector/containers/header_scan.h"
#include "collector/model/record.h"

namespace uptrail {

struct XcodeMetadata {
  std::optional<Stamp> stamp;  // nullopt: the field is not shown
  bool bad_stamp = false;      // shown, but no time
  LogLevel level = LogLevel::unknown;
  std::string_view process, thread, library, subsystem, category;
  std::optional<std::int64_t> pid;
};

// nullopt: not such a line.
std::optional<XcodeMetadata> read_xcode_metadata(StampReader& stamps, std::string_view line);
bool is_xcode_metadata(std::string_view line);

}  // namespace uptrail
