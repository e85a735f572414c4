// Prefixes that frameworks put before their lines in a developer's console.
#pragma once

#include <optional>
#include <string_view>

#include "collector/containers/header_scan.h"
#include "collector/model/record.h"

namespace uptrail {

// "2026-11-18 14:41:03.123456+0100 Shoebox[4711:99] ": date, time, process, pid and thread of Xcode up to 14 and of NSLog.
// `rest`: what stands behind the blank.
struct XcodeHeader {
  Stamp stamp;
  std::string_view process;
  std::int64_t pid = 0;
  std::string_view thread;
  std::string_view rest;
};
bool read_xcode_header(StampReader& stamps, std::string_view line, XcodeHeader& out);
// The same, for those who only want to know.
bool has_xcode_header(std::string_view line);

// "[info][tid:main][File.m:362] " of React Native; the place is optional. Taken off `message`.
struct RctPrefix {
  LogLevel level = LogLevel::unknown;
  std::string_view thread;
};
std::optional<RctPrefix> take_rct_prefix(std::string_view& message);

// The same with or without "2026-11-18 14:41:03.123 " before it.
struct RctLine {
  std::optional<Stamp> stamp;
  RctPrefix prefix;
};
std::optional<RctLine> take_rct_line(StampReader& stamps, std::string_view& line);

// "flutter: ", "[log] ", "I/flutter (123): " of `flutter run`. Taken off `message`.
struct FlutterPrefix {
  LogLevel level = LogLevel::unknown;
  std::optional<std::int64_t> pid;
};
std::optional<FlutterPrefix> take_flutter_print(std::string_view& message);

}  // namespace uptrail
