// A made-up system log in the style of `log show --style syslog`: the same bytes for the same size, every time.
#pragma once

#include <cstdint>
#include <string>

namespace uptrail::bench {

struct BenchLog {
  std::string path;
  std::uint64_t bytes = 0;
  std::uint64_t lines = 0;
  std::uint64_t relevant = 0;  // one line in a hundred
};

// Size in MB from UPTRAIL_BENCH_MB, else 1024.
std::uint64_t wanted_bytes();
// Writes the log into the build folder, unless it is there already. Empty path: it could not be written.
BenchLog bench_log(std::uint64_t bytes);
// The first lines of it, in memory.
std::string bench_text(std::uint64_t bytes, BenchLog& facts);

}  // namespace uptrail::bench
