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
using uptrail::test::Spoil;

struct Wanted {
  std::uint64_t captures = 10'000, healthy = 5'000, spoiled = 1'000, first_seed = 1;
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

// False when the pipeline itself failed.
bool run_all(Accuracy& into, const Wanted& wanted, std::uint64_t count, bool faults, Spoil spoil) {
  for (std::uint64_t i = 0; i < count; ++i) {
    SimulateOptions o = options_for(wanted.first_seed + i);
    if (faults) {
      o.tasks = 1 + static_cast<int>(o.seed % 3);
      o.overlap = (o.seed & 1U) != 0;
      o.faults = wanted.fault.empty() ? uptrail::simulate::random_faults(o.seed, 1 + static_cast<int>(o.seed % 4))
                                      : std::vector<std::string>{wanted.fault};
    }
    const std::string trouble = uptrail::test::try_capture(into, o, spoil);
    if (!trouble.empty()) {
      std::cerr << "seed " << o.seed << ": " << trouble << "\n";
      return false;
    }
  }
  return true;
}

int run(const Wanted& wanted) {
  Accuracy healthy;
  Accuracy faulty;
  if (!run_all(healthy, wanted, wanted.healthy, false, Spoil::nothing) ||
      !run_all(faulty, wanted, wanted.captures, true, Spoil::nothing)) {
    return 3;
  }
  int bad = report("healthy captures", healthy);
  bad |= report("captures with faults", faulty);
  for (std::size_t i = 1; i < uptrail::test::kSpoils; ++i) {
    Accuracy spoiled;
    const auto spoil = static_cast<Spoil>(i);
    if (!run_all(spoiled, wanted, wanted.spoiled, true, spoil)) {
      return 3;
    }
    std::cout << "\n== " << uptrail::test::spoil_name(spoil) << ": " << spoiled.captures << " captures, " << spoiled.right
              << " warnings and errors are right, " << spoiled.wrong() << " false\n";
    for (const std::string& c : spoiled.complaints) {
      std::cout << c << "\n";
    }
    bad |= spoiled.wrong() == 0 ? 0 : 1;
  }
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
      wanted.spoiled = wanted.captures / 10;
    } else if (arguments[i] == "--healthy") {
      wanted.healthy = std::strtoull(value.c_str(), nullptr, 10);
    } else if (arguments[i] == "--spoiled") {
      wanted.spoiled = std::strtoull(value.c_str(), nullptr, 10);
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
