// How right the rules are: random captures with known faults, in one table. ./dev bench accuracy [--captures N] [--fault F]
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <thread>
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

SimulateOptions faulty_options(const Wanted& wanted, std::uint64_t seed) {
  SimulateOptions o = options_for(seed);
  o.tasks = 1 + static_cast<int>(seed % 3);
  o.overlap = (seed & 1U) != 0;
  o.faults = wanted.fault.empty() ? uptrail::simulate::random_faults(seed, 1 + static_cast<int>(seed % 4))
                                  : std::vector<std::string>{wanted.fault};
  return o;
}

// A run of seeds, counted by one thread.
struct Block {
  Accuracy counted;
  std::string trouble;
};
constexpr std::uint64_t kSeedsOfBlock = 50;

// All cores count; blocks are added in the order of their seeds, so that the sum is the same on any machine.
// False when the pipeline itself failed.
bool run_all(Accuracy& into, const Wanted& wanted, std::uint64_t count, bool faults, Spoil spoil) {
  std::vector<Block> blocks((count + kSeedsOfBlock - 1) / kSeedsOfBlock);
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t b = next++; b < blocks.size(); b = next++) {
      const std::uint64_t end = std::min(count, (b + 1) * kSeedsOfBlock);
      for (std::uint64_t i = b * kSeedsOfBlock; i < end && blocks[b].trouble.empty(); ++i) {
        const std::uint64_t seed = wanted.first_seed + i;
        const SimulateOptions options = faults ? faulty_options(wanted, seed) : options_for(seed);
        const std::string trouble = uptrail::test::try_capture(blocks[b].counted, options, spoil);
        blocks[b].trouble = trouble.empty() ? "" : "seed " + std::to_string(seed) + ": " + trouble;
      }
    }
  };
  std::vector<std::jthread> threads;
  for (unsigned n = 0; n < std::max(1U, std::thread::hardware_concurrency()); ++n) {
    threads.emplace_back(work);
  }
  threads.clear();
  for (const Block& block : blocks) {
    if (!block.trouble.empty()) {
      std::cerr << block.trouble << "\n";
      return false;
    }
    uptrail::test::add(into, block.counted);
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
