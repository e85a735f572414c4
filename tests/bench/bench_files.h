// Made-up captures for the benchmarks: the same bytes for the same size, every time.
#pragma once

#include <cstdint>
#include <string>

namespace uptrail::bench {

enum class Style : std::uint8_t {
  syslog,  // `log show --style syslog`; one line in a hundred concerns background sessions
  ndjson,  // the same log as `log show --style ndjson`
  events,  // event NDJSON of one app: tasks with their progress
};

struct BenchFile {
  std::string path;  // empty: it could not be written
  std::uint64_t bytes = 0;
  std::uint64_t lines = 0;
  std::uint64_t relevant = 0;  // lines that give an event
};

// Writes the file into the build folder, unless it is there already. `amount`: bytes for the logs, events for `events`.
BenchFile bench_file(Style style, std::uint64_t amount);
// The beginning of such a file, in memory.
std::string bench_text(Style style, std::uint64_t amount, BenchFile& facts);

}  // namespace uptrail::bench
