// How right the rules are: random captures with known faults, in one table. ./dev bench accuracy [--captures N] [--fault F]
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "tests/collector/simulate/accuracy.h"

namespace {

using uptrail::simulate::SimulateOptions;
using uptrail::test::Accuracy;

struct Wanted {
  std::uint64_t captures = 10'000, healthy = 5'000, first_seed = 1;
  std::string fault;
};

SimulateOptions options_for(std::uint64_t seed) {
  SimulateOptions o;
  o.seed = seed;
  o.sessions = 1 + static_cast<int>(seed % 3);
  o.tasks = 1 + static_cast<int>(seed % 7);
  o.hours = 1 + static_cast<int>(seed % 5);
  return o;
}

int report(std::string_view title, const Accuracy& a) {
  std::cout << "\n== " << title << "\n" << a.table();
  for (const std::string& c : a.complaints) {
    std::cout << c << "\n";
  }
  return a.missed() + a.wrong() == 0 ? 0 : 1;
}

bool run_one(Accuracy& into, const SimulateOptions& o) {
  const std::string trouble = uptrail::test::try_capture(into, o);
  if (!trouble.empty()) {
    std::cerr << "seed " << o.seed << ": " << trouble << "\n";
  }
  return trouble.empty();
}

int run(const Wanted& wanted) {
  Accuracy healthy;
  for (std::uint64_t i = 0; i < wanted.healthy; ++i) {
    if (!run_one(healthy, options_for(wanted.first_seed + i))) {
      return 3;
    }
  }
  int bad = report("healthy captures", healthy);
  Accuracy faulty;
  for (std::uint64_t i = 0; i < wanted.captures; ++i) {
    SimulateOptions o = options_for(wanted.first_seed + i);
    o.tasks = 1 + static_cast<int>(o.seed % 3);
    o.faults = wanted.fault.empty() ? uptrail::simulate::random_faults(o.seed, 1 + static_cast<int>(o.seed % 3))
                                    : std::vector<std::string>{wanted.fault};
    if (!run_one(faulty, o)) {
      return 3;
    }
  }
  bad |= report("captures with faults", faulty);
  return bad;
}

}  // namespace

int main(int argc, char** argv) {
  Wanted wanted;
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  for (std::size_t i = 0; i + 1 < arguments.size(); i += 2) {
    const std::string& value = arguments[i + 1];
    if (arguments[i] == "--captures") {
      wanted.captures = std::strtoull(value.c_str(), nullptr, 10);
      wanted.healthy = wanted.captures / 2;
    } else if (arguments[i] == "--healthy") {
      wanted.healthy = std::strtoull(value.c_str(), nullptr, 10);
    } else if (arguments[i] == "--seed") {
      wanted.first_seed = std::strtoull(value.c_str(), nullptr, 10);
    } else if (arguments[i] == "--fault") {
      wanted.fault = value;
    } else {
      std::cerr << "unknown option " << arguments[i] << "\n";
      return 2;
    }
  }
  return run(wanted);
}
