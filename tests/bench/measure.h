// What one piece of work cost, measured from outside: it runs in a process of its own.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace uptrail::bench {

struct Took {
  double wall = 0;               // seconds; 0: it failed
  double cpu = 0;                // seconds, user and system, of the process and its children
  std::uint64_t peak_bytes = 0;  // largest resident set of any of them
  [[nodiscard]] bool ok() const { return wall > 0; }
};

// True: the work succeeded. Runs in a fork, so it must not rely on threads of the caller.
Took measure(const std::function<bool()>& work);
// A shell command; what it prints goes to a pipe (grep stops at the first match when it prints to /dev/null).
Took measure_command(const std::string& command);
bool installed(const std::string& program);

}  // namespace uptrail::bench
