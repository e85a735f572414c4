// Made-up stores for the benchmark: the same content for the same size, every time.
#pragma once

#include <cstdint>
#include <string>

namespace uptrail::bench {

struct StoreFile {
  std::string path;  // empty: it could not be written
  std::uint64_t bytes = 0;
  std::uint64_t rows = 0;  // of all tables
};

// A Powerlog of about `bytes`: transfers, and among many others the power assertions, windows of the scheduler and network usage
// that go with them. Every table in it is one that is read.
StoreFile make_powerlog(const std::string& path, std::uint64_t bytes);
// nsurlsessiond's tasks.sqlite (version 3) with `rows` tasks in a few sessions, their archived requests, responses and errors.
StoreFile make_tasks(const std::string& path, std::uint64_t rows);

}  // namespace uptrail::bench
