// Whole programs over the same big files: `uptrail collect` beside what others need to look at them.
#pragma once

#include <string>

namespace uptrail::bench {

struct Sizes {
  unsigned long long log_bytes = 2ULL << 30U;  // of each system log
  unsigned long long events = 5'000'000;
  std::string only;  // "syslog", "ndjson" or "events"; empty: all
};

// Makes the files that are not there yet and registers a benchmark for each pair of tool and file. False: no file could be made.
bool register_comparisons(const Sizes& sizes);
// After the benchmarks ran: the table with the ratios, and which targets are met.
void print_comparisons();

}  // namespace uptrail::bench
