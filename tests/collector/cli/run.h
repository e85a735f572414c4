// Runs the command line in this process.
#pragma once

#include <atomic>
#include <string>
#include <vector>

namespace uptrail::test {

struct Ran {
  int code = -1;
  std::string out, err;
};
Ran run(const std::vector<std::string>& arguments, const std::atomic<bool>* cancel = nullptr);

}  // namespace uptrail::test
